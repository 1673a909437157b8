"""Assessing on a phone of 390 px, by keyboard and without a network; the register and the home beside it."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from community_portal import clock
from community_portal.places.models import Street
from eldercare.ability import ITEMS
from eldercare.actions.assessments import answer_items
from eldercare.models import Assessment, SurveyFinding, WelfareVisit
from eldercare.workflow.states import State
from tests.cast import Cast, make_cast
from tests.eldercare.elders import answers_worth, make_adaptation, make_coordinator, make_draft, make_elder
from tests.front.test_kept_forms import COUNT, photo, sign, wait_until_sent
from tests.look.narrow import narrow_page, what_does_not_fit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Browse = Callable[..., BrowserContext]


@pytest.fixture
def scene(db: None) -> Any:
    cast: Any = make_cast()
    Street.objects.filter(pk=cast.street.pk).update(keeps_forms=True)
    cast.one, cast.other = make_coordinator(cast, name="评估甲"), make_coordinator(cast, name="评估乙")
    cast.profile = make_elder(cast)
    cast.draft = make_draft(cast, one=cast.one, other=cast.other, at=clock.now())
    return cast


def test_all_items_by_keyboard_with_the_network_gone_half_way(scene: Any, browse: Browse) -> None:
    context = browse(scene.one)
    page = context.new_page()
    page.goto(f"/eldercare/assess/{scene.draft.pk}/")
    for n, item in enumerate(ITEMS):
        if n == 13:
            context.set_offline(True)
        expect(page.locator(f"#{item.code} h2")).to_be_visible()
        page.keyboard.press(str(min(1, item.most)))
        expect(page.locator(f"#{item.code} .score.on b")).to_have_text("1")
        expect(page.locator("[data-kept-word]")).to_have_text("已存手机" if n >= 13 else "已存")
        page.keyboard.press("ArrowRight")
    expect(page.locator("[data-answered]")).to_have_text("26")
    expect(page.locator("[data-total]")).to_have_text("26")
    expect(page.locator("[data-kept-send]")).to_contain_text("还有 13 条没发出")
    assert scene.draft.answers.count() == 13
    page.locator("[data-dot=eating]").click()
    page.keyboard.press("3")  # once more, while there is no network
    expect(page.locator("[data-total]")).to_have_text("28")
    context.set_offline(False)
    expect(page.locator("[data-kept-send]")).to_be_hidden()
    assert page.evaluate(COUNT) == 0
    assert scene.draft.answers.count() == 26
    assert scene.draft.answers.get(item="eating").score == 3
    assert scene.draft.answers.filter(was_offline=True).count() == 14


def test_without_script_an_answer_leads_to_the_next_item(scene: Any, browse: Browse) -> None:
    page = browse(scene.one, java_script_enabled=False).new_page()
    page.goto(f"/eldercare/assess/{scene.draft.pk}/")
    page.locator("#eating .score").first.click()
    page.wait_for_url("**#grooming")
    expect(page.locator("#grooming h2")).to_be_visible()
    expect(page.locator("#eating h2")).to_be_hidden()


def test_three_signatures_without_a_network(scene: Any, browse: Browse) -> None:
    answer_items(scene.draft, answers_worth(60), by=scene.one, at=clock.now())
    context = browse(scene.one)
    page = context.new_page()
    page.goto(f"/eldercare/assess/{scene.draft.pk}/end/")
    form = page.locator("#sign form")
    expect(form.locator("canvas")).to_have_count(3)
    sign(page)
    context.set_offline(True)
    form.locator("button.btn-primary").click()
    expect(page.locator("[data-kept-send]")).to_contain_text("还有 1 条没发出")
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto("/eldercare/elders/")
    wait_until_sent(page)
    made = Assessment.objects.get()
    assert (made.level_final, made.case.signings.count()) == ("moderate", 3)


def test_five_findings_with_pictures_wait_and_arrive(scene: Any, browse: Browse) -> None:
    matter = make_adaptation(scene, State.ASSESSING)
    context = browse(scene.one)
    url = f"/eldercare/{matter.case.number}/survey/"
    pages = [context.new_page() for _n in range(5)]
    for page in pages:
        page.goto(url)
    context.set_offline(True)
    for page in pages:
        form = page.locator("form[action$='/findings/']")
        form.locator("input[name=room][value=bathroom]").check()
        form.locator("input[name=hazard][value=slippery]").check()
        file: Any = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()}
        form.locator("input[type=file]").set_input_files([file])
        expect(form.locator(".photo-preview img")).to_have_count(1)
        form.locator("button.btn-primary").click()
        expect(form).to_be_hidden()
    for page in pages[1:]:
        page.close()
    context.set_offline(False)
    wait_until_sent(pages[0])
    assert SurveyFinding.objects.filter(photo__isnull=False, was_offline=True).count() == 5


def test_a_welfare_visit_in_three_taps(scene: Cast | Any, browse: Browse) -> None:
    context = browse(scene.officer)
    page = context.new_page()
    page.goto(f"/eldercare/elders/{scene.elder.pk}/visit/?from=field")
    context.set_offline(True)
    page.get_by_role("button", name="见到人了，都好").click()
    expect(page.locator("[data-kept-send]")).to_contain_text("还有 1 条没发出")
    context.set_offline(False)
    expect(page.locator("[data-kept-send]")).to_be_hidden()
    assert WelfareVisit.objects.get().was_offline


def test_it_fits_a_narrow_phone(scene: Any, browse: Browse) -> None:
    page = narrow_page(browse, scene.one, language="zh-hans", elder=True)
    paths = (
        f"/eldercare/assess/{scene.draft.pk}/",
        f"/eldercare/assess/{scene.draft.pk}/end/",
        f"/eldercare/elders/{scene.elder.pk}/",
    )
    assert what_does_not_fit(page, paths) == []
