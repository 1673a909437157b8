"""A hazard from the report to its end: who may, what is asked, what is refused."""

import datetime as dt
from typing import Any

import pytest

from charging.models import WireReport
from community_portal.captured import captured
from community_portal.casework.models import Task
from community_portal.matters import passing
from community_portal.matters.actions.steps import take
from community_portal.outbox.models import Message
from community_portal.people.models import Role
from community_portal.refusals import Changed, NotAllowed, Refusal
from safety.actions import hazard_fixing, hazards
from safety.models import Hazard, HazardPhoto, Premises
from safety.queries.hazards import alike, asked_now
from safety.workflow.states import Hazarding
from tests.cast import MONDAY, Cast
from tests.factories import make_member
from tests.safety.hazarding import (
    DAY,
    DUE,
    Watch,
    assign,
    bring_to,
    fix,
    found,
    make_watch,
    pass_look,
    picture,
    read,
    signature,
    submit,
    verify,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def watch(cast: Cast) -> Watch:
    return make_watch(cast)


def code_of(deed: Any, **given: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        deed(**given)
    return f"{refusal.value.field}:{refusal.value.code}"


def test_anybody_reports_it_and_whoever_leaves_no_name_follows_it_by_the_code(watch: Watch) -> None:
    hazard = found(watch)
    assert (hazard.state, hazard.is_anonymous, hazard.case.phone_tail) == (Hazarding.REPORTED, True, "123456")
    assert (
        hazard.case.title == "幸福家园 5栋 幸福家园 5 幢：楼道、通道堆东西" or "楼道、通道堆东西" in hazard.case.title
    )
    assert hazard.photos.get().side == "before"
    assert hazard.clause.startswith("消防法第 28 条")
    assert hazard.grid == watch.cast.grid
    bare = found(watch, photos=[], premises=None, place_text="东门口")
    assert bare.is_anonymous and not bare.photos.exists() and "东门口" in bare.case.address


def test_whoever_answers_for_it_and_says_how_bad_it_is_has_looked(watch: Watch) -> None:
    by_officer = found(watch, by=watch.cast.officer, source="grid", level="serious")
    assert (by_officer.state, by_officer.verified_at) == (Hazarding.VERIFIED, MONDAY)
    assert found(watch, by=watch.cast.officer, source="grid").state == Hazarding.REPORTED
    assert found(watch, level="major").state == Hazarding.REPORTED  # told by nobody in particular


def test_a_property_company_finds_them_in_what_it_manages_and_is_given_them(watch: Watch) -> None:
    hazard = found(watch, by=watch.fang, source="property")
    assert hazard in Hazard.objects.visible_to(watch.fang)
    assert "fix" in {step.name for step in hazard.flow.open_steps(hazard, watch.fang)}
    elsewhere = Premises.objects.create(
        community=watch.cast.home, kind="homes", name="别处", floors=2, since=dt.date(2020, 1, 1)
    )
    with pytest.raises(NotAllowed):
        found(watch, by=watch.fang, source="property", premises=elsewhere)
    with pytest.raises(NotAllowed):
        found(watch, by=watch.cast.stranger)


@pytest.mark.parametrize(
    ("over", "told"),
    [
        ({"kind": "dragon"}, "kind:no_kind"),
        ({"premises": None}, "place:no_place"),
        ({"level": "awful"}, "level:no_level"),
    ],
)
def test_what_is_no_hazard_is_refused_beside_its_field(watch: Watch, over: dict[str, Any], told: str) -> None:
    assert code_of(found, watch=watch, **over) == told


def test_of_a_week_and_the_same_place_it_may_be_the_same(watch: Watch) -> None:
    old = found(watch, at=MONDAY - 8 * DAY)
    first = found(watch, at=MONDAY - 6 * DAY)
    other_kind = found(watch, kind="wiring")
    hazard = found(watch)
    near = alike(
        community=watch.cast.home, kind="blocked_way", premises=watch.premises, building=None, at=MONDAY, but=hazard.pk
    )
    assert list(near) == [first] and old.pk and other_kind.pk
    assert [photo.attachment_id for photo in near[0].first_photos]
    hazards.duplicate(hazard, first=first, by=watch.safety, at=MONDAY)
    assert (hazard.state, hazard.duplicate_of) == (Hazarding.DUPLICATE, first)
    assert code_of(hazards.duplicate, hazard=first, first=hazard, by=watch.safety, at=MONDAY) == "first:closed_already"
    assert code_of(hazards.duplicate, hazard=first, first=first, by=watch.safety, at=MONDAY) == "first:not_the_same"


def test_whoever_reported_the_same_hears_what_came_of_it(watch: Watch) -> None:
    first = found(watch)
    elder = watch.cast.elder
    mine = found(watch, by=watch.cast.elder_account, reporter=elder, code="")
    hazards.duplicate(mine, first=first, by=watch.safety, at=MONDAY)
    fix(first, watch)
    pass_look(first, watch, words="搬走了，谢谢您")
    assert Message.objects.filter(kind="hazard_closed", resident=elder).exists()
    assert mine.case.events.filter(kind="first_closed", words="搬走了，谢谢您").exists()


def test_places_that_come_back_are_marked(watch: Watch) -> None:
    for month in (200, 100):
        found(watch, at=MONDAY - month * DAY)
    take(found(watch, at=MONDAY - 50 * DAY), "not_hazard", words="不是", by=watch.safety, at=MONDAY)
    assert found(watch).times_here == 3
    assert found(watch, at=MONDAY + 300 * DAY).times_here == 2  # of the year before alone


def test_mended_on_the_spot_with_a_photo_and_looked_at_by_another(watch: Watch) -> None:
    hazard = found(watch)
    assert code_of(fix, hazard=hazard, watch=watch, photos=[]) == "photos:no_photo"
    fix(hazard, watch)
    assert (hazard.state, hazard.fixed_on_spot, hazard.level) == (Hazarding.FIXED, True, "general")
    with pytest.raises(NotAllowed, match="别人"):
        pass_look(hazard, watch, by=watch.safety)
    pass_look(hazard, watch)
    assert hazard.state == Hazarding.CLOSED


def test_given_with_person_day_money_and_what_is_done_meanwhile(watch: Watch) -> None:
    hazard = verify(found(watch), watch, level="serious")
    assert code_of(assign, hazard=hazard, watch=watch) == "interim:no_interim"
    given: dict[str, Any] = {"hazard": hazard, "watch": watch, "interim": "拉了警戒带"}
    assert code_of(assign, **given, due_on=MONDAY.date() - DAY) == "due_on:bad_day"
    assert code_of(assign, **given, due_on=dt.date(2026, 11, 28)) == "due_on:day_off"  # a Saturday
    assert code_of(assign, **given, due_on=MONDAY.date() + 60 * DAY) == "due_on:too_long"
    assert code_of(assign, **given, officer=None) == "officer:not_an_officer"
    assert code_of(assign, **given, organisation=watch.fire) == "organisation:no_company"
    assert code_of(assign, **given, due_on=None) == "due_on:no_day"
    assert code_of(assign, **given, cost=-1) == "cost:bad_cost"
    assign(**given, cost=600, paid_by="物业出")
    assert (hazard.state, hazard.organisation, hazard.due_on) == (Hazarding.ASSIGNED, watch.firm, DUE)
    assert hazard.due_at and hazard.due_at.astimezone(MONDAY.tzinfo).date() == DUE
    assert hazard in Hazard.objects.visible_to(watch.fang)
    assert Task.objects.inbox_of(watch.fang).filter(flow="hazard", matter_id=hazard.pk).exists()
    assert Message.objects.filter(kind="hazard_given", user=watch.fang).exists()


def test_to_one_of_us_where_no_organisation_is_named(watch: Watch) -> None:
    hazard = assign(verify(found(watch), watch), watch, organisation=None, officer=watch.cast.officer)
    assert Task.objects.inbox_of(watch.cast.officer).filter(flow="hazard", matter_id=hazard.pk).exists()
    assert Message.objects.filter(kind="hazard_assigned", user=watch.cast.officer).exists()


def test_photos_of_afterwards_are_new_and_none_of_before(watch: Watch) -> None:
    before = picture(colour=200)
    hazard = assign(verify(found(watch, photos=[before]), watch), watch)
    given: dict[str, Any] = {"hazard": hazard, "watch": watch}
    assert code_of(submit, **given, photos=[]) == "photos:no_photo"
    assert code_of(submit, **given, photos=[before]) == "photos:same_photo"
    old = picture(taken_at=MONDAY - DAY)
    assert code_of(submit, **given, photos=[old]) == "photos:old_photo"
    elsewhere = found(watch, photos=[picture(colour=77)])
    assert code_of(submit, **given, photos=[picture(colour=77)]) == "photos:used_photo" and elsewhere.pk
    submit(**given, photos=[picture(), picture(taken_at=MONDAY + DAY)])
    after = HazardPhoto.objects.filter(hazard=hazard, side="after")
    assert sorted(after.values_list("no_time", flat=True)) == [False, True]


def test_what_failed_is_all_that_the_next_look_asks(watch: Watch) -> None:
    hazard = bring_to(Hazarding.SUBMITTED, watch)
    asked = asked_now(hazard)
    assert len(asked) == 3
    answers = dict.fromkeys(asked, True) | {asked[1]: False}
    given: dict[str, Any] = {"by": watch.cast.officer, "at": MONDAY + DAY}
    some = {asked[0]: True}
    told = code_of(hazard_fixing.pass_look, hazard=hazard, answers=some, signature=signature(), **given)
    assert told == "answers:not_all_asked"
    refused = code_of(hazard_fixing.pass_look, hazard=hazard, answers=answers, signature=signature(), **given)
    assert refused == "answers:not_all_well"
    hazard_fixing.fail_look(hazard, answers=answers, words="还有一张沙发", due_on=DUE + DAY, **given)
    assert (hazard.state, hazard.reopened_count, hazard.rectifier) == (Hazarding.IN_PROGRESS, 1, None)
    assert asked_now(hazard) == [asked[1]]
    submit(hazard, watch, at=MONDAY + 2 * DAY)
    pass_look(hazard, watch, answers={asked[1]: True}, at=MONDAY + 3 * DAY)
    rounds = [(look.round, look.passed, look.lines.count()) for look in hazard.reinspections.all()]
    assert rounds == [(0, False, 3), (1, True, 1)]


def test_signed_by_whoever_looked_and_by_nobody_who_mended(watch: Watch) -> None:
    hazard = bring_to(Hazarding.SUBMITTED, watch)
    assert code_of(pass_look, hazard=hazard, watch=watch, signature=None) == "signature:no_signature"
    with pytest.raises(NotAllowed):
        pass_look(hazard, watch, by=watch.fang)
    hazard = read(hazard)
    pass_look(hazard, watch)
    assert hazard.closed_signing and hazard.closed_signing.signer_name == "周敏"
    assert hazard.closed_signing.content["rectified"] == "搬走了"
    assert (hazard.reinspector, hazard.rectifier) == (watch.cast.officer, watch.fang)


def test_mended_where_there_was_no_network_it_was_mended_then(watch: Watch) -> None:
    hazard = bring_to(Hazarding.ASSIGNED, watch)
    with captured(MONDAY + DAY):
        submit(hazard, watch, at=MONDAY + DAY + dt.timedelta(hours=3))
    assert hazard.rectified_at == MONDAY + DAY
    assert {step.name for step in hazard.flow.steps if step.works_offline} == {"fix", "submit"}


def test_it_comes_back_under_its_number_as_often_as_it_does(watch: Watch) -> None:
    hazard = bring_to(Hazarding.CLOSED, watch)
    for times in (1, 2):
        hazard_fixing.reopen(hazard, words="又堆上了", by=watch.safety, at=MONDAY + 5 * DAY)
        assert (hazard.state, hazard.reopened_count, hazard.closed_signing) == (Hazarding.VERIFIED, times, None)
        assert hazard not in Hazard.objects.visible_to(watch.fang)  # it is given anew
        assign(hazard, watch, at=MONDAY + 6 * DAY, due_on=MONDAY.date() + 9 * DAY)
        submit(hazard, watch, at=MONDAY + 7 * DAY)
        pass_look(hazard, watch, at=MONDAY + 8 * DAY)
    assert hazard.case.number == read(hazard).case.number


def test_less_bad_needs_a_reason_and_worse_what_is_done_meanwhile(watch: Watch) -> None:
    hazard = verify(found(watch), watch, level="major")
    given: dict[str, Any] = {"hazard": hazard, "by": watch.safety, "at": MONDAY}
    assert code_of(hazards.regrade, **given, level="general") == "words:no_words"
    hazards.regrade(**given, level="general", words="只剩一辆童车")
    assign(hazard, watch)
    assert code_of(hazards.regrade, **given, level="major") == "interim:no_interim"
    hazards.regrade(**given, level="major", interim="夜里加巡一次")
    assert (hazard.level, hazard.interim) == ("major", "夜里加巡一次")


def test_a_wire_goes_to_charging_in_the_same_case(watch: Watch) -> None:
    hazard = found(watch, kind="wire", place_text="3 楼窗口")
    hazards.pass_on(hazard, words="从 3 楼拉下来", by=watch.safety, at=MONDAY)
    wire = WireReport.objects.get()
    assert (wire.case, hazard.state) == (hazard.case, Hazarding.PASSED_ON)
    assert wire.building == watch.building and wire.case.phone_tail == "123456"
    charger = make_member(Role.CHARGING, community=watch.cast.home, username="charger")
    assert Task.objects.inbox_of(charger).filter(flow="wire").exists()


def test_a_wire_of_which_nobody_knows_the_estate_asks_for_it(watch: Watch) -> None:
    hazard = found(watch, kind="wire", premises=None, place_text="路边")
    assert code_of(hazards.pass_on, hazard=hazard, by=watch.safety, at=MONDAY) == "estate:no_estate"
    hazards.pass_on(hazard, estate=watch.building.estate, by=watch.safety, at=MONDAY)
    assert WireReport.objects.get().estate == watch.building.estate


def test_where_nobody_takes_wires_a_wire_is_a_hazard_like_others(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    hazard = found(watch, kind="wire")
    monkeypatch.setattr(passing, "TAKERS", {})
    assert "pass_on" not in {step.name for step in hazard.flow.open_steps(hazard, watch.safety)}
    with pytest.raises(Refusal, match="没有人接飞线"):
        hazards.pass_on(hazard, by=watch.safety, at=MONDAY)
    with pytest.raises(Changed):
        passing.pass_to("wire", hazard, by=watch.safety, at=MONDAY)
