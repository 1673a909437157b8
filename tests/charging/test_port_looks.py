"""Pages of sockets as somebody sees them: by axe, in elder mode, on the narrowest phone; the map under the house's own rules for
scripts; and one fault from the scan to the last word, in a browser."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from charging.actions.faults import repair, report_fault
from charging.actions.patrols import record_patrol
from charging.actions.ports import set_tariff
from charging.actions.statuses import take_statuses
from charging.models import Fault, Port
from charging.workflow.faults import Mending
from community_portal import clock
from community_portal.people.models import Role, User
from tests.cast import make_cast
from tests.charging.boxes import heard, make_operator_member, make_ports, place_estate
from tests.factories import make_member
from tests.look.narrow import narrow_page, what_does_not_fit, what_hurts_the_old
from tests.look.test_every_page import what_is_wrong_with

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_limits")]
OUTLINE = {
    "type": "Polygon",
    "coordinates": [[[120.942, 31.951], [120.945, 31.951], [120.945, 31.954], [120.942, 31.954], [120.942, 31.951]]],
}


@pytest.fixture
def scene(db: None) -> Any:
    cast = make_cast()
    estate = cast.building.estate
    place_estate(estate, "120.943112", "31.952301")
    type(estate).objects.filter(pk=estate.pk).update(outline=OUTLINE)
    charger, now = make_member(Role.CHARGING, community=cast.home, name="蔡伟民"), clock.now()
    operator, ports = make_ports(cast.home, sockets=10, code="SH9", place="一、二单元之间")
    words = ["Available"] * 4 + ["Charging"] * 3 + ["Faulted", "Unavailable"]
    events = [heard(port, word, now - dt.timedelta(minutes=2)) for port, word in zip(ports, words, strict=False)]
    take_statuses(events, operator=operator, channel="api", at=now)
    make_ports(cast.home, sockets=24)
    site, member = ports[0].point.site, make_operator_member(operator, name="小林")
    price = {"price": Decimal("0.53"), "service_fee": Decimal("0.30")}
    set_tariff(site, valid_from=clock.today(), by=charger, at=clock.today(), **price)
    record_patrol(site, failed=["extinguisher"], words="灭火器过期了", by=charger, at=now)
    port = Port.objects.select_related("point__site", "point__operator", "community__street").get(pk=ports[7].pk)
    fault = report_fault(port, reason="hot", words="插上就烫手", phone="+8613800002046", at=now).fault
    mended = Port.objects.select_related("point__site", "point__operator", "community__street").get(pk=ports[1].pk)
    done = report_fault(mended, reason="loose", at=now).fault
    repair(done, words="换了插座", by=member, at=now)
    return SimpleNamespace(cast=cast, charger=charger, member=member, ports=ports, site=site, fault=fault)


PUBLIC = (
    "/charging/",
    "/charging/?from=",
    "/charging/?free=1",
    "/charging/?code=NO-1",
    "/c/SH9-03/",
    "/c/SH9-08/",
    "/c/SH9-02/",
)
STAFF = (
    "/charging/ports/", "/charging/ports/SH9/", "/charging/faults/", "/charging/faults/{fault}/", "/charging/patrols/{site}/",
    "/charging/patrols/", "/charging/ports/labels/",
    "/charging/places/{number}/points/", "/charging/faults/{fault}/repair/",
)  # fmt: skip
OPERATOR = (
    "/charging/operator/", "/charging/operator/import/", "/charging/ports/", "/charging/ports/SH9/",
    "/charging/faults/{fault}/", "/charging/faults/{fault}/repair/",
)  # fmt: skip


def who_is(scene: Any, who: str) -> tuple[Any, tuple[str, ...], int]:
    user, paths, width = {
        "public": (None, PUBLIC, 390),
        "staff": (scene.charger, STAFF, 1440),
        "operator": (scene.member, OPERATOR, 390),
    }[who]
    values = {"fault": scene.fault.case.number, "site": scene.site.pk, "number": scene.site.case.number}
    return user, tuple(path.format(**values) for path in paths), width


@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
@pytest.mark.parametrize("who", ["public", "staff", "operator"])
def test_axe_finds_nothing(who: str, elder: bool, scene: Any, browse: Callable[..., Any]) -> None:
    user, paths, width = who_is(scene, who)
    page = browse(user, width=width, elder=elder, bypass_csp=True).new_page()
    trouble = []
    for path in paths:
        answer = page.goto(path)
        assert answer.status == 200, path
        trouble += what_is_wrong_with(page, path)
    assert not trouble, "\n".join(trouble)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_elder_mode_holds_on_the_narrowest_phone(language: str, scene: Any, browse: Callable[..., Any]) -> None:
    page = narrow_page(browse, None, language=language, elder=True)
    trouble = what_hurts_the_old(page, PUBLIC)
    assert not trouble, "\n".join(trouble)


@pytest.mark.parametrize("who", ["staff", "operator"])
def test_pages_of_work_fit_the_narrowest_phone_in_the_longer_language(
    who: str, scene: Any, browse: Callable[..., Any]
) -> None:
    User.objects.update(language="en")
    user, paths, _width = who_is(scene, who)
    page = narrow_page(browse, user, language="en")
    assert what_does_not_fit(page, paths) == []


def test_the_map_comes_when_it_is_asked_for_and_breaks_no_rule(scene: Any, browse: Callable[..., Any]) -> None:
    """Leaflet #9168, #9363: nothing inline, nothing from elsewhere."""
    page = browse(scene.cast.elder_account).new_page()
    broken: list[str] = []
    asked: list[str] = []
    page.on("console", lambda said: broken.append(said.text) if is_ours(said) else None)
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/charging/")
    assert not [url for url in asked if "leaflet" in url or "map.json" in url]
    page.get_by_role("button", name="看地图").click()
    page.wait_for_selector("[data-drawn='2']")
    assert page.locator(".map-site").count() == 2
    assert page.locator(".map-site.is-unknown").inner_text() == "?"
    assert page.locator(".map").bounding_box()["height"] > 200  # type: ignore[index]
    ground = page.locator(".map").evaluate("at => getComputedStyle(at).backgroundColor")
    assert ground == "rgb(244, 237, 227)"  # the house's own ground, not the library's grey
    assert page.locator(".map .leaflet-control-zoom-in").get_attribute("title") == "放大"
    assert broken == []
    assert {url.split("/")[2] for url in asked} == {page.url.split("/")[2]}


def is_ours(said: Any) -> bool:
    """Chromium does not know every feature that the header forbids, and says so on each page."""
    return said.type in ("error", "warning") and "Permissions-Policy" not in said.text


def test_without_script_the_list_says_the_same(scene: Any, browse: Callable[..., Any]) -> None:
    page = browse(None, java_script_enabled=False).new_page()
    page.goto("/charging/")
    assert page.locator(".place").count() == 2
    assert not page.get_by_role("button", name="看地图").is_visible()
    page.goto("/c/SH9-03/")
    page.get_by_role("radio", name="插上没电").check()
    page.get_by_role("button", name="报修").click()
    assert page.get_by_text("报好了").is_visible()


def test_scan_fault_operator_repaired_confirmed(scene: Any, browse: Callable[..., Any]) -> None:
    phone = browse(None).new_page()
    phone.goto("/c/SH9-03/")
    assert phone.get_by_text("空着，可以用").is_visible()
    phone.get_by_role("radio", name="插上没电").check()
    phone.get_by_role("button", name="报修").click()
    number = Fault.objects.get(port=scene.ports[2]).case.number
    assert phone.get_by_text(f"编号 {number}").is_visible()

    desk = browse(scene.member, width=1440).new_page()
    desk.goto("/charging/operator/")
    desk.get_by_text("插座 SH9-03：插上没电").click()
    desk.get_by_role("link", name="修好了").or_(desk.get_by_role("button", name="修好了")).first.click()
    desk.get_by_label("怎么修的").fill("保险丝断了，换了新的")
    desk.get_by_role("button", name="修好了").click()
    assert desk.get_by_text("等人充电或扫码确认").first.is_visible()

    phone.goto("/c/SH9-03/")
    assert phone.get_by_text("保险丝断了，换了新的").is_visible()
    phone.get_by_role("button", name="好了，能充").click()
    assert phone.get_by_text("这件事办结了").is_visible()
    fault = Fault.objects.get(port=scene.ports[2])
    assert (fault.state, fault.confirmed_by) == (Mending.CONFIRMED, "scan")
    assert phone.get_by_text("上次报修").is_visible()


def test_a_sheet_of_labels_prints_on_one_page_of_a4(scene: Any, browse: Callable[..., Any]) -> None:
    page = browse(scene.charger, width=1440).new_page()
    page.goto("/charging/ports/labels/")
    page.emulate_media(media="print")
    assert page.locator(".label").count() == 34
    sheet = page.locator(".label-sheet").first.bounding_box()
    assert sheet is not None and abs(sheet["width"] - 793.7) < 2  # 210 mm
    assert sheet["height"] < 1123  # 297 mm
