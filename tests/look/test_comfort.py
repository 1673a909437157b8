"""In a real browser: axe finds nothing, nothing scrolls sideways, thumbs find what they tap, elder mode keeps its promises."""

from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
AXE = next(Path(str(resources.files("axe_core_python"))).glob("*.min.js"))
WORDS = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), small = [];
  while (walk.nextNode()) {
    const at = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !at.getBoundingClientRect().width || at.closest("script, .visually-hidden")) continue;
    const size = parseFloat(getComputedStyle(at).fontSize);
    if (size < 20) small.push(`${size} ${at.className} ${walk.currentNode.textContent.trim()}`);
  }
  return small;
}"""
TARGETS = """(least) => [...document.querySelectorAll(
    "button, summary, select, textarea, label.option, a.btn, .tabbar a, a.row-link, a.tile, a.crumb, a.brand, a.more, .resident-foot p a"
  )]
  .filter((at) => { const box = at.getBoundingClientRect(); return box.width && box.height < least - .5; })
  .map((at) => `${at.getBoundingClientRect().height} ${at.className} ${at.textContent.trim()}`)"""


@pytest.fixture
def browser(chromium: Browser) -> Browser:
    return chromium


def look(browser: Browser, address: str, *, width: int, elder: bool) -> dict[str, Any]:
    """Opens a page and measures it."""
    visit = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=True, locale="zh-CN")
    visit.add_cookies([{"name": "elder", "value": "1" if elder else "0", "url": address}])
    page = visit.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda line: trouble.append(line.text) if line.type == "error" else None)
    page.goto(address)
    page.evaluate(AXE.read_text())
    # bypass_csp lets axe in; in elder mode it also asks for 7:1
    found = page.evaluate("(seven) => axe.run(document, {rules: {'color-contrast-enhanced': {enabled: seven}}})", elder)
    measured = {
        "violations": [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found["violations"]],
        "sideways": page.evaluate("document.documentElement.scrollWidth") - width,
        "small_words": page.evaluate(WORDS) if elder else [],
        "small_targets": page.evaluate(TARGETS, 60 if elder else 44) if elder or width < 992 else [],
        "trouble": trouble,
    }
    visit.close()
    return measured


@pytest.mark.parametrize("frame", ["resident", "staff"])
@pytest.mark.parametrize(("width", "elder"), [(320, True), (390, False), (390, True), (1440, False), (1440, True)])
def test_every_component_is_comfortable(live_server, browser: Browser, frame: str, width: int, elder: bool):
    measured = look(browser, f"{live_server.url}/style/?frame={frame}", width=width, elder=elder)
    assert measured == {"violations": [], "sideways": 0, "small_words": [], "small_targets": [], "trouble": []}


@pytest.mark.parametrize("elder", [False, True])
def test_whatever_has_the_keyboard_shows_it(live_server, browser: Browser, elder: bool):
    """Three pixels around the control itself, or around the card or pill that holds it."""
    visit = browser.new_context(viewport={"width": 390, "height": 800})
    visit.add_cookies([{"name": "elder", "value": "1" if elder else "0", "url": live_server.url}])
    page = visit.new_page()
    page.goto(f"{live_server.url}/style/?frame=resident")
    unseen = page.evaluate(
        """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")]
          .filter((at) => at.getClientRects().length && !at.disabled)
          .filter((at) => {
            at.focus({focusVisible: true});
            const ring = (one) => { const seen = getComputedStyle(one); return seen.outlineStyle === "solid" && parseFloat(seen.outlineWidth) >= 3; };
            const holder = at.closest(".option, .option-slot");
            return document.activeElement === at && !ring(at) && !(holder && ring(holder));
          })
          .map((at) => at.outerHTML.slice(0, 120))"""
    )
    assert unseen == []
    visit.close()


def test_a_form_is_sent_once_and_wakes_again(live_server, browser: Browser):
    page = browser.new_page()
    page.goto(f"{live_server.url}/style/?frame=resident")
    sent = page.evaluate(
        """async () => {
          const form = document.querySelector("#form form"), seen = [];
          document.addEventListener("submit", (event) => { seen.push(!event.defaultPrevented); event.preventDefault(); });
          form.requestSubmit(); form.requestSubmit();
          await new Promise((resolve) => setTimeout(resolve, 30));
          const asleep = form.querySelector("button").disabled;
          dispatchEvent(new Event("pageshow"));
          return [seen, asleep, form.querySelector("button").disabled];
        }"""
    )
    assert sent == [[True, False], True, False]
    page.close()
