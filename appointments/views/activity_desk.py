"""What the house has on, from the staff's side: plan an activity, see who signed up, sign somebody up, call it off."""

from typing import Any, ClassVar

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.access import for_staff
from community_portal.bookings.actions import book, cancel_session, open_session
from community_portal.bookings.models import Session, SessionKind
from community_portal.bookings.queries import activities_of_house, signed_up
from community_portal.inputs import DayInput
from community_portal.pages import done, refused, render_page
from community_portal.people.models import Resident, Role
from community_portal.people.once import once
from community_portal.people.queries import is_row_number
from community_portal.people.search import search_residents
from community_portal.people.settings_views import beside
from community_portal.people.shell import house_of
from community_portal.places.models import Room
from community_portal.refusals import Refusal

HOSTS = (Role.RECEPTIONIST, Role.MANAGER, Role.STREET_OFFICER)
A_PAGE = 20


class ActivityForm(forms.Form):
    """A title, a day, from when to when, where, for how many."""

    title = forms.CharField(label=_("活动名称"), max_length=80, error_messages={"required": _("请写活动名称。")})
    title_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)
    day = forms.DateField(label=_("哪一天"), widget=DayInput(), error_messages={"required": _("请选一天。")})
    begins = forms.TimeField(label=_("从几点"), error_messages={"required": _("请填开始时间。")})
    ends = forms.TimeField(label=_("到几点"), error_messages={"required": _("请填结束时间。")})
    room = forms.ModelChoiceField(
        label=_("房间"), queryset=Room.objects.none(), required=False, empty_label=_("不占房间")
    )
    capacity = forms.IntegerField(
        label=_("名额"), min_value=1, max_value=2000, error_messages={"required": _("请填名额。")}
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False, help_text=_("居民也看得到，如：请带水杯"))

    # Where a sentence of the action belongs on this form.
    FIELD_OF: ClassVar[dict[str | None, str]] = {"starts_at": "begins", "ends_at": "ends", "capacity": "capacity"}

    def __init__(self, *args: Any, community: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = Room.objects.filter(community=community)  # type: ignore[attr-defined]
        for name in ("begins", "ends"):
            self.fields[name].widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, at in (("starts_at", "begins"), ("ends_at", "ends")):
            if data.get("day") and data.get(at):
                data[name] = clock.at_wall(data["day"], data[at])
        return data


@for_staff(*HOSTS)
def activity_list(request: HttpRequest) -> HttpResponse:
    """What lies ahead, soonest first; on request what has been."""
    past = "past" in request.GET
    rows = activities_of_house(house_of(request), at=clock.now(), past=past)
    context = {"page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")), "past": past}
    return render_page(request, "appointments/activity_list.html", context)


@for_staff(*HOSTS)
@once
def open_activity(request: HttpRequest) -> HttpResponse:
    """Plans one; residents see it at once and can sign up."""
    community: Any = house_of(request)
    form = ActivityForm(request.POST or None, community=community)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            session = open_session(
                community=community,
                kind=SessionKind.ACTIVITY,
                by=request.user,  # type: ignore[arg-type]
                at=clock.now(),
                **{
                    name: data[name]
                    for name in ("title", "title_en", "starts_at", "ends_at", "room", "capacity", "note")
                },
            )
            return done(request, _("已登记，居民现在就能报名。"), "activity", session.pk)
        except Refusal as refusal:
            if refusal.code == "room_busy":
                refusal.field = "room"
            refusal.field = ActivityForm.FIELD_OF.get(refusal.field, refusal.field)
            beside(form, refusal)
    context = {
        "form": form,
        "title": _("办一场活动"),
        "crumb": _("社区活动"),
        "back": reverse("activity_list"),
    }
    return render_page(request, "appointments/settings_form.html", context, status=422 if form.errors else 200)


@for_staff(*HOSTS)
@once
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """Who signed up; and signing up somebody who is at the desk or on the line."""
    session = _find(request, pk)
    wrong = None
    if request.method == "POST":
        try:
            resident = _chosen(request)
            book(session=session, resident=resident, source="desk", by=request.user, at=clock.now())  # type: ignore[arg-type]
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
        "found": search_residents(request.user, text, most=8) if text else [],
        "is_ahead": session.state == "open" and session.starts_at > clock.now(),
    }
    return render_page(request, "appointments/activity.html", context, status=422 if wrong else 200)


@for_staff(*HOSTS)
@require_POST
@once
def call_off_activity(request: HttpRequest, pk: int) -> HttpResponse:
    """It does not take place; whoever signed up is told."""
    session = _find(request, pk)
    seen = request.POST.get("seen", "")
    try:
        booked = cancel_session(
            session=session,
            reason=request.POST.get("reason", "").strip(),
            by=request.user,  # type: ignore[arg-type]
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


def _chosen(request: HttpRequest) -> Resident:
    key = request.POST.get("resident", "")
    rows = Resident.objects.visible_to(request.user).current().filter(pk=int(key) if is_row_number(key) else None)
    if resident := rows.first():
        return resident
    raise Refusal(_("请先找到居民。"), code="no_resident")


def _find(request: HttpRequest, pk: int) -> Session:
    rows = Session.objects.visible_to(request.user).filter(kind=SessionKind.ACTIVITY)
    return get_object_or_404(rows.select_related("room", "community", "service"), pk=pk)
