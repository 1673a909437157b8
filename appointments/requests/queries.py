"""Reads about help requests beyond those of any matter (matters/queries.py), and whose bookings somebody looks at."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from appointments.models import HelpRequest
from community_portal import clock
from community_portal.bookings.agreements import AGREEMENTS, Purpose, purposes_of
from community_portal.bookings.models import READERS, Booking
from community_portal.people.models import Resident, User


def why_this_officer(request: HelpRequest) -> str:
    """The reason of the routing in one sentence."""
    grid = str(request.grid or "")
    return {
        "building": _("住址所在的幢属 %(grid)s，自动派给该网格的网格员。") % {"grid": grid},
        "household": _("住址登记在 %(grid)s，自动派给该网格的网格员。") % {"grid": grid},
        "by_hand": _("由接待台人工指派。"),
        "no_address": _unplaced(request),
        "no_officer": _("%(grid)s 现在没有在岗的网格员，请人工派单。") % {"grid": grid},
    }.get(request.routed_by, "")


def _unplaced(request: HelpRequest) -> str:
    """No address at all, or one that names no building of the house."""
    if request.case.address:
        return _("没有认出住址里的幢，请人工派单，或在档案里改住址。")
    return _("没有登记住址，请人工派单。")


def urls_of_visits(bookings: Iterable[Booking]) -> dict[int, str]:
    """The page of the matter that each booking was agreed for, by booking."""
    return {pk: purpose.url for pk, purpose in purposes_of(bookings).items()}


def bookings_concerning(user: Any) -> Any:
    """Bookings of the user and of those he may book or read for, and the visits agreed for his matters.

    Plain numbers, because PostgreSQL would read every booking to answer "one of these people or one of these visits".
    """
    if not user.is_authenticated:
        return Booking.objects.none()
    people = Resident.objects.acted_for_by(user, on=clock.today(), scopes=READERS)
    mine = Q(resident__in=list(people.values_list("pk", flat=True))) | Q(pk__in=agreed_for_matters_of(user))
    return Booking.objects.filter(mine)


def agreed_for_matters_of(user: User) -> list[int]:
    """Bookings agreed for matters that this person raised, or that are about people he may read for."""
    return [pk for agreements in AGREEMENTS for pk in agreements.of_matters_of(user)]


def purpose_told(booking: Booking, user: User) -> Purpose | None:
    """What the time was agreed for, to a party of that matter; who may only book for him reads nothing of it."""
    if not booking.session.is_agreed or booking.pk not in agreed_for_matters_of(user):
        return None
    return purposes_of([booking]).get(booking.pk)
