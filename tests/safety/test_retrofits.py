"""A retrofit by its deeds: what each step waits for, both rates, zones and rules, days, tests, and what goes wrong."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from community_portal.casework.actions import PartsMissing
from community_portal.deliberations.actions.meetings import call_meeting
from community_portal.deliberations.actions.opinions import answer_survey, open_survey
from community_portal.deliberations.models import Meeting
from community_portal.deliberations.topics import topic_of
from community_portal.dues.actions import generate_dues
from community_portal.dues.models import DueItem
from community_portal.matters.actions.steps import take
from community_portal.outbox.models import Message
from community_portal.people.models import Organisation, Role
from community_portal.refusals import NotAllowed, Refusal
from safety.actions import retrofit_checks, retrofits
from safety.actions.hazards import open_hazard
from safety.actions.retrofit_rows import add_zone, contribute, drop_row, finish_measure, join_hazard
from safety.models import Retrofit, RetrofitCheck
from safety.queries.retrofits import asked_of, sides_of, total_of
from safety.retrofit_dues import CHECKS
from tests.cast import MONDAY, Cast
from tests.factories import make_member
from tests.safety.retrofitting import (
    DAY,
    QUESTION,
    SCREEN,
    SIDES,
    YES,
    Site,
    ask,
    make_agreed,
    make_asked,
    make_done,
    make_retrofit,
    make_running,
    make_site,
    make_started,
    meet,
    passes,
    plan,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(cast: Cast) -> Site:
    return make_site(cast)


def refused(deed: Any, *args: Any, **kwargs: Any) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as error:
        deed(*args, **kwargs)
    return error.value.code, error.value.field


def test_from_the_survey_to_the_end(site: Site) -> None:
    retrofit = make_running(site)
    assert (retrofit.state, retrofit.days, retrofit.company) == ("running", 9, site.firm)
    assert retrofit.meeting == Meeting.objects.get() and retrofit.meeting.led_by == site.firm
    assert [(one.after_days, one.due_on) for one in retrofit.checks_now()] == [
        (30, MONDAY.date() + 39 * DAY),
        (90, MONDAY.date() + 99 * DAY),
    ]
    passes(retrofit, site, after=30)
    assert retrofit.next_check_on == MONDAY.date() + 99 * DAY
    with pytest.raises(PartsMissing, match="90 天"):
        take(retrofit, "close", by=site.safety, at=MONDAY + 40 * DAY)
    passes(retrofit, site, after=90)
    take(retrofit, "close", by=site.safety, at=MONDAY + 100 * DAY)
    assert retrofit.state == "closed" and not DueItem.objects.open().filter(kind="retrofit_checks").exists()


def test_both_rates_are_kept(site: Site) -> None:
    retrofit = make_asked(site, base=412, yes=11, no=1)
    asked = asked_of(retrofit)
    assert asked is not None
    assert (asked.base, asked.answered, asked.reported, asked.denied, asked.silent) == (412, 12, 11, 1, 400)
    assert (asked.of_all, asked.of_answered) == (2.7, 91.7)


def test_a_survey_has_a_base_and_no_more_answers_than_that(site: Site) -> None:
    retrofit = make_retrofit(site)
    told: dict[str, Any] = {"title": "问卷", "questions": [QUESTION], "base_how": "x", "by": site.keeper, "at": MONDAY}
    days = {"opens_on": MONDAY.date(), "closes_on": MONDAY.date()}
    assert refused(open_survey, topic_of(retrofit), base_count=0, **days, **told) == ("no_base", "base_count")
    survey = ask(retrofit, site, base=2, yes=1, no=1)
    answer: dict[str, Any] = {"answers": {"q1": YES}, "channel": "door", "by": site.keeper, "at": MONDAY}
    assert refused(answer_survey, survey, household="9室", **answer) == ("more_than_the_base", "household")
    assert refused(answer_survey, survey, household="1室", **answer) == ("answered_already", "household")


def test_what_counting_the_survey_refuses(site: Site) -> None:
    retrofit, other = make_retrofit(site), make_retrofit(site)
    by: dict[str, Any] = {"by": site.keeper, "at": MONDAY}
    with pytest.raises(PartsMissing):
        take(retrofit, "count_survey", **by)
    survey = ask(retrofit, site, yes=0)
    assert refused(retrofits.count_survey, retrofit, survey=None, choice=YES, **by)[0] == "no_survey"
    assert refused(retrofits.count_survey, other, survey=survey, choice=YES, **by)[0] == "no_survey"
    assert refused(retrofits.count_survey, retrofit, survey=survey, choice="也许", **by) == ("no_choice", "choice")
    assert refused(retrofits.count_survey, retrofit, survey=survey, choice=YES, **by)[0] == "nobody_answered"


@pytest.mark.parametrize("gone", ["fire", "community", "property", "owners"])
def test_all_four_sides_come_before_it_is_agreed(site: Site, gone: str) -> None:
    retrofit = make_asked(site)
    meet(retrofit, site, sides={role: n for role, n in SIDES.items() if role != gone})
    with pytest.raises(PartsMissing) as error:
        retrofits.agree(retrofit, by=site.keeper, at=MONDAY)
    assert len(error.value.parts) == 1
    meet(retrofit, site, decides=False)
    with pytest.raises(PartsMissing, match="定下来的事"):
        retrofits.agree(retrofit, by=site.keeper, at=MONDAY)
    good = meet(retrofit, site)
    retrofits.agree(retrofit, by=site.keeper, at=MONDAY)
    assert retrofit.meeting == good


@pytest.mark.parametrize(
    ("zone", "field", "clause"),
    [
        ({"bikes": 45}, "bikes", "5.1.6"),
        ({"bikes": 21}, "bikes", "5.1.6"),
        ({"metres": Decimal("1.49")}, "metres", "5.1.6"),
        ({"divided_by": "gap", "metres": Decimal("1.99")}, "metres", "5.1.6"),
        ({"has_sprinkler": False}, "has_sprinkler", "5.3"),
    ],
)
def test_a_zone_against_the_rules_is_refused_with_its_clause(
    site: Site, zone: dict[str, Any], field: str, clause: str
) -> None:
    retrofit = make_agreed(site)
    given = {"number": 1, "bikes": 20, **SCREEN, "by": site.keeper, "at": MONDAY} | zone
    with pytest.raises(Refusal) as error:
        add_zone(retrofit, **given)
    assert (error.value.code, error.value.field) == ("rule", field) and clause in str(error.value.sentence)
    assert not retrofit.zones.exists()


def test_a_zone_at_its_limits_is_one(site: Site) -> None:
    retrofit = make_agreed(site)
    by: dict[str, Any] = {"by": site.keeper, "at": MONDAY, "has_sprinkler": True}
    add_zone(retrofit, number=1, bikes=20, divided_by="screen", metres=Decimal("1.5"), **by)
    row = add_zone(retrofit, number=2, bikes=20, divided_by="gap", metres=Decimal(2), **by)
    assert (row.most_bikes, row.least_m) == (20, 2) and row.rules
    assert refused(add_zone, retrofit, number=2, bikes=1, divided_by="gap", metres=Decimal(2), **by)[0] == "twice"
    drop_row(row, by=site.keeper, at=MONDAY)
    assert [one.number for one in retrofit.zones.all()] == [1]


def test_what_each_side_gives(site: Site) -> None:
    retrofit = make_started(site)
    by: dict[str, Any] = {"by": site.keeper, "at": MONDAY}
    assert (sides_of(list(retrofit.contributions.all())), total_of(list(retrofit.contributions.all()))) == (2, 6000)
    told: dict[str, Any] = {"role": "street", "name": "街道", "words": "补助", **by}
    assert refused(contribute, retrofit, gives="money", amount=None, **told) == ("no_amount", "amount")
    assert refused(contribute, retrofit, gives="people", amount=Decimal(5), **told) == ("amount_of_what", "amount")


def test_it_starts_with_measures_zones_and_contributions(site: Site) -> None:
    retrofit = make_agreed(site)
    with pytest.raises(PartsMissing) as error:
        retrofits.start(retrofit, by=site.keeper, at=MONDAY)
    assert len(error.value.parts) == 3
    started = make_started(site)
    with pytest.raises(PartsMissing, match="装隔板"):
        retrofits.report_done(started, by=site.keeper, at=MONDAY)


def test_the_first_day_is_neither_before_it_was_asked_for_nor_ahead(site: Site) -> None:
    retrofit = make_agreed(site)
    for day in (MONDAY.date() - DAY, MONDAY.date() + DAY):
        assert refused(retrofits.start, retrofit, started_on=day, by=site.keeper, at=MONDAY)[0] == "bad_day"


def test_nobody_accepts_what_is_theirs(site: Site) -> None:
    builders = Organisation.objects.create(name="快装工程", kind=Role.CONTRACTOR)
    retrofit = make_done(site)
    Retrofit.objects.update(contractor=builders)
    retrofit.contractor = builders
    both = make_member(Role.SAFETY, community=site.cast.home, username="both")
    both.memberships.create(role=Role.CONTRACTOR, organisation=builders, starts_on=dt.date(2026, 1, 1))
    with pytest.raises(NotAllowed):
        retrofits.accept(retrofit, by=type(both).objects.get(pk=both.pk), at=MONDAY + 9 * DAY)
    with pytest.raises(NotAllowed):
        retrofits.accept(retrofit, by=site.keeper, at=MONDAY + 9 * DAY)
    early = MONDAY.date() - DAY
    by: dict[str, Any] = {"by": site.safety, "at": MONDAY + 9 * DAY}
    assert refused(retrofits.accept, retrofit, accepted_on=early, **by) == ("bad_day", "accepted_on")
    retrofits.accept(retrofit, **by)
    assert retrofit.accepted_by == site.safety


def test_a_contractor_says_that_it_is_done(site: Site) -> None:
    builders = Organisation.objects.create(name="快装工程", kind=Role.CONTRACTOR)
    builder = make_member(Role.CONTRACTOR, organisation=builders, username="builder")
    retrofit = make_agreed(site)
    plan(retrofit, site)
    assert retrofit not in Retrofit.objects.visible_to(builder)
    retrofits.start(retrofit, contractor=builders, by=site.keeper, at=MONDAY)
    assert retrofit in Retrofit.objects.visible_to(builder)
    finish_measure(retrofit.measures.select_related("retrofit__case").get(), by=site.keeper, at=MONDAY)
    retrofits.report_done(retrofit, by=builder, at=MONDAY)
    assert retrofit.state == "accepting"


def test_a_test_that_fails_opens_the_works_again(site: Site) -> None:
    retrofit = make_running(site)
    late = MONDAY + 39 * DAY
    by: dict[str, Any] = {"by": site.safety, "at": late}
    retrofit_checks.fail_test(retrofit, tested=14, working=12, words="两个喷淋不出水", **by)
    assert (retrofit.state, retrofit.round, retrofit.reopened_count) == ("works", 2, 1)
    assert [(one.after_days, one.passed) for one in RetrofitCheck.objects.all()] == [(30, False)]
    assert not DueItem.objects.open().filter(kind="retrofit_checks").exists()
    assert Message.objects.filter(kind="retrofit_failed", user=site.keeper).exists()
    retrofits.report_done(retrofit, by=site.keeper, at=late + DAY)
    retrofits.accept(retrofit, by=site.safety, at=late + 2 * DAY)
    retrofit.refresh_from_db()
    assert retrofit.days == 9, "what was built in nine days was built in nine days"
    assert retrofit.next_check_on == (late + 32 * DAY).date()
    assert [one.round for one in retrofit.checks_now()] == [2, 2]


def test_what_a_test_refuses(site: Site) -> None:
    retrofit = make_running(site)
    soon: dict[str, Any] = {"by": site.safety, "at": MONDAY + 20 * DAY}
    then: dict[str, Any] = {"by": site.safety, "at": MONDAY + 39 * DAY}
    deed = retrofit_checks.pass_test
    assert refused(deed, retrofit, tested=14, working=14, **soon)[0] == "too_early"
    assert refused(deed, retrofit, tested=0, working=0, **then) == ("nothing_tested", "tested")
    assert refused(deed, retrofit, tested=14, working=15, **then) == ("more_than_tested", "working")
    assert refused(deed, retrofit, tested=14, working=13, **then) == ("not_all_work", "working")
    fails = retrofit_checks.fail_test
    assert refused(fails, retrofit, tested=14, working=14, words="都好", **then) == ("all_work", "working")


def test_tests_stand_in_the_register_once(site: Site) -> None:
    retrofit = make_running(site)
    rows = DueItem.objects.filter(kind="retrofit_checks")
    assert [(one.organisation, one.url) for one in rows] == [(site.firm, f"/safety/retrofits/{retrofit}/")] * 2
    assert generate_dues(on=MONDAY.date() + 12 * DAY, at=MONDAY, kinds=[CHECKS]) == 0
    passes(retrofit, site, after=30)
    assert rows.filter(done_on__isnull=False).count() == 1
    assert generate_dues(on=MONDAY.date() + 41 * DAY, at=MONDAY, kinds=[CHECKS]) == 0


def test_hazards_are_closed_by_their_own_reinspection(site: Site) -> None:
    retrofit = make_started(site)
    by: dict[str, Any] = {"by": site.safety, "at": MONDAY}
    hazard = open_hazard(
        community=site.cast.home,
        estate=site.estate,
        kind="blocked_way",
        words="堵了",
        source="survey",
        place_text="架空层",
        **by,
    )
    join_hazard(retrofit, hazard=hazard, by=site.keeper, at=MONDAY)
    assert refused(join_hazard, retrofit, hazard=hazard, by=site.keeper, at=MONDAY) == ("twice", "hazard")
    Retrofit.objects.filter(pk=retrofit.pk).update(
        state="running", accepted_on=MONDAY.date(), accepted_at=MONDAY, accepted_by=site.safety
    )
    retrofit.refresh_from_db()
    with pytest.raises(PartsMissing, match=hazard.case.number):
        take(retrofit, "close", **by)


def test_what_is_given_up_calls_its_meeting_off(site: Site) -> None:
    retrofit = make_asked(site)
    meeting = call_meeting(
        topic_of(retrofit),
        kind="joint",
        title="商量",
        starts_at=MONDAY + DAY,
        place="x",
        parties=[],
        by=site.keeper,
        at=MONDAY,
    )
    retrofits.cancel(retrofit, words="街道统一改", by=site.safety, at=MONDAY)
    meeting.refresh_from_db()
    assert retrofit.state == "cancelled" and meeting.called_off_why == "街道统一改"


def test_who_hears_of_it(site: Site) -> None:
    make_retrofit(site, by=site.safety)
    assert Message.objects.filter(kind="retrofit_yours", user=site.keeper).exists()
    retrofit = make_done(site)
    assert Message.objects.filter(kind="retrofit_to_accept", user=site.safety).exists()
    retrofits.send_back(retrofit, words="隔板松", by=site.safety, at=MONDAY + 9 * DAY)
    assert Message.objects.filter(kind="retrofit_back", user=site.keeper).exists()


def test_opening_refuses(site: Site) -> None:
    by: dict[str, Any] = {"by": site.safety, "at": MONDAY}
    told = {"place": "架空层", "words": "堆物"}
    other = type(site.estate).objects.create(community=site.cast.home, name="没人管的小区")
    assert refused(retrofits.open_retrofit, None, **told, **by) == ("no_estate", "estate")
    assert refused(retrofits.open_retrofit, other, **told, **by) == ("no_manager", "estate")
    assert refused(retrofits.open_retrofit, site.estate, **told | {"place": ""}, **by) == ("no_place", "place")
    assert refused(retrofits.open_retrofit, site.estate, **told | {"words": ""}, **by) == ("no_words", "words")
    wrong = site.cast.building
    assert refused(retrofits.open_retrofit, site.estate, building=wrong, **told, **by) == ("other_estate", "building")
