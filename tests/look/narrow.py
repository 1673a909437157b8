"""What a page does on the narrowest phone: looked at from the browser, for every page and for the pages of each service."""

from collections.abc import Callable, Iterable
from typing import Any

from tests.look.test_comfort import TARGETS, WORDS

LINKS = """() => [...document.querySelectorAll("a:not(.skip-link)")]
  .filter((at) => { const box = at.getBoundingClientRect(); return box.width && box.height < 59.5; })
  .map((at) => `${at.getBoundingClientRect().height} ${at.outerHTML.slice(0, 120)}`)"""
TORN = """() => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), torn = [], range = document.createRange();
  while (walk.nextNode()) {
    const text = walk.currentNode.textContent, at = walk.currentNode.parentElement;
    if (text.includes("://") || at.closest("code, script, .visually-hidden")) continue;
    for (const word of text.matchAll(/[A-Za-z]{3,}/g)) {
      range.setStart(walk.currentNode, word.index);
      range.setEnd(walk.currentNode, word.index + word[0].length);
      if (new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1) torn.push(`torn: ${word[0]} in ${text.trim()}`);
    }
  }
  return torn;
}"""
# What is cut off at an edge cannot be pressed, and no page scrolls to it.
CUT_OFF = """() => [...document.querySelectorAll("main :is(a, button, summary, input, select)")].filter((at) => {
  const box = at.getBoundingClientRect(), frame = at.closest(".table-scroll, main").getBoundingClientRect();
  return box.width > 1 && at.checkVisibility() && box.left < frame.left - 7;
}).map((at) => `cut off: ${at.outerHTML.slice(0, 120)}`)"""


def narrow_page(browse: Callable[..., Any], user: Any, *, language: str, elder: bool = False) -> Any:
    """A page 320 px wide in this language."""
    window = browse(user, width=320, elder=elder)
    page = window.new_page()
    page.goto("/")
    window.add_cookies([{"name": "django_language", "value": language, "url": page.url}])
    return page


def what_hurts_the_old(page: Any, paths: Iterable[str]) -> list[str]:
    """Everything unfolded: words of 20 px and whole, targets of 60 px, nothing beyond the edge."""
    trouble = []
    for path in paths:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((at) => { at.open = true; })")
        trouble += [f"{path}: {found}" for script in (WORDS, TARGETS, LINKS, TORN) for found in page.evaluate(script)]
        if page.evaluate("document.documentElement.scrollWidth") > 320:
            trouble.append(f"{path}: scrolls sideways")
        page.set_viewport_size({"width": 390, "height": 844})  # where two choices stand in a line, each has less room
        trouble += [f"{path}: {found}" for found in page.evaluate(TORN)]
        page.set_viewport_size({"width": 320, "height": 844})
    return trouble


def what_does_not_fit(page: Any, paths: Iterable[str]) -> list[tuple[str, Any]]:
    wide: list[tuple[str, Any]] = []
    for path in paths:
        page.goto(path)
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 320:
            wide.append((path, width))
        wide += [(path, found) for found in page.evaluate(CUT_OFF)]
    return wide
