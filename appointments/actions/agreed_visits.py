"""The time agreed for a home verification follows what becomes of its request, and the request hears what becomes of the time.

Lock order: the request first, then session and booking (bookings/seats.py), the case last.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appointments.models import HelpRequest
from appointments.workflow import BEFORE_VERIFIED, HELP
from community_portal.bookings.actions import (
    authority_over,
    call_off,
    cancel_booking,
    settle_agreed,
    undo_cancel,
)
from community_portal.bookings.models import Booking, CancelReason
from community_portal.casework.actions import in_source_words, write_event
from community_portal.people.models import User
from community_portal.refusals import Changed


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
        _write(request, "appointment_called_off", agreed, authority=authority, by=by, at=at)


def settle_agreed_visit(request: HelpRequest, *, met: bool, authority: str, by: User, at: dt.datetime) -> None:
    """The officer was at the door: the visit took place, or nobody was home."""
    lock_request(request)
    if request.planned_visit is not None:
        settle_agreed(booking=request.planned_visit, met=met, authority=authority, by=by, at=at)
        request.planned_visit.refresh_from_db()


@transaction.atomic
def give_up_booking(
    *, booking: Booking, reason: str, by: User | None, at: dt.datetime, seen: int | None = None, by_link: bool = False
) -> Booking:
    """``cancel_booking`` for any booking; the request that it was agreed for writes it in its journal."""
    request = _request_of(booking)
    cancelled = cancel_booking(booking=booking, reason=reason, by=by, at=at, seen=seen, by_link=by_link)
    if request is not None:
        authority = authority_over(booking, by=by, by_link=by_link, at=at)
        words = in_source_words(CancelReason(reason).label)
        _write(request, "appointment_cancelled", booking, authority=authority, by=by, at=at, words=words)
    return cancelled


@transaction.atomic
def take_back_cancel(*, booking: Booking, by: User | None, at: dt.datetime, by_link: bool = False) -> Booking:
    """``undo_cancel`` for any booking; the request it was agreed for goes by that time again, if it still may."""
    request = _request_of(booking)
    if booking.session.is_agreed and (request is None or not _still_waits(request, booking)):
        raise Changed(_("这件事已经另有安排，请打电话给会客厅：%(phone)s。") % {"phone": booking.community.phone})
    standing = undo_cancel(booking=booking, by=by, at=at, by_link=by_link)
    if request is not None:
        authority = authority_over(booking, by=by, by_link=by_link, at=at)
        _write(request, "appointment_stands", booking, authority=authority, by=by, at=at)
    return standing


def _request_of(booking: Booking) -> HelpRequest | None:
    found = HelpRequest.objects.select_for_update(of=("self",)).select_related("case")
    return found.filter(planned_visit=booking).first()


def _still_waits(request: HelpRequest, booking: Booking) -> bool:
    return request.state in BEFORE_VERIFIED and request.handler_id == booking.session.host_id


def _write(
    request: HelpRequest,
    kind: str,
    booking: Booking,
    *,
    authority: str,
    by: User | None,
    at: dt.datetime,
    words: str = "",
) -> None:
    write_event(
        request.case,
        kind,
        by=by,
        at=at,
        authority=authority,
        words=words,
        detail={"agreed": {"at": booking.starts_at.isoformat()}},
        is_public=True,
        on_behalf_of=booking.resident if authority.startswith("delegation:") else None,
        flow=HELP.name,
        matter_id=request.pk,
    )
