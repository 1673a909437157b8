"""The picture game: a child taps what may not come on a train; it is said, works without a network, and keeps nothing."""

from typing import Any

import pytest

from safety.views.kids import THINGS


@pytest.mark.django_db
def test_the_page_asks_nothing_and_keeps_nothing(client: Any) -> None:
    answer = client.get("/kids/railway/")
    page = answer.content.decode()
    assert answer.status_code == 200 and page.count("data-thing=") == len(THINGS) == 12
    assert page.count('data-thing="no"') == 5 and "<form" not in page and "<input" not in page
    assert "sessionid" not in answer.cookies


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_five_taps_a_badge_and_no_network(browse: Any) -> None:
    page = browse().new_page()
    said: list[str] = []
    page.expose_function("heard", lambda words: said.append(words))
    page.add_init_script(
        "Object.defineProperty(window, 'speechSynthesis', {value: {cancel() {}, speak(one) { window.heard(one.text); }}});"
        "window.SpeechSynthesisUtterance = function (text) { this.text = text; };"
    )
    page.goto("/kids/railway/")
    page.get_by_role("button", name="苹果").click()
    for name in ("鞭炮", "汽油", "菜刀", "气罐"):
        page.get_by_role("button", name=name).click()
    assert page.locator("[data-left]").inner_text() == "再找 1 个，拿奖章"
    assert page.get_by_role("button", name="打印奖章").is_hidden()
    page.get_by_role("button", name="烟花").click()
    assert page.get_by_role("button", name="打印奖章").is_visible()
    assert any("鞭炮会爆炸" in words for words in said) and "小小护路员" in said[-1]
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    page.wait_for_function("caches.open('kids').then((shelf) => shelf.match('/kids/railway/')).then(Boolean)")
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.wait_for_function("Boolean(navigator.serviceWorker.controller)")
    page.context.set_offline(True)
    page.goto("/kids/railway/")
    page.get_by_role("button", name="鞭炮").click()
    assert page.locator(".kid-star.is-on").count() == 1
    page.context.set_offline(False)
