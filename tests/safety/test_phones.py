"""The day on several phones: the network goes and comes back at random, and nothing is lost, doubled or out of order."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from community_portal.places.models import Street
from safety.actions.helping import ask_for_help, assign_helper
from safety.models import Drill, DrillMark, HeadCount
from tests.cast import MONDAY, make_cast
from tests.front.test_kept_forms import COUNT
from tests.safety.drilling import check_all, help_row, make_frail, make_notified, make_party, make_ready, take

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Browse = Callable[..., BrowserContext]


@pytest.fixture
def scene(db: None) -> Any:
    cast = make_cast()
    Street.objects.filter(pk=cast.street.pk).update(keeps_forms=True)
    return make_party(cast)


def day_on(context: BrowserContext, drill: Drill) -> Page:
    page = context.new_page()
    page.goto(f"/safety/drills/{drill.case.number}/day/")
    return page


def wait_until_sent(page: Page) -> None:
    """The bar of what waits is gone, and nothing lies on the phone."""
    expect(page.locator("[data-kept-send]")).to_be_hidden(timeout=20_000)
    assert page.evaluate(COUNT) == 0


def press(page: Page, mark: str) -> None:
    """As a thumb does; it counts on the screen at once, whatever the network."""
    line = page.locator(f"[data-mark='{mark}']")
    line.locator("button").click()
    expect(line.locator("form"), str(page.locator(".notice-late").all_inner_texts())).to_be_hidden()


@pytest.mark.parametrize("seed", [1, 2])
def test_three_phones_with_the_network_cut_at_random(scene: Any, browse: Browse, seed: int) -> None:
    drill, rng = make_ready(scene), random.Random(seed)
    house = drill.houses.get()
    contexts = [browse(scene.safety), browse(scene.deputy), browse(scene.cast.street_officer)]
    lead, stairs, square = (day_on(context, drill) for context in contexts)
    press(lead, "alarm")
    for page in (stairs, square):
        page.reload()
    todo = [(lead, "call_119"), (lead, "micro_station"), *((stairs, f"floor_clear-{house.pk}-{n}") for n in (1, 2, 3))]
    todo += [(square, f"floor_clear-{house.pk}-2"), (square, "first_out")]
    square.get_by_text("更多时刻").click()
    rng.shuffle(todo)
    for page, mark in todo:
        contexts[rng.randrange(3)].set_offline(rng.random() < 0.6)
        if page.locator(f"[data-mark='{mark}'] form").count():
            press(page, mark)
    for context in contexts:
        context.set_offline(False)
    for page in (lead, stairs, square):
        wait_until_sent(page)
    live = set(DrillMark.objects.filter(is_live=True).values_list("kind", "floor"))
    wanted = {("alarm", None), ("call_119", None), ("micro_station", None), ("first_out", None)}
    assert live == wanted | {("floor_clear", n) for n in (1, 2, 3)}
    for mark in DrillMark.objects.filter(is_live=True).exclude(kind="alarm"):
        same = DrillMark.objects.filter(kind=mark.kind, floor=mark.floor)
        assert mark.pressed_at == min(one.pressed_at for one in same)
        assert mark.pressed_at > drill.marks.get(kind="alarm").pressed_at
    assert DrillMark.objects.count() in (7, 8)  # floor 2 on two phones, where the second had not heard of it


def test_a_whole_day_on_one_phone_without_a_network(scene: Any, browse: Browse) -> None:
    drill = make_ready(scene)
    house = drill.houses.get()
    context = browse(scene.safety)
    page = day_on(context, drill)
    press(page, "alarm")
    expect(page.locator(".drill-clock")).to_be_visible()
    context.set_offline(True)
    for mark in ("call_119", "micro_station", *(f"floor_clear-{house.pk}-{n}" for n in (3, 2, 1))):
        press(page, mark)
        expect(page.locator(f"[data-mark='{mark}'] .mark-waits")).to_be_visible()
    expect(
        page.locator("[data-mark=call_119] .kept-label")
    ).to_be_visible()  # what was pressed can be read while it waits
    expect(page.locator("[data-mark=last_out]")).to_have_class("mark-row mark-now")
    page.locator(".spot summary").click()
    page.locator(".spot input[name=present]").fill("20")
    page.locator(".spot form button").click()
    expect(page.locator("[data-kept-send]")).to_contain_text("还有 6 条没发出")
    context.set_offline(False)
    wait_until_sent(page)
    press(page, "last_out")
    press(page, "end")
    page.wait_for_function("document.querySelectorAll('.mark-done').length === 5")
    drill.refresh_from_db()
    assert (drill.state, drill.participants) == ("ended", 20)
    assert HeadCount.objects.get().was_offline
    assert drill.marks.filter(was_offline=True).count() == 5
    page.reload()
    expect(page.locator(".messages")).to_have_count(0)  # no pile of 已记下, one for each press


def test_the_wall_has_numbers_and_no_names(scene: Any, browse: Browse) -> None:
    drill = make_notified(scene)
    frail = make_frail(scene)
    ask_for_help(drill, frail, by=scene.safety, at=MONDAY)
    assign_helper(help_row(drill, frail), name="曹建军", phone="13800001234", by=scene.safety, at=MONDAY)
    check_all(drill, scene)
    take(drill, "make_ready", by=scene.safety, at=MONDAY)
    context = browse(scene.safety)
    phone, wall = day_on(context, drill), context.new_page()
    wall.goto(f"/safety/drills/{drill.case.number}/wall/")
    press(phone, "alarm")
    expect(phone.locator(".red-list")).to_contain_text("沈玉英")
    expect(phone.locator(".red-list a[href='tel:+8613800001234']")).to_be_visible()
    expect(wall.locator(".wall-time .big")).to_be_visible(timeout=15_000)
    text = wall.locator("body").inner_text()
    assert "沈玉英" not in text and "曹建军" not in text and "还在找" in text


def test_who_may_not_press_hears_so_and_nothing_of_theirs_blocks_the_rest(scene: Any, browse: Browse) -> None:
    """The deputy was changed while the page stood open: what is refused them is no session that ended."""
    drill = make_ready(scene)
    lead, context = day_on(browse(scene.safety), drill), browse(scene.deputy)
    press(lead, "alarm")
    stairs = day_on(context, drill)
    Drill.objects.filter(pk=drill.pk).update(deputy=None)
    context.set_offline(True)
    press(stairs, "call_119")
    press(stairs, "end")
    context.set_offline(False)
    expect(stairs.locator("[data-kept-look]")).to_be_visible(timeout=20_000)
    expect(stairs.locator("#kept")).not_to_contain_text("登录已经结束")
    assert drill.marks.filter(kind="call_119", is_live=True).exists()
    stairs.goto("/kept/")
    expect(stairs.locator("#main")).to_contain_text("这一步由总指挥或副总指挥来按")
    fresh = day_on(context, drill)
    expect(fresh.locator("[data-mark=end]")).to_contain_text("总指挥来按")
    expect(fresh.locator("[data-mark=end] button")).to_have_count(0)
