"""Settings of the plan: weekly openings and services; categories of requests."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from appointments.models import Category
from appointments.requests.actions.categories import may_edit_category, save_category
from appointments.requests.forms import CategoryForm, PapersForm
from community_portal import clock
from community_portal.bookings.actions import save_opening, save_service
from community_portal.bookings.actions.services import may_edit_service
from community_portal.bookings.models import Channel, Opening, Service
from community_portal.bookings.planning import DAYS_AHEAD
from community_portal.bookings.queries import bookings_to_move, openings_of
from community_portal.people.models import Membership, Role, User
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.places.calendar import guessed_among
from community_portal.places.models import WEEKDAYS, Grid, Room
from community_portal.refusals import Changed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import beside
from community_portal.web.inputs import DayField
from community_portal.web.pages import done, refused, render_page
from community_portal.web.paging import is_row_number

MOST_PLACES = 1000  # as the table of openings has it
PLANNERS = (Role.MANAGER, Role.STREET_OFFICER)


class OpeningForm(forms.ModelForm):
    weekday = forms.TypedChoiceField(
        label=_("星期"),
        choices=list(enumerate(WEEKDAYS)),
        coerce=int,
        error_messages={"invalid_choice": _("请选星期几。"), "required": _("请选星期几。")},
    )
    capacity = forms.IntegerField(
        label=_("每场名额"),
        min_value=1,
        max_value=MOST_PLACES,
        initial=1,
        error_messages=dict.fromkeys(("min_value", "max_value", "invalid", "required"), _("每场 1 到 1000 个名额。")),
    )
    valid_from = DayField(label=_("开始日期"))
    valid_until = DayField(label=_("结束日期"), required=False)

    class Meta:
        model = Opening
        fields = [
            "service",
            "channel",
            "weekday",
            "starts_at",
            "ends_at",
            "capacity",
            "host",
            "grid",
            "room",
            "on_holidays",
            "valid_from",
            "valid_until",
        ]
        labels = {"service": _("办什么")}
        widgets = {
            "starts_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "ends_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, community: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields
        chosen["service"].queryset = Service.objects.offered_in(community)
        chosen["host"].queryset = _hosts_of(community)
        chosen["grid"].queryset = Grid.objects.filter(community=community)
        chosen["room"].queryset = Room.objects.filter(community=community, is_active=True)
        chosen["service"].empty_label = _("请选")
        for name, words in (("host", _("不指定")), ("grid", _("不限网格")), ("room", _("不指定"))):
            chosen[name].empty_label = words

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and ends_at and starts_at >= ends_at:
            # The table says it too, but above the form.
            self.add_error("ends_at", _("结束时间要晚于开始时间。"))
        return data


def _hosts_of(community: Any) -> QuerySet[User]:
    """Who works in the house today."""
    in_office = Membership.objects.in_force(on=clock.today()).filter(
        Q(community=community) | Q(grid__community=community)
    )
    return User.objects.filter(is_active=True, pk__in=in_office.values("user"))


@for_staff(*PLANNERS)
def settings_openings(request: StaffRequest) -> HttpResponse:
    """The weekly plan, with a mark on hosts who left, and sessions outside it in which somebody still has a booking."""
    community: Any = house_of(request)
    today = clock.today()
    context = {
        "weekdays": _by_weekday(openings_of(community, on=today)),
        "hosts": set(_hosts_of(community).values_list("pk", flat=True)),
        "guessed": guessed_among([today, today + dt.timedelta(days=DAYS_AHEAD)]),
        "to_move": bookings_to_move(community_ids=[community.pk], at=clock.now())[:50],
    }
    return render_page(request, "appointments/settings_openings.html", context)


def _by_weekday(openings: Iterable[Opening]) -> list[tuple[Any, list[dict[str, Any]]]]:
    """Weekday by weekday, what is open at the same hours in the same way in one line."""
    lines: dict[tuple[Any, ...], list[Opening]] = {}
    for opening in openings:
        hours = (opening.weekday, opening.starts_at, opening.ends_at, opening.get_channel_display())
        lines.setdefault(hours, []).append(opening)
    days: dict[int, list[dict[str, Any]]] = {}
    for (weekday, starts_at, ends_at, channel), found in lines.items():
        line = {"starts_at": starts_at, "ends_at": ends_at, "channel": channel, "openings": found}
        days.setdefault(weekday, []).append(line)
    return [(WEEKDAYS[weekday], rows) for weekday, rows in sorted(days.items())]


def _seen(request: StaffRequest, row: Any) -> int | None:
    """The version that the page showed; None for a new row, the present one on the first look."""
    typed = request.POST.get("seen", "")
    return None if row.pk is None else int(typed) if is_row_number(typed) else row.version


@for_staff(*PLANNERS)
@once
def edit_opening(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A weekly rule; its future sessions follow in the same moment."""
    community: Any = house_of(request)
    opening = (
        get_object_or_404(Opening, pk=pk, community=community)
        if pk
        else Opening(community=community, valid_from=clock.today())
    )
    seen = _seen(request, opening)
    form = OpeningForm(request.POST or None, instance=opening, community=community)
    if request.method == "POST" and form.is_valid():
        try:
            done_now = save_opening(
                opening=form.save(commit=False),
                by=request.user,
                at=clock.now(),
                seen=seen,
            )
            sentence = _("已保存：新开 %(new)s 场，撤下 %(gone)s 场。") % {
                "new": done_now.created,
                "gone": done_now.removed,
            }
            return done(request, sentence, "settings_openings")
        except Changed as changed:
            return refused(request, changed, back=reverse("settings_openings"))
        except Refusal as refusal:
            beside(form, refusal)
    context = {
        "form": form,
        "opening": opening,
        "title": _("改开放时间") if pk else _("加一条开放时间"),
        "crumb": _("每周开放时间"),
        "back": reverse("settings_openings"),
        "seen": seen,
    }
    return render_page(request, "appointments/settings_form.html", context, status=422 if form.errors else 200)


class ServiceForm(PapersForm):
    channels = forms.MultipleChoiceField(label=_("方式"), choices=Channel.choices, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Service
        fields = [
            "name",
            "name_en",
            "description",
            "description_en",
            "papers",
            "papers_en",
            "channels",
            "minutes",
            "party_max",
            "lead_minutes",
            "cancel_cutoff_minutes",
            "move_cutoff_minutes",
            "position",
            "is_active",
        ]


@for_staff(*PLANNERS)
def settings_services(request: StaffRequest) -> HttpResponse:
    """What people can come for; one's own may be changed."""
    community: Any = house_of(request)
    user: Any = request.user
    rows = Service.objects.filter(community=community) | Service.objects.filter(
        community__isnull=True, street__isnull=True
    )
    rows = rows | Service.objects.filter(community__isnull=True, street_id=community.street_id)
    context = {"services": [(s, may_edit_service(s, user)) for s in rows.order_by("position", "id")]}
    return render_page(request, "appointments/settings_services.html", context)


@for_staff(*PLANNERS)
@once
def edit_service(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A service of this community, or a changed one."""
    community: Any = house_of(request)
    service = get_object_or_404(Service, pk=pk) if pk else Service(community=community)
    if pk and not may_edit_service(service, request.user):
        raise Http404
    seen = _seen(request, service)
    form = ServiceForm(request.POST or None, instance=service)
    if request.method == "POST" and form.is_valid():
        wanted = form.save(commit=False)
        try:
            saved = save_service(service=wanted, by=request.user, at=clock.now(), seen=seen)
            return done(request, _saved_words(saved.called_off), "settings_services")
        except Changed as changed:
            return refused(request, changed, back=reverse("settings_services"))
        except Refusal as refusal:
            beside(form, refusal)
    title = str(service) if pk else _("加一项服务")
    context = {"form": form, "title": title, "crumb": _("服务项目"), "back": reverse("settings_services"), "seen": seen}
    return render_page(request, "appointments/settings_form.html", context, status=422 if form.errors else 200)


def _saved_words(called_off: int) -> Any:
    if not called_off:
        return _("已保存。")
    return ngettext(
        "已保存。%(n)s 个预约取消了，已经告诉他们。", "已保存。%(n)s 个预约取消了，已经告诉他们。", called_off
    ) % {"n": called_off}


@for_staff(*PLANNERS)
def settings_categories(request: StaffRequest) -> HttpResponse:
    """What requests are about, with their limits: everyone's and the street's; one's own may be changed."""
    community: Any = house_of(request)
    user: Any = request.user
    rows = Category.objects.filter(Q(street=None) | Q(street=community.street_id))
    context = {
        "categories": [(category, may_edit_category(category, user)) for category in rows],
        "may_add": edit_category.access.admits(user),  # type: ignore[attr-defined]
    }
    return render_page(request, "appointments/settings_categories.html", context)


@for_staff(Role.STREET_OFFICER)
@once
def edit_category(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """Limits and papers of a category; a new one is the street's own."""
    user: Any = request.user
    category = get_object_or_404(Category, pk=pk) if pk else Category(street=_street_for(request))
    if not may_edit_category(category, user):
        raise Http404
    seen = _seen(request, category)
    form = CategoryForm(request.POST or None, instance=category)
    if request.method == "POST" and form.is_valid():
        try:
            save_category(category=form.save(commit=False), by=user, at=clock.now(), seen=seen)
            return done(request, _("已保存。"), "settings_categories")
        except Changed as changed:
            return refused(request, changed, back=reverse("settings_categories"))
        except Refusal as refusal:
            beside(form, refusal)
    context = {
        "form": form,
        "title": str(category) if pk else _("新的类别"),
        "crumb": _("求助类别与时限"),
        "back": reverse("settings_categories"),
        "seen": seen,
    }
    return render_page(request, "appointments/settings_form.html", context, status=422 if form.errors else 200)


def _street_for(request: StaffRequest) -> Any:
    """Whose a new category is: the street of the house, everyone's when an administrator adds it."""
    community: Any = house_of(request)
    return None if request.user.is_superuser else community.street
