"""Who has died signs in no more, and acts for nobody."""

import datetime as dt
from typing import Any

from community_portal.departures import Departures, register_departures
from community_portal.people.models import Delegation, Resident, User
from community_portal.people.own_account.actions import end_every_way_in
from community_portal.people.register.queries import file_ids


def end_account(resident: Resident, *, why: str, at: dt.datetime, **_deed: Any) -> None:
    """Sessions, API tokens and calendar addresses end; whoever let them act has to choose somebody else. Who moved away still
    signs in: their matters may not be over."""
    if why != "deceased":
        return
    for account in User.objects.filter(resident__in=file_ids(resident)):
        end_every_way_in(account)
        Delegation.objects.filter(agent=account, revoked_at__isnull=True).update(revoked_at=at)


register_departures(Departures(on_closed=end_account))
