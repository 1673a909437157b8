"""A third party for the pages across services."""

import pytest

from tests.cast import Cast
from tests.loans import Workshop, make_workshop


@pytest.fixture
def firm(cast: Cast) -> Workshop:
    return make_workshop("安居")
