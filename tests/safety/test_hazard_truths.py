"""What the database says of hazards, whoever writes: each by SQL of its own."""

from typing import Any

import pytest
from django.db import connection

from safety.models import HazardPhoto
from safety.workflow.states import Hazarding
from tests.cast import Cast
from tests.safety.hazarding import Watch, assign, bring_to, found, make_watch, verify
from tests.safety.test_truths import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def watch(cast: Cast) -> Watch:
    return make_watch(cast)


@pytest.mark.parametrize(
    ("state", "change", "truth"),
    [
        ("submitted", "reinspector_id = rectifier_id", "hazard_is_reinspected_by_another"),
        ("submitted", "extension_count = 2", "hazard_is_extended_once"),
        ("submitted", "state = 'closed', closed_at = now()", "closed_hazard_is_signed"),
        ("submitted", "rectified = ''", "mended_hazard_says_by_whom_and_how"),
        ("assigned", "level = 'major', interim = ''", "high_hazard_is_guarded_meanwhile"),
        ("assigned", "due_on = NULL", "given_hazard_says_to_whom_until_when"),
        ("assigned", "organisation_id = NULL, handler_id = NULL", "given_hazard_says_to_whom_until_when"),
        ("assigned", "cost = -1", "hazard_costs_no_less_than_0"),
        ("verified", "level = ''", "verified_hazard_has_a_level"),
        ("verified", "duplicate_of_id = id", "hazard_is_no_copy_of_itself"),
        ("verified", "state = 'duplicate', closed_at = now()", "duplicate_hazard_says_of_which"),
        ("transferred", "transferred_to_id = NULL", "transferred_hazard_says_to_whom"),
        ("verified", "kind = 'dragon'", "hazard_kind_exists"),
        ("verified", "level = 'awful'", "hazard_level_exists"),
        ("verified", "source = 'bird'", "hazard_source_exists"),
        ("reported", "source = 'grid'", "officers_have_a_name"),
        ("verified", "state = 'gone'", "hazard_state_exists"),
    ],
)
def test_of_a_hazard(watch: Watch, state: str, change: str, truth: str) -> None:
    hazard = bring_to(state, watch)
    assert refused(f"UPDATE safety_hazard SET {change} WHERE id = %s", hazard.pk) == truth


def test_what_was_mended_has_a_photo_of_afterwards(watch: Watch) -> None:
    hazard = bring_to(Hazarding.SUBMITTED, watch)
    gone = "DELETE FROM safety_hazardphoto WHERE hazard_id = %s; UPDATE safety_hazard SET version = version + 1 WHERE id = %s"
    assert "has a photo of afterwards" in refused(gone, hazard.pk, hazard.pk)


def test_closed_with_a_signature_of_its_own(watch: Watch) -> None:
    hazard, other = bring_to(Hazarding.CLOSED, watch), bring_to(Hazarding.CLOSED, watch)
    assert hazard.closed_signing_id != other.closed_signing_id
    twice = "UPDATE safety_hazard SET closed_signing_id = %s WHERE id = %s"
    assert "closed_signing_id" in refused(twice, other.closed_signing_id, hazard.pk)
    swapped = (
        "UPDATE safety_hazard SET state = 'verified', closed_signing_id = NULL WHERE id = %s;"
        " UPDATE safety_hazard SET closed_signing_id = %s WHERE id = %s"
    )
    assert "of another matter" in refused(swapped, other.pk, other.closed_signing_id, hazard.pk)


def test_a_photo_speaks_for_itself_whatever_is_told_of_it(watch: Watch) -> None:
    hazard = assign(verify(found(watch), watch), watch)
    before = hazard.photos.get()
    add = (
        "INSERT INTO safety_hazardphoto (hazard_id, attachment_id, side, round, sha256, taken_at, no_time)"
        " VALUES (%s, %s, 'after', 0, 'another', now() + interval '1 hour', true)"
    )
    assert refused(add, hazard.pk, before.attachment_id) == "photo_once_per_hazard"
    old = found(watch)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE casework_attachment SET taken_at = %s WHERE id = %s",
            [hazard.opened_at, old.photos.get().attachment_id],
        )
    assert refused(add, hazard.pk, old.photos.get().attachment_id) == "photo_of_afterwards_is_newer"
    assert "pdate" in refused("UPDATE safety_hazardphoto SET side = 'after'")
    assert HazardPhoto.objects.count() == 2


def test_of_looks_and_transfers(watch: Watch) -> None:
    closed = bring_to(Hazarding.CLOSED, watch)
    look = closed.reinspections.get()
    again = "INSERT INTO safety_reinspection (hazard_id, round, by_id, at, passed, words) VALUES (%s, 0, %s, now(), true, '')"
    assert refused(again, closed.pk, watch.safety.pk) == "one_reinspection_per_round"
    no = "INSERT INTO safety_reinspectionline (reinspection_id, question, ok) VALUES (%s, '够宽吗', false)"
    assert "answered with no" in refused(no, look.pk)
    passed: Any = bring_to(Hazarding.TRANSFERRED, watch)
    row = passed.transfers.get()
    twice = (
        "INSERT INTO safety_hazardtransfer (hazard_id, body_id, asked_of, asked_at, words, chased_count, outcome, answer, name)"
        " VALUES (%s, %s, '王', now(), '请', 0, '', '', '')"
    )
    assert refused(twice, passed.pk, row.body_id) == "one_transfer_waits_per_hazard"
    silent = "UPDATE safety_hazardtransfer SET answered_at = now() WHERE id = %s"
    assert refused(silent, row.pk) == "answered_transfer_says_what_and_who"
