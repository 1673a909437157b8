"""How long pages take over the test client."""

import time

from django.test import Client


def timed(client: Client, pages: dict[str, str], samples: int) -> dict[str, float]:
    """In milliseconds: of many rounds over all pages the quickest of each. What else the machine does makes a page slower, never
    quicker; so that a busy stretch does not fall on one page alone, they take turns."""
    rounds = [{name: _took(client, url) for name, url in pages.items()} for _n in range(samples)]
    return {name: min(one[name] for one in rounds) for name in pages}


def _took(client: Client, url: str) -> float:
    started = time.perf_counter()
    answer = client.get(url)
    took = (time.perf_counter() - started) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code} at {url}")
    return took
