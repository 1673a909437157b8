"""The link in the text message: look at, cancel or move a booking without signing in.

Opening it never changes anything (mail scanners open links); acting needs the last four digits of the phone.
"""

import datetime as dt
from typing import Any

from allauth.core import ratelimit
from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from appointments.visits.book import REASONS
from appointments.visits.tickets import ticket_shown
from community_portal import clock
from community_portal.bookings.actions import give_up_booking, move_booking, take_back_cancel
from community_portal.bookings.agreements import bookings_concerning
from community_portal.bookings.calendars import entry_of_booking, histories_of
from community_portal.bookings.ical import file_of
from community_portal.bookings.models import Booking, Session
from community_portal.bookings.one_booking import home_words, moved_to, options_of, stands, with_session
from community_portal.bookings.queries import bookable
from community_portal.bookings.telling import context_of, is_known_tail, where_of
from community_portal.people.links import link_hash_of
from community_portal.people.once import once
from community_portal.people.phones import half_width
from community_portal.places.calendar import guessed_among
from community_portal.refusals import Refusal
from community_portal.web.access import SignedInRequest, for_residents, open_to_all
from community_portal.web.forms import seen_version
from community_portal.web.pages import refused, render_page
from community_portal.web.spoken import short_when

LASTS = dt.timedelta(days=7)
ALARM = dt.timedelta(hours=2)


def _find(token: str) -> Booking | None:
    """The booking of a link; None for a guessed one and for one that is long over."""
    rows = with_session(Booking.objects.filter(link_hash=link_hash_of(token)))
    found = rows.first() if 20 <= len(token) <= 64 else None
    return found if found and found.ends_at + LASTS > clock.now() else None


class TailForm(forms.Form):
    """Whoever acts by the link knows the last four digits of the phone it was sent to."""

    tail = forms.RegexField(
        label=_("手机号后四位"),
        regex=r"^\d{4}$",
        strip=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("请填手机号后四位。"), "invalid": _("请填四位数字。")},
    )

    def __init__(self, *args: Any, request: HttpRequest, booking: Booking, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.booking = request, booking

    def clean_tail(self) -> str:
        if not ratelimit.consume(self.request, action="booking_link", key=str(self.booking.pk)):
            raise forms.ValidationError(_("试得太多了，请过几分钟再试，或打社区电话。"))
        tail = half_width(self.cleaned_data["tail"])
        if not is_known_tail(self.booking, tail):
            raise forms.ValidationError(_("手机号后四位没有对上。"))
        return tail


class CancelForm(TailForm):
    reason = forms.ChoiceField(label=_("为什么"), choices=REASONS, initial=REASONS[0][0], widget=forms.RadioSelect)
    field_order = ["reason", "tail"]


class SessionChoice(forms.ModelChoiceField):
    def label_from_instance(self, session: Any) -> str:
        return short_when(session.starts_at)


class MoveForm(TailForm):
    to = SessionChoice(
        label=_("新的时间"),
        queryset=Session.objects.none(),
        empty_label=None,
        error_messages={"required": _("请选一个时间。"), "invalid_choice": _("这个时间刚被约走，请另选一个。")},
    )
    field_order = ["to", "tail"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = _free_for(self.booking)  # type: ignore[attr-defined]


FORMS: dict[str, type[TailForm]] = {"cancel": CancelForm, "move": MoveForm, "undo": TailForm}


def _free_for(found: Booking) -> Any:
    """Times it may move to: the same service and house, for a home visit the same grid."""
    service = found.session.service
    if service is None:
        return Session.objects.none()
    free = bookable(community=found.community, service=service, at=clock.now()).filter(grid=found.session.grid)
    return free.exclude(pk=found.session_id)


@open_to_all
@once
def booking_link(request: HttpRequest, token: str) -> HttpResponse:
    """Shows the booking; a POST with the last four digits cancels it, moves it, or takes the cancelling back."""
    found = _find(token)
    if found is None:
        return render_page(request, "appointments/link_gone.html", status=404)
    deed = request.POST.get("deed", "")
    forms_of = {
        name: form(request.POST if name == deed else None, request=request, booking=found, auto_id=f"id_{name}_%s")
        for name, form in FORMS.items()
    }
    if deed in forms_of and forms_of[deed].is_valid():
        try:
            return _act(found, deed, forms_of[deed].cleaned_data, token, seen=seen_version(request))
        except Refusal as refusal:
            return refused(request, refusal, back=reverse("booking_link", args=[token]))
    context = {
        "booking": found,
        "token": token,
        "forms": forms_of,
        "has_times": _free_for(found).exists(),
        "guessed": guessed_among([found.starts_at]),
        "moved": moved_to(found) is not None,
        "stands": stands(found),
        "where": home_words(found.session),
        "ticket": ticket_shown(found),
    } | options_of(found)
    return render_page(request, "appointments/booking_link.html", context, status=422 if deed in forms_of else 200)


def _act(found: Booking, deed: str, data: dict[str, Any], token: str, *, seen: int | None) -> HttpResponse:
    at = clock.now()
    if deed == "move":
        moved: Any = move_booking(booking=found, to=data["to"], by=None, at=at, by_link=True, seen=seen)
        token = moved.link_token
    elif deed == "undo":
        take_back_cancel(booking=found, by=None, at=at, by_link=True)
    else:
        give_up_booking(booking=found, reason=data["reason"], by=None, at=at, by_link=True, seen=seen)
    return HttpResponseRedirect(reverse("booking_link", args=[token]), status=303)


@open_to_all
def booking_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """The visit for a calendar, by the link of the message."""
    found = _find(token)
    if found is None:
        return render_page(request, "appointments/link_gone.html", status=404)
    return _as_calendar(found)


@for_residents
def my_booking_calendar(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same for one of my bookings."""
    return _as_calendar(get_object_or_404(with_session(bookings_concerning(request.user)), pk=pk))


def _as_calendar(found: Booking) -> HttpResponse:
    found = _last_of(found)
    entry = entry_of_booking(
        found,
        histories_of([found])[found.pk],
        summary=found.session.subject,
        place=where_of(found.session),
        words=_what_to_know(found.session),
    )
    return HttpResponse(file_of(entry, rings_before=ALARM), content_type="text/calendar; charset=utf-8")


def _last_of(booking: Booking) -> Booking:
    """What it was moved to in the end: the file of an old link must not cancel the event that took its place."""
    while (later := with_session(booking.moved_to.all()).first()) is not None:
        booking = later
    return booking


def _what_to_know(session: Session) -> str:
    """What to bring, what was added by hand, whom to call."""
    facts = context_of(session, language=get_language() or "")
    phone = _("有事请打 %(phone)s。") % {"phone": facts["phone"]}
    return "\n".join(str(line) for line in (facts["bring"], session.note, phone) if line)
