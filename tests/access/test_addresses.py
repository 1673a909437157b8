"""Addresses live longer than the code behind them: in text messages, on printed slips, in subscribed calendars. One of each
that was ever given out stands in addresses.txt, and leads somewhere for good."""

from pathlib import Path

from django.urls import Resolver404, ResolverMatch, URLPattern, resolve

from tests.access.test_walk import addresses

LIST = Path(__file__).parent / "addresses.txt"
KEPT = [line for line in LIST.read_text("utf-8").splitlines() if not line.startswith("#")]


def test_no_address_that_was_given_out_vanishes() -> None:
    gone = [address for address in KEPT if where(address) is None]
    assert gone == [], "somebody holds these: let them redirect to where the page is now"


def test_every_address_is_on_the_list() -> None:
    matches = [match for address in KEPT if (match := where(address))]
    new = {
        f"{name}: {pattern.pattern}" for name, pattern in addresses() if not any(leads_to(pattern, m) for m in matches)
    }
    assert new == set(), "add one of each to tests/access/addresses.txt"


def test_the_list_is_in_order_and_says_nothing_twice() -> None:
    assert sorted(set(KEPT)) == KEPT


def where(address: str) -> ResolverMatch | None:
    try:
        return resolve(address)
    except Resolver404:
        return None


def leads_to(pattern: URLPattern, match: ResolverMatch) -> bool:
    return match.func is pattern.callback and match.route.endswith(str(pattern.pattern).lstrip("^"))
