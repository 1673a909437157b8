"""What the database itself refuses, whoever writes to it."""

import pytest
from django.db import IntegrityError, transaction

from eldercare.workflow.states import State
from tests.eldercare.elders import make_adaptation

pytestmark = pytest.mark.django_db


def test_one_open_adaptation_per_home(cast):
    make_adaptation(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_adaptation(cast)


def test_what_is_built_has_a_contractor(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_adaptation(cast, State.WORKS)
