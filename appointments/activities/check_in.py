"""The door of an activity: a ticket is scanned or somebody is found by name, and is here. One page, a phone for each who checks in."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.bookings.actions import check_in, group_came, walk_in
from community_portal.bookings.door import HERE, at_the_door, expected_by_words, find_by_ticket, tally_of
from community_portal.bookings.models import Booking, Session
from community_portal.captured import done_at
from community_portal.people.models import STAFF
from community_portal.people.once import once
from community_portal.people.reach import reader_of
from community_portal.refusals import Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.pages import done, render_page
from community_portal.web.paging import is_row_number
from community_portal.web.spoken import clock_time


@for_staff(*STAFF)
@once
def check_in_desk(request: StaffRequest) -> HttpResponse:
    """Reading a ticket shows whose it is; the button, or a scanner that types it here, says that they are there."""
    at, reader = done_at(clock.now()), reader_of(request)
    wrong, ticket, code = None, None, request.GET.get("code", "")[:300]
    try:
        if request.method == "POST":
            session, sentence = _deed(request)(request, reader, at)
            return done(request, sentence, "check_in_desk", query={"session": session})
        if code:
            ticket = find_by_ticket(code, user=reader, at=at)
    except Refusal as refusal:
        wrong = refusal
    context = _shown(request, list(at_the_door(reader, at=at)), ticket)
    context |= {"wrong": wrong, "ticket": ticket, "here": HERE}
    return render_page(request, "appointments/check_in.html", context, status=wrong.status if wrong else 200)


def _deed(request: StaffRequest) -> Callable[..., tuple[int, Any]]:
    return _walk_in if "count" in request.POST else _mark


def _walk_in(request: StaffRequest, reader: Any, at: dt.datetime) -> tuple[int, Any]:
    """Those who came without having signed up, as a number: whoever stands at this door may not open the pages of the desk."""
    key, typed = request.POST.get("session", ""), request.POST.get("count", "").strip()
    session = get_object_or_404(at_the_door(reader, at=at), pk=int(key) if is_row_number(key) else 0)
    count = int(typed) if is_row_number(typed) else 0
    name, why = request.POST.get("name", "")[:60], request.POST.get("why", "")[:200]
    walk_in(session=session, count=count, name=name, why=why, by=request.user, at=at)
    return session.pk, _("现场来的 %(n)s 人，记上了。") % {"n": count}


def _mark(request: StaffRequest, reader: Any, at: dt.datetime) -> tuple[int, Any]:
    """Checks in whom the code or the button names; whoever is there already stays as they are."""
    key = request.POST.get("booking", "")
    if is_row_number(key):
        found = get_object_or_404(Booking.objects.visible_to(reader).select_related("session", "resident"), pk=int(key))
    else:
        found = find_by_ticket(request.POST.get("code", "")[:300], user=reader, at=at)
    if found.state in HERE:
        words = {"who": found.who, "time": clock_time(found.arrived_at or at)}
        return found.session_id, _("%(who)s已经签到过了（%(time)s）。") % words
    came = request.POST.get("came", "")
    if found.group_name and is_row_number(came):
        group_came(booking=found, came=int(came), by=request.user, at=at)
    else:
        check_in(booking=found, by=request.user, at=at)
    return found.session_id, _("%(who)s到了，%(n)s 人。") % {"who": found.who, "n": came or found.party_size}


def _shown(request: StaffRequest, sessions: list[Session], ticket: Booking | None) -> dict[str, Any]:
    """The activity whose numbers stand beside: of the ticket, the chosen one, else the first that is not over; and who is found in it."""
    wanted = str(ticket.session_id) if ticket else request.POST.get("session") or request.GET.get("session", "")
    chosen = [one for one in sessions if str(one.pk) == wanted]
    shown = next(iter(chosen or [one for one in sessions if one.ends_at > clock.now()] or sessions), None)
    words = request.GET.get("q", "").strip()[:40]
    return {
        "sessions": sessions,
        "shown": shown,
        "tally": tally_of(shown) if shown else None,
        "q": words,
        "found": expected_by_words([shown] if shown else sessions, words),
    }
