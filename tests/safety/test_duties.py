"""What is due for premises, by kind and height and clause; and that one drill settles several duties."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community_portal import clock
from community_portal.dues.actions import generate_dues, settle_dues
from community_portal.dues.models import DueItem
from community_portal.dues.notices import remind_of_dues
from community_portal.outbox.models import Message
from community_portal.people.models import Organisation, Role
from community_portal.refusals import NotAllowed, Refusal
from community_portal.rules.actions import load_rulebook
from safety.actions.premises import save_premises
from safety.dues import DUTIES
from safety.duties import rules_on, term_of
from safety.models import Drill
from safety.queries.duties import FIVE, of_the_week, week_of
from tests.cast import Cast
from tests.factories import make_member
from tests.safety.campaigning import make_premises, make_safety

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules(db: Any) -> None:
    load_rulebook(at=clock.now())


def asked(cast: Cast, **over: Any) -> dict[str, tuple[int, str]]:
    premises = make_premises(cast, **over)
    rules = rules_on(clock.today())(cast.home.street_id)
    terms = {duty: term_of(premises, duty, rules=rules) for duty in DUTIES}
    return {duty: (term.months, term.clause) for duty, term in terms.items() if term}


def test_what_is_asked_follows_kind_and_height(cast: Cast) -> None:
    high = asked(cast)
    assert high == {
        "drill": (12, "高层消防规定第 41、44 条"),
        "training": (12, "高层消防规定第 41 条"),
        "fire_check": (1, "高层消防规定第 35 条"),
        "full_test": (12, "消防法第 16 条"),
        "frail_list": (6, "高层消防规定第 12 条"),
    }
    assert asked(cast, height_m=27) == {"frail_list": (6, "高层消防规定第 12 条")}
    assert asked(cast, height_m=None) == high  # a height that nobody told exempts from nothing
    assert asked(cast, kind="kindergarten", height_m=9)["fire_check"] == (3, "公安部令第61号第 26 条")
    assert asked(cast, kind="company", height_m=9, is_key_unit=True)["drill"] == (6, "公安部令第61号第 40 条")
    assert asked(cast, kind="site", height_m=3) == {"ebike_drill": (12, "充电场所规定（草案）第 7.4 条")}


@pytest.mark.parametrize(("duty", "kind", "of"), [("drill", "evacuation", "homes"), ("ebike_drill", "ebike", "site")])
def test_a_plan_from_a_duty_knows_where_and_what(cast: Cast, client: Client, duty: str, kind: str, of: str) -> None:
    safety, at = make_safety(cast), clock.now()
    premises = save_premises(make_premises(cast, kind=of), by=safety, at=at)
    item = DueItem.objects.open().get(subject_ref=premises.ref, kind=f"safety_{duty}")
    client.force_login(safety)
    form = client.get(item.url).context["form"]
    assert (form["kinds"].value(), form["premises"].value(), form["place"].value()) == (
        [kind],
        premises.pk,
        premises.name,
    )
    assert premises.name in form["title"].value()
    starts = clock.local(at) + dt.timedelta(days=9)
    typed = {
        "title": "演练", "kinds": [kind], "premises": premises.pk, "place": "东门", "places_for": 50,
        "starts_at": f"{starts:%Y-%m-%dT10:00}", "ends_at": f"{starts:%Y-%m-%dT11:00}",
    }  # fmt: skip
    assert client.post(item.url, typed).status_code == 303
    assert [(one.premises, one.floors) for one in Drill.objects.get().houses.all()] == [(premises, premises.floors)]


def test_a_plan_begins_with_nothing_that_may_not_be_chosen(cast: Cast, client: Client) -> None:
    """Premises of elsewhere, of none, a kind that there is not."""
    client.force_login(make_safety(cast))
    away = make_premises(cast, name="别处的楼", kind="shop")
    away.community = cast.next_door
    away.save()
    for asked in (f"premises={away.pk}&kind=x", "premises=9999999", "premises=%27&kind=", "premises=" + "9" * 30):
        form = client.get(f"/safety/drills/new/?{asked}").context["form"]
        assert not {"premises", "place", "title", "kinds"} & form.initial.keys()
    answer = client.post("/safety/drills/new/", {"premises": away.pk})
    assert answer.status_code == 422 and answer.context["form"].errors["premises"]


def test_items_come_at_once_follow_a_change_and_go(cast: Cast) -> None:
    safety, at = make_safety(cast), clock.now()
    premises = save_premises(make_premises(cast), by=safety, at=at)
    open_ones = DueItem.objects.open().filter(subject_ref=premises.ref)
    assert open_ones.count() == 5 and all(item.clause for item in open_ones)
    assert generate_dues(on=clock.today(), at=at, kinds=DUTIES.values()) == 0  # two runs, one row
    premises.height_m = 20
    save_premises(premises, by=safety, at=at)
    assert [item.kind for item in open_ones.all()] == ["safety_frail_list"]
    premises.until = clock.today() - dt.timedelta(days=1)
    save_premises(premises, by=safety, at=at)
    assert not open_ones.all().exists()


def test_the_property_company_does_what_is_its_own(cast: Cast) -> None:
    firm = Organisation.objects.create(name="公园里物业", kind=Role.PROPERTY)
    theirs = make_member(Role.PROPERTY, organisation=firm, username="property")
    save_premises(make_premises(cast, property_company=firm), by=make_safety(cast), at=clock.now())
    assert DueItem.objects.waiting_for(theirs).count() == DueItem.objects.visible_to(theirs).count() == 5


def test_one_drill_settles_several_duties_by_its_tags(cast: Cast) -> None:
    safety, at = make_safety(cast), clock.now()
    homes = save_premises(make_premises(cast), by=safety, at=at)
    site = save_premises(make_premises(cast, kind="site", name="充电棚", height_m=3), by=safety, at=at)
    tags = {"drill", "drill_evacuation", "drill_ebike", "training"}
    settled = settle_dues(
        tags=tags, refs=[homes.ref, site.ref], on=clock.today(), ref="drill:XF-26-0001", by=safety, at=at
    )
    assert settled == 3
    done = DueItem.objects.filter(done_ref="drill:XF-26-0001").values_list("kind", flat=True)
    assert set(done) == {"safety_drill", "safety_training", "safety_ebike_drill"}


def test_five_things_late_ones_first_each_with_its_clause(cast: Cast, signed_in: Any) -> None:
    safety, at = make_safety(cast), clock.now()
    for n in range(4):
        save_premises(make_premises(cast, name=f"公园里 {n} 幢"), by=safety, at=at)
    checks = DueItem.objects.filter(kind="safety_fire_check").order_by("id")
    yesterday = clock.today() - dt.timedelta(days=1)
    late, done = checks[0], checks[1]
    monday, sunday = week_of(clock.today())
    DueItem.objects.filter(pk=late.pk).update(
        starts_on=dt.date(2026, 1, 1), opens_on=dt.date(2026, 1, 1), due_on=yesterday
    )
    DueItem.objects.filter(pk=done.pk).update(done_on=clock.today(), done_at=at)
    DueItem.objects.filter(kind="safety_full_test").update(due_on=sunday)
    five, finished, owed = of_the_week(safety, on=clock.today())
    assert len(five) == FIVE and finished == 1 and five[0].pk == late.pk and five[0].tone == "late"
    assert owed == DueItem.objects.open().filter(due_on__lte=sunday).count()
    assert all(one.clause for one in five)
    page = signed_in(safety).get("/safety/desk/").content.decode()
    for words in ("本周必须做的五件事", "高层消防规定第 35 条", "超期 1 天"):
        assert words in page, words


def test_a_week_with_fewer_than_five_does_not_say_five(cast: Cast, signed_in: Any) -> None:
    safety = make_safety(cast)
    desk = signed_in(safety)
    assert "五件事" not in desk.get("/safety/desk/").content.decode()
    save_premises(make_premises(cast), by=safety, at=clock.now())
    DueItem.objects.update(due_on=clock.today() + dt.timedelta(days=20))
    first = DueItem.objects.order_by("id")[0]
    DueItem.objects.filter(pk=first.pk).update(due_on=clock.today())
    page = desk.get("/safety/desk/").content.decode()
    assert "<h1>本周必须做的事</h1>" in page and "五件事" not in page


def test_the_desk_asks_the_same_for_one_and_thirty(cast: Cast, signed_in: Any, time_machine: Any) -> None:
    time_machine.move_to(clock.at_wall(dt.date(2026, 11, 30), dt.time(10)))  # a last day: what comes every month is due
    safety, at = make_safety(cast), clock.now()
    desk = signed_in(safety)
    save_premises(make_premises(cast), by=safety, at=at)
    desk.get("/safety/desk/")

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked_for:
            assert desk.get("/safety/desk/").status_code == 200
        return len(asked_for)

    first = queries()
    for n in range(30):
        save_premises(make_premises(cast, name=f"公园里 {n} 幢"), by=safety, at=at)
    assert queries() <= first


def test_whoever_does_it_is_reminded_once_a_day(cast: Cast) -> None:
    safety, at = make_safety(cast), clock.now()
    save_premises(make_premises(cast), by=safety, at=at)
    DueItem.objects.filter(kind="safety_fire_check").update(
        due_on=clock.today(), starts_on=clock.today(), opens_on=clock.today()
    )
    remind_of_dues(at=at)
    remind_of_dues(at=at)
    told = Message.objects.filter(kind="dues_today", user=safety)
    assert told.exists() and told.values("channel").distinct().count() == told.count()
    assert "防火检查" in told[0].context["lines"]


def test_who_may_register_premises_and_what_is_wrong_is_said(cast: Cast, signed_in: Any) -> None:
    safety = make_safety(cast)
    with pytest.raises(NotAllowed):
        save_premises(make_premises(cast), by=cast.officer, at=clock.now())
    save_premises(make_premises(cast), by=safety, at=clock.now())
    with pytest.raises(Refusal, match="已经有了"):
        save_premises(make_premises(cast), by=safety, at=clock.now())
    desk = signed_in(safety)
    typed = {"kind": "homes", "name": "新楼", "floors": 0, "heads": 3, "since": "2020-01-01"}
    assert desk.post("/safety/premises/new/", typed).status_code == 422
    assert desk.post("/safety/premises/new/", typed | {"floors": 20}).status_code == 303
    assert "新楼" in desk.get("/safety/premises/").content.decode()
    assert "新楼" in desk.get("/safety/desk/").content.decode()
