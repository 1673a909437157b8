"""The journal cannot be rewritten, and a broken chain shows."""

import pytest
from django.db import Error, connection, transaction

from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.casework.models import Event
from community_portal.casework.queries import broken_link
from community_portal.casework.tasks import verify_journals
from tests.cast import Cast
from tests.factories import make_category


@pytest.fixture
def case(cast: Cast):
    taken = register_request(
        community=cast.home,
        category=make_category(),
        words="灯坏了",
        resident=cast.elder,
        by=cast.reception,
        at=clock.now(),
    )
    for n in range(3):
        taken.write("note", by=cast.reception, at=clock.now(), words=f"第 {n} 句")
    return taken.case


def test_lines_are_numbered_and_chained(case) -> None:
    assert list(case.events.values_list("sequence", flat=True)) == [1, 2, 3, 4, 5]
    assert len(set(case.events.values_list("hash", flat=True))) == 5
    assert verify_journals() == 0
    assert broken_link(case) is None


@pytest.mark.parametrize("deed", ["UPDATE casework_event SET words = 'x'", "DELETE FROM casework_event"])
def test_the_database_refuses_to_rewrite(deed: str, case) -> None:
    with pytest.raises(Error, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed)
    assert Event.objects.filter(case=case).count() == 5


def test_tampering_behind_the_trigger_shows(case, caplog: pytest.LogCaptureFixture) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE casework_event SET words = 'changed' WHERE case_id = %s AND sequence = 4", [case.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert broken_link(case) == 4
    assert verify_journals() == 1 and case.number in caplog.text
