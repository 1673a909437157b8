"""What people type, and what cannot be: each said beside its field, nothing kept."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from charging.actions import deciding, estates, measuring, rounds, sites, utilities, works
from charging.models import Body, EstateFacts, Site, UtilityAnswer
from charging.queries.demand import ranked_estates
from charging.queries.public import public_sites
from charging.workflow.clearance import facts_of
from charging.workflow.sites import State
from community_portal import clock
from community_portal.casework.actions import PartsMissing
from community_portal.dashboards.fold import fold_figures
from community_portal.dashboards.periods import BEGINNING, Period
from community_portal.dashboards.reading import reading_of
from community_portal.deliberations.actions.opinions import answer_objection
from community_portal.measure import FIGURES
from community_portal.places.coordinates import read_point
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.rules.actions import change_limit
from community_portal.rules.models import Rule
from tests.cast import MONDAY
from tests.charging.boxes import make_ports
from tests.charging.places import (
    DAY,
    Place,
    answer,
    ask,
    bring_to,
    lie_at,
    make_site,
    measure_all,
    paper,
    report,
    running_round,
)

pytestmark = pytest.mark.django_db


def code_of(deed: Callable[[], Any]) -> str:
    with pytest.raises(Refusal) as refused:
        deed()
    return refused.value.code


def test_places(place: Place) -> None:
    for over, code in (
        ({"name": "西"}, "no_name"),
        ({"area": Decimal(0)}, "no_area"),
        ({"planned_ports": 0}, "bad_ports"),
        ({"planned_ports": 501}, "bad_ports"),
    ):
        assert code_of(lambda over=over: make_site(place, **over)) == code  # type: ignore[misc]
    assert code_of(lambda: make_site(place, by=place.cast.stranger)) == "not_allowed"
    assert code_of(lambda: make_site(place, by=place.builder)) == "not_allowed"
    assert not Site.objects.exists()


def test_thirty_metres_are_one_place_until_somebody_says_no(place: Place) -> None:
    first = make_site(place)
    lie_at(first, "120.943112", "31.952301")
    near = {"name": "还是西墙边", "placed": _at("120.943200", "31.952301"), "is_another": False}
    assert code_of(lambda: make_site(place, **near)) == "same_place"
    make_site(place, **near | {"is_another": True})
    make_site(place, **near | {"placed": _at("120.944112", "31.952301")})  # 95 metres


def _at(lon: str, lat: str) -> Any:
    return read_point(f"{lon}, {lat}", "wgs84")


def test_ports_that_do_not_fit_the_area_are_a_soft_failure(place: Place) -> None:
    site = make_site(place, area=Decimal("20.00"))
    assert facts_of(site)["area_per_bike"] == Decimal("2.00")
    with pytest.raises(PartsMissing, match="每辆车的面积"):
        bring_to(State.CONSULTING, place, site)
    why = "场地就这么大，错开停"
    waive = {"rule": "area_per_bike", "why": why, "document": paper("批复.pdf"), "at": MONDAY}
    with pytest.raises(NotAllowed):
        deciding.waive_rule(site, by=place.charger, **waive)
    street = place.cast.street_officer
    assert code_of(lambda: deciding.waive_rule(site, by=street, **waive | {"document": None})) == "no_document"
    deciding.waive_rule(site, by=street, **waive)
    bring_to(State.APPROVED, place, site)
    assert site.state == State.APPROVED


def test_a_hard_rule_is_waived_by_nobody(place: Place) -> None:
    site = bring_to(State.CHECKING, place)
    measure_all(site, place, over_gas_pipe=True)
    waive = {
        "rule": "over_gas",
        "why": "反正没人知道",
        "document": paper(),
        "by": place.cast.street_officer,
        "at": MONDAY,
    }
    assert code_of(lambda: deciding.waive_rule(site, **waive)) == "never_waived"


def test_measuring(place: Place) -> None:
    site = make_site(place)
    given = {"parameter": "exit_m", "value": Decimal(7), "how": "tape", "measured_by": "蔡伟民", "by": place.charger}
    for over, code in (
        ({"value": Decimal("-0.01")}, "bad_distance"),
        ({"value": Decimal("10000")}, "bad_distance"),
        ({"value": None}, "no_number"),
        ({"value": True}, "no_number"),
        ({"value": Decimal("NaN")}, "bad_distance"),
        ({"parameter": "moon_m"}, "no_such_fact"),
        ({"measured_by": ""}, "nobody_measured"),
        ({"how": "guess"}, "no_how"),
        ({"parameter": "over_gas_pipe", "value": Decimal(1)}, "no_truth"),
    ):
        assert code_of(lambda over=over: measuring.measure(site, at=MONDAY, **given | over)) == code  # type: ignore[misc]
    assert not site.measurements.exists()


def test_what_nobody_measured_passes_no_rule(place: Place) -> None:
    site = make_site(place)
    sites.survey(site, area=site.area, planned_ports=10, by=place.charger, at=MONDAY)
    with pytest.raises(PartsMissing, match="还没量"):
        sites.move_on(site, "ask_utilities", by=place.charger, at=MONDAY)


def test_a_street_replaces_a_single_rule_by_its_own(place: Place) -> None:
    site = bring_to(State.CHECKING, place)
    for utility in ("gas", "power", "water", "telecom", "heat"):
        answer(site, place, utility)
    change_limit(
        Rule.objects.get(code="exit_distance", rule_set__street=None), limit=10, source="通州 2026", at=MONDAY,
        street=place.cast.street, valid_from=MONDAY.date(), by=place.cast.street_officer,
    )  # fmt: skip
    with pytest.raises(PartsMissing, match="离单元出口"):
        sites.move_on(site, "ready", by=place.charger, at=MONDAY)


def test_utilities(place: Place) -> None:
    site = bring_to(State.CHECKING, place)
    given: dict[str, Any] = {"utility": "gas", "who": "孙工", "phone": "13800007731", "by": place.charger, "at": MONDAY}
    for over, code in (
        ({"utility": "steam"}, "no_utility"),
        ({"who": ""}, "nobody_asked"),
        ({"phone": ""}, "no_second_factor"),
        ({"phone": "123"}, "bad_phone"),
    ):
        assert code_of(lambda over=over: utilities.ask_utility(site, **given | over)) in (code, "not_a_phone")  # type: ignore[misc]
    with pytest.raises(NotAllowed):
        utilities.ask_utility(site, **given | {"by": place.cast.stranger})
    ask(site, place, "gas")
    with pytest.raises(Changed):
        ask(site, place, "gas")
    said: dict[str, Any] = {"utility": "gas", "answer": "ok", "name": "孙工", "document": paper(), "by": place.charger}
    for over, code in (
        ({"answer": ""}, "no_answer"),
        ({"document": None}, "no_document"),
        ({"name": ""}, "nobody_answered"),
        ({"answer": "conditions"}, "no_conditions"),
        ({"distance": Decimal("-1")}, "bad_distance"),
        ({"valid_until": MONDAY.date() - dt.timedelta(days=1)}, "lapsed"),
        ({"by": place.builder}, "not_allowed"),
    ):
        assert code_of(lambda over=over: utilities.record_answer(site, at=MONDAY, **said | over)) == code  # type: ignore[misc]
    answer(site, place, "gas")
    with pytest.raises(Changed):
        utilities.record_answer(site, at=MONDAY, **said)
    assert UtilityAnswer.objects.exclude(answer="").count() == 1


def test_an_own_end_of_validity_wins_when_it_is_earlier(place: Place) -> None:
    site = bring_to(State.CHECKING, place)
    until = MONDAY.date() + dt.timedelta(days=30)
    assert answer(site, place, "gas", valid_until=until).valid_until == until
    late = MONDAY.date() + dt.timedelta(days=900)
    assert answer(site, place, "power", valid_until=late).valid_until == MONDAY.date() + dt.timedelta(days=180)


def test_answers_that_lapse_after_ready_leave_the_state_and_stop_the_step(place: Place) -> None:
    site = bring_to(State.NOTICING, place)
    with pytest.raises(PartsMissing, match="过期"):
        deciding.approve(site, by=place.cast.street_officer, at=MONDAY + 200 * DAY)
    site.refresh_from_db()
    assert site.state == State.NOTICING


def test_the_notice_runs_seven_days_and_objections_are_answered_first(place: Place) -> None:
    site = bring_to(State.NOTICING, place)
    street = place.cast.street_officer
    assert site.notice_until == MONDAY.date() + dt.timedelta(days=7)
    with pytest.raises(PartsMissing, match="公示到"):
        deciding.approve(site, by=street, at=MONDAY + 7 * DAY)
    objection = deciding.object_to(site, words="半夜有风扇声", at=MONDAY + 6 * DAY)
    with pytest.raises(Changed):
        deciding.object_to(site, words="晚了", at=MONDAY + 8 * DAY)
    with pytest.raises(PartsMissing, match="意见还没答复"):
        deciding.approve(site, by=street, at=MONDAY + 8 * DAY)
    answer_objection(objection, reply="晚上 11 点断电", by=street, at=MONDAY + 8 * DAY)
    assert code_of(lambda: deciding.approve(site, ports=11, by=street, at=MONDAY + 8 * DAY)) == "more_than_planned"
    deciding.approve(site, ports=8, by=street, at=MONDAY + 8 * DAY)
    assert site.approved_ports == 8


def test_rejecting_wants_a_reason_and_plain_words(place: Place) -> None:
    site = make_site(place)
    for over, code in (
        ({"code": ""}, "no_reason"),
        ({"code": "moon"}, "no_reason"),
        ({"plain": "不"}, "no_plain_words"),
    ):
        given = {"code": "gas_pipe", "plain": "下面有燃气管", "by": place.charger, "at": MONDAY}
        assert code_of(lambda over=over, given=given: sites.reject(site, **given | over)) == code  # type: ignore[misc]
    assert not Site.objects.filter(state=State.REJECTED).exists()


def test_one_successor_each(place: Place) -> None:
    site = make_site(place)
    sites.reject(site, code="power", plain="电不够，不能装", by=place.charger, at=MONDAY)
    sites.re_site(site, name="东门", by=place.charger, at=MONDAY)
    again = Site.objects.select_related("case", "estate", "community").get(pk=site.pk)
    assert code_of(lambda: sites.re_site(again, name="南门", by=place.charger, at=MONDAY)) == "not_now"


def test_orders_keep_within_the_round_and_its_money(place: Place) -> None:
    first_round = running_round(place, target_ports=15, budget=Decimal(1000))
    first = bring_to(State.APPROVED, place)
    given: dict[str, Any] = {"contractor": place.firm, "by": place.charger, "at": MONDAY + 8 * DAY}
    for over, code in (
        ({"contractor": None}, "no_contractor"),
        ({"contractor": place.third}, "no_contractor"),
        ({"price": Decimal("1000.01")}, "over_budget"),
    ):
        assert code_of(lambda over=over: works.order(first, **given | over)) == code  # type: ignore[misc]
    works.order(first, price=Decimal(900), **given)
    second = bring_to(State.APPROVED, place, make_site(place, name="东门"))
    with pytest.raises(PartsMissing, match="只剩 5 个"):
        works.order(second, **given)
    change = {"target_ports": 9, "opens_on": MONDAY.date(), "by": place.charger, "at": MONDAY}
    assert code_of(lambda: rounds.change_round(first_round, **change)) == "below_ordered"
    rounds.close_round(first_round, by=place.charger, at=MONDAY)
    with pytest.raises(PartsMissing, match="没有在进行"):
        works.order(second, **given)


def test_rounds(place: Place) -> None:
    given: dict[str, Any] = {"community": place.cast.home, "number": 1, "target_ports": 70, "opens_on": MONDAY.date()}
    given |= {"by": place.charger, "at": MONDAY}
    for over, code in (
        ({"target_ports": 0}, "no_target"),
        ({"target_ports": None}, "no_target"),
        ({"number": 0}, "no_number"),
        ({"opens_on": None}, "no_day"),
        ({"closes_on": MONDAY.date() - dt.timedelta(days=1)}, "bad_days"),
        ({"budget": Decimal(-1)}, "bad_budget"),
        ({"by": place.cast.stranger}, "not_allowed"),
    ):
        assert code_of(lambda over=over: rounds.plan_round(**given | over)) == code  # type: ignore[misc]
    running_round(place)
    assert code_of(lambda: rounds.plan_round(**given)) == "round_exists"
    second = rounds.plan_round(**given | {"number": 2})
    assert code_of(lambda: rounds.start_round(second, by=place.charger, at=MONDAY)) == "one_runs"


def test_acceptance(place: Place) -> None:
    site = bring_to(State.ACCEPTING, place)
    late = MONDAY + 8 * DAY
    street = place.cast.street_officer
    with pytest.raises(PartsMissing, match="还没验"):
        works.accept(site, by=street, at=late)
    part = site.acceptances.get().parts.first()
    part.acceptance.site = site
    assert code_of(lambda: works.look_at_part(part, passes=None, by=street, at=late)) == "no_result"
    assert code_of(lambda: works.look_at_part(part, passes=False, by=street, at=late)) == "no_reason"
    assert code_of(lambda: works.look_at_part(part, passes=True, by=place.builder, at=late)) == "builder_accepts"
    sign: dict[str, Any] = {"body": Body.STREET, "name": "严科长", "by": street, "at": late}
    assert code_of(lambda: works.sign_acceptance(site, **sign)) == "parts_open"
    builder = sign | {"body": Body.THIRD, "organisation": place.firm}
    assert code_of(lambda: works.sign_acceptance(site, **builder)) == "builder_accepts"
    assert code_of(lambda: works.sign_acceptance(site, **sign | {"body": "moon"})) == "no_body"
    assert code_of(lambda: works.sign_acceptance(site, **sign | {"body": Body.THIRD})) == "no_organisation"
    assert code_of(lambda: works.sign_acceptance(site, **sign | {"by": place.charger})) == "not_allowed"


def test_what_was_sent_back_is_looked_at_again_and_nothing_else(place: Place) -> None:
    site = bring_to(State.ACCEPTING, place)
    late = MONDAY + 8 * DAY
    for part in site.acceptances.get().parts.all():
        part.acceptance.site = site
        bad = part.part == "extinguishers"
        works.look_at_part(part, passes=not bad, note="少两具" if bad else "", by=place.charger, at=late)
    with pytest.raises(PartsMissing, match="没通过"):
        works.accept(site, by=place.cast.street_officer, at=late)
    works.send_back(site, words="补灭火器", by=place.cast.street_officer, at=late)
    works.report_done(site, by=place.builder, at=late + DAY)
    again = site.acceptances.last()
    assert again.number == 2
    assert [part.part for part in again.parts.filter(passes=None)] == ["extinguishers"]


def test_gas_with_conditions_wants_the_signed_plan(place: Place) -> None:
    site = bring_to(State.CHECKING, place)
    answer(site, place, "gas", "conditions")
    for utility in ("power", "water", "telecom", "heat"):
        answer(site, place, utility)
    sites.move_on(site, "ready", by=place.charger, at=MONDAY)
    bring_to(State.BUILDING, place, site)
    with pytest.raises(PartsMissing, match="燃气保护方案"):
        works.report_done(site, by=place.builder, at=MONDAY + 9 * DAY)
    works.hand_in_gas_plan(site, document=paper("保护方案.pdf"), by=place.builder, at=MONDAY + 9 * DAY)
    works.report_done(site, by=place.builder, at=MONDAY + 9 * DAY)
    assert site.state == State.ACCEPTING


def test_counting(place: Place) -> None:
    given: dict[str, Any] = {"estate": place.estate, "ebikes": 100, "how": "door", "counted_on": MONDAY.date()}
    given |= {"counted_by": "蔡伟民", "by": place.charger, "at": MONDAY}
    for over, code in (
        ({"ebikes": -1}, "no_count"),
        ({"ebikes": None}, "no_count"),
        ({"how": ""}, "no_how"),
        ({"counted_on": MONDAY.date() + dt.timedelta(days=1)}, "bad_day"),
        ({"plates": 101}, "too_many_plates"),
        ({"counted_by": ""}, "nobody"),
        ({"by": place.cast.stranger}, "not_allowed"),
    ):
        assert code_of(lambda over=over: estates.count_estate(**given | over)) == code  # type: ignore[misc]
    estates.count_estate(**given)
    older = given | {"counted_on": MONDAY.date() - dt.timedelta(days=1)}
    assert code_of(lambda: estates.count_estate(**older)) == "older_count"
    estates.count_estate(**given | {"ebikes": 0, "plates": 0})
    (rank,) = ranked_estates(place.cast.home, on=MONDAY.date())
    assert rank.per_hundred is None and rank.gap == 0 and rank.score is not None
    assert sum(EstateFacts.objects.values_list("ebikes_change", flat=True)) == 0


def test_wires(place: Place) -> None:
    for over, code in (
        ({"building": None, "unit": "", "floor": None}, "no_place"),
        ({"floor": 0}, "bad_floor"),
        ({"floor": 61}, "bad_floor"),
        ({"dangers": ["moon"]}, "unknown_choice"),
        ({"cause": "moon"}, "unknown_choice"),
        ({"by": place.cast.stranger}, "not_allowed"),
    ):
        assert code_of(lambda over=over: report(place, **over)) == code  # type: ignore[misc]


def test_what_was_approved_and_never_came_is_called_off_in_plain_words(place: Place) -> None:
    """OpenChargeMap knows no such state, so places that nobody ever built stay on its maps as planned."""
    count = {"estate": place.estate, "ebikes": 100, "how": "door", "counted_on": MONDAY.date(), "counted_by": "蔡伟民"}
    estates.count_estate(**count, by=place.charger, at=MONDAY)
    site = bring_to(State.APPROVED, place)
    (rank,) = ranked_estates(place.cast.home, on=MONDAY.date())
    assert (rank.approved, rank.gap) == (10, 2)
    sites.reject(site, code="never_came", plain="钱没有批下来，先不装了", by=place.charger, at=MONDAY + 9 * DAY)
    (rank,) = ranked_estates(place.cast.home, on=MONDAY.date())
    assert (rank.approved, rank.gap) == (0, 12)
    assert site.round is not None and site.round.ports_left == site.round.target_ports
    assert [one.pk for one in public_sites(place.cast.home)["not_here"]] == [site.pk]


def test_an_estate_without_bikes_has_no_ratio(place: Place) -> None:
    make_ports(place.cast.home)
    count = {"estate": place.estate, "ebikes": 0, "how": "door", "counted_on": MONDAY.date(), "counted_by": "蔡伟民"}
    estates.count_estate(**count, by=place.charger, at=MONDAY)
    fold_figures()
    reading = reading_of([place.cast.home.pk], Period(BEGINNING, clock.today(), "all"))
    assert [FIGURES[name].value(reading) for name in ("ports_per_hundred_bikes", "charging_gap")] == [None, 0]
