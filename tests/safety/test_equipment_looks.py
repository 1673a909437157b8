"""Pages of equipment as somebody sees them: by axe, in elder mode, on the narrowest phone; and a round on a phone, with the network and
without."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from community_portal import clock
from community_portal.people.models import User
from community_portal.places.models import Street
from safety.actions.equipment import miss_piece
from safety.actions.rounds import end_round
from safety.models import Hazard, Inspection
from tests.casework.photos import photo
from tests.cast import make_cast
from tests.front.test_kept_forms import COUNT
from tests.look.narrow import narrow_page, what_does_not_fit
from tests.look.test_every_page import what_is_wrong_with
from tests.safety.equipping import look, make_crew, make_piece, make_round

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_limits")]


@pytest.fixture
def scene(db: None) -> Any:
    cast = make_cast()
    Street.objects.filter(pk=cast.street.pk).update(keeps_forms=True)
    crew, now = make_crew(cast), clock.now()
    before = now - dt.timedelta(days=2)
    pieces = [
        make_piece(crew, at=before, floor=n + 1, from_stairs_m=3, spec="4 公斤干粉", code=f"MF-90{n}") for n in range(5)
    ]
    done = make_round(crew, at=before)
    look(pieces[0], "seal", by=crew.safety, at=before, round=done)
    end_round(done, words="门锁着", by=crew.safety, at=before + dt.timedelta(hours=1))
    miss_piece(pieces[4], by=crew.safety, at=before)
    opened = make_round(crew, at=now)
    values = {"code": pieces[0].code, "lost": pieces[4].code, "done": done.pk, "opened": opened.pk}
    return SimpleNamespace(cast=cast, crew=crew, pieces=pieces, round=opened, values=values)


ONE, ROUNDS = "/safety/equipment/", "/safety/rounds/"
STAFF = (
    ONE, f"{ONE}?look=soon", f"{ONE}{{code}}/", f"{ONE}{{lost}}/", f"{ONE}{{code}}/edit/", f"{ONE}new/", f"{ONE}labels/",
    f"{ONE}import/", f"{ONE}lists/", ROUNDS, f"{ROUNDS}new/", f"{ROUNDS}{{done}}/report/", f"{ROUNDS}{{opened}}/end/",
    f"{ROUNDS}{{opened}}/round/",
)  # fmt: skip
PHONE = (ONE, f"{ROUNDS}{{opened}}/round/", f"{ROUNDS}{{opened}}/report/", f"{ROUNDS}new/", f"{ONE}{{code}}/")
PUBLIC = ("/e/{code}/",)
OF_STREET = (f"{ONE}lists/powder/", ONE)


def who_is(scene: Any, who: str) -> tuple[Any, tuple[str, ...], int]:
    user, paths, width = {
        "public": (None, PUBLIC, 390),
        "staff": (scene.crew.safety, STAFF, 1440),
        "phone": (scene.cast.officer, PHONE, 390),
        "street": (scene.cast.street_officer, OF_STREET, 1440),
    }[who]
    return user, tuple(path.format(**scene.values) for path in paths), width


@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
@pytest.mark.parametrize("who", ["public", "staff", "phone", "street"])
def test_axe_finds_nothing(who: str, elder: bool, scene: Any, browse: Callable[..., Any]) -> None:
    user, paths, width = who_is(scene, who)
    page = browse(user, width=width, elder=elder, bypass_csp=True).new_page()
    trouble = []
    for path in paths:
        answered = page.goto(path)
        assert answered.status == 200, path
        trouble += what_is_wrong_with(page, path)
    assert not trouble, "\n".join(trouble)


@pytest.mark.parametrize("who", ["public", "staff", "phone"])
def test_pages_fit_the_narrowest_phone_in_the_longer_language(who: str, scene: Any, browse: Callable[..., Any]) -> None:
    User.objects.update(language="en")
    user, paths, _width = who_is(scene, who)
    page = narrow_page(browse, user, language="en")
    assert what_does_not_fit(page, paths) == []


def answer(page: Page, code: str, *failed: str) -> None:
    card = page.locator(f"[data-card='{code}']")
    for item in ("pressure", "seal", "hose", "body", "way"):
        card.locator(f"[name='a-{item}'][value='{'fail' if item in failed else 'ok'}']").check(force=True)


def save(page: Page, code: str) -> None:
    page.locator(f"[data-card='{code}']").get_by_role("button", name="保存，去下一个").click()
    expect(page.locator(f"[data-card='{code}']")).to_have_count(0)


def test_a_round_with_the_network_and_without(
    scene: Any, browse: Callable[..., BrowserContext], tmp_path: Path
) -> None:
    """Saved with a network, then two without, one of them failing with its photo, one not found; the page opens again without a
    network and knows what is done; all of it arrives once."""
    (tmp_path / "seal.jpg").write_bytes(photo())
    context = browse(scene.crew.safety, width=390)
    page = context.new_page()
    page.goto(f"/safety/rounds/{scene.round.pk}/round/")
    page.wait_for_function(
        "caches.open('day').then((shelf) => shelf.keys()).then((all) => all.some((one) => one.url.endsWith('/round/')))"
    )
    first, second, third, fourth, _lost = (piece.code for piece in scene.pieces)
    answer(page, first)
    save(page, first)
    page.wait_for_function(
        'code => caches.match(location.pathname).then((one) => one.text()).then((words) => !words.includes(`data-card="${code}"`))',
        arg=first,
    )
    context.set_offline(True)
    answer(page, second, "seal")
    card = page.locator(f"[data-card='{second}']")
    expect(card.get_by_text("保存后自动登记一处隐患").filter(visible=True)).to_have_count(1)
    card.locator("[name='p-seal']").set_input_files(tmp_path / "seal.jpg")
    save(page, second)
    answer(page, third)
    save(page, third)
    expect(page.locator("[data-kept-send]")).to_contain_text("2")
    page.reload()
    expect(page.locator(f"[data-card='{fourth}']")).to_be_visible()
    for code in (second, third):
        expect(page.locator(f"[data-card='{code}']")).to_have_count(0)
    card = page.locator(f"[data-card='{fourth}']")
    card.get_by_text("这里没找到").click()
    card.get_by_role("button", name="记下没找到").click()
    expect(card).to_have_count(0)
    assert page.evaluate(COUNT) == 3
    context.set_offline(False)
    expect(page.locator("[data-kept-send]")).to_be_hidden(timeout=20_000)
    looks = Inspection.objects.filter(round=scene.round)
    assert {row.equipment.code: row.result for row in looks.select_related("equipment")} == {
        first: "ok", second: "fail", third: "ok", fourth: "not_found",
    }  # fmt: skip
    assert looks.filter(was_offline=True).count() == 3
    hazard = Hazard.objects.latest("pk")
    assert hazard.photos.count() == 1 and hazard.source == "round"


def test_a_card_is_found_by_its_code_on_the_page(scene: Any, browse: Callable[..., BrowserContext]) -> None:
    page = browse(scene.crew.safety, width=390).new_page()
    page.goto(f"/safety/rounds/{scene.round.pk}/round/")
    third = scene.pieces[2].code
    page.locator("#piece").fill(f"http://localhost/e/{third}/")
    page.get_by_role("button", name="找这一件").click()
    expect(page.locator(f"[data-card='{third}']")).to_be_visible()
