"""What tests of charging ask for beside what all tests may."""

import pytest

from tests.cast import Cast
from tests.charging.places import Place, make_place


@pytest.fixture
def place(cast: Cast) -> Place:
    return make_place(cast)
