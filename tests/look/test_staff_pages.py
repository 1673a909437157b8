"""What the staff pages say and where they lead: no link to a closed door, figures beside their rows, nothing typed lost."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.bookings.actions import book
from community_portal.casework.models import Case, Task
from community_portal.people.actions import grant_delegation
from community_portal.people.models import DelegationScope, Organisation, Role, User
from community_portal.places.importers import import_calendar
from tests.cast import Cast
from tests.factories import (
    make_category,
    make_community,
    make_member,
    make_opening,
    make_resident,
    make_service,
    make_session,
)
from tests.people.id_numbers import number_for

LINK = re.compile(r'(?:href|hx-get)="(/[^"]*)"')
ELSEWHERE = ("/static/", "/admin/", "/b/", "/api/", "/demo/", "/book/", "/my/", "/help/", "/look-up/")
STARTS = ("/desk/", "/inbox/", "/residents/", "/requests/", "/desk/visits/", "/find/?q=nobody", "/account/")


@pytest.fixture
def scene(cast: Cast) -> Cast:
    """A request, a visit of today and an opening in the house."""
    now = clock.now()
    register_request(
        community=cast.home, category=make_category(), words="灯坏了", resident=cast.elder, by=cast.reception, at=now
    )
    service = make_service(code="allowance", name="高龄津贴申领")
    make_opening(community=cast.home, service=service)
    starts = clock.at_wall(clock.today() + dt.timedelta(days=3), dt.time(10))
    session = make_session(community=cast.home, service=service, starts_at=starts, capacity=5)
    book(session=session, resident=cast.elder, by=cast.reception, at=now)
    return cast


def pages_linked_from(client: Client, starts: tuple[str, ...]) -> dict[str, str]:
    """Every address that stands in a page this client may open, and that page; two steps far."""
    found: dict[str, str] = {}
    for start in starts:
        answer = client.get(start)
        if answer.status_code == 200:
            for address in LINK.findall(answer.content.decode()):
                found.setdefault(address.replace("&amp;", "&"), start)
    return {address: page for address, page in found.items() if not address.startswith(ELSEWHERE)}


@pytest.mark.parametrize(
    "who", ["reception", "officer", "manager", "street_officer", "eldercare", "contractor", "admin"]
)
def test_no_link_leads_to_a_closed_door(who: str, scene: Cast, signed_in: Callable[[Any], Client]) -> None:
    company = Organisation.objects.create(name="安居工程", kind=Role.CONTRACTOR)
    others = {
        "eldercare": lambda: make_member(Role.ELDERCARE, street=scene.street),
        "contractor": lambda: make_member(Role.CONTRACTOR, organisation=company),
    }
    client = signed_in(others[who]() if who in others else getattr(scene, who))
    number = HelpRequest.objects.get().case.number
    starts = (*STARTS, f"/residents/{scene.elder.pk}/", f"/requests/{number}/", "/dashboard/", "/settings/")
    closed = {}
    for address, page in pages_linked_from(client, starts).items():
        status = client.get(address).status_code
        if status >= 400:
            closed[address] = (status, page)
    assert not closed


def test_third_parties_have_a_page_of_their_own(cast: Cast, signed_in: Callable[[Any], Client]) -> None:
    company = Organisation.objects.create(name="安居工程", kind=Role.CONTRACTOR)
    answer = signed_in(make_member(Role.CONTRACTOR, organisation=company)).get("/desk/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "安居工程" in page and "派给你们单位的事" in page
    assert 'role="search"' not in page and "登记求助" not in page and "/residents/" not in page


def test_staff_at_home_see_only_what_is_their_own(scene: Cast, signed_in: Callable[[Any], Client]) -> None:
    for user in (scene.reception, scene.admin):
        assert "灯坏了" not in signed_in(user).get("/my/").content.decode()
    assert "灯坏了" in signed_in(scene.elder_account).get("/my/").content.decode()


def test_the_box_above_keeps_its_words_on_its_own_page_only(cast: Cast, signed_in: Callable[[Any], Client]) -> None:
    client = signed_in(cast.reception)
    box = re.compile(r'id="find"[^>]*value="([^"]*)"')
    for address, words in (("/find/?q=abc", "abc"), ("/requests/?q=abc", ""), ("/residents/?q=abc", "")):
        found = box.search(client.get(address).content.decode())
        assert found and found.group(1) == words, address


def test_exports_take_the_filters_as_they_stand_now(scene: Cast, signed_in: Callable[[Any], Client]) -> None:
    """Filters change without a new page, so the buttons belong to the form; what came by a link is kept in it."""
    client = signed_in(scene.manager)
    page = client.get("/requests/?place=LT&state=open").content.decode()
    assert 'form="filters" name="as" value="xlsx"' in page and 'form="filters" name="as" value="csv"' in page
    assert '<input type="hidden" name="place" value="LT">' in page
    fragment = client.get("/requests/?state=open", headers={"HX-Request": "true"}).content.decode()
    assert 'name="query" value="state=open"' in fragment, "the filter that is remembered is the one on the screen"


def test_the_overdue_figure_opens_to_the_rows_of_its_place(scene: Cast, signed_in: Callable[[Any], Client]) -> None:
    next_street = make_community(street=scene.street, code="NS")
    late = clock.now() - dt.timedelta(days=3)
    neighbour = make_resident(community=next_street)
    register_request(
        community=next_street, category=make_category(), words="水管漏了", resident=neighbour, by=scene.admin, at=late
    )
    HelpRequest.objects.update(due_at=late)
    Task.objects.update(due_at=late)
    client = signed_in(scene.street_officer)
    for place, words, absent in (("LT", "灯坏了", "水管漏了"), ("NS", "水管漏了", "灯坏了")):
        dashboard = client.get(f"/dashboard/?place={place}")
        address = dashboard.context["tiles"][-1]["url"]
        assert address.replace("&", "&amp;") in dashboard.content.decode()
        rows = client.get(address).content.decode()
        assert words in rows and absent not in rows
    assert "灯坏了" in client.get("/requests/?overdue=1&place=ZX").content.decode()


def test_openings_of_the_same_hours_share_a_line(cast: Cast, signed_in: Callable[[Any], Client]) -> None:
    for name in ("高龄津贴申领", "居住证明"):
        make_opening(community=cast.home, service=make_service(name=name))
    page = signed_in(cast.manager).get("/settings/openings/").content.decode()
    assert page.count("09:00–11:00") == 1 and "高龄津贴申领" in page and "居住证明" in page


def test_an_opening_whose_host_has_left_says_so(cast: Cast, signed_in: Callable[[Any], Client]) -> None:
    """People go on booking them until somebody chooses another host."""
    make_opening(community=cast.home, service=make_service(name="高龄津贴申领"), host=cast.reception)
    client = signed_in(cast.manager)
    assert "不在岗" not in client.get("/settings/openings/").content.decode()
    cast.reception.memberships.all().delete()
    assert "不在岗" in client.get("/settings/openings/").content.decode()


def test_forms_of_the_settings_speak_plainly(cast: Cast, signed_in: Callable[[Any], Client]) -> None:
    client = signed_in(cast.manager)
    opening, service = (client.get(f"/settings/{which}/new/").content.decode() for which in ("openings", "services"))
    assert (
        "办什么" in opening and "Service" not in opening and "---------" not in opening and "0 是星期一" not in opening
    )
    assert ">\n[]</textarea>" not in service and "加一项服务" in service


def test_what_is_wrong_is_said_in_plain_words(cast: Cast, signed_in: Callable[[Any], Client]) -> None:
    """Not in those of a form library."""
    client = signed_in(cast.manager)
    service = {"name": "字" * 61, "minutes": "3", "party_max": "许多", "channels": ["by owl"]}
    opening = {"starts_at": "早上", "valid_from": "明天", "service": "999999"}
    resident = make_resident(community=cast.home, id_number=number_for())
    reveal = client.post(f"/residents/{resident.pk}/reveal/", {"reason": "x"}).content.decode()
    said = (
        client.post("/settings/services/new/", service).content.decode()
        + client.post("/settings/openings/new/", opening).content.decode()
        + reveal
    )
    for sentence in (
        "最多写 60 个字，现在有 61 个。", "不能小于 5。", "请填整数。", "请重新选一次。", "请填一个时间，如 9:30。",
        "请填一个日期，如 2026-11-28。", "至少写 2 个字。",
    ):  # fmt: skip
        assert sentence in said
    assert not re.search("确保|有效的|输入", said)


def test_a_step_says_who_will_see_it(scene: Cast, signed_in: Callable[[Any], Client]) -> None:
    number = HelpRequest.objects.get().case.number
    client = signed_in(scene.officer)
    assert "只有工作人员看得到" in client.get(f"/requests/{number}/verify/").content.decode()
    assert "居民能在“我的事项”里看到" in client.get(f"/requests/{number}/not_home/").content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "locale"), [(320, "en-GB"), (390, "zh-CN")])
def test_lists_are_readable_on_a_phone(width: int, locale: str, scene: Cast, browse: Callable[..., Any]) -> None:
    """No page scrolls sideways, and no cell is so narrow that its words stand one below the other."""
    window = browse(scene.manager, width=width, locale=locale)
    page = window.new_page()
    day = clock.today() + dt.timedelta(days=3)
    for address in (
        "/desk/", f"/desk/visits/?day={day}", "/residents/", "/requests/", "/settings/openings/", "/settings/services/",
        "/settings/categories/", "/settings/staff/", "/settings/calendar/", "/dashboard/", "/desk/book/",
        "/dashboard/rows/help_requests_received/?period=all",
    ):  # fmt: skip
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        narrow = page.evaluate(
            """[...document.querySelectorAll("main td")]
            .filter((cell) => cell.textContent.trim().length > 3 && cell.getClientRects().length)
            .filter((cell) => { const box = cell.getBoundingClientRect(); return box.width < 48 && box.height > 60; })
            .map((cell) => cell.textContent.trim())"""
        )
        assert not narrow, address


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("width", "locale", "elder"),
    [
        (390, "zh-CN", False),
        (390, "en-GB", True),
        (1440, "zh-CN", False),
        (1440, "en-GB", False),
        (1440, "en-GB", True),
    ],
)
def test_what_is_decided_is_all_in_sight(
    width: int, locale: str, elder: bool, scene: Cast, browse: Callable[..., Any]
) -> None:
    """Both files before they are merged, buttons beside who works here, limits beside a title without a space: no column
    behind the edge of its panel."""
    other = make_resident(community=scene.home, name="陈平", born_on=dt.date(1960, 1, 1))
    import_calendar(at=clock.now(), years=[2026])
    Case.objects.update(title="w" * 60)
    User.objects.update(language="en" if locale.startswith("en") else "zh-hans")
    page = browse(scene.manager, width=width, locale=locale, elder=elder).new_page()
    for address in (
        f"/residents/{scene.elder.pk}/merge/?other={other.pk}", "/settings/services/", "/settings/categories/",
        "/settings/closures/", "/settings/calendar/?year=2026", "/settings/staff/", "/requests/",
    ):  # fmt: skip
        page.goto(address)
        tables = page.locator(".table-scroll").evaluate_all(
            "boxes => boxes.map((box) => box.scrollWidth - box.clientWidth)"
        )
        assert tables and max(tables) <= 1, (address, tables)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_question_before_a_deed_covers_the_page_and_moves_nothing(scene: Cast, browse: Callable[..., Any]) -> None:
    """It stands within the window, also on a phone and in the last row, and squeezes no words aside."""
    page = browse(scene.manager, width=390).new_page()
    grant_delegation(
        principal=scene.elder, agent=scene.stranger_account, relation="女儿", scopes=[DelegationScope.BOOK],
        proof="当面说明", by=scene.reception, at=clock.now(),
    )  # fmt: skip
    for address, label in (("/settings/staff/", "结束"), (f"/residents/{scene.elder.pk}/", "收回")):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        ask = page.locator("details.confirm", has_text=label).last
        height = page.evaluate("document.documentElement.scrollHeight")
        ask.locator("summary").click()
        box = ask.locator(".confirm-box").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
        assert page.evaluate("document.documentElement.scrollHeight") - height < 40
        assert not page.locator(".table-scroll").evaluate_all(
            "boxes => boxes.some((box) => getComputedStyle(box).overflow !== 'visible' && box.scrollHeight > box.clientHeight + 1)"
        )


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_intake_by_keyboard_keeps_the_words_when_the_resident_is_found(scene: Cast, browse: Callable[..., Any]) -> None:
    page = browse(scene.reception, width=1440).new_page()
    page.goto("/desk/")
    page.keyboard.press("n")
    page.wait_for_url("**/desk/intake/")
    expect(page.locator("#id_name")).to_be_focused()
    page.locator("#id_words").fill("楼道的灯又坏了")
    page.locator("#id_name").press_sequentially("陈平")
    page.locator("#people-found a").first.click()
    expect(page.locator(".chosen")).to_contain_text("陈平")
    expect(page.locator("#intake-who")).to_contain_text("这位居民已有的事")
    expect(page.locator("#intake-button")).to_contain_text("周敏")
    expect(page.locator("#id_words")).to_have_value("楼道的灯又坏了")
    page.locator("[name=category]").first.check()
    page.locator("#id_words").press("Control+Enter")
    page.wait_for_url("**/requests/LT-*/")
    taken = HelpRequest.objects.order_by("-id")[0]
    assert (taken.case.words, taken.case.resident_id) == ("楼道的灯又坏了", scene.elder.pk)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_booking_for_somebody_keeps_what_is_typed_when_day_and_service_change(
    scene: Cast, browse: Callable[..., Any]
) -> None:
    other = make_service(code="proof", name="居住证明")
    for days in (4, 5):
        starts = clock.at_wall(clock.today() + dt.timedelta(days=days), dt.time(14))
        make_session(community=scene.home, service=other, starts_at=starts, title="居住证明")
    make_opening(community=scene.home, service=other)
    page = browse(scene.reception, width=1440).new_page()
    page.goto("/desk/book/")
    page.get_by_label("姓名", exact=True).fill("新来的")
    page.get_by_label("电话", exact=True).fill("13912345678")
    page.get_by_role("link", name="居住证明").click()
    expect(page.locator("#plan [aria-current=true]")).to_have_text("居住证明")
    page.locator("#plan .days a").nth(1).click()
    expect(page.locator("#plan .days a").nth(1)).to_have_attribute("aria-current", "date")
    expect(page.get_by_label("姓名", exact=True)).to_have_value("新来的")
    page.locator("#plan .option-slot").first.click()
    page.get_by_role("button", name="约好并发短信").click()
    page.wait_for_url("**/desk/visits/*/")
    expect(page.locator(".messages, .notice").first).to_contain_text("新来的")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("java_script_enabled", [True, False], ids=["script", "no script"])
def test_the_menu_is_drawn_once_and_unfolds_on_a_phone(
    java_script_enabled: bool, cast: Cast, browse: Callable[..., Any]
) -> None:
    page = browse(cast.reception, java_script_enabled=java_script_enabled).new_page()
    page.goto("/desk/")
    menu, button = page.locator("#menu"), page.locator("button[popovertarget=menu]").first
    assert page.locator("a[href='/inbox/']", has_text="我的待办").count() == 1
    expect(menu).not_to_be_visible()
    button.focus()
    page.keyboard.press("Enter")
    expect(menu.get_by_text("我的待办")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu).not_to_be_visible()
    expect(button).to_be_focused()
    button.click()
    menu.get_by_text("收起菜单").click()
    expect(menu).not_to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(menu.get_by_text("我的待办")).to_be_visible()
    expect(button).not_to_be_visible()
