"""What this service puts on the pages that all services share: bookings of residents, the visits of the day, the quick intake."""

from typing import Any

from django.utils.translation import gettext as _

from appointments.activities.sign_up import with_mine
from appointments.requests.forms import IntakeForm
from community_portal import clock
from community_portal.bookings.agreements import urls_of_visits
from community_portal.bookings.models import Booking, BookingState
from community_portal.bookings.one_booking import home_words
from community_portal.bookings.queries import activities_ahead
from community_portal.bookings.visits import table_of, visit_counts, visits_on
from community_portal.front.parts import Reader
from community_portal.people.models import HOUSE_STAFF

COMING_SHOWN, PAST_SHOWN, PAST_ALL = 20, 5, 100
ACTIVITIES_SHOWN = 3
VISITS_SHOWN = 12


def next_booking(reader: Reader) -> dict[str, Any] | None:
    """The next one, of the reader or of somebody they act for."""
    ahead = reader.bookings.filter(state=BookingState.BOOKED, ends_at__gt=reader.at)
    coming = ahead.order_by("starts_at").first()
    return {"coming": coming, "where": _where_and_whose(coming, reader.user)} if coming else None


def _where_and_whose(coming: Booking, user: Any) -> str:
    """Who comes to the door or where one goes, and for whom when it is not for oneself."""
    words = home_words(coming.session) or str(coming.session.get_channel_display())
    is_mine = coming.resident_id == user.resident_id
    return words if is_mine else _("%(words)s · 为%(name)s") % {"words": words, "name": coming.resident}


def activities(reader: Reader) -> dict[str, Any] | None:
    """What the house has on, and which of it the reader goes to."""
    ahead = list(activities_ahead(reader.house, at=reader.at)[: ACTIVITIES_SHOWN + 1]) if reader.house else []
    if not ahead:
        return None
    mine = with_mine(ahead[:ACTIVITIES_SHOWN], reader.bookings)
    return {"activities": mine, "more_activities": len(ahead) > ACTIVITIES_SHOWN}


def my_bookings(reader: Reader) -> dict[str, Any]:
    """What is coming, then the last of what was; all of it with ``?past=all``."""
    bookings, shows_all = reader.bookings, reader.request.GET.get("past") == "all"
    coming = bookings.filter(state__in=[BookingState.BOOKED, BookingState.ARRIVED], ends_at__gt=reader.at)
    past = bookings.filter(ends_at__lte=reader.at).exclude(state__in=[BookingState.HELD, BookingState.EXPIRED])
    past = past.order_by("-starts_at")
    return {
        "coming": coming.order_by("starts_at")[:COMING_SHOWN],
        "past": past[: PAST_ALL if shows_all else PAST_SHOWN],
        "more_past": not shows_all and past[PAST_SHOWN : PAST_SHOWN + 1].exists(),
    }


def visits_of_today(reader: Reader) -> dict[str, Any]:
    """Who comes to the house today, and how far the day is."""
    today = clock.local(reader.at).date()
    visits = list(visits_on(reader.user, today)[:VISITS_SHOWN])
    counts = visit_counts(reader.user, today)
    urls = urls_of_visits(visits)
    return {
        "visits": table_of(visits, reader=reader.user, at=reader.at, urls=urls),
        "visit_counts": counts | {"all": counts[""]},
        "fact": _("今日 %(n)s 位居民到访") % {"n": counts[""]},
    }


def quick_intake(reader: Reader) -> dict[str, Any] | None:
    """The intake, shortened, for who takes in what residents of this house bring."""
    house = reader.house
    if house is None or not reader.user.has_role_at(house.pk, *HOUSE_STAFF):
        return None
    return {"form": IntakeForm(community=house)}
