"""Visits at the desk: who comes today, and booking for somebody at the desk or on the line."""

import datetime as dt
import functools
import re
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from appointments.requests.desk import typed_for
from community_portal import clock
from community_portal.bookings import actions
from community_portal.bookings.agreements import urls_of_visits
from community_portal.bookings.models import Booking, BookingState, Service, Session
from community_portal.bookings.queries import bookable_days, bookings_of
from community_portal.bookings.visits import VISIT_FILTERS, search_visits, table_of, visit_counts, visits_on
from community_portal.composed import Composed, Later
from community_portal.people.models import HOUSE_STAFF, STAFF, Resident
from community_portal.people.once import once
from community_portal.people.phones import read_phone
from community_portal.people.reach import reader_of
from community_portal.people.register.queries import Likeness, find_duplicates
from community_portal.people.register.search import search_residents
from community_portal.people.shell import house_of
from community_portal.people.wording import read_name
from community_portal.places.calendar import guessed_among
from community_portal.refusals import Changed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import seen_version
from community_portal.web.pages import back_to, done, refused, render_page
from community_portal.web.paging import is_row_number
from community_portal.web.spoken import short_when

MARKS = {
    "check_in": (actions.check_in, _("已签到。")),
    "served": (actions.mark_served, _("已办。")),
    "no_show": (actions.mark_no_show, _("记为未到。")),
    "undo": (actions.undo_mark, _("已撤回。")),
}
PAGE = 50


@for_staff(*STAFF)
def visits_today(request: StaffRequest) -> HttpResponse:
    """The sheet of a day: time, who, what, where, and the three buttons."""
    day = clock.read_day(request.GET.get("day", "")) or clock.today()
    state, text = request.GET.get("state", ""), request.GET.get("q", "").strip()[:40]
    rows = search_visits(visits_on(request.user, day), text)
    if VISIT_FILTERS.get(state, ("", ()))[1]:
        rows = rows.filter(state__in=VISIT_FILTERS[state][1])
    counts = visit_counts(request.user, day)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    printing = "print" in request.GET  # a sheet for the wall holds the whole day
    shown = list(rows if printing else page)
    context = {
        "day": day,
        "before": day - dt.timedelta(days=1),
        "after": day + dt.timedelta(days=1),
        "today": clock.today(),
        "page": None if printing else page,
        "visits": table_of(shown, reader=request.user, at=clock.now(), urls=urls_of_visits(shown)),
        "filters": [(name, label, counts[name]) for name, (label, _states) in VISIT_FILTERS.items()],
        "state": state,
        "q": text,
    }
    return render_page(request, "appointments/visits_today.html", context, fragment="appointments/visits_table.html")


@for_staff(*STAFF)
@require_POST
@once
def mark_visit(request: StaffRequest, pk: int, mark: str) -> HttpResponse:
    """签到, 已办, 未到, or one step back."""
    found = get_object_or_404(Booking.objects.visible_to(request.user).select_related("session"), pk=pk)
    deed, sentence = MARKS.get(mark, (None, ""))
    back = back_to(request, reverse("visits_today"))
    if deed is None:
        return refused(request, Refusal(_("没有这个操作。"), code="unknown_mark"), back=back)
    matter = urls_of_visits([found]).get(found.pk)
    if matter:
        return refused(request, Refusal(_("这个时间是为一件事约好的，请在那里记录。"), code="of_a_matter"), back=matter)
    try:
        deed(booking=found, by=request.user, at=clock.now(), seen=seen_version(request))
    except Refusal as refusal:
        return refused(request, refusal, back=back)
    response = done(request, sentence, "visits_today")
    response["Location"] = back
    return response


_SESSION = Composed(
    lambda: Session.objects.filter(pk=Later("pk"), community=Later("community")).select_related("service")
)


@functools.lru_cache(1_000)
def _people_in(places: frozenset[int] | None) -> Composed[Resident]:
    """With what every booking asks of them; what only some do, the household or the room, is read when it is asked for."""
    rows = Resident.objects.all() if places is None else Resident.objects.in_communities(places)
    return Composed(lambda: rows.current().filter(pk=Later("pk")).select_related("account"))


class ChosenField(forms.Field):
    """What a hidden field names by its number; ``find`` answers the rows of that number among those that may be chosen."""

    widget = forms.HiddenInput
    default_error_messages: ClassVar[dict[str, Any]] = {"invalid_choice": _("请重新选一次。")}
    find: Callable[[int], list[Any]]

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        found = self.find(int(value)) if re.fullmatch(r"[0-9]{1,18}", value) else []
        if not found:
            raise forms.ValidationError(self.error_messages["invalid_choice"])
        return found[0]


class BookForForm(forms.Form):
    """Who, when, how many; for somebody at the desk or on the line."""

    resident = ChosenField(required=False)
    name = forms.CharField(
        label=_("姓名"),
        max_length=60,
        widget=forms.TextInput(attrs={"form": "book-for"}),
        error_messages={"required": _("请先找到居民，或写下姓名和电话。")},
    )
    phone = forms.CharField(
        label=_("电话"),
        max_length=30,
        widget=forms.TextInput(attrs={"form": "book-for", "inputmode": "tel"}),
        error_messages={"required": _("请写下电话，好发短信提醒。")},
    )
    session = ChosenField(
        error_messages={"required": _("请选一个时间。"), "invalid_choice": _("这个时间刚刚没有了，请再选。")}
    )
    party_size = forms.IntegerField(
        label=_("几个人"),
        min_value=1,
        initial=1,
        error_messages={"min_value": _("至少要有一个人来。"), "invalid": _("请填人数，如 2。")},
    )
    note = forms.CharField(label=_("想办什么"), max_length=200, required=False)
    source = forms.ChoiceField(
        label=_("怎么来的"),
        choices=[("desk", _("在柜台")), ("phone", _("打电话"))],
        initial="desk",
        widget=forms.RadioSelect,
    )

    def __init__(
        self, *args: Any, community: Any, user: Any, is_on_file: bool, is_move: bool = False, **kwargs: Any
    ) -> None:
        """``is_move``: another time for a booking that stands; only the time is asked."""
        super().__init__(*args, **kwargs)
        if is_move:
            for name in ("party_size", "note", "source"):
                del self.fields[name]
        for name in ("name", "phone"):
            self.fields[name].required = not is_on_file
        people = _people_in(None if user.is_superuser else user.community_ids)
        self.fields["resident"].find = lambda pk: people(pk=pk)  # type: ignore[attr-defined]
        self.fields["session"].find = lambda pk: _SESSION(pk=pk, community=community.pk)  # type: ignore[attr-defined]


@for_staff(*HOUSE_STAFF)
@once
def book_for(request: StaffRequest) -> HttpResponse:
    """One screen: the resident, the service, the time; with ``move`` another time for a booking that stands."""
    moved = _to_move(request)
    community: Any = moved.community if moved else house_of(request)
    is_on_file = bool(moved) or is_row_number(_key_of_chosen(request))
    form = BookForForm(
        request.POST or None, community=community, user=reader_of(request), is_on_file=is_on_file, is_move=bool(moved)
    )
    alike: list[Likeness] = []
    if request.method == "POST" and form.is_valid():
        try:
            namesakes = [] if moved else _namesakes(form, community)
            alike = [] if moved else _alike(request, form, namesakes)
            if not alike:
                booked = _move(request, form, moved, community) if moved else _book(request, form, community, namesakes)
                when = {"who": booked.resident, "when": short_when(booked.starts_at)}
                sentence = _("已改到：%(who)s，%(when)s。") if moved else _("已约好：%(who)s，%(when)s。")
                return done(request, sentence % when, "visit", booked.pk)
        except Changed as changed:
            return refused(request, changed, back=request.get_full_path())
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    chosen = moved.resident if moved else _chosen(request)
    context = _plan(request, community, chosen, moved) | {
        "form": form,
        "chosen": chosen,
        "moved": moved,
        "alike": alike,
    }
    status = 422 if form.errors else 409 if alike else 200
    return render_page(request, "appointments/book_for.html", context, status=status)


def _plan(request: StaffRequest, community: Any, chosen: Any, moved: Booking | None) -> dict[str, Any]:
    """Whom to choose from, what for, and when."""
    services = list(Service.objects.offered_in(community))
    usual = moved.session.service if moved else next(iter(services), None)
    code = request.POST.get("service") or request.GET.get("service") or (usual.code if usual else "")
    service = next((s for s in services if s.code == code), None)
    grid_ids = [chosen.household.grid_id] if chosen and chosen.household and chosen.household.grid_id else None
    days = (
        bookable_days(community=community, service=service, at=clock.now(), days=10, for_staff=True, grid_ids=grid_ids)
        if service
        else []
    )
    wanted = request.POST.get("day") or request.GET.get("day", "")
    shown = next((d for d in days if d.date.isoformat() == wanted and d.is_open), None)
    shown = shown or next((d for d in days if d.is_open), None)
    text = request.GET.get("q", "").strip()[:40]
    picked = request.POST.get("session") or request.GET.get("session", "")
    return {
        "shown": shown,
        "services": services,
        "service": service,
        "days": days,
        "q": text,
        "who": f"move={moved.pk}" if moved else f"resident={chosen.pk}" if chosen else "",
        "guessed": guessed_among(day.date for day in days),
        "found": [
            {
                "name": resident.name,
                "line": resident.line,
                "book_url": f"?resident={resident.pk}&service={code}&day={shown.date if shown else ''}",
            }
            for resident in (search_residents(request.user, text, most=8) if text else [])
        ],
        "picked": picked,
        "chosen_so_far": urlencode({"service": code, "day": shown.date if shown else "", "session": picked}),
    }


def _to_move(request: StaffRequest) -> Booking | None:
    """The booking that stands and gets another time; a visit of a request is moved there."""
    key = request.POST.get("move") or request.GET.get("move") or ""
    if not key:
        return None
    rows = Booking.objects.visible_to(reader_of(request)).filter(
        state=BookingState.BOOKED, session__service__isnull=False
    )
    rows = rows.select_related("session__service", "community", "resident__household__building__estate")
    return get_object_or_404(rows, pk=int(key) if re.fullmatch(r"[0-9]{1,18}", key) else 0)


def _move(request: StaffRequest, form: BookForForm, moved: Booking, community: Any) -> Booking:
    session = form.cleaned_data["session"]
    session.community = community  # the form offers no other's
    return actions.move_booking(
        booking=moved,
        to=session,
        by=request.user,
        at=clock.now(),
        seen=seen_version(request),
    )


def _key_of_chosen(request: StaffRequest) -> str:
    return request.POST.get("resident") or request.GET.get("resident") or ""


def _chosen(request: StaffRequest) -> Resident | None:
    key = _key_of_chosen(request)
    rows = Resident.objects.visible_to(reader_of(request)).current().select_related("household__building__estate")
    return get_object_or_404(rows, pk=int(key)) if is_row_number(key) else None


def _namesakes(form: BookForForm, community: Any) -> list[Likeness]:
    """Files with the newcomer's name; with their name and phone it is theirs, and there are none to tell them apart from."""
    data = form.cleaned_data
    if data["resident"] or not data.get("name"):
        return []
    phones = [read_phone(data["phone"])]
    found = find_duplicates(community, name=read_name(data["name"]), born_on=None, id_hash="", phones=phones)
    if any(likeness.why == "name_phone" for likeness in found):
        return []
    return [likeness for likeness in found if likeness.why == "name"]


def _alike(request: StaffRequest, form: BookForForm, namesakes: list[Likeness]) -> list[Likeness]:
    """Files that may be the newcomer's, for somebody to look first; none once they were said to be another."""
    data = form.cleaned_data
    if data["resident"] or not data.get("name") or request.POST.get("another_person"):
        return []
    return namesakes + typed_for(request, data["name"], known=namesakes)


def _book(request: StaffRequest, form: BookForForm, community: Any, namesakes: list[Likeness]) -> Booking:
    data = form.cleaned_data
    about: dict[str, Any] = {name: data[name] for name in ("session", "party_size", "note", "source")}
    about |= {"by": request.user, "at": clock.now()}
    data["session"].community = community  # the form offers no other's
    if data["resident"]:
        return actions.book(resident=data["resident"], **about)
    apart_from = [likeness.resident for likeness in namesakes]
    return actions.book_newcomer(name=data["name"], phone=data["phone"], apart_from=apart_from, **about)


@for_staff(*STAFF)
def resident_bookings(request: StaffRequest, pk: int) -> HttpResponse:
    """What a resident booked: a panel of their file."""
    resident = get_object_or_404(Resident.objects.visible_to(request.user), pk=pk)
    page = Paginator(bookings_of(resident, reader=request.user), 12).get_page(request.GET.get("page"))
    context = {"resident": resident, "page": page}
    return render_page(
        request, "appointments/resident_bookings.html", context, fragment="appointments/resident_bookings_panel.html"
    )
