"""The long way of one home, in real browsers: assessed on a phone without a network, planned, signed by the elder, built, accepted in
two rounds by one who begins and another who finishes, settled, and asked again three times in the year after."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from community_portal import clock
from community_portal.casework.actions import commission
from community_portal.dues.models import DueItem
from community_portal.people.models import Role
from community_portal.places.models import Street
from community_portal.rules.actions import load_rulebook
from eldercare.ability import ITEMS
from eldercare.models import Adaptation, Assessment, FamilyContact, Interview
from eldercare.workflow.states import State
from tests.cast import make_cast
from tests.eldercare.adapting import TOLD, make_carer, make_eligible
from tests.eldercare.built import make_firm
from tests.eldercare.elders import make_adaptation
from tests.factories import make_member
from tests.front.test_kept_forms import photo, sign, wait_until_sent

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Browse = Callable[..., BrowserContext]


@pytest.fixture
def scene(db: None) -> Any:
    """The street has found the home eligible; two assessors of a centre and a builder are there."""
    cast: Any = make_cast()
    Street.objects.filter(pk=cast.street.pk).update(keeps_forms=True)
    make_eligible(cast)
    load_rulebook(at=clock.now())
    FamilyContact.objects.create(elder=cast.elder.elder, name="陈红", relation="女儿", phone="+8613800002099")
    cast.carer = make_carer(cast)
    cast.made = make_adaptation(cast, State.ASSESSING, eligible_at=clock.now(), consent_at=clock.now(), **TOLD)
    cast.house, cast.assessor = make_firm("颐评评估中心", Role.ASSESSOR)
    cast.second = make_member(Role.ASSESSOR, organisation=cast.house, name="沈惠芳")
    cast.firm, cast.builder = make_firm()
    commission(cast.made, organisation=cast.house, by=cast.reception, at=clock.now())
    cast.url = f"/eldercare/{cast.made.case.number}/"
    return cast


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).first.click()


def state_of(scene: Any) -> str:
    return str(Adaptation.objects.get(pk=scene.made.pk).state)


def step(page: Page, scene: Any, name: str, label: str, words: str = "") -> None:
    page.goto(f"{scene.url}{name}/")
    if words:
        page.locator("[name=words]").fill(words)
    press(page, label)
    page.wait_for_url(lambda url: not url.endswith(f"/{name}/"))


def picture(name: str) -> Any:
    return [{"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": photo()}]


# ---- the parts of the way ----------------------------------------------------------------------------------------------
def assess(scene: Any, browse: Browse) -> None:
    """26 answers, half of them without a network; three signatures; the rooms with what is in the way."""
    context = browse(scene.assessor)
    page = context.new_page()
    page.goto(f"{scene.url}assess/")
    page.get_by_label("谁提供情况").fill("陈红")
    page.get_by_label("和老人的关系").select_option("child")
    page.get_by_label("另一位评估员").select_option(label="沈惠芳")
    press(page, "开始评估")
    page.wait_for_url("**/eldercare/assess/*/")
    draft = Assessment.objects.get()
    for n, item in enumerate(ITEMS):
        if n == 13:
            context.set_offline(True)
        expect(page.locator(f"#{item.code} h2")).to_be_visible()
        page.keyboard.press(str(min(1, item.most)))
        expect(page.locator(f"#{item.code} .score.on b")).to_have_text("1")
        expect(page.locator("[data-kept-word]")).to_have_text("已存手机" if n >= 13 else "已存")
        page.keyboard.press("ArrowRight")
    context.set_offline(False)
    wait_until_sent(page)
    page.goto(f"/eldercare/assess/{draft.pk}/end/")
    sign(page)
    press(page, "签字，评估完成")
    expect(page.get_by_text("签过字的评估不能改")).to_be_visible()
    for n, hazard in enumerate(("no_rail", "slippery"), 1):
        page.goto(f"{scene.url}survey/")
        form = page.locator("form[action$='/findings/']")
        form.locator("input[name=room][value=bathroom]").check()
        form.locator(f"input[name=hazard][value={hazard}]").check()
        form.locator("input[type=file]").set_input_files(picture(hazard))
        form.locator("button.btn-primary").click()
        expect(page.locator(".finding")).to_have_count(n)
    step(page, scene, "hand_in", "交评估结果")
    assert state_of(scene) == State.PLANNING


def plan(scene: Any, browse: Browse) -> None:
    """Each line answers a finding; one costs more than the programme pays for it."""
    page = browse(scene.carer, width=1440).new_page()
    for finding, item, price in (("扶手", "安装扶手", "400"), ("滑", "防滑处理", "500")):
        page.goto(f"{scene.url}plan/")
        reason = page.locator("select[name=reason] option", has_text=finding).first.get_attribute("value")
        page.locator("select[name=reason]").select_option(reason)
        page.locator("select[name=item]").select_option(label=item)
        page.get_by_label("单价（元）").fill(price)
        press(page, "保存")
        expect(page.get_by_text("已记下，钱重新算过了。")).to_be_visible()
    step(page, scene, "propose", "方案做好了，请家里签字")
    made = Adaptation.objects.get(pk=scene.made.pk)
    assert (made.state, made.subsidy, made.self_pay) == (State.CONFIRMING, 850, 50)


def agree(scene: Any, browse: Browse) -> None:
    """The elder reads prices, ticks what is theirs to pay, and signs."""
    page = browse(scene.elder_account).new_page()
    page.goto(f"/my{scene.url}plan/")
    expect(page.locator("main")).to_contain_text("您家出 50 元")
    sign(page)
    press(page, "签名同意")
    expect(page.locator("main")).to_contain_text("请先勾选")
    page.locator("input[name=pays]").check()
    if not page.locator("form.panel input[name=signature]").input_value():
        sign(page)
    press(page, "签名同意")
    expect(page.get_by_text("签好了。")).to_be_visible()


def order(scene: Any, browse: Browse) -> None:
    page = browse(scene.carer, width=1440).new_page()
    page.goto(f"{scene.url}order/")
    page.get_by_label(scene.firm.name).check()
    press(page, "派给施工单位")
    expect(page.get_by_text("已派单。")).to_be_visible()


def build(scene: Any, browse: Browse) -> None:
    """Address and lines, photos of each; done is refused until each has one."""
    page = browse(scene.builder).new_page()
    page.goto(scene.url)
    page.wait_for_url(f"**/works/{scene.made.case.number}/")
    assert "低保" not in page.locator("main").inner_text()
    page.goto(f"{scene.url}take_order/")
    page.get_by_label("哪天开工").fill(f"{clock.today()}")
    page.get_by_label("安全告知已经读给老人听").check()
    press(page, "接单")
    expect(page.get_by_text("已接单")).to_be_visible()
    page.goto(f"/works/{scene.made.case.number}/")
    expect(page.locator("main")).to_contain_text("还差 2 项")
    bring_photos(page, scene, 1, 2)
    step(page, scene, "report_done", "完工上报")
    assert state_of(scene) == State.ACCEPTING


def bring_photos(page: Page, scene: Any, *lines: int) -> None:
    for line in lines:
        page.goto(f"/works/{scene.made.case.number}/")
        sheet = page.locator(f"#line-{line}")
        sheet.locator("input[name=photo]").set_input_files(picture(f"after-{line}"))
        sheet.get_by_role("button", name="传照片").click()
        expect(page.get_by_text("照片已存好。")).to_be_visible()


def look_at_both_lines(scene: Any, browse: Browse) -> None:
    """One of the party begins without a network, another finishes: the rail holds, the floor does not."""
    context = browse(scene.assessor)
    first = context.new_page()
    first.goto(f"{scene.url}accept/")
    context.set_offline(True)
    first.locator("#card").get_by_role("button", name="这一项通过").click()
    expect(first.locator("[data-kept-send]")).to_contain_text("还有 1 条没发出")
    context.set_offline(False)
    wait_until_sent(first)
    second = browse(scene.street_officer).new_page()
    second.goto(f"{scene.url}accept/")
    expect(second.locator("main")).to_contain_text("还有 1 项没验")
    card = second.locator("#card")
    card.locator("summary", has_text="哪里不对").click()
    card.get_by_label("哪里不对").last.fill("淋浴边还滑")
    card.get_by_label("哪天前改好").fill(f"{clock.today() + dt.timedelta(days=5)}")
    card.get_by_role("button", name="不通过").click()
    expect(second.locator("main")).to_contain_text("还有 0 项没验")
    try_product(second, scene, 1, "GL-2026-1")
    step(second, scene, "send_back", "退回整改", "淋浴边再做一遍")
    assert state_of(scene) == State.RECTIFYING


def try_product(page: Page, scene: Any, line: int, serial: str) -> None:
    page.goto(f"{scene.url}accept/{line}/")
    product = page.locator("#product")
    product.get_by_label("序列号").fill(serial)
    product.get_by_label("品牌").fill("稳手")
    product.get_by_text("能用", exact=True).click()
    product.get_by_role("button", name="存好第 1 件").click()
    expect(page.get_by_text("已存好。")).to_be_visible()


def put_right(scene: Any, browse: Browse) -> None:
    page = browse(scene.builder).new_page()
    page.goto(f"/works/{scene.made.case.number}/")
    expect(page.locator("#line-2")).to_contain_text("淋浴边还滑")
    expect(page.locator("#line-1")).to_contain_text("上次验收已过")
    bring_photos(page, scene, 2)
    step(page, scene, "report_done", "完工上报")


def accept(scene: Any, browse: Browse) -> None:
    """Only what failed is looked at again; two are heard, three sign."""
    page = browse(scene.street_officer).new_page()
    url = f"{scene.url}accept/"
    page.goto(url)
    expect(page.locator("main")).to_contain_text("第 2 次验收")
    expect(page.locator(".parts li")).to_have_count(1)
    expect(page.locator("#card")).to_contain_text("淋浴边还滑")
    page.locator("#card").get_by_role("button", name="这一项通过").click()
    expect(page.locator("main")).to_contain_text("还有 0 项没验")
    try_product(page, scene, 2, "FH-2026-2")
    for who, score in (("self", "5"), ("family", "4")):
        page.goto(f"{url}talk/?who={who}")
        if who == "family":
            page.get_by_label("和谁谈").fill("陈红")
            for name, value in (("strain_before", 5), ("strain_after", 2)):
                page.locator(f"label.option:has(input[name={name}][value='{value}'])").click()
        page.locator(f"label.option:has(input[name=score][value='{score}'])").click()
        page.get_by_label("怎么说的，原话").fill("洗澡敢站着了")
        press(page, "记下")
        page.wait_for_url(f"**{url}")
    for body, name in (("third_party", "沈惠芳"), ("community", "周文彬"), ("street", "陆海燕")):
        page.goto(url)
        form = page.locator("form[action$='/party/']")
        form.locator("xpath=ancestor::details").evaluate("at => { at.open = true; }")
        form.get_by_label("代表哪一方").select_option(body)
        form.get_by_label("姓名").fill(name)
        form.get_by_role("button", name="参加验收").click()
        page.wait_for_url("**/accept/party/*/")
        sign(page)
        press(page, "签字")
        page.wait_for_url(f"**{url}")
    page.get_by_role("link", name="验收通过").click()
    page.get_by_label("说明").fill("三方都在")
    press(page, "验收通过")
    page.wait_for_url(f"**{scene.url}")
    assert state_of(scene) == State.ACCEPTED


def settle(scene: Any, browse: Browse) -> None:
    """Over the plan is refused beside the sum; within it the subsidy is what was planned."""
    page = browse(scene.street_officer, width=1440).new_page()
    page.goto(f"{scene.url}settle/")
    page.get_by_label("发票号").fill("FP-001")
    page.get_by_label("发票金额（元）").fill("999")
    press(page, "结算")
    expect(page.locator("main")).to_contain_text("发票金额要等于各项加起来")
    page.get_by_label("发票金额（元）").fill("900")
    press(page, "结算")
    expect(page.get_by_text("已结算，接下来按期回访。")).to_be_visible()
    assert Adaptation.objects.get(pk=scene.made.pk).settlement.paid == 850


def ask_again(scene: Any, browse: Browse) -> None:
    page = browse(scene.carer, width=1440).new_page()
    page.goto(f"{scene.url}close/")
    expect(page.locator("main")).to_contain_text("还差 3 项")
    for which in ("first", "second", "third"):
        page.goto(f"{scene.url}follow-up/{which}/")
        page.locator("label.option:has(input[name=score][value='5'])").click()
        press(page, "回访好了")
        expect(page.get_by_text("回访记下了。")).to_be_visible()
    assert not DueItem.objects.open().filter(subject_ref=f"adaptation:{scene.made.case.number}").exists()
    step(page, scene, "close", "办结")
    assert state_of(scene) == State.CLOSED


def read_the_file(scene: Any, browse: Browse) -> None:
    """Finding, line, product, two rounds and who signed stand on one sheet; the figure opens to this home."""
    page = browse(scene.street_officer, width=1440).new_page()
    page.goto(f"/dossier/adaptation/{scene.made.case.number}/")
    sheet = page.locator("main")
    for words in ("GL-2026-1", "FH-2026-2", "安装扶手", "防滑处理", "沈惠芳", "周文彬", "陆海燕"):
        expect(sheet).to_contain_text(words)
    page.goto("/dashboard/rows/adaptations_accepted/?period=all")
    expect(page.locator("main")).to_contain_text(scene.made.case.number)


def test_from_the_assessment_to_the_last_call_a_year_after(scene: Any, browse: Browse) -> None:
    assess(scene, browse)
    plan(scene, browse)
    agree(scene, browse)
    order(scene, browse)
    build(scene, browse)
    look_at_both_lines(scene, browse)
    put_right(scene, browse)
    accept(scene, browse)
    settle(scene, browse)
    ask_again(scene, browse)
    read_the_file(scene, browse)
    made = Adaptation.objects.get(pk=scene.made.pk)
    assert (made.round, made.accepted_sum, made.accepted_items) == (2, 850, 2)
    assert Interview.objects.filter(adaptation=made).count() == 5
    assert made.case.signings.count() == 3 + 1 + 3, "assessment, plan, acceptance"
