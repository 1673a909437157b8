"""What was to be said about the requests of somebody who has died or moved away is said to nobody."""

from typing import Any

from appointments.models import HelpRequest
from community_portal.departures import Departures, register_departures
from community_portal.outbox.actions import cancel_unsent
from community_portal.outbox.departures import FILE_CLOSED
from community_portal.people.models import Resident
from community_portal.people.register.queries import file_ids


def withdraw_words(resident: Resident, **_deed: Any) -> None:
    """Also to who asked for them, and to the officer: it stands still until the manager has decided."""
    for pk in HelpRequest.objects.open().filter(case__resident__in=file_ids(resident)).values_list("pk", flat=True):
        cancel_unsent(f"help:{pk}", reason=FILE_CLOSED)


register_departures(Departures(on_closed=withdraw_words))
