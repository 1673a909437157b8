"""Pages of hazards as somebody sees them: by axe, in elder mode, on the narrowest phone; and the way of one from the report without a
name to the end, on three phones."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from community_portal import clock
from community_portal.people.models import Membership, User
from community_portal.places.models import Street
from safety.models import Hazard
from safety.workflow.hazards import default_day
from safety.workflow.states import Hazarding
from tests.casework.photos import photo
from tests.cast import make_cast
from tests.look.narrow import narrow_page, what_does_not_fit, what_hurts_the_old
from tests.look.test_every_page import what_is_wrong_with
from tests.safety.hazarding import DAY, assign, fix, found, make_watch, picture, read, submit, transfer, verify

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_limits")]


@pytest.fixture
def scene(db: None) -> Any:
    cast = make_cast()
    Street.objects.filter(pk=cast.street.pk).update(keeps_forms=True)
    watch = make_watch(cast)
    now = clock.now()
    found(watch, at=now - 60 * DAY)
    mine = found(watch, at=now - 3 * DAY, by=cast.elder_account, reporter=cast.elder, code="")
    for one in (mine,):
        assign(verify(one, watch, at=now - 2 * DAY), watch, at=now - 2 * DAY, due_on=default_day(one))
        submit(one, watch, at=now - DAY, photos=[picture(taken_at=now - DAY), picture()])
    given = verify(found(watch, at=now - DAY, kind="lights"), watch, at=now, level="serious")
    assign(given, watch, at=now, due_on=default_day(given), interim="拉了警戒带", cost=600, paid_by="物业出")
    sent = verify(found(watch, at=now, kind="fire_lane"), watch, at=now)
    link = transfer(sent, watch, at=now)
    spot = fix(found(watch, at=now, kind="fire_door"), watch, at=now)
    new = found(watch, at=now)
    values = {
        "mine": mine.case.number, "given": given.case.number, "sent": sent.case.number, "spot": spot.case.number,
        "new": new.case.number, "link": link.split("/a/")[1].strip("/"), "home": cast.home.code, "resident": cast.elder.pk,
    }  # fmt: skip
    return SimpleNamespace(cast=cast, watch=watch, values=values, mine=mine)


ONE = "/safety/hazards/"
PUBLIC = ("/report/", "/report/hazard/?at={home}", "/a/{link}/")
RESIDENT = ("/my/safety/hazards/{mine}/",)
STAFF = (
    f"{ONE}desk/", ONE, f"{ONE}new/", f"{ONE}{{mine}}/", f"{ONE}{{given}}/", f"{ONE}{{sent}}/", f"{ONE}{{spot}}/", f"{ONE}{{new}}/",
    f"{ONE}{{new}}/verify/", f"{ONE}{{new}}/duplicate/", f"{ONE}{{new}}/pass_on/", f"{ONE}{{new}}/not_hazard/", f"{ONE}{{given}}/transfer/",
    f"{ONE}{{given}}/regrade/", f"{ONE}{{sent}}/chase/", f"{ONE}{{sent}}/answered/", f"{ONE}{{given}}/paper/", f"{ONE}{{given}}/slip/",
    f"{ONE}{{given}}/hand_over/", "/residents/{resident}/safety/hazards/", "/dossier/hazard/{mine}/", "/dossier/hazard/{mine}/brief/",
)  # fmt: skip
OFFICER = (f"{ONE}{{mine}}/", f"{ONE}{{mine}}/pass/", f"{ONE}{{mine}}/fail/", f"{ONE}new/")
COMPANY = (f"{ONE}{{given}}/", f"{ONE}{{given}}/submit/", f"{ONE}new/", f"{ONE}{{given}}/paper/")


def who_is(scene: Any, who: str) -> tuple[Any, tuple[str, ...], int]:
    user, paths, width = {
        "public": (None, PUBLIC, 390),
        "resident": (scene.cast.elder_account, RESIDENT, 390),
        "staff": (scene.watch.other, STAFF, 1440),
        "officer": (scene.cast.officer, OFFICER, 390),
        "company": (scene.watch.fang, COMPANY, 390),
    }[who]
    return user, tuple(path.format(**scene.values) for path in paths), width


@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
@pytest.mark.parametrize("who", ["public", "resident", "staff", "officer", "company"])
def test_axe_finds_nothing(who: str, elder: bool, scene: Any, browse: Callable[..., Any]) -> None:
    user, paths, width = who_is(scene, who)
    page = browse(user, width=width, elder=elder, bypass_csp=True).new_page()
    trouble = []
    for path in paths:
        answered = page.goto(path)
        assert answered.status == 200, path
        trouble += what_is_wrong_with(page, path)
    assert not trouble, "\n".join(trouble)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("who", ["public", "resident"])
def test_elder_mode_holds_on_the_narrowest_phone(
    who: str, language: str, scene: Any, browse: Callable[..., Any]
) -> None:
    user, paths, _width = who_is(scene, who)
    User.objects.update(language=language)
    page = narrow_page(browse, user, language=language, elder=True)
    trouble = what_hurts_the_old(page, paths)
    assert not trouble, "\n".join(trouble)


@pytest.mark.parametrize("who", ["staff", "officer", "company"])
def test_pages_of_work_fit_the_narrowest_phone_in_the_longer_language(
    who: str, scene: Any, browse: Callable[..., Any]
) -> None:
    User.objects.update(language="en")
    user, paths, _width = who_is(scene, who)
    page = narrow_page(browse, user, language="en")
    assert what_does_not_fit(page, paths) == []


def draw_name(page: Page) -> None:
    box = page.locator("[data-signature] canvas")
    box.scroll_into_view_if_needed()
    at = box.bounding_box()
    assert at
    page.mouse.move(at["x"] + 20, at["y"] + 40)
    page.mouse.down()
    page.mouse.move(at["x"] + 90, at["y"] + 70, steps=5)
    page.mouse.move(at["x"] + 150, at["y"] + 30, steps=5)
    page.mouse.up()


def test_from_a_report_without_a_name_to_the_end(
    scene: Any, browse: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    (tmp_path / "before.jpg").write_bytes(photo())
    (tmp_path / "after.jpg").write_bytes(picture().data)
    passer_by = browse(None, width=390).new_page()
    passer_by.goto(f"/report/hazard/?at={scene.cast.home.code}")
    passer_by.locator("[name=kind]").select_option("blocked_way")
    passer_by.locator("[name=building]").select_option(str(scene.watch.building.pk))
    passer_by.locator("[name=photos]").set_input_files(tmp_path / "before.jpg")
    passer_by.locator("[name=words]").fill("架空层堆了旧家具，挡住通道")
    passer_by.locator("[name=who][value=anonymous]").check()
    passer_by.get_by_role("button", name="报上去").click()
    passer_by.wait_for_url("**/received/")
    hazard = Hazard.objects.latest("pk")
    assert hazard.photos.count() == 1
    url = f"/safety/hazards/{hazard.case.number}/"

    desk = browse(scene.watch.safety).new_page()
    desk.goto(f"{url}verify/")
    desk.locator("[name=level][value=serious]").check()
    desk.locator("#main form button.btn-primary").click()
    desk.wait_for_url(f"**{url}")
    desk.goto(f"{url}assign/")
    desk.locator(f"[name=officer][value='{scene.watch.safety.pk}']").check()
    desk.locator("[name=organisation]").select_option(str(scene.watch.firm.pk))
    desk.locator("[name=interim]").fill("拉了警戒带")
    desk.locator("#main form button.btn-primary").click()
    desk.wait_for_url(f"**{url}")

    company = browse(scene.watch.fang, width=390).new_page()
    company.goto(f"{url}submit/")
    company.locator("[name=photos]").set_input_files(tmp_path / "before.jpg")
    company.locator("[name=words]").fill("搬走了，画了线")
    company.locator("#main form button.btn-primary").click()
    expect(company.locator(".field-error").first).to_contain_text("同一张照片")
    company.locator("[name=photos]").set_input_files(tmp_path / "after.jpg")
    company.locator("#main form button.btn-primary").click()
    company.wait_for_url(f"**{url}")

    officer = browse(scene.cast.officer, width=390).new_page()
    officer.goto(url)
    expect(officer.locator("#reinspect")).to_contain_text("轮到您")
    for n in range(3):
        officer.locator(f"#reinspect [name=q{n}][value='1']").check(force=True)
    draw_name(officer)
    officer.get_by_role("button", name="复查通过，签字销号").click()
    officer.wait_for_url(f"**{url}")
    hazard = read(hazard)
    assert (hazard.state, hazard.reinspector) == (Hazarding.CLOSED, scene.cast.officer)

    passer_by.goto(f"/look-up/?number={hazard.case.number}")
    passer_by.locator("[name=tail]").fill(hazard.case.phone_tail)
    passer_by.locator("#main form button").first.click()
    expect(passer_by.locator("#main")).to_contain_text("改好了，复查过了")


def test_found_where_there_is_no_network(scene: Any, browse: Callable[..., BrowserContext]) -> None:
    context = browse(scene.cast.officer, width=390)
    page = context.new_page()
    page.goto("/safety/hazards/new/")
    before = Hazard.objects.count()
    context.set_offline(True)
    page.locator("[name=kind]").select_option("lights")
    page.locator("[name=place]").fill("地下车库")
    page.get_by_role("button", name="登记").click()
    expect(page.locator("#kept")).to_be_visible()
    assert Hazard.objects.count() == before
    context.set_offline(False)
    page.goto("/field/")
    expect(page.locator("[data-kept-send]")).to_be_hidden(timeout=20_000)
    assert Hazard.objects.count() == before + 1


def test_who_left_the_company_sees_nothing_more(scene: Any, signed_in: Any) -> None:
    client, url = signed_in(scene.watch.fang), f"/safety/hazards/{scene.values['given']}/"
    assert client.get(url).status_code == 200
    Membership.objects.filter(user=scene.watch.fang).update(ends_on=clock.today() - DAY)
    assert client.get(url).status_code in (302, 303, 403, 404)
