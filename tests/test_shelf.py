"""The invented service is in the house for whoever asks for it, and for nobody else."""

from typing import Any

import pytest
from django.urls import NoReverseMatch, reverse

from community_portal.casework.flow import FLOWS
from community_portal.measure import FIGURES
from tests.cast import Cast


def _is_there(client: Any) -> list[bool]:
    return ["loan" in FLOWS, "loans_asked" in FIGURES, "助行器借用" in client.get("/desk/").content.decode()]


def test_nobody_else_meets_it(cast: Cast, signed_in: Any) -> None:
    assert _is_there(signed_in(cast.reception)) == [False, False, False]
    with pytest.raises(NoReverseMatch):
        reverse("loans")


def test_who_asks_for_it_finds_it(toy: None, cast: Cast, signed_in: Any) -> None:
    assert _is_there(signed_in(cast.reception)) == [True, True, True]
    assert reverse("loans") == "/loans/"
