"""A service's own pages below a matter stand before ``<number>/<step>/``: none may hide the page of a step by its name."""

import pytest
from django.urls import resolve

from community_portal.matters.kinds import KINDS

NUMBER = "LT-26-0001"
# The page of the acceptance has the address of its last step, and leads to that step.
LEADS_ON = {("adaptation", "accept"): "acceptance"}


@pytest.mark.parametrize("name", list(KINDS))
def test_every_step_has_its_page(name: str) -> None:
    kind = KINDS[name]
    at_home = resolve(f"{kind.url_of(NUMBER)}no-page-of-this-name/").url_name
    for step in kind.flow.steps:
        found = resolve(f"{kind.url_of(NUMBER)}{step.name}/").url_name
        assert found == LEADS_ON.get((name, step.name), at_home), step.name


def test_every_step_that_a_resident_takes_has_its_page_too() -> None:
    for kind in KINDS.values():
        if not kind.my_url:
            continue
        at_home = resolve(f"{kind.my_url_of(NUMBER)}no-page-of-this-name/").url_name
        for step in kind.flow.steps:
            assert resolve(f"{kind.my_url_of(NUMBER)}{step.name}/").url_name == at_home, step.name
