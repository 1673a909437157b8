"""Signing up: a person, a family, a company; and saying that somebody at home cannot walk."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.bookings.actions.gatherings import book_group
from community_portal.bookings.actions.places import book
from community_portal.bookings.actions.waiting import group_waits
from community_portal.bookings.models import Booking, BookingState, Session, Waiting
from community_portal.bookings.seats import FULL
from community_portal.people.models import Resident, User
from community_portal.people.phones import read_phone
from community_portal.refusals import Refusal
from safety.actions.helping import ask_for_help
from safety.models import Drill
from safety.workflow.states import ANNOUNCED


@transaction.atomic
def sign_up(
    drill: Drill,
    resident: Resident,
    *,
    party_size: int = 1,
    needs_help: Resident | None = None,
    wish: str = "",
    by: User | None,
    at: dt.datetime,
) -> Booking:
    """Places for somebody and theirs. ``needs_help`` is who of them cannot leave the house alone. Raises as ``book`` does."""
    session = _must_be_open(drill)
    if session.bookings.filter(resident=resident, state=BookingState.BOOKED).exists():
        raise Refusal(
            _("%(who)s已经报过名了。") % {"who": resident}, code="already_booked", field="resident", status=409
        )
    with _saying_how_many_are_left(session):
        booking = book(session=session, resident=resident, party_size=party_size, note=wish, by=by, at=at)
    if needs_help is not None:
        ask_for_help(drill, needs_help, wish=wish, by=by, at=at)
    return booking


@transaction.atomic
def sign_up_group(drill: Drill, *, group: str, phone: str, heads: int, by: User, at: dt.datetime) -> Booking:
    """A company, a class: its name, how many come, and who answers the telephone. Raises as ``book_group`` does."""
    session = _must_be_open(drill)
    with _saying_how_many_are_left(session):
        return book_group(session=session, name=group, phone=phone, party_size=heads, by=by, at=at)


@transaction.atomic
def queue_group(drill: Drill, *, group: str, phone: str, heads: int, by: User, at: dt.datetime) -> Waiting:
    """A company that found no places: the deed that frees enough gives them to it. Raises as ``group_waits`` does."""
    number = read_phone(phone) if phone.strip() else ""
    return group_waits(session=_must_be_open(drill), name=group, phone=number, party_size=heads, by=by, at=at)


@contextmanager
def _saying_how_many_are_left(session: Session) -> Iterator[None]:
    """There is one drill, not another time to choose: whoever finds too few places hears how many there are, and may wait."""
    try:
        yield
    except Refusal as refusal:
        if refusal.code == FULL:
            left = Session.objects.get(pk=session.pk).available
            few = _("名额只剩 %(n)s 个，不够。可以排队，有人不来会自动补上。") % {"n": left}
            refusal.sentence = few if left else _("名额满了。可以排队，有人不来会自动补上。")
        raise


def _must_be_open(drill: Drill) -> Session:
    if drill.session is None or drill.state not in ANNOUNCED:
        raise Refusal(_("这场演练现在不能报名。"), code="closed")
    return drill.session
