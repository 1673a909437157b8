"""The story in a browser: a wire is reported from a phone without a name; the first place lies over a gas pipe; the second comes into
service; and whoever reported reads of both."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from charging.models import Site, WireReport
from charging.workflow.sites import State
from community_portal import clock
from community_portal.outbox.models import Message
from tests.cast import make_cast
from tests.charging.places import DAY, Place, answer, consult, make_place, measure_all, running_round

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_limits")]
PLAIN = "这里下面有燃气管道，不能装；换到两个单元中间"


@pytest.fixture
def place(db: None) -> Place:
    made = make_place(make_cast())
    running_round(made)
    return made


@pytest.fixture
def letter(tmp_path: Path) -> str:
    path = tmp_path / "答复.pdf"
    path.write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF")
    return str(path)


def read(site: Site) -> Site:
    return Site.objects.select_related("case", "community__street", "estate", "building", "round", "contractor").get(
        pk=site.pk
    )


def test_from_a_window_to_a_port(place: Place, letter: str, browse: Callable[..., Any]) -> None:
    cast = place.cast
    phone = browse(None).new_page()
    wire = report(phone, place)
    desk = browse(place.charger, width=1440).new_page()
    desk.goto(f"/charging/wires/{wire.case.number}/")
    desk.get_by_role("link", name="看过了").first.click()
    desk.get_by_label("看到什么").fill("四楼拉下来一根线")
    desk.get_by_role("button", name="看过了").click()
    desk.goto("/charging/desk/")
    west = propose(desk, place)
    measured_and_asked(desk, west, place)
    blocked_by_gas(desk, west, letter, browse)
    nobody_can_approve(west, browse(cast.street_officer, width=1440).new_page(), place)
    given_up(desk, west)
    assert PLAIN in look_up(phone, wire)
    between = moved(desk, west)
    measured_and_asked(desk, between, place)
    for utility in ("gas", "power", "water", "telecom", "heat"):
        answer(read(between), place, utility, at=clock.now())
    take(desk, between, "ready", "管线和规定都没问题，听意见")
    consult(read(between), place, at=clock.now())
    take(desk, between, "publish", "开始公示")
    seven_days_later(between)
    street = browse(cast.street_officer, width=1440).new_page()
    take(street, between, "approve", "街道批准")
    ordered(desk, between)
    take(browse(place.builder).new_page(), between, "report_done", "完工上报")
    looked_at_and_signed(desk, street, between, place)
    take(street, between, "accept", "验收通过")
    assert read(between).state == State.IN_SERVICE and read(between).approved_ports == 10
    assert "可以充电了" in look_up(phone, wire)
    phone.goto(f"/charging/sites/{west.case.number}/")
    assert phone.get_by_text("换到了：一、二单元之间").is_visible()


def report(phone: Any, place: Place) -> WireReport:
    phone.goto(f"/report/wire/?at={place.cast.home.code}")
    phone.get_by_label("哪个小区").select_option(str(place.estate.pk))
    phone.get_by_label("哪一幢").select_option(str(place.cast.building.pk))
    phone.get_by_label("几单元").fill("1")
    phone.get_by_label("从几楼拉下来").fill("4")
    phone.get_by_role("checkbox", name="挂在人走的地方上面").check()
    phone.get_by_role("button", name="报上去").click()
    phone.wait_for_url("**/report/received/")
    wire = WireReport.objects.select_related("case").get()
    assert wire.is_anonymous and phone.get_by_text(wire.case.phone_tail).first.is_visible()
    return wire


def look_up(phone: Any, wire: WireReport) -> str:
    phone.goto(f"/look-up/?number={wire.case.number}")
    phone.get_by_label(re.compile("后四位")).fill(wire.case.phone_tail)
    phone.get_by_role("button", name="查一查").click()
    phone.wait_for_load_state()
    text: str = phone.locator("main").inner_text()
    return text


def propose(desk: Any, place: Place) -> Site:
    desk.get_by_role("link", name="选一个位置").click()
    desk.get_by_label("哪个小区").select_option(str(place.estate.pk))
    desk.get_by_label("哪一幢旁边").select_option(str(place.cast.building.pk))
    desk.get_by_label("位置", exact=True).fill("西墙边")
    desk.get_by_label("打算装几个").fill("10")
    desk.get_by_label("面积").fill("24")
    desk.get_by_label("哪一批").select_option(label="第 1 批")
    desk.get_by_role("button", name="登记这个位置").click()
    desk.wait_for_url("**/charging/places/**")
    return Site.objects.select_related("case", "estate", "community__street").get()


def take(page: Any, site: Site, step: str, label: str) -> None:
    page.goto(f"/charging/places/{site.case.number}/")
    page.get_by_role("link", name=label, exact=True).first.click()
    page.get_by_role("button", name=label, exact=True).click()
    page.wait_for_url(f"**/{site.case.number}/")


def measured_and_asked(desk: Any, site: Site, place: Place) -> None:
    take(desk, site, "survey", "量好了")
    measure_all(read(site), place, at=clock.now())
    take(desk, site, "ask_utilities", "问管线单位")


def blocked_by_gas(desk: Any, site: Site, letter: str, browse: Callable[..., Any]) -> None:
    desk.locator("#utility-gas").get_by_role("link", name="去问").click()
    desk.get_by_label("问谁").fill("孙工")
    desk.locator("#id_phone").fill("13800007731")
    desk.get_by_role("button", name="发出去").click()
    desk.wait_for_url(f"**/{site.case.number}/")
    gas = browse(None).new_page()
    gas.goto("/a/" + Message.objects.get(kind="utility_asked").context["url"].split("/a/")[1])
    assert gas.get_by_text("西墙边").first.is_visible()
    gas.get_by_role("radio", name="不可以").check()
    gas.get_by_label("书面答复").set_input_files(letter)
    gas.get_by_label("您的姓名").fill("管网运行部，孙工")
    gas.get_by_label("手机号后四位").fill("7731")
    gas.get_by_role("button", name="交给社区").click()
    gas.get_by_text("收到了，谢谢您").wait_for()


def nobody_can_approve(site: Site, street: Any, place: Place) -> None:
    street.goto(f"/charging/places/{site.case.number}/")
    assert street.get_by_role("link", name="街道批准").count() == 0
    assert street.goto(f"/charging/places/{site.case.number}/approve/").status == 409
    with pytest.raises(IntegrityError, match="not clear"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE charging_site SET state = 'approved', approved_ports = 10, approved_at = now(), paused_at = NULL,"
            " resume_state = '' WHERE id = %s",
            [site.pk],
        )


def given_up(desk: Any, site: Site) -> None:
    desk.goto(f"/charging/places/{site.case.number}/")
    assert "燃气答复不可以" in desk.locator("main").inner_text()
    desk.get_by_role("link", name="这里不装了").click()
    desk.get_by_role("radio", name="下面有燃气管").check()
    desk.get_by_label("给居民的一句话").fill(PLAIN)
    desk.get_by_role("button", name="这里不装了").click()
    desk.wait_for_url(f"**/{site.case.number}/")
    assert read(site).state == State.REJECTED


def moved(desk: Any, site: Site) -> Site:
    desk.get_by_role("link", name="换个地方").click()
    desk.get_by_label("换到哪里").fill("一、二单元之间")
    desk.get_by_role("button", name="换个地方").click()
    desk.wait_for_url(f"**/{site.case.number}/")
    return Site.objects.select_related("case", "estate", "community__street").get(replaces=site)


def seven_days_later(site: Site) -> None:
    day = clock.today()
    Site.objects.filter(pk=site.pk).update(notice_from=day - 8 * DAY, notice_until=day - DAY)


def ordered(desk: Any, site: Site) -> None:
    desk.goto(f"/charging/places/{site.case.number}/order/")
    desk.get_by_role("radio", name="通明电力工程").check()
    desk.get_by_label("造价").fill("28000")
    desk.get_by_role("button", name="派给施工单位").click()
    desk.wait_for_url(f"**/{site.case.number}/")


def looked_at_and_signed(desk: Any, street: Any, site: Site, place: Place) -> None:
    for part in read(site).acceptances.get().parts.all():
        desk.goto(f"/charging/places/{site.case.number}/parts/{part.pk}/")
        desk.get_by_role("radio", name="通过", exact=True).check()
        desk.get_by_role("button", name="记下").click()
        desk.wait_for_url(f"**/{site.case.number}/")
    for page, body, name, organisation in (
        (street, "街道", "严科长", ""), (desk, "社区", "蔡伟民", ""), (desk, "第三方", "检测员", "消防检测中心"),
    ):  # fmt: skip
        page.goto(f"/charging/places/{site.case.number}/sign/")
        page.get_by_role("radio", name=body, exact=True).check()
        page.get_by_label("姓名").fill(name)
        if organisation:
            page.get_by_label("第三方是哪家").select_option(label=organisation)
        page.get_by_role("button", name="签字").click()
        page.wait_for_url(f"**/{site.case.number}/")
