"""Services put tiles, buttons and panels on pages that know none of them; each is shown to those whom its page admits."""

from collections.abc import Iterator
from typing import Any

import pytest

from community_portal.front import parts
from community_portal.front.parts import Panel, Spot, Way, register_parts
from community_portal.web import navigation
from community_portal.web.navigation import register_pages
from tests.cast import Cast
from tests.loans import borrow
from tests.toy_service.models import Aid

LISTS = (
    parts.TILES, parts.ASKING, parts.DESK_BUTTONS, parts.PANELS,
    navigation.TOP, navigation.BAR, navigation.DEEDS, navigation.BEGINS, navigation.SERVICES,
)  # fmt: skip
SAYS = "另一个服务放在这里的话"
EMPTY = "components/empty.html"


@pytest.fixture(autouse=True)
def another_service() -> Iterator[None]:
    """Whatever a test registers is seen at once, and gone after it."""
    kept = [list(rows) for rows in LISTS]
    _draw_anew()
    yield
    for rows, before in zip(LISTS, kept, strict=True):
        rows[:] = before  # type: ignore[index]
    _draw_anew()


def _draw_anew() -> None:
    for drawn in (navigation._top_for, navigation._resident_entries, navigation._groups_for):
        drawn.cache_clear()


def says(spot: Spot, page: str, **more: Any) -> Panel:
    return Panel(spot, page, EMPTY, lambda reader: {"text": SAYS, "icon": "inbox", "url": "", **more})


@pytest.mark.parametrize(
    ("spot", "who", "at"),
    [
        (Spot.HERO, None, "/"),
        (Spot.HOME, None, "/"),
        (Spot.HOME, "elder_account", "/"),
        (Spot.MY_TIMES, "elder_account", "/my/"),
        (Spot.DESK, "reception", "/desk/"),
        (Spot.DESK_SIDE, "manager", "/desk/"),
    ],
)
def test_a_panel_stands_in_its_spot(spot: Spot, who: str | None, at: str, cast: Cast, signed_in: Any) -> None:
    client = signed_in(getattr(cast, who) if who else None)
    assert SAYS not in client.get(at).content.decode()
    register_parts(panels=(says(spot, "look_up"),))
    assert client.get(at).content.decode().count(SAYS) == 1


def test_it_is_for_those_whom_its_page_admits(cast: Cast, signed_in: Any) -> None:
    register_parts(
        panels=(says(Spot.DESK, "dashboard"),),
        desk_buttons=(Way(page="dashboard", label="去看数", icon="bar-chart"),),
        tiles=(Way(page="dashboard", label="看数据", icon="bar-chart"),),
        asking=(Way(page="dashboard", label="要数据", icon="bar-chart"),),
    )
    manager, clerk = (signed_in(who).get("/desk/").content.decode() for who in (cast.manager, cast.reception))
    assert SAYS in manager and "去看数" in manager
    assert SAYS not in clerk and "去看数" not in clerk
    elder = signed_in(cast.elder_account)
    assert "看数据" not in elder.get("/").content.decode() and "要数据" not in elder.get("/my/").content.decode()
    assert "看数据" in signed_in(cast.manager).get("/").content.decode()


def test_nothing_to_show_stays_away(cast: Cast, signed_in: Any) -> None:
    register_parts(panels=(Panel(Spot.DESK, "look_up", EMPTY, lambda reader: None),))
    before = signed_in(cast.reception).get("/desk/")
    assert len(before.context["parts"]) == 1, "the visits of the day alone"


def test_its_fact_is_told_in_the_line_under_the_greeting(cast: Cast, signed_in: Any) -> None:
    register_parts(panels=(says(Spot.DESK, "look_up", fact="三盏灯不亮"),))
    page = signed_in(cast.reception).get("/desk/")
    assert page.context["facts"] == ["今日 0 位居民到访", "三盏灯不亮"]
    assert "三盏灯不亮 ·" in page.content.decode()


def test_tiles_stand_in_the_order_of_the_services_and_the_look_up_last(cast: Cast, signed_in: Any) -> None:
    register_parts(tiles=(Way(page="look_up", query="number=1", label="报飞线", sub="看见了就说", icon="search"),))
    page = signed_in(None).get("/").content.decode()
    order = [page.index(words) for words in ("预约到访", "我要求助", "请人上门帮办", "报飞线", "查进度")]
    assert order == sorted(order) and 'href="/look-up/?number=1"' in page


def test_the_bars_take_what_a_service_brings(cast: Cast, signed_in: Any) -> None:
    register_pages(
        top=(("dashboard", "看板一按", "bar-chart", "d"),),
        bar=(("look_up", "找一找", "search"),),
        deeds=(("look_up", "替他查", "search"), ("dashboard", "看他的数", "bar-chart")),
    )
    manager, clerk = (
        signed_in(who).get(f"/residents/{cast.elder.pk}/").content.decode() for who in (cast.manager, cast.reception)
    )
    assert 'data-key="d"' in manager and "看板一按" in manager and "看板一按" not in clerk
    assert all(page.count('data-key="n"') == 1 and "登记求助" in page for page in (manager, clerk))
    assert f"/look-up/?resident={cast.elder.pk}" in clerk and "看他的数" in manager and "看他的数" not in clerk
    resident = signed_in(cast.elder_account).get("/").content.decode()
    places = [resident.index(f"<span>{word}</span>") for word in ("首页", "预约", "找一找", "我的事项", "我的")]
    assert places == sorted(places)


def test_what_may_be_begun_where_a_matter_is(toy: None, cast: Cast, signed_in: Any) -> None:
    frame, stick = borrow(cast), borrow(cast, aid=Aid.STICK)
    register_pages(begins=(("loan_slip", "从这里开始改造", "house-gear", lambda matter: matter.aid == Aid.FRAME),))
    clerk = signed_in(cast.reception)
    fits, not_so = (clerk.get(f"/loans/{at.case.number}/").content.decode() for at in (frame, stick))
    row = fits[fits.index('id="begins"') :]
    assert f'href="/loans/{frame.case.number}/slip/"' in row and "从这里开始改造" in row
    assert "从这里开始改造" not in not_so


def test_what_a_reader_asks_for_twice_is_asked_once(cast: Cast, rf: Any) -> None:
    request = rf.get("/")
    request.user, request.COOKIES = cast.elder_account, {}
    reader = parts.Reader(request)
    assert reader.bookings is reader.bookings and reader.house == cast.home
