"""What migrations make of requests, and of messages about them, from before."""

import importlib

from django.apps import apps
from django.db import connection

from appointments.models import HelpRequest
from community_portal.casework.actions import start_matter
from community_portal.casework.models import Case, Event, Task
from community_portal.casework.queries import broken_link, timeline
from community_portal.outbox.actions import queue_message, staff_recipients
from community_portal.outbox.kinds import KINDS
from community_portal.outbox.models import Message
from tests.cast import MONDAY, Cast
from tests.help_requests import take_in


def another(request: HelpRequest, case: Case, cast: Cast) -> HelpRequest:
    """A second request of the same category on this case."""
    found = HelpRequest(
        case=case,
        community=cast.home,
        grid=cast.grid,
        category=request.category,
        state="assigned",
        handler=cast.officer,
    )
    start_matter(found, by=cast.reception, at=MONDAY, authority="role:receptionist", words="还有一件")
    return found


def test_requests_that_shared_a_case_are_parted(cast: Cast) -> None:
    """What the migration makes of rows from before: the second gets a number of its own, and nothing is lost or rewritten."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE appointments_helprequest DROP CONSTRAINT one_helprequest_per_case")
    request = take_in(cast)
    second = another(request, request.case, cast)
    said = [(line.kind, line.hash) for line in request.case.events.all()]
    migration = importlib.import_module("appointments.migrations.0005_each_request_has_a_case_of_its_own")
    migration.part_cases(apps, None)
    for found in (request, second):
        found.refresh_from_db()
    assert request.case.number == "LT-26-0001" and second.case.number == "LT-26-0002"
    assert second.case.part_of == request.case and second.case.resident == cast.elder
    assert [(line.kind, line.hash) for line in request.case.events.all()] == said
    assert Task.objects.open().get(matter_id=second.pk).case == second.case
    told = [line["what"] for line in timeline(second.case)]
    assert told == ["从 LT-26-0001 分出来单独办，以前的经过写在那里", "登记了求助"]
    assert Event.objects.get(case=second.case, kind="opened").authority == "role:receptionist"
    assert not broken_link(second.case) and not broken_link(request.case)


def test_messages_from_before_find_their_matter(cast: Cast) -> None:
    """What waits to be said by its old subject is looked at, and forgotten, like any other."""
    request = take_in(cast)
    [recipient] = staff_recipients(cast.officer)
    about = {"to": recipient, "at": MONDAY, "context": {}, "subject": f"help:{request.pk}"}
    for kind in ("help_assigned", "matter_reopened"):
        queue_message(kind, dedupe=f"{kind}:old", **about)
    Message.objects.filter(kind="matter_reopened").update(kind="help_reopened")
    migration = importlib.import_module("appointments.migrations.0006_messages_name_their_flow").Migration
    with connection.cursor() as cursor:
        cursor.execute(migration.operations[0].sql)
    old = Message.objects.filter(dedupe_key__contains=":old")
    assert {(one.kind, one.subject) for one in old} == {
        (kind, f"help_request:{request.pk}") for kind in ("help_assigned", "matter_reopened")
    }
    for message in old:
        assert KINDS[message.kind].untrue_because(message, MONDAY) == ""
