"""What the house has on, and signing up for it."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.core.validators import MaxValueValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from appointments.visits.book import chosen_before
from community_portal import clock
from community_portal.bookings.actions import leave_queue, wait_for_place
from community_portal.bookings.actions.limits import most_at_once, too_many
from community_portal.bookings.actions.waiting import place_in_queue
from community_portal.bookings.agreements import bookings_concerning
from community_portal.bookings.models import BookingState, Session, SessionKind, SessionState, Waiting
from community_portal.bookings.queries import activities_ahead
from community_portal.people.models import DelegationScope, Resident
from community_portal.people.once import once
from community_portal.people.register.forms import PersonField, offer_people
from community_portal.people.register.queries import people_of
from community_portal.people.shell import house_of
from community_portal.places.models import Community
from community_portal.refusals import Refusal
from community_portal.web.access import SignedInRequest, for_residents, open_to_all
from community_portal.web.forms import beside
from community_portal.web.pages import done, refused, render_page
from community_portal.web.paging import is_row_number

A_PAGE = 12


@open_to_all
def activities(request: HttpRequest) -> HttpResponse:
    """All that lies ahead, soonest first; after sign-in what was chosen stands on top."""
    chosen = chosen_before(request)
    house = house_of(request)
    ahead = activities_ahead(house, at=clock.now()) if house else Session.objects.none()
    page = Paginator(ahead, A_PAGE).get_page(request.GET.get("page"))
    picked = list(ahead.filter(pk=chosen.pk)) if chosen else []
    mine = bookings_concerning(request.user)
    context = {
        "rows": with_mine(list(page), mine),
        "picked": with_mine(picked, mine),
        "page": page,
        "calendar_path": _calendar_of(house) if house else "",
    }
    return render_page(request, "appointments/activities.html", context)


def _calendar_of(house: Community) -> str:
    """The address to subscribe to. Calendars send no cookie, so a page that is not in Chinese says its language in it."""
    language = get_language() or settings.LANGUAGE_CODE
    path = reverse("community_calendar", args=[house.code])
    return path if language == settings.LANGUAGE_CODE else f"{path}?lang={language}"


def with_mine(ahead: list[Session], bookings: Any) -> list[tuple[Session, int | None]]:
    """Each with that of the ``bookings`` which is for it and stands."""
    mine = bookings.filter(session__in=ahead, state=BookingState.BOOKED) if ahead else bookings.none()
    booked = dict(mine.values_list("session", "pk"))
    return [(session, booked.get(session.pk)) for session in ahead]


class WaitForm(forms.Form):
    """For whom, and how many."""

    resident = PersonField(label=_("为谁排队"))
    party_size = forms.IntegerField(
        label=_("几个人来"), min_value=1, initial=1, error_messages={"required": _("请写几个人来。")}
    )

    def __init__(self, *args: Any, people: list[Resident], session: Session, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_people(self, people)
        most = most_at_once(session)
        self.fields["party_size"].validators.append(MaxValueValidator(most, too_many(most, is_staff=False)))


@for_residents
@once
def wait_for_activity(request: SignedInRequest, pk: int) -> HttpResponse:
    """Queueing up for an activity that is full, and where one stands; whoever has no file yet signs up for something first."""
    rows = Session.objects.filter(kind=SessionKind.ACTIVITY, state=SessionState.OPEN, to_move=False)
    session = get_object_or_404(rows.select_related("community", "service"), pk=pk, starts_at__gt=clock.now())
    people = people_of(request.user, scope=DelegationScope.BOOK, on=clock.today())
    if not people:
        sentence = _("还没有您的档案：请先在会客厅登记，或预约一次到访。")
        return refused(request, Refusal(sentence, code="no_file"), back=reverse("activities"))
    mine = list(Waiting.objects.standing().filter(session=session, resident__in=people).select_related("resident"))
    if request.method == "POST" and "leave" in request.POST:
        return _leave(request, mine, pk)
    left = [person for person in people if person.pk not in {one.resident_id for one in mine}]
    form = WaitForm(request.POST or None, people=left, session=session) if left else None
    if form and form.is_valid():
        try:
            who = form.cleaned_data.get("resident") or left[0]
            wait_for_place(
                session=session, resident=who, party_size=form.cleaned_data["party_size"], by=request.user,
                at=clock.now(),
            )  # fmt: skip
            return done(request, _("排上队了，有名额会自动补上。"), "wait_for_activity", pk)
        except Refusal as refusal:
            beside(form, refusal)
    context = {"session": session, "mine": [(one, place_in_queue(one)) for one in mine], "form": form}
    return render_page(request, "appointments/wait.html", context, status=422 if form and form.errors else 200)


def _leave(request: SignedInRequest, mine: list[Waiting], pk: int) -> HttpResponse:
    key = request.POST["leave"]
    chosen = [one for one in mine if is_row_number(key) and one.pk == int(key)]
    try:
        for one in chosen:
            leave_queue(waiting=one, by=request.user, at=clock.now())
    except Refusal as refusal:
        return refused(request, refusal, back=reverse("wait_for_activity", args=[pk]))
    return done(request, _("已不再排队。"), "activities")
