"""What the house has on, from the staff's side: plan an activity, see who signed up, sign somebody up, change it, call it off."""

from typing import Any, ClassVar

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from appointments.activities.finding import HOSTS, chosen_resident, find_activity
from appointments.activities.people import GroupForm
from community_portal import clock
from community_portal.bookings.actions import book, cancel_session, change_session, open_session
from community_portal.bookings.door import tally_of
from community_portal.bookings.models import LIVE, Session, SessionKind, Waiting
from community_portal.bookings.queries import activities_of_house, signed_up
from community_portal.people.models import Resident
from community_portal.people.once import once
from community_portal.people.register.search import search_residents
from community_portal.people.shell import house_of
from community_portal.places.models import Room
from community_portal.refusals import Changed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import beside
from community_portal.web.inputs import DayField
from community_portal.web.pages import done, refused, render_page
from community_portal.web.paging import is_row_number

A_PAGE = 20
A_QUEUE = 100
CHANGING = ("title", "title_en", "room", "place_text", "capacity", "note")


class ChangedActivityForm(forms.Form):
    """What may still change once people have signed up: words, room, places. Not the time."""

    title = forms.CharField(label=_("活动名称"), max_length=80, error_messages={"required": _("请写活动名称。")})
    title_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)
    room = forms.ModelChoiceField(
        label=_("房间"), queryset=Room.objects.none(), required=False, empty_label=_("不占房间")
    )
    place_text = forms.CharField(
        label=_("别的地点"), max_length=80, required=False, help_text=_("不在会客厅的，写在哪里，如：2 幢楼下空地")
    )
    capacity = forms.IntegerField(
        label=_("名额"), min_value=1, max_value=2000, error_messages={"required": _("请填名额。")}
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False, help_text=_("居民也看得到，如：请带水杯"))

    # Where a sentence of the action belongs on this form.
    FIELD_OF: ClassVar[dict[str, str]] = {"room_busy": "room", "times": "ends", "past": "begins", "too_far": "day"}

    def __init__(self, *args: Any, community: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = Room.objects.filter(community=community, is_active=True)  # type: ignore[attr-defined]

    def refuse(self, refusal: Refusal) -> None:
        """Puts the sentence beside its field."""
        refusal.field = self.FIELD_OF.get(refusal.code, refusal.field)
        beside(self, refusal)


class ActivityForm(ChangedActivityForm):
    """A title, a day, from when to when, where, for how many."""

    day = DayField(label=_("哪一天"), error_messages={"required": _("请选一天。")})
    begins = forms.TimeField(label=_("从几点"), error_messages={"required": _("请填开始时间。")})
    ends = forms.TimeField(label=_("到几点"), error_messages={"required": _("请填结束时间。")})

    field_order = ("title", "title_en", "day", "begins", "ends", "room", "place_text", "capacity", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("begins", "ends"):
            self.fields[name].widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, at in (("starts_at", "begins"), ("ends_at", "ends")):
            if data.get("day") and data.get(at):
                data[name] = clock.at_wall(data["day"], data[at])
        return data


@for_staff(*HOSTS)
def activity_list(request: StaffRequest) -> HttpResponse:
    """What lies ahead, soonest first; on request what has been."""
    past = "past" in request.GET
    rows = activities_of_house(house_of(request), at=clock.now(), past=past)
    context = {"page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")), "past": past}
    return render_page(request, "appointments/activity_list.html", context)


@for_staff(*HOSTS)
@once
def open_activity(request: StaffRequest) -> HttpResponse:
    """Plans one; residents see it at once and can sign up."""
    community: Any = house_of(request)
    form = ActivityForm(request.POST or None, community=community)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            session = open_session(
                community=community,
                kind=SessionKind.ACTIVITY,
                by=request.user,
                at=clock.now(),
                **{
                    name: data[name]
                    for name in ("title", "title_en", "starts_at", "ends_at", "room", "place_text", "capacity", "note")
                },
            )
            return done(request, _("已登记，居民现在就能报名。"), "activity", session.pk)
        except Refusal as refusal:
            form.refuse(refusal)
    context = {
        "form": form,
        "title": _("办一场活动"),
        "crumb": _("社区活动"),
        "back": reverse("activity_list"),
    }
    return render_page(request, "appointments/settings_form.html", context, status=422 if form.errors else 200)


@for_staff(*HOSTS)
@once
def activity(request: StaffRequest, pk: int) -> HttpResponse:
    """Who signed up; and signing up somebody who is at the desk or on the line."""
    session = find_activity(request, pk)
    wrong = None
    if request.method == "POST":
        try:
            resident = chosen_resident(request)
            book(session=session, resident=resident, source="desk", by=request.user, at=clock.now())
            return done(request, _("已替%(who)s报名。") % {"who": resident}, "activity", pk)
        except Refusal as refusal:
            wrong = refusal.sentence
    text = request.GET.get("q", "").strip()[:40]
    page = Paginator(signed_up(session), A_PAGE).get_page(request.GET.get("page"))
    if "print" in request.GET:
        page = Paginator(signed_up(session), session.capacity + 1).page(1)
    context = {
        "session": session,
        "page": page,
        "wrong": wrong,
        "q": text,
        "found": _found(request, session, text) if text else [],
        "is_ahead": session.state == "open" and session.starts_at > clock.now(),
        "is_day": session.state == "open" and clock.local(session.starts_at).date() <= clock.today(),
        "tally": tally_of(session),
        "queue": list(Waiting.objects.standing().filter(session=session).select_related("resident")[:A_QUEUE]),
        "group_form": GroupForm(),
    }
    return render_page(request, "appointments/activity.html", context, status=422 if wrong else 200)


@for_staff(*HOSTS)
@once
def change_activity(request: StaffRequest, pk: int) -> HttpResponse:
    """Other words, another room, more or fewer places; whoever signed up hears of another room."""
    session = find_activity(request, pk)
    initial = {name: getattr(session, name) for name in CHANGING}
    form = ChangedActivityForm(request.POST or None, initial=initial, community=session.community)
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("seen", "")
        try:
            told = change_session(
                session=session,
                by=request.user,
                at=clock.now(),
                seen=int(seen) if is_row_number(seen) else None,
                **form.cleaned_data,
            )
            return done(request, _changed_sentence(len(told)), "activity", pk)
        except Changed as changed:
            return refused(request, changed, back=reverse("activity", args=[pk]))
        except Refusal as refusal:
            form.refuse(refusal)
    context = {
        "form": form,
        "title": _("改这场活动"),
        "crumb": session.subject,
        "back": reverse("activity", args=[pk]),
        "seen": request.POST.get("seen") or session.version,
        "note": _("时间不能改：要换时间，请取消后重新登记，报名的人会收到消息。"),
    }
    return render_page(request, "appointments/settings_form.html", context, status=422 if form.errors else 200)


def _changed_sentence(count: int) -> Any:
    if not count:
        return _("已保存。")
    return ngettext("已保存，会告诉 %(n)s 位报名的人换了地方。", "已保存，会告诉 %(n)s 位报名的人换了地方。", count) % {
        "n": count
    }


@for_staff(*HOSTS)
@require_POST
@once
def call_off_activity(request: StaffRequest, pk: int) -> HttpResponse:
    """It does not take place; whoever signed up is told."""
    session = find_activity(request, pk)
    seen = request.POST.get("seen", "")
    try:
        booked = cancel_session(
            session=session,
            reason=request.POST.get("reason", "").strip(),
            by=request.user,
            at=clock.now(),
            seen=int(seen) if is_row_number(seen) else None,
        )
    except Refusal as refusal:
        return refused(request, refusal, back=reverse("activity", args=[pk]))
    count = len(booked)
    sentence = ngettext("活动已取消，会告诉 %(n)s 位报名的人。", "活动已取消，会告诉 %(n)s 位报名的人。", count) % {
        "n": count
    }
    return done(request, sentence, "activity_list")


def _found(request: StaffRequest, session: Session, text: str) -> list[tuple[Resident, bool]]:
    """Whom the words find, and whether they have signed up already."""
    people = list(search_residents(request.user, text, most=8))
    there = set(signed_up(session).filter(resident__in=people, state__in=LIVE).values_list("resident_id", flat=True))
    return [(person, person.pk in there) for person in people]
