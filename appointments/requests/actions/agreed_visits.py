"""The time agreed for a home verification follows what becomes of its request (and it of the time: agreements.py).

Lock order: the request first, then session and booking (bookings/seats.py), the case last.
"""

import datetime as dt

from appointments.agreements import VisitOfRequest
from appointments.models import HelpRequest
from community_portal.bookings.actions import call_off, settle_agreed
from community_portal.people.models import User


def lock_request(request: HelpRequest) -> None:
    """Nobody else changes the request or its agreed time until the end of the transaction; reads that time anew."""
    locked = HelpRequest.objects.select_for_update(of=("self",)).select_related("planned_visit__session")
    request.planned_visit = locked.get(pk=request.pk).planned_visit


def call_off_agreed_visit(
    request: HelpRequest,
    *,
    authority: str,
    by: User | None,
    at: dt.datetime,
    by_house: bool = True,
    in_journal: bool = False,
) -> None:
    """The request went another way: the visit does not take place. ``in_journal``: the step itself says so there."""
    lock_request(request)
    agreed = request.planned_visit
    if agreed is None or not call_off(booking=agreed, authority=authority, by=by, at=at, by_house=by_house):
        return
    agreed.refresh_from_db()
    if not in_journal:
        VisitOfRequest(request, agreed).write("appointment_called_off", authority=authority, by=by, at=at)


def settle_agreed_visit(request: HelpRequest, *, met: bool, authority: str, by: User, at: dt.datetime) -> None:
    """The officer was at the door: the visit took place, or nobody was home."""
    lock_request(request)
    if request.planned_visit is not None:
        settle_agreed(booking=request.planned_visit, met=met, authority=authority, by=by, at=at)
        request.planned_visit.refresh_from_db()
