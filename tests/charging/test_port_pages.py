"""Where to charge, one socket, boxes for who looks after them, labels, prices and patrols."""

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from charging.actions import works
from charging.actions.patrols import CHECKS, record_patrol
from charging.actions.ports import add_point, put_in_service, remove_port, set_tariff
from charging.actions.statuses import hear_from, take_statuses
from charging.dues import PATROL
from charging.models import ChargePoint, Patrol, Port, Tariff
from charging.queries.free import age_words, places
from charging.workflow.sites import State
from community_portal import clock
from community_portal.dues.actions import generate_dues
from community_portal.dues.models import DueItem
from community_portal.people.models import Role
from community_portal.refusals import NotAllowed, Refusal
from tests.cast import MONDAY, Cast
from tests.charging.boxes import (
    heard,
    make_box,
    make_operator,
    make_operator_member,
    make_ports,
    make_serving_site,
    place_estate,
)
from tests.charging.places import DAY, Place, bring_to, pass_all, sign_all
from tests.factories import make_estate, make_member

NOW = clock.now().replace(microsecond=0)
MINUTE = dt.timedelta(minutes=1)


def say(port: Port, word: str, minutes: int = 2) -> None:
    take_statuses([heard(port, word, NOW - minutes * MINUTE)], operator=port.point.operator, channel="api", at=NOW)


def words_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    """However long the tests before it took."""
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def charger(cast: Cast) -> Any:
    return make_member(Role.CHARGING, community=cast.home, username="charger")


# ---- where can I charge -----------------------------------------------------------------------------------------------
def test_free_busy_broken_and_unknown_are_told_apart(cast: Cast):
    _operator, ports = make_ports(cast.home, sockets=10)
    for port, word in zip(ports, ["Available"] * 4 + ["Charging"] * 3 + ["Faulted", "Unavailable"], strict=False):
        say(port, word)
    (found,) = places(communities=[cast.home.pk], at=NOW)
    assert (found.total, found.free, found.busy, found.bad, found.off, found.unknown) == (10, 4, 3, 1, 1, 1)
    page = words_of(Client().get(reverse("charging_near")))
    assert "空 / 共 10" in page and "1 个坏了" in page and "2 分钟前" in page
    assert "10 个插座：4 个空，3 个在充，1 个坏了，1 个停用，1 个不知道" in page


def test_full_and_unknown_do_not_look_alike(cast: Cast):
    _operator, ports = make_ports(cast.home, sockets=2)
    assert "不知道" in words_of(Client().get(reverse("charging_near")))
    say(ports[0], "Charging")
    page = words_of(Client().get(reverse("charging_near")))
    assert "满了" not in page and "不知道" in page  # the other may be free
    say(ports[1], "Charging")
    page = words_of(Client().get(reverse("charging_near")))
    assert "满了" in page and "附近现在没有空位" in page


def test_sockets_that_are_planned_or_removed_count_for_nothing(cast: Cast):
    _operator, ports = make_ports(cast.home, sockets=3)
    for port in ports:
        say(port, "Available")
    Port.objects.filter(pk=ports[0].pk).update(removed_on=clock.today(), removed_why="撞坏")
    Port.objects.filter(pk=ports[1].pk).update(in_service_on=None)
    (found,) = places(communities=[cast.home.pk], at=NOW)
    assert (found.total, found.free) == (1, 1)


def test_a_box_that_is_closed_now_has_nothing_free(cast: Cast):
    _operator, ports = make_ports(cast.home, sockets=2)
    ChargePoint.objects.update(opens_at=dt.time(6), closes_at=dt.time(22))
    for port in ports:
        say(port, "Available")
    for hour, free in ((5, 0), (6, 2), (21, 2), (22, 0)):
        at = clock.at_wall(clock.today() + dt.timedelta(days=1), dt.time(hour))
        hear_from([ports[0].point_id], at=at)
        assert places(communities=[cast.home.pk], at=at)[0].free == free, hour


def test_a_suspended_site_has_nothing_free(cast: Cast):
    site = make_serving_site(cast.home, state="suspended")
    box = make_box(site, make_operator(), sockets=2)
    for port in box.ports.all():
        say(port, "Available")
    assert places(communities=[cast.home.pk], at=NOW)[0].free == 0


def test_nearest_first_from_ones_own_estate_or_from_another(cast: Cast, signed_in: Any):
    home, other = cast.building.estate, make_estate(community=cast.home, name="中兴花苑")
    place_estate(home, "120.943112", "31.952301")
    place_estate(other, "120.953112", "31.952301")
    near = make_serving_site(cast.home, lon="120.943800", name="近处")
    far = make_serving_site(cast.home, lon="120.953000", name="远处")
    nowhere = make_serving_site(cast.home, lon=None, lat=None, name="没有坐标")
    for site in (near, far, nowhere):
        make_box(site, make_operator(), sockets=1)

    def order(client: Client, query: str = "") -> list[str]:
        page = client.get(reverse("charging_near") + query).content.decode()
        return sorted(("近处", "远处", "没有坐标"), key=lambda name: page.find(f"{name} ·"))

    assert order(signed_in(cast.elder_account)) == ["近处", "远处", "没有坐标"]
    assert order(Client(), f"?from={other.pk}") == ["远处", "近处", "没有坐标"]
    found = places(communities=[cast.home.pk], at=NOW, origin=(Decimal("120.943112"), Decimal("31.952301")))
    assert (found[0].metres, found[0].minutes) == (60, 1)
    assert "从哪个小区出发" in words_of(Client().get(reverse("charging_near") + "?from="))


def test_only_what_has_a_free_one(cast: Cast):
    _operator, (free, *_rest) = make_ports(cast.home, sockets=1)
    _operator, (busy, *_rest) = make_ports(cast.home, sockets=1)
    say(free, "Available")
    say(busy, "Charging")
    page = words_of(Client().get(reverse("charging_near") + "?free=1"))
    assert free.point.site.name in page and f"{busy.point.site.name} ·" not in page
    assert "只看有空的 1 处" in words_of(Client().get(reverse("charging_near")))


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (0, "刚刚"), (59, "刚刚"), (60, "1 分钟前"), (3 * 60 + 5, "3 分钟前"), (3600, "1 小时前"), (23 * 3600, "23 小时前"),
        (-30, "刚刚"),
    ],
)  # fmt: skip
def test_how_old_it_is_in_words(ago: int, words: str):
    assert age_words(NOW - dt.timedelta(seconds=ago), at=NOW) == words


def test_silence_of_more_than_a_day_says_since_when():
    noon = clock.at_wall(dt.date(2026, 11, 24), dt.time(12))
    with time_machine.travel(noon, tick=False):
        assert age_words(noon - dt.timedelta(hours=28, minutes=20), at=noon) == "昨天 7:40起没消息"
    assert age_words(None, at=NOW) == "还没有消息"


def test_the_list_asks_as_much_for_thirty_sites(cast: Cast):
    def asked() -> int:
        Client().get(reverse("charging_near"))
        with CaptureQueriesContext(connection) as found:
            assert Client().get(reverse("charging_near") + "?all=1").status_code == 200
        return len(found)

    make_ports(cast.home, sockets=2)
    before = asked()
    for _n in range(29):
        make_ports(cast.home, sockets=2)
    assert asked() == before


def test_a_typed_code_leads_to_its_socket(cast: Cast):
    _operator, ports = make_ports(cast.home)
    found = Client().get(reverse("charging_near"), {"code": f" {ports[0].code.lower()} "})
    assert found.headers["Location"] == reverse("charge_port", args=[ports[0].code])
    assert "没有这个编号" in words_of(Client().get(reverse("charging_near"), {"code": "NO-99"}))


# ---- the map ----------------------------------------------------------------------------------------------------------
OUTLINE = {"type": "Polygon", "coordinates": [[[120.94, 31.95], [120.95, 31.95], [120.95, 31.96], [120.94, 31.95]]]}


def test_the_map_has_outlines_and_points_and_no_tiles_of_others(cast: Cast):
    estate = cast.building.estate
    estate.outline = OUTLINE
    estate.save()
    _operator, (port, *_rest) = make_ports(cast.home, sockets=2)
    say(port, "Available")
    drawn = json.loads(Client().get(reverse("charging_map")).content)
    assert drawn["tiles"] is None
    assert drawn["estates"]["features"][0]["geometry"] == OUTLINE
    (site,) = drawn["sites"]["features"]
    assert site["geometry"]["coordinates"] == [120.943112, 31.952301]
    assert (site["properties"]["ports"], site["properties"]["free"], site["properties"]["unknown"]) == (2, 1, 1)


def test_what_has_no_point_is_not_on_the_map(cast: Cast):
    make_box(make_serving_site(cast.home, lon=None, lat=None), make_operator())
    drawn = json.loads(Client().get(reverse("charging_map")).content)
    assert drawn["sites"]["features"][0]["geometry"] is None


def test_tiles_of_another_system_move_what_is_drawn_upon_them(cast: Cast):
    make_ports(cast.home)
    tiles = {"url": "https://tiles.example/{z}/{x}/{y}.png", "crs": "gcj02", "attribution": "x"}
    with override_settings(MAP_TILES=tiles):
        drawn = json.loads(Client().get(reverse("charging_map")).content)
    lon, lat = drawn["sites"]["features"][0]["geometry"]["coordinates"]
    assert drawn["tiles"]["url"] == tiles["url"]
    assert 0.003 < lon - 120.943112 < 0.007 and -0.004 < lat - 31.952301 < 0


# ---- one socket -------------------------------------------------------------------------------------------------------
def test_the_page_of_a_socket_says_state_age_price_and_its_neighbours(cast: Cast, charger: Any):
    _operator, ports = make_ports(cast.home, sockets=10)
    say(ports[2], "Available")
    set_tariff(
        ports[0].point.site,
        price=Decimal("0.53"),
        service_fee=Decimal("0.30"),
        valid_from=clock.today(),
        by=charger,
        at=clock.today(),
    )
    page = words_of(Client().get(reverse("charge_port", args=[ports[2].code])))
    for words in ("空着，可以用", "2 分钟前", "0.53 元", "0.30 元", "约 0.9 元", "充好了请挪车", "号插座"):
        assert words in page, words
    assert page.count('class="dunno') == 9


def test_the_code_may_be_typed_small(cast: Cast):
    _operator, ports = make_ports(cast.home)
    assert Client().get(reverse("charge_port", args=[ports[0].code.lower()])).status_code == 200
    assert Client().get(reverse("charge_port", args=["NO-01"])).status_code == 404


def test_a_removed_socket_says_so_and_where_the_next_is(cast: Cast, charger: Any):
    _operator, ports = make_ports(cast.home)
    _operator, (other, *_rest) = make_ports(cast.home, sockets=2)
    say(other, "Available")
    remove_port(ports[0], why="被车撞坏了", by=charger, at=NOW)
    page = words_of(Client().get(reverse("charge_port", args=[ports[0].code])))
    assert "拆了" in page and "被车撞坏了" in page and other.point.site.name in page
    assert "点一下是什么毛病" not in page
    assert (
        Client().post(reverse("charge_port", args=[ports[0].code]), {"reason": "hot", "once": "a" * 32}).status_code
        == 422
    )


def test_a_fault_keeps_the_vendors_code_and_hides_no_neighbour(cast: Cast, charger: Any, signed_in: Any):
    """lbbrhzn/ocpp #1987: one faulted connector hid all its values."""
    _operator, ports = make_ports(cast.home, sockets=2)
    take_statuses(
        [heard(ports[0], "Faulted", NOW - MINUTE, vendor_code="E-42")],
        operator=ports[0].point.operator,
        channel="api",
        at=NOW,
    )
    say(ports[1], "Available")
    page = words_of(signed_in(charger).get(reverse("charge_point", args=[ports[0].point.code])))
    assert "E-42" in page and "坏了" in page and "空" in page


# ---- boxes ------------------------------------------------------------------------------------------------------------
def test_no_more_sockets_than_were_approved(cast: Cast, charger: Any):
    site, operator = make_serving_site(cast.home, approved_ports=20, planned_ports=20), make_operator()
    box = add_point(site, operator=operator, code=" sh9 ", sockets=12, by=charger, at=clock.today())
    assert (box.code, box.ports.count(), box.ports.first().code) == ("SH9", 12, "SH9-01")  # type: ignore[union-attr]
    assert box.ports.filter(in_service_on=clock.today()).count() == 12
    for sockets in (9, 0, 65):
        with pytest.raises(Refusal) as refused:
            add_point(site, operator=operator, code="SH10", sockets=sockets, by=charger, at=clock.today())
        assert refused.value.field == "sockets"
    for code in ("SH9", "X", "上海路9号", "a-b"):
        with pytest.raises(Refusal) as refused:
            add_point(site, operator=operator, code=code, sockets=1, by=charger, at=clock.today())
        assert refused.value.field == "code"


def test_a_site_that_is_not_approved_has_no_boxes(cast: Cast, charger: Any):
    site = make_serving_site(cast.home, state="candidate")
    with pytest.raises(Refusal, match="还没有批准"):
        add_point(site, operator=make_operator(), code="SH9", sockets=2, by=charger, at=clock.today())
    with pytest.raises(NotAllowed):
        add_point(site, operator=make_operator(), code="SH9", sockets=2, by=cast.stranger, at=clock.today())


def test_sockets_serve_from_the_day_their_site_does(cast: Cast, charger: Any):
    site = make_serving_site(cast.home, state="building")
    box = add_point(site, operator=make_operator(), code="SH9", sockets=2, by=charger, at=clock.today())
    assert not box.ports.filter(in_service_on__isnull=False).exists()
    site.__class__.objects.filter(pk=site.pk).update(state="suspended")
    site.refresh_from_db()
    assert put_in_service(site, on=clock.today()) == 2
    assert put_in_service(site, on=clock.today()) == 0


def test_a_box_is_put_down_on_the_page_of_its_site(cast: Cast, charger: Any, signed_in: Any):
    site, operator = make_serving_site(cast.home), make_operator()
    page = reverse("add_point", args=[site.case.number])
    client = signed_in(charger)
    assert client.get(page).status_code == 200
    sent = {"code": "SH9", "operator": operator.pk, "sockets": 10, "place": "一、二单元之间", "once": "a" * 32}
    answer = client.post(page, sent)
    assert answer.headers["Location"] == reverse("charge_point", args=["SH9"])
    assert client.post(page, sent | {"once": "b" * 32}).status_code == 422
    assert client.get(reverse("charge_ports")).status_code == 200
    elsewhere = make_serving_site(cast.next_door)
    assert client.get(reverse("add_point", args=[elsewhere.case.number])).status_code == 404


def test_price_key_and_removal_on_the_page_of_a_box(cast: Cast, charger: Any, signed_in: Any):
    _operator, ports = make_ports(cast.home, sockets=2)
    code, client = ports[0].point.code, signed_in(charger)
    priced = client.post(
        reverse("set_price", args=[code]),
        {"price": "0.53", "service_fee": "0.3", "valid_from": f"{clock.today()}", "once": "a" * 32},
    )
    assert priced.status_code == 303 and Tariff.objects.get().price == Decimal("0.53")
    past = client.post(
        reverse("set_price", args=[code]),
        {"price": "0.6", "service_fee": "0", "valid_from": "2020-01-01", "once": "b" * 32},
    )
    assert past.status_code == 422 and "不能改过去的价格" in words_of(past)
    key = client.post(reverse("point_key", args=[code]), {"once": "c" * 32})
    assert "只显示这一次" in words_of(key)
    assert "只显示这一次" not in words_of(client.get(reverse("charge_point", args=[code])))
    gone = client.post(reverse("take_down_port", args=[code, 1]), {"words": "撞坏了", "once": "d" * 32})
    assert gone.status_code == 303 and Port.objects.get(pk=ports[0].pk).removed_why == "撞坏了"
    assert client.post(reverse("take_down_port", args=[code, 2]), {"words": "", "once": "e" * 32}).status_code == 422
    assert (
        signed_in(make_operator_member(ports[0].point.operator)).get(reverse("charge_point", args=[code])).status_code
        == 200
    )
    assert signed_in(make_operator_member(make_operator())).get(reverse("charge_point", args=[code])).status_code == 404


def test_prices_follow_each_other(cast: Cast, charger: Any):
    site, today = make_serving_site(cast.home), clock.today()
    price = {"service_fee": Decimal("0.3"), "by": charger, "at": today}
    set_tariff(site, price=Decimal("0.5"), valid_from=today - dt.timedelta(days=90), **price)
    set_tariff(site, price=Decimal("0.6"), valid_from=today + dt.timedelta(days=3), **price)
    assert list(Tariff.objects.values_list("valid_until", flat=True)) == [None, today + dt.timedelta(days=3)]
    with pytest.raises(Refusal) as refused:
        set_tariff(site, price=Decimal("0.7"), valid_from=today + dt.timedelta(days=3), **price)
    assert refused.value.status == 409


def test_a_sheet_has_twenty_four_labels_that_lead_to_their_sockets(cast: Cast, charger: Any, signed_in: Any):
    _operator, ports = make_ports(cast.home, sockets=20)
    make_ports(cast.home, sockets=6)
    page = signed_in(charger).get(reverse("port_labels")).content.decode()
    assert page.count('class="label-sheet"') == 2
    assert page.count('class="label"') == page.count('class="segno"') == 26
    one = signed_in(charger).get(reverse("port_labels") + f"?point={ports[0].point.code}").content.decode()
    assert one.count('class="label"') == 20


def test_the_inventory_asks_as_much_for_thirty_boxes(cast: Cast, charger: Any, signed_in: Any):
    client = signed_in(charger)

    def asked() -> int:
        client.get(reverse("charge_ports"))
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("charge_ports")).status_code == 200
        return len(found)

    make_ports(cast.home, sockets=2)
    before = asked()
    for _n in range(29):
        make_ports(cast.home, sockets=2)
    assert asked() == before


# ---- patrols ----------------------------------------------------------------------------------------------------------
def test_a_patrol_settles_the_duty_of_its_site(cast: Cast, charger: Any, signed_in: Any):
    site = make_serving_site(cast.home)
    today = clock.today()
    generate_dues(on=today, at=NOW, kinds=[PATROL])
    assert generate_dues(on=today, at=NOW, kinds=[PATROL]) == 0
    item = DueItem.objects.get()
    assert (item.kind, item.role, item.due_on) == (
        "charging_patrol",
        Role.CHARGING,
        site.in_service_on + dt.timedelta(days=30),
    )
    page = item.url
    client = signed_in(charger)
    assert client.get(page).status_code == 200
    assert client.post(page, {"failed": ["extinguisher"], "words": "", "once": "a" * 32}).status_code == 422
    assert client.post(page, {"failed": ["extinguisher"], "words": "灭火器过期", "once": "b" * 32}).status_code == 303
    patrol = Patrol.objects.get()
    assert (patrol.is_fine, patrol.checks["extinguisher"], patrol.checks["wires"]) == (False, False, True)
    item.refresh_from_db()
    assert (item.done_on, item.done_ref) == (today, f"patrol:{patrol.pk}")
    generate_dues(on=today, at=NOW, kinds=[PATROL])
    assert DueItem.objects.open().get().due_on == today + dt.timedelta(days=30)
    assert site.case.events.filter(kind="patrolled").count() == 1


def test_the_sheet_of_patrols_has_a_box_for_each_thing_and_the_most_urgent_site_first(
    cast: Cast, charger: Any, signed_in: Any
):
    today = clock.today()
    later = make_serving_site(cast.home, name="东门", in_service_on=today - dt.timedelta(days=2))
    first = make_serving_site(cast.home, name="西门", in_service_on=today - dt.timedelta(days=40))
    make_box(first, make_operator(), sockets=3)
    make_serving_site(cast.home, name="北门", state="suspended")
    make_serving_site(cast.next_door, name="隔壁")
    generate_dues(on=today, at=NOW, kinds=[PATROL])
    page = signed_in(charger).get(reverse("patrol_sheet")).content.decode()
    assert page.index("西门") < page.index("东门")
    assert page.count("☐") == 2 * len(CHECKS) and "3 个插座" in page
    assert "北门" not in page and "隔壁" not in page
    assert reverse("record_patrol", args=[later.pk]) in page
    assert reverse("patrol_sheet") in signed_in(charger).get(reverse("charge_ports")).content.decode()


def test_the_sheet_asks_as_much_for_thirty_sites(cast: Cast, charger: Any, signed_in: Any):
    client = signed_in(charger)

    def asked() -> int:
        client.get(reverse("patrol_sheet"))
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("patrol_sheet")).status_code == 200
        return len(found)

    make_serving_site(cast.home)
    before = asked()
    for _n in range(29):
        make_serving_site(cast.home)
    assert asked() == before


def test_who_may_not_patrol(cast: Cast, charger: Any):
    site = make_serving_site(cast.next_door)
    with pytest.raises(NotAllowed):
        record_patrol(site, failed=[], words="", by=charger, at=NOW)
    removed = make_serving_site(cast.home, state="removed", closed_at=NOW)
    with pytest.raises(Refusal):
        record_patrol(removed, failed=[], words="", by=charger, at=NOW)


def test_the_page_of_a_site_leads_to_its_boxes(place: Place, signed_in: Any):
    site, later = bring_to(State.ACCEPTING, place), MONDAY + 8 * DAY
    box = add_point(site, operator=make_operator(), code="SH9", sockets=6, by=place.charger, at=MONDAY.date())
    assert not box.ports.filter(in_service_on__isnull=False).exists()
    pass_all(site, place, at=later)
    sign_all(site, place, at=later)
    works.accept(site, by=place.cast.street_officer, at=later)
    assert box.ports.filter(in_service_on__isnull=False).count() == 6
    address = reverse("charge_site", args=[site.case.number])
    page = words_of(signed_in(place.charger).get(address))
    assert reverse("charge_point", args=[box.code]) in page and "还能装" in page
    assert "还能装" not in words_of(signed_in(place.cast.street_officer).get(address))
