"""Journey 1: from the plan to the next drill, in a browser: a wheelchair user signs up, the network goes in the middle of the day, one
is missing and found, somebody else evaluates, and what was found is carried on."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from community_portal import clock
from community_portal.places.models import Street
from safety.actions import plans
from safety.models import Drill, Helper
from tests.cast import make_cast
from tests.factories import make_resident_account
from tests.safety.drilling import check_all, make_draft, make_frail, make_party
from tests.safety.test_phones import wait_until_sent

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(db: None) -> Any:
    cast = make_cast()
    Street.objects.filter(pk=cast.street.pk).update(keeps_forms=True)
    return make_party(cast, floors=2)


def take(page: Page, url: str, step: str, words: str = "") -> None:
    page.goto(f"{url}{step}/")
    if words:
        page.locator("[name=words]").fill(words)
    page.locator("#main form button.btn-primary, #main form button.btn-danger").first.click()
    page.wait_for_url(f"**{url}")


def test_from_the_plan_to_the_next_drill(scene: Any, browse: Callable[..., BrowserContext]) -> None:
    now = clock.now()
    drill = make_draft(scene, at=now, starts_at=now + dt.timedelta(days=9))
    url = f"/safety/drills/{drill.case.number}/"
    lead, street = browse(scene.safety), browse(scene.cast.street_officer).new_page()
    desk = lead.new_page()
    take(desk, url, "submit")
    take(street, url, "approve")
    take(desk, url, "notify")

    frail = make_frail(scene, "沈玉英", "202")
    phone = browse(make_resident_account(frail, username="family"), width=390).new_page()
    phone.goto("/safety/")
    phone.get_by_role("link", name="给家里人报名").click()
    phone.locator("[name=party_size]").fill("3")
    phone.locator(f"[name=needs_help][value='{frail.pk}']").check()
    phone.locator("[name=wish]").fill("坐轮椅")
    phone.get_by_role("button", name="报名").click()
    expect(phone.locator(".messages, [role=status]").first).to_contain_text("报好名了")

    row = Helper.objects.get()
    desk.goto(f"{url}helpers/{row.pk}/")
    desk.locator("[name=name]").fill("曹建军")
    desk.locator("[name=phone]").fill("13800001234")
    desk.get_by_role("button", name="定这个人").click()
    desk.wait_for_url("**/helpers/")
    check_all(drill, scene, at=now)
    take(desk, url, "make_ready")

    # The day: two phones, the network goes in the middle.
    day = lead.new_page()
    day.goto(f"{url}day/")
    day.locator("[data-mark=alarm] button").click()
    expect(day.locator(".drill-clock")).to_be_visible()
    other = browse(scene.deputy)
    stairs = other.new_page()
    stairs.goto(f"{url}day/")
    house = drill.houses.get()
    other.set_offline(True)
    for floor in (2, 1):
        stairs.locator(f"[data-mark='floor_clear-{house.pk}-{floor}'] button").click()
        expect(stairs.locator(f"[data-mark='floor_clear-{house.pk}-{floor}'] .mark-waits")).to_be_visible()
    count(day, present=19)
    expect(day.locator(".red-list h2 b")).to_have_text("1", timeout=15_000)
    expect(day.locator(".red-one")).to_contain_text("沈玉英")
    other.set_offline(False)
    wait_until_sent(stairs)
    day.locator(".red-one").get_by_role("button", name="找到了").click()
    expect(day.locator(".red-one")).to_have_count(0, timeout=15_000)
    count(day, present=20)
    expect(day.locator(".red-list.is-clear")).to_be_visible(timeout=15_000)
    for mark in ("last_out", "end"):
        day.locator(f"[data-mark={mark}] button").click()
        expect(day.locator(f"[data-mark={mark}].mark-done")).to_be_visible(timeout=15_000)
    drill.refresh_from_db()
    assert (drill.state, drill.participants, drill.unaccounted) == ("ended", 20, 0)

    evaluate(browse(scene.judge).new_page(), drill, url)
    coming = plans.plan_drill(
        drill.community, title="下一场", kinds=["full"], starts_at=now + dt.timedelta(days=100),
        ends_at=now + dt.timedelta(days=100, hours=1), by=scene.safety, at=clock.now(),
    )  # fmt: skip
    action = drill.actions.get()
    desk.goto(f"/safety/actions/{action.case.number}/carry/")
    desk.locator("[name=drill]").select_option(str(coming.pk))
    desk.locator("#main form button.btn-primary").click()
    desk.wait_for_url(f"**/safety/actions/{action.case.number}/")
    take(desk, url, "close")
    assert Drill.objects.get(pk=drill.pk).state == "closed"
    desk.goto(f"/safety/drills/{coming.case.number}/")
    expect(desk.locator("#actions")).to_contain_text(action.case.title)


def count(page: Page, *, present: int) -> None:
    if not page.locator(".spot details[open]").count():
        page.locator(".spot summary").click()
    page.locator(".spot [name=present]").fill(str(present))
    page.locator(".spot form button").click()


def evaluate(page: Page, drill: Drill, url: str) -> None:
    """By the manager, who did not command."""
    page.goto(f"{url}evaluation/")
    form = page.locator("form[action*='/objectives/']")
    form.locator("[name=rating]").select_option("S")
    form.locator("[name=why]").fill("2 楼慢了")
    form.locator("button").click()
    page.wait_for_load_state()
    for n in range(2):
        form = page.locator("form[action*='/questions/']").nth(n)
        for name, value in (("before_asked", 20), ("before_right", 8), ("after_asked", 20), ("after_right", 17)):
            form.locator(f"[name={name}]").fill(str(value))
        form.locator("button").click()
        page.wait_for_load_state()
    form = page.locator("form[action$='/observe/']")
    form.locator("[name=kind]").select_option("improve")
    form.locator("[name=words]").fill("2 楼堆了纸箱")
    form.locator("button").click()
    page.get_by_role("link", name="派一件整改").click()
    page.locator("[name=officer]").select_option(label=str(drill.deputy))
    page.locator("[name=due_on]").fill((clock.today() + dt.timedelta(days=7)).isoformat())
    page.get_by_role("button", name="派出").click()
    page.wait_for_url("**/evaluation/")
    take(page, url, "evaluate", "总的顺利")
