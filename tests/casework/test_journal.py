"""The journal cannot be rewritten, and a broken chain shows."""

import pytest
from django.db import Error, connection, transaction

from community_portal import clock
from community_portal.casework.models import Event
from community_portal.casework.queries import broken_link
from community_portal.casework.tasks import verify_journals
from tests.cast import Cast
from tests.loans import borrow

pytestmark = pytest.mark.usefixtures("toy")


@pytest.fixture
def case(cast: Cast):
    taken = borrow(cast)
    for n in range(3):
        taken.write("note", by=cast.reception, at=clock.now(), words=f"第 {n} 句")
    return taken.case


def test_lines_are_numbered_and_chained(case) -> None:
    assert list(case.events.values_list("sequence", flat=True)) == [1, 2, 3, 4]
    assert len(set(case.events.values_list("hash", flat=True))) == 4
    assert verify_journals() == 0
    assert broken_link(case) is None


def test_a_line_answers_with_its_number_in_one_statement(case, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        line = Event.objects.append(case, "note", by=None, at=clock.now(), words="再来一句")
    kept = Event.objects.get(pk=line.pk)
    assert (line.sequence, line.hash) == (5, kept.hash) and len(line.hash) == 64


@pytest.mark.parametrize("deed", ["UPDATE casework_event SET words = 'x'", "DELETE FROM casework_event"])
def test_the_database_refuses_to_rewrite(deed: str, case) -> None:
    with pytest.raises(Error, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed)
    assert Event.objects.filter(case=case).count() == 4


def test_tampering_behind_the_trigger_shows(case, caplog: pytest.LogCaptureFixture) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE casework_event SET words = 'changed' WHERE case_id = %s AND sequence = 3", [case.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert broken_link(case) == 3
    assert verify_journals() == 1 and case.number in caplog.text
