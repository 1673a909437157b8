"""The doors of help requests: which wait for somebody to come, and what the officer does there."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from appointments.models import HelpRequest
from appointments.workflow import BEFORE_VERIFIED, HELP, State
from community_portal.bookings.models import Booking, BookingState
from community_portal.front.doors import DoorDeed, Doors, step_at_door, time_of


def _not_home(request: HelpRequest) -> str:
    return gettext("%(n)s 次没见到人") % {"n": request.not_home_count} if request.not_home_count else ""


def _deeds(request: HelpRequest) -> list[DoorDeed]:
    """Before one goes: agree a time, set out. At the door: nobody is in, or what was found."""
    before = _before_setting_out(request) if request.state == State.ASSIGNED else []
    return [
        *before,
        step_at_door(request, "not_home", "door-closed", label=_("没人")),
        step_at_door(request, "verify", "pen", label=_("记录"), tone="primary"),
    ]


def _before_setting_out(request: HelpRequest) -> list[DoorDeed]:
    word = _("改时间") if time_of(request) else _("约时间")
    url = reverse("take_help_step", args=[request.case.number, "set_out"])
    return [
        step_at_door(request, "plan_visit", "calendar2-week", label=word),
        DoorDeed(_("出发"), "bicycle", url, fields={"seen": request.version, "from": "field"}),
    ]


HELP_DOORS = Doors(HELP, BEFORE_VERIFIED, _deeds, _not_home)


def at_a_booked_visit(booking: Booking) -> list[DoorDeed]:
    """Somebody booked the officer in person: nobody was in, or it is done."""
    fields = {"seen": booking.version, "next": reverse("field")}
    nobody = DoorDeed(_("没人"), "door-closed", reverse("mark_visit", args=[booking.pk, "no_show"]), fields=fields)
    served = DoorDeed(_("已办"), "check-lg", reverse("mark_visit", args=[booking.pk, "served"]), "primary", fields)
    return [nobody, served] if booking.state == BookingState.BOOKED else [served]
