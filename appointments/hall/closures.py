"""The hall's week and its closures, with whoever had booked on those days."""

import re
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.bookings.actions import call_off_bookings, change_week, close_hall, reopen_hall
from community_portal.bookings.models import Booking
from community_portal.bookings.queries import bookings_in
from community_portal.people.models import RUNS
from community_portal.people.once import once
from community_portal.people.reach import reader_of
from community_portal.people.shell import house_of
from community_portal.people.staff.forms import ClosureForm, WeekForm
from community_portal.places.actions import hours_of
from community_portal.places.models import Closure
from community_portal.refusals import Changed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.editions import edition_of
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import back_to, done, refused
from community_portal.web.paging import is_row_number

MOST = 200
PAIR = re.compile("[1-9][0-9]{0,17}:[0-9]{1,9}")  # a booking and its version


@for_staff(*RUNS)
@once
def settings_closures(request: StaffRequest) -> HttpResponse:
    """The hall's week, the days on which it stays shut, and the bookings that lie in them."""
    community: Any = house_of(request)
    week, closure = WeekForm.of(community), ClosureForm()
    if request.method == "POST":
        try:
            if is_row_number(request.POST.get("remove", "")):
                row = get_object_or_404(Closure, community=community, pk=int(request.POST["remove"]))
                reopen_hall(row, by=request.user, at=clock.now())
                return done(request, _("已取消闭馆。"), "settings_closures")
            if request.POST.get("form") == "week":
                week = WeekForm(request.POST)
                if week.is_valid():
                    return _set_week(request, community, week)
            else:
                closure = ClosureForm(request.POST)
                if closure.is_valid():
                    return done(request, _close(request, community, closure.cleaned_data), "settings_closures")
        except Changed as changed:
            return refused(request, changed, back=reverse("settings_closures"))
        except Refusal as refusal:
            beside(week if request.POST.get("form") == "week" else closure, refusal)
    closures = list(Closure.objects.filter(community=community, last_on__gte=clock.today()))
    booked = bookings_in(closures, at=clock.now())
    context = {
        "week": week,
        "seen": request.POST.get("seen") or edition_of(hours_of(community)),
        "closure_form": closure,
        "closures": [(row, booked[row.pk][:MOST]) for row in closures],
        "community": community,
    }
    return answer_form(request, "people/settings_closures.html", context, week, closure)


def _set_week(request: StaffRequest, community: Any, week: WeekForm) -> HttpResponse:
    """Does it; leads to whom it hits, when somebody has booked at an hour at which the hall is shut now."""
    by: Any = request.user
    try:
        kept = change_week(community, hours=week.hours, by=by, at=clock.now(), seen=request.POST.get("seen")).kept
    except Refusal as refusal:
        refusal.field = week.box_of(refusal.field)
        raise
    if not kept:
        return done(request, _("开门时间已保存。"), "settings_closures")
    sentence = ngettext(
        "开门时间已保存。有 %(n)s 场已经有人约了，列在这里，要改期。",
        "开门时间已保存。有 %(n)s 场已经有人约了，列在这里，要改期。",
        len(kept),
    )
    return done(request, sentence % {"n": len(kept)}, "settings_openings")


def _close(request: StaffRequest, community: Any, typed: dict[str, Any]) -> Any:
    """Does it; answers the sentence for the page."""
    at = clock.now()
    closed = close_hall(community, by=request.user, at=at, **typed)
    count = len(bookings_in([closed], at=at)[closed.pk])
    if not count:
        return _("已登记闭馆，这几天没有人约。")
    return ngettext(
        "已登记闭馆。这几天有 %(n)s 个预约，列在下面。", "已登记闭馆。这几天有 %(n)s 个预约，列在下面。", count
    ) % {"n": count}


@for_staff(*RUNS)
@require_POST
@once
def call_off(request: StaffRequest) -> HttpResponse:
    """The chosen bookings are cancelled by the house, and their people told; what changed meanwhile is left alone."""
    chosen = dict(pair.split(":") for pair in request.POST.getlist("booking") if PAIR.fullmatch(pair))
    mine = Booking.objects.visible_to(reader_of(request)).filter(pk__in=list(chosen)[:MOST])
    rows = list(
        mine.select_related(
            "session__service", "session__community", "session__room", "community", "resident", "booked_by"
        )
    )
    count = call_off_bookings([(row, int(chosen[str(row.pk)])) for row in rows], by=request.user, at=clock.now())
    sentence = ngettext("已取消 %(n)s 个预约，会告诉他们。", "已取消 %(n)s 个预约，会告诉他们。", count) % {"n": count}
    if count < len(chosen):
        sentence += str(_("其余的刚刚改动过，没有动，请再看一眼。"))
    response = done(request, sentence if chosen else _("还没有选预约。"), "settings_closures")
    response["Location"] = back_to(request, reverse("settings_closures"))
    return response
