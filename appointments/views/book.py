"""Booking on the phone in four taps: what, when, confirm, done. A place is held for ten minutes while the form is filled in."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from appointments.actions.agreed_visits import give_up_booking, take_back_cancel
from community_portal import clock
from community_portal.access import for_residents, open_to_all
from community_portal.bookings.actions import confirm_hold, hold_session, move_booking, release_hold
from community_portal.bookings.links import new_token
from community_portal.bookings.models import Booking, BookingState, CancelReason, Channel, Service, Session
from community_portal.bookings.notices import where_of
from community_portal.bookings.queries import bookable_days, nearest_free, services_with_next
from community_portal.pages import done, refused, render_page
from community_portal.people.actions import open_own_file
from community_portal.people.forms import read
from community_portal.people.models import DelegationScope, Resident
from community_portal.people.once import once
from community_portal.people.queries import people_of
from community_portal.people.shell import house_of
from community_portal.people.wording import read_name
from community_portal.refusals import Changed, Refusal

DAYS = 14
REASONS = [(r.value, r.label) for r in CancelReason if r not in (CancelReason.BY_HOUSE, CancelReason.MOVED)]


@open_to_all
def book(request: HttpRequest) -> HttpResponse:
    """What do you come for?"""
    community = house_of(request)
    channel = request.GET.get("channel", "")
    rows = services_with_next(community, at=clock.now()) if community else []
    if channel in Channel.values:
        rows = [(service, nearest) for service, nearest in rows if channel in service.channels]
    return render_page(request, "appointments/book.html", {"rows": rows, "channel": channel})


@open_to_all
def book_slots(request: HttpRequest, code: str) -> HttpResponse:
    """When? The next two weeks, day by day; a day without a free place says why."""
    community: Any = house_of(request)
    service = get_object_or_404(Service.objects.offered_in(community), code=code)
    first = _first_day(request)
    channel = request.GET.get("channel", "")
    days = bookable_days(
        community=community,
        service=service,
        at=clock.now(),
        first=first,
        days=DAYS,
        channel=channel if channel in Channel.values else "",
        grid_ids=_grids_of(request),
    )
    wanted = request.GET.get("day", "")
    shown = next((d for d in days if d.date.isoformat() == wanted and d.is_open), None)
    shown = shown or next((d for d in days if d.is_open), None)
    context = {
        "service": service,
        "days": days,
        "shown": shown,
        "channel": channel,
        "later": (first + dt.timedelta(days=DAYS)).isoformat()
        if first < clock.today() + dt.timedelta(days=DAYS)
        else "",
        "move": _moving(request),
    }
    return render_page(request, "appointments/book_slots.html", context)


def _first_day(request: HttpRequest) -> dt.date:
    today = clock.today()
    try:
        return max(dt.date.fromisoformat(request.GET.get("first", "")), today)
    except ValueError:
        return today


def _grids_of(request: HttpRequest) -> list[int]:
    """Home visits are offered by the officer of one's own grid only."""
    people = people_of(request.user, scope=DelegationScope.BOOK, on=clock.today())  # type: ignore[arg-type]
    return [p.household.grid_id for p in people if p.household and p.household.grid_id]


def _moving(request: HttpRequest) -> Booking | None:
    """The booking that is to be moved, when one is."""
    key = request.GET.get("move", "") or request.POST.get("move", "")
    if not key.isdigit() or not request.user.is_authenticated:
        return None
    return _mine(request).filter(pk=int(key), state=BookingState.BOOKED).first()


def _mine(request: HttpRequest) -> Any:
    """Bookings of the user and of those he acts for."""
    people = people_of(request.user, scope=DelegationScope.BOOK, on=clock.today())  # type: ignore[arg-type]
    return Booking.objects.filter(resident__in=people).select_related(
        "session__service", "session__room", "session__host", "session__community", "community", "resident"
    )


@open_to_all
@require_POST
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """The chosen time is kept for ten minutes; or, when moving, taken at once."""
    session = get_object_or_404(Session.objects.select_related("service", "community"), pk=pk)
    if not request.user.is_authenticated:
        back = (
            f"{reverse('book_slots', args=[session.service.code])}?day={clock.local(session.starts_at).date()}"
            if session.service
            else "/"
        )
        return HttpResponseRedirect(f"{reverse('sign_in')}?next={back}", status=303)
    try:
        moving = _moving(request)
        if moving:
            moved = move_booking(booking=moving, to=session, by=request.user, at=clock.now())  # type: ignore[arg-type]
            return done(request, _("已改期。"), "booking", moved.pk)
        token = request.session.setdefault("hold_token", new_token())
        held = hold_session(session=session, hold_token=token, by=request.user, at=clock.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        return _lost(request, session, refusal)
    return HttpResponseRedirect(reverse("book_confirm", args=[held.pk]), status=303)


def _lost(request: HttpRequest, session: Session, refusal: Refusal) -> HttpResponse:
    """Somebody was quicker: the sentence, and the nearest times that are free."""
    context = {"refusal": refusal, "session": session, "nearest": nearest_free(session, at=clock.now())}
    return render_page(request, "appointments/book_lost.html", context, status=refusal.status)


class ConfirmForm(forms.Form):
    """For whom, how many, and what about."""

    resident = forms.ModelChoiceField(label=_("为谁预约"), queryset=Resident.objects.none(), empty_label=None)
    name = forms.CharField(label=_("您的姓名"), max_length=60)
    party_size = forms.IntegerField(label=_("几个人来"), min_value=1, initial=1)
    note = forms.CharField(label=_("想办什么"), max_length=200, required=False, help_text=_("不写也行"))

    def __init__(self, *args: Any, people: list[Resident], party_max: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resident"].queryset = Resident.objects.filter(pk__in=[p.pk for p in people])  # type: ignore[attr-defined]
        self.fields["party_size"].max_value = party_max  # type: ignore[attr-defined]
        self.fields["party_size"].widget.attrs |= {"min": 1, "max": party_max, "inputmode": "numeric"}
        if people:
            del self.fields["name"]
        if len(people) < 2:
            del self.fields["resident"]

    def clean_name(self) -> str:
        return read(read_name, self.cleaned_data["name"])


@for_residents
@once
def book_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """One look, one tap. The place is ours until the time that the page shows."""
    token = request.session.get("hold_token", "")
    held = get_object_or_404(
        Booking.objects.select_related("session__service", "session__room", "community").filter(booked_by=request.user),
        pk=pk,
    )
    if held.state == BookingState.BOOKED:
        return HttpResponseRedirect(reverse("booking", args=[pk]), status=303)
    if held.state != BookingState.HELD or not held.held_until or held.held_until <= clock.now():
        sentence = _("为您保留的十分钟到了，名额已经放出。请再选一次时间。")
        return _lost(request, held.session, Changed(sentence, code="hold_expired"))
    if request.method == "POST" and request.POST.get("give_up"):
        release_hold(booking=held, hold_token=token, by=request.user, at=clock.now())  # type: ignore[arg-type]
        return HttpResponseRedirect(reverse("book"), status=303)
    people = people_of(request.user, scope=DelegationScope.BOOK, on=clock.today())  # type: ignore[arg-type]
    service = held.session.service
    form = ConfirmForm(request.POST or None, people=people, party_max=service.party_max if service else 4)
    if request.method == "POST" and form.is_valid():
        try:
            resident = _resident_for(request, form, people, held)
            booked = confirm_hold(
                booking=held,
                hold_token=token,
                resident=resident,
                party_size=form.cleaned_data["party_size"],
                note=form.cleaned_data["note"],
                by=request.user,  # type: ignore[arg-type]
                at=clock.now(),
            )
            return done(request, _("约好了。确认短信马上就到。"), "booking", booked.pk)
        except Changed as changed:
            return _lost(request, held.session, changed)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    context = {"held": held, "session": held.session, "form": form}
    return render_page(request, "appointments/book_confirm.html", context, status=422 if form.errors else 200)


def _resident_for(request: HttpRequest, form: ConfirmForm, people: list[Resident], held: Booking) -> Resident:
    chosen = form.cleaned_data.get("resident") or (people[0] if people else None)
    if chosen:
        return chosen
    user: Any = request.user
    return open_own_file(user, community=held.community, name=form.cleaned_data["name"], at=clock.now())


@for_residents
def booking(request: HttpRequest, pk: int) -> HttpResponse:
    """One of my bookings: when, where, what to bring, and what may still be done."""
    found = get_object_or_404(_mine(request), pk=pk)
    return render_page(request, "appointments/booking.html", {"booking": found, "reasons": REASONS} | options_of(found))


def options_of(found: Booking) -> dict[str, Any]:
    """What its page may offer now."""
    now, service = clock.now(), found.session.service
    cancel, move = (service.cancel_cutoff_minutes, service.move_cutoff_minutes) if service else (60, 120)
    ahead = found.starts_at - now
    is_booked = found.state == BookingState.BOOKED
    recently = found.cancelled_at and now < found.cancelled_at + dt.timedelta(minutes=2)
    return {
        "is_agreed": found.session.is_agreed,
        "where": where_of(found.session) if found.session.channel == Channel.HOME else "",
        "may_cancel": is_booked and ahead > dt.timedelta(minutes=cancel),
        "may_move": is_booked and bool(service) and ahead > dt.timedelta(minutes=move),
        "may_undo": found.state == BookingState.CANCELLED and found.cancel_reason != CancelReason.MOVED and recently,
    }


@for_residents
@require_POST
@once
def change_booking(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel, or take the cancellation back."""
    found = get_object_or_404(_mine(request), pk=pk)
    user: Any = request.user
    try:
        if request.POST.get("undo"):
            take_back_cancel(booking=found, by=user, at=clock.now())
            return done(request, _("取消已撤回，预约还在。"), "booking", pk)
        give_up_booking(booking=found, reason=request.POST.get("reason", ""), by=user, at=clock.now())
    except Refusal as refusal:
        return refused(request, refusal, back=reverse("booking", args=[pk]))
    return done(request, _("已取消。点错了可以在两分钟内撤回。"), "booking", pk)
