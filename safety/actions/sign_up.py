"""Signing up: a person, a family, a company; and saying that somebody at home cannot walk."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.bookings.actions.gatherings import book_group
from community_portal.bookings.actions.places import book
from community_portal.bookings.models import Booking, Session
from community_portal.people.models import Resident, User
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
    booking = book(session=session, resident=resident, party_size=party_size, note=wish, by=by, at=at)
    if needs_help is not None:
        ask_for_help(drill, needs_help, wish=wish, by=by, at=at)
    return booking


@transaction.atomic
def sign_up_group(drill: Drill, *, group: str, phone: str, heads: int, by: User, at: dt.datetime) -> Booking:
    """A company, a class: its name, how many come, and who answers the telephone. Raises as ``book_group`` does."""
    return book_group(session=_must_be_open(drill), name=group, phone=phone, party_size=heads, by=by, at=at)


def _must_be_open(drill: Drill) -> Session:
    if drill.session is None or drill.state not in ANNOUNCED:
        raise Refusal(_("这场演练现在不能报名。"), code="closed")
    return drill.session
