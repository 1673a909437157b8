"""Nobody is asked any more about matters of somebody who has died or moved away; organisations still may answer."""

import datetime as dt
from typing import Any

from community_portal.answers.models import AnswerLink
from community_portal.departures import Departures, register_departures
from community_portal.people.models import Resident
from community_portal.people.register.queries import file_ids


def revoke_links(resident: Resident, *, at: dt.datetime, **_deed: Any) -> None:
    """After a mistake they are sent again, as any link that was lost."""
    asked = AnswerLink.objects.live().filter(case__resident__in=file_ids(resident), organisation__isnull=True)
    asked.update(revoked_at=at)


register_departures(Departures(on_closed=revoke_links))
