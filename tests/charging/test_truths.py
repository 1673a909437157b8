"""What the database holds to, whatever the code does."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from charging.actions import works
from charging.models import (
    AcceptanceSigner,
    Body,
    DemandPoint,
    EstateFacts,
    Measurement,
    Round,
    Site,
    SiteAcceptance,
    UtilityAnswer,
    WireReport,
)
from charging.workflow.sites import CLEAR, State
from community_portal.rules.models import RuleResult
from tests.cast import MONDAY
from tests.charging.places import DAY, Place, answer, ask, bring_to, make_site, measure_all, report, running_round

pytestmark = pytest.mark.django_db


def sql(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def force(site: Site, state: str, firm: Any) -> None:
    """What somebody at the database would type."""
    sql(
        "UPDATE charging_site SET state = %s, paused_at = NULL, resume_state = '', planned_ports = 10, approved_ports = 10,"
        " approved_at = now(), contractor_id = %s, in_service_on = now() WHERE id = %s",
        state,
        firm.pk,
        site.pk,
    )


@pytest.mark.parametrize("state", sorted(CLEAR))
def test_no_way_in_with_a_blocked_answer(place: Place, state: str) -> None:
    site = bring_to(State.NOTICING, place)
    answer(site, place, "power", "blocked")
    with pytest.raises(IntegrityError, match="not clear"):
        force(site, state, place.firm)


@pytest.mark.parametrize("state", sorted(CLEAR))
def test_no_way_in_while_a_required_answer_is_missing(place: Place, state: str) -> None:
    site = bring_to(State.NOTICING, place)
    ask(site, place, "heat")
    with pytest.raises(IntegrityError, match="not clear"):
        force(site, state, place.firm)


def test_no_way_in_when_nobody_asked_gas(place: Place) -> None:
    with pytest.raises(IntegrityError, match="gas company"):
        force(make_site(place), State.APPROVED, place.firm)


def test_no_way_in_with_an_answer_that_is_over(place: Place) -> None:
    long_ago = MONDAY - 200 * DAY
    site = bring_to(State.NOTICING, place, at=long_ago)
    assert all(one.valid_until == (long_ago + 180 * DAY).date() for one in site.answers.all())
    with pytest.raises(IntegrityError, match="out of date"):
        force(site, State.APPROVED, place.firm)


def test_no_way_in_without_rules_and_with_a_hard_one_that_fails(place: Place) -> None:
    site = bring_to(State.NOTICING, place)
    with pytest.raises(IntegrityError, match="no rules"):
        force(site, State.APPROVED, place.firm)
    approved = bring_to(State.APPROVED, place, make_site(place, name="东门"), at=MONDAY)
    hard = RuleResult.objects.filter(matter_id=approved.pk, rule__severity="hard").first()
    assert hard is not None
    again = {"flow": "site", "matter_id": approved.pk, "at": approved.evaluated_at, "passes": False}
    RuleResult.objects.create(rule=hard.rule, **again)
    with pytest.raises(IntegrityError, match="a rule forbids"):
        force(approved, State.BUILDING, place.firm)


def test_nothing_is_in_service_that_nobody_accepted(place: Place) -> None:
    site = bring_to(State.ACCEPTING, place, at=MONDAY)
    with pytest.raises(IntegrityError, match="accepted by nobody"):
        force(site, State.IN_SERVICE, place.firm)


def test_an_acceptance_is_whole_or_none(place: Place) -> None:
    site = bring_to(State.ACCEPTING, place)
    with pytest.raises(IntegrityError, match="lacks a part or a name"):
        SiteAcceptance.objects.filter(site=site).update(accepted_at=MONDAY)


def test_who_built_it_signs_for_nobody(place: Place) -> None:
    site = bring_to(State.ACCEPTING, place)
    with pytest.raises(IntegrityError, match="who built it"):
        AcceptanceSigner.objects.create(
            acceptance=site.acceptances.get(), body=Body.THIRD, name="施工员", organisation=place.firm, at=MONDAY
        )


def test_what_was_suspended_comes_back_though_answers_have_lapsed(place: Place) -> None:
    long_ago = MONDAY - 300 * DAY
    site = bring_to(State.IN_SERVICE, place, at=long_ago)
    sql("UPDATE charging_site SET state = 'suspended' WHERE id = %s", site.pk)
    sql("UPDATE charging_site SET state = 'in_service' WHERE id = %s", site.pk)


def test_a_chain_has_no_loop(place: Place) -> None:
    first = make_site(place, name="西墙边")
    second = make_site(place, name="东门", replaces=first)
    third = make_site(place, name="南门", replaces=second)
    with pytest.raises(IntegrityError, match="take the place of itself|replace_itself"):
        sql("UPDATE charging_site SET replaces_id = id WHERE id = %s", first.pk)
    with pytest.raises(IntegrityError, match="take the place of itself"):
        sql("UPDATE charging_site SET replaces_id = %s WHERE id = %s", third.pk, first.pk)
    with pytest.raises(IntegrityError):  # one successor each
        make_site(place, name="北门", replaces=first)


def test_no_is_set_aside_by_a_new_written_answer_only(place: Place) -> None:
    site = bring_to(State.CHECKING, place)
    no = answer(site, place, "gas", "blocked")
    with pytest.raises(IntegrityError, match="new written answer only"):
        sql("UPDATE charging_utilityanswer SET superseded_at = now() WHERE id = %s", no.pk)
    ask(site, place, "gas")
    open_one = UtilityAnswer.objects.get(utility="gas", answer="")
    with pytest.raises(IntegrityError, match="new written answer only"):
        sql(
            "UPDATE charging_utilityanswer SET superseded_at = now(), superseded_by_id = %s WHERE id = %s",
            open_one.pk,
            no.pk,
        )
    no.refresh_from_db()
    assert no.superseded_at is None
    yes = answer(site, place, "gas", "ok")
    no.refresh_from_db()
    assert no.superseded_by == yes


def test_a_written_answer_stays_as_it_is(place: Place) -> None:
    site = bring_to(State.CHECKING, place)
    no = answer(site, place, "gas", "blocked")
    with pytest.raises(IntegrityError, match="stays as it is"):
        sql("UPDATE charging_utilityanswer SET answer = 'ok' WHERE id = %s", no.pk)
    with pytest.raises(DatabaseError):
        sql("DELETE FROM charging_utilityanswer WHERE id = %s", no.pk)


def test_an_answer_needs_a_paper_a_name_and_its_conditions(place: Place) -> None:
    site = bring_to(State.CHECKING, place)
    yes = answer(site, place, "power")
    row = {"site": site, "utility": "heat", "asked_at": MONDAY, "asked_of": "孙工"}
    for wrong in (
        {"answer": "ok", "name": "孙工", "answered_at": MONDAY, "valid_until": MONDAY.date()},
        {"answer": "ok", "document": yes.document, "answered_at": MONDAY, "valid_until": MONDAY.date()},
        {
            "answer": "conditions", "document": yes.document, "name": "孙工", "answered_at": MONDAY,
            "valid_until": MONDAY.date(),
        },
        {"answer": "perhaps"},
        {"utility": "steam"},
        {"utility": "gas", "is_required": False},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            UtilityAnswer.objects.create(**row | wrong)


def test_one_current_answer_and_one_open_question_each(place: Place) -> None:
    site = bring_to(State.CHECKING, place)
    yes = answer(site, place, "power")
    again = {"site": site, "utility": "power", "asked_at": MONDAY, "asked_of": "孙工"}
    said = {"answer": "ok", "document": yes.document, "name": "孙工", "answered_at": MONDAY}
    with pytest.raises(IntegrityError, match="one_current_answer"), transaction.atomic():
        UtilityAnswer.objects.create(**again, **said, valid_until=MONDAY.date())
    ask(site, place, "power")
    with pytest.raises(IntegrityError, match="one_open_question"), transaction.atomic():
        UtilityAnswer.objects.create(**again)


def test_numbers_that_cannot_be(place: Place) -> None:
    site = make_site(place)
    for change in ("area = 0", "planned_ports = 0", "approved_ports = 11", "groups = 0", "lon = 120"):
        with pytest.raises(IntegrityError):
            sql(f"UPDATE charging_site SET {change} WHERE id = %s", site.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Measurement.objects.create(
            site=site, parameter="exit_m", metres=Decimal("-1"), how="tape", measured_by="蔡", at=MONDAY
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Measurement.objects.create(site=site, parameter="exit_m", how="tape", measured_by="蔡", at=MONDAY)


def test_measurements_and_counts_are_never_rewritten(place: Place) -> None:
    site = make_site(place)
    measure_all(site, place)
    with pytest.raises(DatabaseError):
        sql("UPDATE charging_measurement SET metres = 99 WHERE parameter = 'exit_m'")
    EstateFacts.objects.create(
        estate=place.estate, community=place.cast.home, ebikes=10, how="door", counted_on=MONDAY.date(),
        counted_by="蔡", ebikes_change=10, recorded_at=MONDAY,
    )  # fmt: skip
    with pytest.raises(DatabaseError):
        sql("UPDATE charging_estatefacts SET ebikes = 0")


def test_rounds(place: Place) -> None:
    running = running_round(place, number=1)
    row = {"community": place.cast.home, "number": 2, "target_ports": 5, "opens_on": MONDAY.date(), "made_at": MONDAY}
    for wrong in (
        {"number": 1}, {"state": "running"}, {"target_ports": 0}, {"budget": -1},
        {"closes_on": MONDAY.date() - dt.timedelta(days=1)},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Round.objects.create(**row | wrong)
    assert running.state == "running"


def test_wires(place: Place) -> None:
    wire = report(place)
    with pytest.raises(IntegrityError, match="not_joined_to_itself"):
        sql("UPDATE charging_wirereport SET join_of_id = id WHERE id = %s", wire.pk)
    with pytest.raises(IntegrityError):
        sql("UPDATE charging_wirereport SET state = 'closed', closed_at = now() WHERE id = %s", wire.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        DemandPoint.objects.create(source="wire", community=wire.community, estate=wire.estate, at=MONDAY)
    assert WireReport.objects.get().state == "reported"


def test_no_more_is_approved_than_planned_and_rejecting_says_why(place: Place) -> None:
    site = make_site(place)
    with pytest.raises(IntegrityError):
        sql("UPDATE charging_site SET state = 'rejected', closed_at = now() WHERE id = %s", site.pk)


def test_parts_of_an_acceptance(place: Place) -> None:
    site = bring_to(State.ACCEPTING, place, make_site(place, planned_ports=24, area=Decimal(60)))
    parts = site.acceptances.get().parts
    assert parts.filter(part="switch_off").count() == 3  # ten sockets on a circuit
    with pytest.raises(IntegrityError):
        sql("UPDATE charging_acceptancepart SET passes = false WHERE part = 'fire'")
    part = parts.get(part="fire")
    part.acceptance.site = site
    works.look_at_part(part, passes=False, note="通道太窄", by=place.charger, at=MONDAY)
    part.refresh_from_db()
    assert part.passes is False
