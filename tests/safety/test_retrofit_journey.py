"""Journey 3, in a browser: the property company surveys → a joint meeting that it leads → measures and zones → accepted in nine days by
somebody else → the test after thirty days."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import F
from playwright.sync_api import BrowserContext, Page, expect

from community_portal import clock
from safety.models import Retrofit, RetrofitCheck
from tests.cast import make_cast
from tests.safety.retrofitting import Site, make_site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def scene(db: None) -> Site:
    return make_site(make_cast())


def press(page: Page, where: str = "#main form button.btn-primary") -> None:
    page.locator(where).first.click()


def take(page: Page, url: str, step: str, **typed: str) -> None:
    page.goto(f"{url}{step}/")
    for name, words in typed.items():
        page.locator(f"[name={name}]").fill(words)
    press(page)
    page.wait_for_url(f"**{url}")


def test_from_the_survey_to_the_test_after_thirty_days(scene: Site, browse: Callable[..., BrowserContext]) -> None:
    desk = browse(scene.keeper, width=1280).new_page()
    desk.goto("/property/")
    desk.get_by_role("link", name="提一个改造").first.click()
    desk.locator("[name=place]").fill("架空层")
    desk.locator("[name=words]").fill("堆满东西，电动车乱停")
    press(desk)
    desk.wait_for_url("**/safety/retrofits/*-*/")
    retrofit = Retrofit.objects.select_related("case").get()
    url = f"/safety/retrofits/{retrofit.case.number}/"
    earlier = clock.now() - dt.timedelta(days=20)
    Retrofit.objects.update(opened_at=earlier)

    survey(desk)
    desk.goto(f"{url}count_survey/")
    press(desk)
    desk.wait_for_url(f"**{url}")
    expect(desk.locator("#asked")).to_contain_text("66.7 %")
    expect(desk.locator("#asked")).to_contain_text("100.0 %")

    meeting(desk, scene)
    take(desk, url, "agree")
    expect(desk.locator("#meeting")).to_contain_text("公园里物业牵头")

    plan(desk, url)
    started = clock.today() - dt.timedelta(days=9)
    take(desk, url, "start", started_on=f"{started:%Y-%m-%d}")
    desk.locator("#measures").get_by_role("button", name="做好了").click()
    desk.wait_for_url(f"**{url}")
    take(desk, url, "report_done")
    expect(desk.get_by_role("link", name="验收通过")).to_have_count(0)

    officer = browse(scene.safety, width=1280).new_page()
    take(officer, url, "accept")
    expect(officer.locator(".tallies")).to_contain_text("9 天")
    a_month_passes()
    take(officer, url, "pass_test", tested="1", working="1", words="喷淋正常")
    expect(officer.locator("#checks")).to_contain_text("通过")
    retrofit.refresh_from_db()
    assert (retrofit.state, RetrofitCheck.objects.filter(passed=True).count()) == ("running", 1)
    desk.goto("/property/")
    expect(desk.locator("main")).to_contain_text(retrofit.case.number)


def survey(page: Page) -> None:
    page.get_by_role("link", name="做一份问卷").first.click()
    page.locator("[name=title]").fill("架空层问卷")
    page.locator("[name=questions]").fill("楼下有没有乱停：有、没有")
    page.locator("[name=base_count]").fill("3")
    page.locator("[name=base_how]").fill("业主户数")
    page.locator("[name=closes_on]").fill(f"{clock.today() + dt.timedelta(days=9):%Y-%m-%d}")
    press(page)
    page.wait_for_url("**/deliberations/surveys/*/")
    for room in ("101", "102"):
        page.locator("[name=household]").fill(room)
        page.locator("#main form input[type=radio]").first.check()
        press(page)
        expect(page.locator("[name=household]")).to_have_value("")


def meeting(page: Page, scene: Site) -> None:
    page.get_by_role("link", name="约联席会").first.click()
    page.locator("[name=kind]").select_option("joint")
    starts = clock.local(clock.now()) - dt.timedelta(hours=1)
    page.locator("[name=starts_at]").fill(f"{starts:%Y-%m-%dT%H:%M}")
    page.locator("[name=place]").fill("物业会议室")
    for side in ("fire", "community", "property", "owners"):
        page.locator(f"[name=roles][value={side}]").check()
    press(page)
    page.wait_for_url("**/deliberations/meetings/*/")
    unfold(page, "[name^=came-party]")
    for box in page.locator("[name^=came-party]").all():
        box.fill("2")
    page.locator("form:has([name^=came-party]) button.btn-primary").click()
    expect(page.locator("[name=minutes-words]")).to_have_count(1)
    unfold(page, "[name=decide-words]")
    page.locator("[name=decide-words]").fill("分区，装隔板")
    page.locator("[name=decide-organisation]").select_option(str(scene.firm.pk))
    page.locator("[name=decide-due_on]").fill(f"{clock.today() + dt.timedelta(days=9):%Y-%m-%d}")
    page.locator("form:has([name=decide-words]) button.btn-primary").click()
    expect(page.get_by_text("1. 分区，装隔板")).to_be_visible()


def unfold(page: Page, field: str) -> None:
    """Opens what it lies in."""
    if not page.locator(field).first.is_visible():
        page.locator(f"details:has({field}) > summary").first.click()


def plan(page: Page, url: str) -> None:
    """A measure; a zone of 45 is refused with its clause, one of 20 is one; what the company gives."""
    add(page, "measure", words="装隔板")
    add(page, "zone", number="1", bikes="45", metres="1.8")
    expect(page.locator("#zones")).to_contain_text("5.1.6")
    page.locator("#id_zone_bikes").fill("20")
    page.locator("#id_zone_has_sprinkler").check()
    page.locator("form[action$='/add/zone/'] button").click()
    page.wait_for_url(f"**{url}")
    expect(page.locator(".zone")).to_have_count(1)
    add(page, "contribution", name="公园里物业", words="隔板", amount="6000")
    page.wait_for_url(f"**{url}")


def add(page: Page, part: str, **typed: Any) -> None:
    form = f"form[action$='/add/{part}/']"
    page.locator(f"details:has({form}) > summary").click()
    for name, words in typed.items():
        page.locator(f"{form} [name={name}]").fill(words)
    page.locator(f"{form} button").click()


def a_month_passes() -> None:
    back = dt.timedelta(days=30)
    RetrofitCheck.objects.update(since=F("since") - back, due_on=F("due_on") - back)
    Retrofit.objects.update(
        started_on=F("started_on") - back, accepted_on=F("accepted_on") - back, next_check_on=clock.today()
    )
