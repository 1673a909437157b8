"""One booking at the desk: what to read out to somebody on the telephone, what happened to it, and changing it for them."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.bookings.actions import change_party, give_up_booking, open_marks, take_back_cancel
from community_portal.bookings.agreements import urls_of_visits
from community_portal.bookings.models import OF_THE_DEED, Booking, BookingState, CancelReason
from community_portal.bookings.one_booking import home_words, moved_to, options_of, stands, with_session
from community_portal.bookings.queries import journal_of
from community_portal.people.models import HOUSE_STAFF, STAFF
from community_portal.people.once import once
from community_portal.people.own_account.consents import numbers_for_messages
from community_portal.people.reach import may_open_at, reader_of, sees_sensitive_at
from community_portal.places.calendar import guessed_among
from community_portal.refusals import Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import seen_version
from community_portal.web.pages import done, refused, render_page

TONES: dict[str, str] = {BookingState.BOOKED: "info", BookingState.ARRIVED: "info", BookingState.SERVED: "ok"}
TO_SAY = [(r.value, r.label) for r in CancelReason if r not in OF_THE_DEED]


class PartyForm(forms.Form):
    party_size = forms.IntegerField(
        label=_("几个人"),
        min_value=1,
        error_messages={"min_value": _("至少要有一个人来。"), "invalid": _("请填人数，如 2。")},
    )


@for_staff(*STAFF)
def visit(request: StaffRequest, pk: int) -> HttpResponse:
    """When, where, what to bring, and what the desk may still do. A visit of a request has its page there."""
    found = _found(request, pk)
    matter = urls_of_visits([found]).get(found.pk)
    return HttpResponseRedirect(matter) if matter else _page(request, found)


@for_staff(*HOUSE_STAFF)
@require_POST
@once
def change_visit(request: StaffRequest, pk: int) -> HttpResponse:
    """Cancelled with a reason, taken back, or for another number of people (``deed``); the resident is told."""
    found = _found(request, pk)
    form = PartyForm(request.POST if request.POST.get("deed") == "party" else None)
    if form.is_bound and not form.is_valid():
        return _page(request, found, form=form, status=422)
    try:
        return done(request, _changed(request, found, form), "visit", pk)
    except Refusal as refusal:
        if form.is_bound and refusal.field in form.fields:
            form.add_error(refusal.field, refusal.sentence)
            return _page(request, found, form=form, status=422)
        return refused(request, refusal, back=reverse("visit", args=[pk]))


def _changed(request: StaffRequest, found: Booking, form: PartyForm) -> Any:
    deed, common = request.POST.get("deed"), {"booking": found, "by": request.user, "at": clock.now()}
    if deed == "undo":
        take_back_cancel(**common)  # type: ignore[arg-type]
        return _("取消已撤回，预约还在。")
    seen = seen_version(request)
    if deed == "party":
        change_party(party_size=form.cleaned_data["party_size"], seen=seen, **common)  # type: ignore[arg-type]
        return _("人数已改。")
    give_up_booking(reason=request.POST.get("reason", ""), seen=seen, **common)  # type: ignore[arg-type]
    return _("已取消，会告诉居民。点错了可以在两分钟内撤回。")


def _found(request: StaffRequest, pk: int) -> Booking:
    rows = with_session(Booking.objects.visible_to(reader_of(request))).exclude(resident=None)
    return get_object_or_404(rows.select_related("resident__household__building__estate", "booked_by"), pk=pk)


def _page(request: StaffRequest, found: Booking, *, form: PartyForm | None = None, status: int = 200) -> HttpResponse:
    resident: Any = found.resident
    may_change = may_open_at(change_visit, request.user, found.community_id)
    context = {
        "booking": found,
        "row": {"booking": found},
        "day_url": f"{reverse('visits_today')}?day={clock.local(found.starts_at).date()}",
        "tone": TONES.get(found.state, "plain"),
        "may_call": sees_sensitive_at(request.user, found.community_id),
        "resident": resident,
        "phones": list(resident.contacts.all()),
        "is_told": bool(numbers_for_messages(resident)),
        "where": home_words(found.session),
        "stands": stands(found),
        "moved_to": moved_to(found),
        "marks": open_marks(found, at=clock.now()),
        "may_change": may_change and stands(found),
        "may_move": may_change and stands(found) and found.session.service is not None,
        "may_undo": may_change and options_of(found, by_house=True)["may_undo"],
        "form": form or PartyForm(initial={"party_size": found.party_size}),
        "reasons": TO_SAY,
        "journal": journal_of(found),
        "guessed": guessed_among([found.starts_at]),
    }
    return render_page(request, "appointments/visit.html", context, status=status)
