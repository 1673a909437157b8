"""Booking on the phone in four taps: what, when, confirm, done. A place is held for ten minutes while the form is filled in."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.validators import MaxValueValidator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from appointments.visits.tickets import ticket_shown
from community_portal import clock
from community_portal.bookings.actions import (
    confirm_hold,
    give_up_booking,
    hold_session,
    move_booking,
    release_hold,
    take_back_cancel,
)
from community_portal.bookings.actions.limits import CHANGED, most_at_once, too_many
from community_portal.bookings.actions.places import hold_expired, hold_given_up
from community_portal.bookings.agreements import bookings_concerning, purpose_told
from community_portal.bookings.models import (
    OF_THE_HOUSE,
    Booking,
    BookingState,
    CancelReason,
    Channel,
    Service,
    Session,
)
from community_portal.bookings.one_booking import home_words, moved_to, options_of, stands, with_session
from community_portal.bookings.queries import bookable_days, nearest_free, services_with_next
from community_portal.people.actions import open_own_file
from community_portal.people.links import new_token
from community_portal.people.models import DelegationScope, Resident
from community_portal.people.once import once
from community_portal.people.register.forms import PersonField, offer_people, read
from community_portal.people.register.queries import people_of
from community_portal.people.shell import house_of
from community_portal.people.wording import read_name, read_text
from community_portal.places.calendar import guessed_among
from community_portal.refusals import Changed, Refusal
from community_portal.web.access import SignedInRequest, for_residents, open_to_all
from community_portal.web.forms import seen_version
from community_portal.web.pages import done, refused, render_page
from community_portal.web.paging import is_row_number

DAYS = 14
LONGEST_NOTE = 200
REASONS = [(r.value, r.label) for r in CancelReason if r not in OF_THE_HOUSE]


@open_to_all
def book(request: HttpRequest) -> HttpResponse:
    """What do you come for? Home visits need to know whose home: that of somebody signed in, with an address."""
    community = house_of(request)
    channel, grids = _channel(request), _doors_of(request)
    is_home = channel == Channel.HOME
    rows = services_with_next(community, at=clock.now(), channel=channel, grid_ids=grids) if community else []
    context = {
        "rows": rows,
        "channel": channel,
        "is_home": is_home,
        "lacks_address": is_home and request.user.is_authenticated and not grids,
    }
    return render_page(request, "appointments/book.html", context)


@open_to_all
def book_slots(request: HttpRequest, code: str) -> HttpResponse:
    """When? The next two weeks, day by day; a day without a free place says why."""
    chosen = chosen_before(request)
    if chosen and (why_not := _why_not_there(request, chosen)):
        messages.warning(request, str(why_not))
        return HttpResponseRedirect(reverse("book"), status=303)
    community: Any = house_of(request)
    service = get_object_or_404(Service.objects.offered_in(community), code=code)
    first, move, doors = _first_day(request), _moving(request), _doors_of(request)
    if move is None and request.GET.get("move"):
        return _nothing_to_move(request)
    channel = move.session.channel if move else _channel(request)
    days = bookable_days(
        community=community,
        service=service,
        at=clock.now(),
        first=first,
        days=DAYS,
        channel=channel,
        grid_ids=doors,
    )
    wanted = request.GET.get("day", "")
    shown = next((d for d in days if d.date.isoformat() == wanted and d.is_open), None)
    shown = shown or next((d for d in days if d.is_open), None)
    slots = _slots_of(shown.sessions, doors) if shown else []
    picked = next((s for s, _where in slots if chosen and s.pk == chosen.pk), None)
    context = {
        "service": service,
        "days": days,
        "shown": shown,
        "slots": slots,
        "picked": picked,
        "is_gone": chosen and not picked and wanted == _day_of(chosen) and not _is_mine(request, chosen),
        "channel": channel,
        "later": (first + dt.timedelta(days=DAYS)).isoformat()
        if first < clock.today() + dt.timedelta(days=DAYS)
        else "",
        "move": move,
        "guessed": guessed_among(day.date for day in days),
    }
    return render_page(request, "appointments/book_slots.html", context)


def chosen_before(request: HttpRequest) -> Session | None:
    """What was chosen before signing in. The page that shows it stands in its house, also when one's own is another."""
    key = request.GET.get("picked", "")
    if not is_row_number(key):
        return None
    rows = Session.objects.offered().filter(community__is_active=True).select_related("community__street")
    chosen = rows.filter(pk=int(key)).first()
    if chosen:
        request.house = chosen.community  # type: ignore[attr-defined]
    return chosen


def _why_not_there(request: HttpRequest, session: Session) -> Refusal | None:
    """A visit is booked where one's file is: said before a place is held and a form filled in. Activities are for all."""
    people = people_of(request.user, scope=DelegationScope.BOOK, on=clock.today())
    houses = {person.community_id: person.community for person in people}
    if session.service is None or not houses or session.community_id in houses:
        return None
    sentence = _("您选的是%(there)s的时间。您的档案在%(here)s，请在%(here)s预约。")
    words = {"there": session.community, "here": people[0].community}
    return Refusal(sentence % words, code="other_community", field="session")


def _is_mine(request: HttpRequest, session: Session) -> bool:
    """Whoever comes back from their own booking is not told that somebody was quicker."""
    live = [BookingState.HELD, BookingState.BOOKED]
    return session.bookings.filter(booked_by=request.user.pk, state__in=live).exists()


def _day_of(session: Session) -> str:
    return clock.local(session.starts_at).date().isoformat()


def _channel(request: HttpRequest) -> str:
    wanted = request.GET.get("channel", "")
    return wanted if wanted in Channel.values else ""


def _slots_of(sessions: list[Session], doors: dict[int, str]) -> list[tuple[Session, Any]]:
    """Each time with where it takes place, said only where the times of the day differ in it."""
    ways = {(session.channel, session.grid_id) for session in sessions}
    if len(ways) == 1:
        return [(session, "") for session in sessions]
    several_homes = len([grid for _channel, grid in ways if grid]) > 1
    return [
        (session, doors[session.grid_id] if several_homes and session.grid_id else session.get_channel_display())
        for session in sessions
    ]


def _first_day(request: HttpRequest) -> dt.date:
    today = clock.today()
    return max(clock.read_day(request.GET.get("first", "")) or today, today)


def _doors_of(request: HttpRequest) -> dict[int, Any]:
    """Grids of my home and of those I act for, each with whose home it is: only their officers come to the door."""
    people = people_of(request.user, scope=DelegationScope.BOOK, on=clock.today())
    homes: dict[int, list[str]] = {}
    for person in people:
        if person.household and person.household.grid_id:
            homes.setdefault(person.household.grid_id, []).append(person.name)
    return {grid: _("去%(names)s家") % {"names": gettext("、").join(names)} for grid, names in homes.items()}


def _moving(request: HttpRequest) -> Booking | None:
    """The booking that is to be moved, when one is."""
    key = request.GET.get("move", "") or request.POST.get("move", "")
    if not is_row_number(key) or not request.user.is_authenticated:
        return None
    return bookings_i_make(request).filter(pk=int(key), state=BookingState.BOOKED).first()


def _nothing_to_move(request: HttpRequest) -> HttpResponse:
    """It was moved or cancelled meanwhile, on another page: a time chosen now would be a second booking."""
    if not request.user.is_authenticated:
        return HttpResponseRedirect(f"{reverse('sign_in')}?{urlencode({'next': request.get_full_path()})}", status=303)
    return refused(request, Changed(CHANGED), back=reverse("my_matters"))


def bookings_i_make(request: HttpRequest) -> Any:
    """Bookings of the user and of those they act for."""
    people = people_of(request.user, scope=DelegationScope.BOOK, on=clock.today())
    return with_session(Booking.objects.filter(resident__in=people))


@open_to_all
@require_POST
@once
def hold(request: HttpRequest, pk: int) -> HttpResponse:
    """The chosen time is kept for ten minutes; or, when moving, taken at once."""
    session = get_object_or_404(Session.objects.offered().select_related("service", "community"), pk=pk)
    if not request.user.is_authenticated:
        back = _back_to(session, move=request.POST.get("move", ""))
        return HttpResponseRedirect(f"{reverse('sign_in')}?{urlencode({'next': back})}", status=303)
    moving = _moving(request)
    if moving is None and request.POST.get("move"):
        return _nothing_to_move(request)
    if why_not := _why_not_there(request, session):
        return refused(request, why_not, back=reverse("book"))
    try:
        if moving:
            moved = move_booking(
                booking=moving,
                to=session,
                by=request.user,
                at=clock.now(),
                seen=seen_version(request),
            )
            return done(request, _("时间改好了，原来的已经取消。"), "booking", moved.pk)
        token = request.session.setdefault("hold_token", new_token())
        held = hold_session(session=session, hold_token=token, by=request.user, at=clock.now())
    except Refusal as refusal:
        return _lost(request, session, refusal)
    return HttpResponseRedirect(reverse("book_confirm", args=[held.pk]), status=303)


def _back_to(session: Session, *, move: str = "") -> str:
    """The page where this time was chosen, also for a booking that is to be moved; after sign-in it stands there on top."""
    if session.service is None:
        return f"{reverse('activities')}?{urlencode({'picked': session.pk})}"
    chosen = {"day": _day_of(session), "picked": session.pk} | ({"move": move} if move else {})
    return f"{reverse('book_slots', args=[session.service.code])}?{urlencode(chosen)}"


def _lost(request: HttpRequest, session: Session, refusal: Refusal) -> HttpResponse:
    """Somebody was quicker: the sentence, and the nearest times that are free."""
    context = {
        "refusal": refusal,
        "session": session,
        "nearest": nearest_free(session, at=clock.now()),
        "move": _moving(request),
    }
    return render_page(request, "appointments/book_lost.html", context, status=refusal.status)


class ConfirmForm(forms.Form):
    """For whom, how many, and what about."""

    resident = PersonField(label=_("为谁预约"))
    name = forms.CharField(
        label=_("您的姓名"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("请写您的姓名。")},
    )
    party_size = forms.IntegerField(
        label=_("几个人来"),
        min_value=1,
        initial=1,
        error_messages={
            "required": _("请写几个人来。"),
            "invalid": _("请写数字，如 2。"),
            "min_value": _("至少要来一个人。"),
        },
    )
    note = forms.CharField(
        label=_("有什么要先告诉我们"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, people: list[Resident], session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_people(self, people)
        most = most_at_once(session)
        self.fields["party_size"].widget.attrs |= {"min": 1, "max": most, "inputmode": "numeric"}
        self.fields["party_size"].validators.append(MaxValueValidator(most, too_many(most, is_staff=False)))
        if session.channel != Channel.CENTRE or most == 1:
            del self.fields["party_size"]
        if people:
            del self.fields["name"]

    def clean_name(self) -> str:
        return read(read_name, self.cleaned_data["name"])

    def clean_note(self) -> str:
        return read(read_text, self.cleaned_data["note"], field="note", longest=LONGEST_NOTE)


@for_residents
@once
def book_confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """One look, one tap. The place is ours until the time that the page shows."""
    token = request.session.get("hold_token", "")
    held = get_object_or_404(
        Booking.objects.select_related("session__service", "session__room", "community").filter(booked_by=request.user),
        pk=pk,
    )
    if held.state == BookingState.BOOKED:
        return HttpResponseRedirect(reverse("booking", args=[pk]), status=303)
    if held.state != BookingState.HELD or not held.held_until or held.held_until <= clock.now():
        was_given_up = held.events.filter(kind="released").exists()
        return _lost(request, held.session, hold_given_up() if was_given_up else hold_expired())
    if request.method == "POST" and request.POST.get("give_up"):
        release_hold(booking=held, hold_token=token, by=request.user, at=clock.now())
        return HttpResponseRedirect(reverse("book" if held.session.service else "activities"), status=303)
    people = _people_for(request, held.session)
    form = ConfirmForm(request.POST or None, people=people, session=held.session)
    if request.method == "POST" and form.is_valid():
        try:
            resident = _resident_for(request, form, people, held)
            booked = confirm_hold(
                booking=held,
                hold_token=token,
                resident=resident,
                party_size=form.cleaned_data.get("party_size", 1),
                note=form.cleaned_data["note"],
                by=request.user,
                at=clock.now(),
            )
            return done(request, _("确认短信马上就到。"), "booking", booked.pk)
        except Changed as changed:
            return _lost(request, held.session, changed)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    context = {
        "held": held,
        "session": held.session,
        "form": form,
        "back": _back_to(held.session),
        "guessed": guessed_among([held.starts_at]),
    }
    return render_page(request, "appointments/book_confirm.html", context, status=422 if form.errors else 200)


def _people_for(request: HttpRequest, session: Session) -> list[Resident]:
    """Whom the time may be for: of a home visit only those who live in its grid."""
    people = people_of(request.user, scope=DelegationScope.BOOK, on=clock.today())
    if session.grid_id is None:
        return people
    return [p for p in people if p.household and p.household.grid_id == session.grid_id]


def _resident_for(request: HttpRequest, form: ConfirmForm, people: list[Resident], held: Booking) -> Resident:
    chosen = form.cleaned_data.get("resident") or (people[0] if people else None)
    if chosen:
        return chosen
    user: Any = request.user
    return open_own_file(user, community=held.community, name=form.cleaned_data["name"], at=clock.now())


@for_residents
def booking(request: SignedInRequest, pk: int) -> HttpResponse:
    """One of my bookings: when, where, what to bring, and what may still be done."""
    user: Any = request.user
    found = get_object_or_404(with_session(bookings_concerning(user)), pk=pk)
    options = options_of(found) if bookings_i_make(request).filter(pk=pk).exists() else {}
    context = {
        "booking": found,
        "reasons": REASONS,
        "moved_to": moved_to(found),
        "stands": stands(found),
        "where": home_words(found.session),
        "purpose": purpose_told(found, user),
        "guessed": guessed_among([found.starts_at]),
        "ticket": ticket_shown(found),
    }
    return render_page(request, "appointments/booking.html", context | options)


@for_residents
@require_POST
@once
def change_booking(request: SignedInRequest, pk: int) -> HttpResponse:
    """Cancel, or take the cancellation back."""
    found = get_object_or_404(bookings_i_make(request), pk=pk)
    user: Any = request.user
    try:
        if request.POST.get("undo"):
            take_back_cancel(booking=found, by=user, at=clock.now())
            return done(request, _("取消已撤回，预约还在。"), "booking", pk)
        reason = request.POST.get("reason", "")
        give_up_booking(booking=found, reason=reason, by=user, at=clock.now(), seen=seen_version(request))
    except Refusal as refusal:
        return refused(request, refusal, back=reverse("booking", args=[pk]))
    return done(request, _("已取消。点错了可以在两分钟内撤回。"), "booking", pk)
