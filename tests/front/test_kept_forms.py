"""Forms that wait on a phone without a network: in a real browser, with the network cut between typing and sending, while sending,
and before a reload. Each counts once, keeps when it was filled in, and is never dropped in silence."""

import datetime as dt
import io
import time
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Route, expect
from playwright.sync_api import Error as PlaywrightError

from appointments.models import HomeVisit
from appointments.requests.actions.intake import register_request
from appointments.requests.actions.steps import assign
from community_portal import clock
from community_portal.captured import read_moment
from community_portal.casework.models import Event
from community_portal.people.models import Role
from community_portal.places.models import Street
from community_portal.refusals import NotAllowed, Refusal
from tests.cast import Cast, make_cast
from tests.factories import make_category, make_member

Browse = Callable[..., BrowserContext]
COUNT = """async () => (await idbKeyval.entries(idbKeyval.createStore("kept-forms", "forms"))).length"""
AGE = """async () => { const shelf = idbKeyval.createStore("kept-forms", "forms");
  for (const [key, row] of await idbKeyval.entries(shelf)) { row.at = new Date(Date.now() - 36 * 3600000).toISOString(); await idbKeyval.set(key, row, shelf); } }"""


# ---- what the server takes --------------------------------------------------------------------------------------------
NOW = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "filled_in, sent, waited",
    [
        ("2026-11-23T06:00:00Z", "2026-11-23T08:00:00Z", 120),
        ("2026-11-23T08:00:00Z", "2026-11-23T10:00:00Z", 120),  # a clock two hours fast
        ("2026-11-22T08:00:00Z", "2026-11-23T08:00:00Z", 24 * 60),
    ],
)
def test_the_phones_clock_may_be_wrong(filled_in: str, sent: str, waited: int) -> None:
    assert read_moment(filled_in, sent, now=NOW) == NOW - dt.timedelta(minutes=waited)


@pytest.mark.parametrize(
    "filled_in, sent",
    [
        ("2026-11-22T07:59:59Z", "2026-11-23T08:00:00Z"),
        ("2026-11-23T08:00:01Z", "2026-11-23T08:00:00Z"),
        ("yesterday", "2026-11-23T08:00:00Z"),
        ("2026-11-23T06:00:00Z", ""),
        ("2026-11-23T06:00:00", "2026-11-23T08:00:00Z"),
    ],
)
def test_what_is_older_than_a_day_or_lies_ahead_is_refused(filled_in: str, sent: str) -> None:
    with pytest.raises(Refusal):
        read_moment(filled_in, sent, now=NOW)


# ---- the switch -------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_street_decides_whether_phones_keep_names(cast: Cast, signed_in: Any) -> None:
    officer = signed_in(cast.officer)
    assert "offline.js" not in officer.get("/field/").content.decode()
    assert signed_in(cast.manager).post("/settings/offline/", {"on": "1"}).status_code == NotAllowed("").status
    assert not Street.objects.filter(keeps_forms=True).exists()
    assert signed_in(cast.street_officer).post("/settings/offline/", {"on": "1"}).status_code == 303
    assert "offline.js" in officer.get("/field/").content.decode()
    assert "offline.js" not in signed_in(cast.elder_account).get("/my/").content.decode()
    assert "offline.js" not in signed_in(cast.stranger).get("/desk/").content.decode(), "another street"


# ---- on the phone -----------------------------------------------------------------------------------------------------
@pytest.fixture
def scene(transactional_db: None) -> Cast:
    cast = make_cast()
    Street.objects.filter(pk=cast.street.pk).update(keeps_forms=True)
    return cast


def photo() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((60, 40), 60).save(out, "JPEG")
    return out.getvalue()


def a_request(cast: Cast) -> Any:
    request = register_request(
        community=cast.home,
        category=make_category(),
        words="灯坏了",
        resident=cast.elder,
        by=cast.reception,
        at=clock.now(),
    )
    if request.handler_id is None:
        assign(request, officer=cast.officer, by=cast.reception, at=clock.now())
    request.refresh_from_db()
    return request


def at_the_door(page: Page, number: str, *, photos: int = 0) -> None:
    page.goto(f"/requests/{number}/verify/")
    page.locator("input[name=finding]").first.check()
    page.locator("textarea[name=words]").fill("家里灯不亮")
    page.locator("input[name=signed_by]").fill("陈平")
    if photos:
        files: Any = [{"name": f"{n}.jpg", "mimeType": "image/jpeg", "buffer": photo()} for n in range(photos)]
        page.locator("input[type=file]").set_input_files(files)
    sign(page)


def sign(page: Page) -> None:
    for canvas in page.locator("[data-signature] canvas").all():
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        assert box
        page.mouse.move(box["x"] + 20, box["y"] + 20)
        page.mouse.down()
        page.mouse.move(box["x"] + 120, box["y"] + 60, steps=4)
        page.mouse.up()


def wait_until_sent(page: Page) -> None:
    """Nothing lies on the phone any more; a page that goes away meanwhile is asked again."""
    gives_up = time.monotonic() + 20
    while _lies_on_the_phone(page):
        assert time.monotonic() < gives_up, "still on the phone"
        page.wait_for_timeout(100)


def _lies_on_the_phone(page: Page) -> bool:
    try:
        return bool(page.evaluate(COUNT))
    except PlaywrightError as error:
        if "navigation" not in str(error):
            raise
        return True


def send(page: Page) -> None:
    page.locator("main form.panel button.btn-primary").click()


@pytest.mark.browser
def test_cut_between_typing_and_sending(scene: Cast, browse: Browse) -> None:
    request = a_request(scene)
    context = browse(scene.officer)
    page = context.new_page()
    at_the_door(page, request.case.number, photos=5)
    context.set_offline(True)
    send(page)
    expect(page.locator("[data-kept-send]")).to_contain_text("还有 1 条没发出")
    assert not HomeVisit.objects.exists()
    context.set_offline(False)
    expect(page.locator("[data-kept-send]")).to_be_hidden()
    expect(page.locator("[data-kept-said]")).to_have_text("发出去了。")
    expect(page.locator("[data-kept-note]")).to_have_text("发出去了。")
    visit = HomeVisit.objects.get()
    assert visit.was_offline and visit.signature
    assert visit.request.case.attachments.filter(kind="photo").count() == 5
    assert page.evaluate(COUNT) == 0, "what was sent lies here no more"
    line = Event.objects.get(kind="verify")
    moment = dt.datetime.fromisoformat(line.detail["captured_at"])
    assert moment == visit.visited_at < line.at
    page.goto(f"/requests/{request.case.number}/")
    expect(page.locator(".timeline")).to_contain_text("没有网络时记的")


@pytest.mark.browser
def test_what_was_being_laid_aside_when_the_network_came_back_is_sent(scene: Cast, browse: Browse) -> None:
    request = a_request(scene)
    page = browse(scene.officer).new_page()
    at_the_door(page, request.case.number)
    tried: list[str] = []

    def first_one_fails(route: Route) -> None:
        tried.append(route.request.method)
        if tried.count("POST") > 1 or route.request.method != "POST":
            route.continue_()
            return
        page.evaluate("dispatchEvent(new Event('online'))")
        page.wait_for_timeout(300)
        route.abort("connectionreset")

    page.route("**/verify/**", first_one_fails)
    send(page)
    wait_until_sent(page)
    assert tried.count("POST") == 2 and HomeVisit.objects.count() == 1


@pytest.mark.browser
def test_cut_while_sending_counts_once(scene: Cast, browse: Browse) -> None:
    """The house did it, the answer was lost: sent again, it is the same one."""
    request = a_request(scene)
    context = browse(scene.officer)
    page = context.new_page()
    at_the_door(page, request.case.number)

    def lose_the_answer(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch(max_redirects=0)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/verify/**", lose_the_answer)
    send(page)
    expect(page.locator("[data-kept-send]")).to_contain_text("还有 1 条没发出")
    assert HomeVisit.objects.count() == 1
    page.unroute("**/verify/**")
    page.locator("[data-kept-send]").click()
    expect(page.locator("[data-kept-send]")).to_be_hidden()
    assert HomeVisit.objects.count() == 1
    assert page.evaluate(COUNT) == 0


@pytest.mark.browser
def test_kept_over_a_reload(scene: Cast, browse: Browse) -> None:
    request = a_request(scene)
    context = browse(scene.officer)
    page = context.new_page()
    at_the_door(page, request.case.number, photos=1)
    context.set_offline(True)
    send(page)
    expect(page.locator("[data-kept-send]")).to_be_visible()
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto("/field/")
    expect(again.locator("[data-kept-send]")).to_be_hidden()
    wait_until_sent(again)
    assert HomeVisit.objects.get().signature


@pytest.mark.browser
def test_a_conflict_shows_both_versions_and_drops_nothing(scene: Cast, browse: Browse) -> None:
    request = a_request(scene)
    context = browse(scene.officer)
    page = context.new_page()
    at_the_door(page, request.case.number)
    context.set_offline(True)
    send(page)
    expect(page.locator("[data-kept-send]")).to_be_visible()
    assign(request, officer=scene.officer, words="换一下", by=scene.manager, at=clock.now(), seen=None)
    context.set_offline(False)
    page.wait_for_url("**/kept/")
    row = page.locator(".kept-row")
    expect(row.locator("[data-mine]")).to_contain_text("家里灯不亮")
    expect(row.locator("[data-mine] img")).to_have_count(1)
    expect(row.locator("[data-theirs]")).to_contain_text(request.case.number)
    expect(page.locator("[data-kept-look]")).to_contain_text("1 条要您看一看")
    assert not HomeVisit.objects.exists()
    row.locator("[data-again]").click()
    expect(page.locator("textarea[name=words]")).to_have_value("家里灯不亮")
    send(page)
    page.wait_for_url(f"**/requests/{request.case.number}/")
    assert HomeVisit.objects.get().words == "家里灯不亮"
    assert page.evaluate(COUNT) == 0


@pytest.mark.browser
def test_another_account_neither_sees_nor_sends_it(scene: Cast, browse: Browse, live_server: Any) -> None:
    request = a_request(scene)
    context = browse(scene.officer)
    page = context.new_page()
    at_the_door(page, request.case.number)
    context.set_offline(True)
    send(page)
    expect(page.locator("[data-kept-send]")).to_be_visible()
    page.close()
    context.set_offline(False)
    other = browse(make_member(Role.GRID_OFFICER, grid=scene.grid))
    context.add_cookies([cookie for cookie in other.cookies() if cookie["name"] == "sessionid"])  # type: ignore[misc]
    page = context.new_page()
    page.goto("/kept/")
    expect(page.locator("#kept-rows")).to_contain_text("没有没发出的")
    expect(page.locator("#kept")).to_be_hidden()
    assert page.evaluate(COUNT) == 1
    assert not HomeVisit.objects.exists()


@pytest.mark.browser
def test_signing_out_warns_and_the_day_wipes(scene: Cast, browse: Browse) -> None:
    request = a_request(scene)
    context = browse(scene.officer, width=1440)
    page = context.new_page()
    at_the_door(page, request.case.number)
    context.set_offline(True)
    send(page)
    expect(page.locator("[data-kept-send]")).to_be_visible()
    page.locator("form[action*='/sign-out/'] button").first.click()
    expect(page.locator("[data-kept-said]")).to_contain_text("还有没发出的")
    page.evaluate(AGE)
    context.set_offline(False)
    expect(page.locator("[data-kept-said]")).to_contain_text("清掉")
    wait_until_sent(page)
    assert not HomeVisit.objects.exists()


@pytest.mark.browser
def test_two_taps_are_one(scene: Cast, browse: Browse) -> None:
    request = a_request(scene)
    context = browse(scene.officer)
    page = context.new_page()
    page.goto(f"/requests/{request.case.number}/not_home/")
    page.evaluate(
        "() => { const form = document.querySelector('main form.panel'); form.requestSubmit(); form.requestSubmit(); }"
    )
    page.wait_for_url(f"**/requests/{request.case.number}/")
    assert HomeVisit.objects.count() == 1
