"""The roll, read aloud: the next floor or name is said, one tap answers it, and the next is said. With a network or without."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.bookings.models import Booking
from community_portal.matters.queries import read_matter
from community_portal.people.once import once
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.pages import done, refused, render_page
from community_portal.web.paging import is_row_number
from safety.actions.roll import call_in
from safety.models import Drill
from safety.queries.day import day_of
from safety.queries.roll import roll_of
from safety.views.day import whom_to_find
from safety.workflow.states import READERS


@for_staff(*READERS)
def drill_roll(request: StaffRequest, number: str) -> HttpResponse:
    drill = read_matter(Drill, request.user, number)
    day = day_of(drill, request.user, whom_to_find(request, drill))
    context: dict[str, Any] = {"matter": drill, "now": clock.now(), "day": day, "roll": roll_of(drill)}
    return render_page(request, "safety/roll.html", context, fragment="safety/parts/roll_now.html")


@for_staff(*READERS)
@require_POST
@once
def drill_called(request: StaffRequest, number: str) -> HttpResponse:
    """One name of the roll."""
    drill = read_matter(Drill, request.user, number)
    rows = Booking.objects.filter(session=drill.session_id).select_related("session", "resident")
    pk = request.POST.get("booking", "")
    booking = rows.filter(pk=pk if is_row_number(pk) else 0).first()
    try:
        if booking is None:
            raise Refusal(_("名单上没有这个人，请从名单里选。"), code="nobody")
        call_in(drill, booking, by=request.user, at=clock.now())
    except (Refusal, Changed, NotAllowed) as refusal:
        return refused(request, refusal, back=request.path.removesuffix("called/"))
    return done(request, _("已记下。"), "drill_roll", number)
