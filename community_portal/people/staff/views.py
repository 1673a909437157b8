"""Settings of a community: one page of tiles, the calendar, who works here, grids and buildings."""

from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal import clock, departures
from community_portal.people.models import RUNS, Membership, User
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.people.staff.accounts import employ
from community_portal.people.staff.forms import (
    AppointForm,
    BuildingForm,
    CalendarDayForm,
    GridForm,
    RemoveForm,
)
from community_portal.people.staff.memberships import end_membership, helped_with_passwords
from community_portal.places import actions
from community_portal.places.calendar import days_of_year, guessed_years, status_of_year
from community_portal.places.models import WEEKDAYS, Building, DayKind, Grid, in_reader_language
from community_portal.refusals import Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside
from community_portal.web.navigation import TILES
from community_portal.web.pages import done, refused, render_page
from community_portal.web.paging import is_row_number

TILES_OF_THE_FLOOR = (
    ("settings_staff", _("工作人员与网格"), _("谁在岗，哪个网格归谁"), "people", "green"),
    ("settings_estates", _("小区与楼幢"), _("多少户、几层、在哪里"), "building", "green"),
    ("settings_clients", _("接口密钥"), _("合作单位的系统怎么报数据"), "key", "amber"),
    ("settings_bodies", _("机关学校企业"), _("一起办事、没有账号的单位，找谁"), "building", "plum"),
    ("settings_calendar", _("放假与调休"), _("时限和开放日按它算"), "calendar3", "amber"),
)


@for_staff(*RUNS)
def settings_home(request: StaffRequest) -> HttpResponse:
    """A tile for each settings page."""
    tiles = [
        {"url": reverse(name), "title": title, "sub": sub, "icon": icon, "hue": hue}
        for name, title, sub, icon, hue in (*TILES, *TILES_OF_THE_FLOOR)
    ]
    context = {"tiles": tiles, "guessed": guessed_years(clock.today())}
    return render_page(request, "people/settings_home.html", context)


@for_staff(*RUNS)
@once
def settings_calendar(request: StaffRequest) -> HttpResponse:
    """Holidays and make-up days of one year, with a warning while the year is a guess."""
    today = clock.today()
    typed = request.GET.get("year", "")
    year = int(typed) if is_row_number(typed) and 2000 <= int(typed) <= 2100 else today.year
    may_edit = actions.may_edit_calendar(request.user)
    form = CalendarDayForm(request.POST) if request.POST.get("form") == "day" else CalendarDayForm()
    if request.method == "POST":
        try:
            if request.POST.get("form") == "announced":
                actions.announce_year(year, by=request.user, at=clock.now())
                return done(request, _("已记为公布。"), "settings_calendar", query={"year": year})
            if form.is_valid():
                actions.set_calendar_day(by=request.user, at=clock.now(), **form.cleaned_data)
                shown = {"year": form.cleaned_data["date"].year}
                return done(request, _("已保存。自动导入不会再改这一天。"), "settings_calendar", query=shown)
        except Refusal as refusal:
            if refusal.status == 403:
                return refused(request, refusal, back="/settings/calendar/")
            beside(form, refusal)
    rows = [
        {
            "day": day,
            "tone": {DayKind.HOLIDAY: "ok", DayKind.MAKEUP: "warn"}.get(DayKind(day.kind), "plain"),
            "plan": WEEKDAYS[day.works_as] if day.works_as is not None else "",
        }
        for day in days_of_year(year)
    ]
    context = {
        "rows": rows,
        "year": year,
        "years": range(today.year - 1, today.year + 3),
        "status": status_of_year(year),
        "form": form,
        "may_edit": may_edit,
    }
    return answer_form(request, "people/settings_calendar.html", context, form)


@for_staff(*RUNS)
@once
def settings_staff(request: StaffRequest) -> HttpResponse:
    """Who works here, in which grid; grids with their buildings."""
    community: Any = house_of(request)
    bound = request.POST.get("form", "")
    appoint_form = AppointForm(request.POST if bound == "appoint" else None, community=community, by=request.user)
    grid_form = GridForm(request.POST if bound == "grid" else None, prefix="grid")
    building_form = BuildingForm(request.POST if bound == "building" else None, prefix="building", community=community)
    remove_form = RemoveForm(request.POST if bound == "remove" else None, prefix="remove", community=community)
    form = {"appoint": appoint_form, "grid": grid_form, "building": building_form, "remove": remove_form}.get(bound)
    if request.method == "POST":
        try:
            if is_row_number(request.POST.get("end", "")):
                row = get_object_or_404(_memberships(community), pk=int(request.POST["end"]))
                words = end_membership(row, by=request.user, at=clock.now())
                sentence = _sentences(_("已结束。下一次点击起他（她）就看不到这里了。"), *words)
                return done(request, sentence, "hand_over", row.user_id, query={"ended": 1})
            if form is not None and form.is_valid():
                return done(request, _save(request, community, bound, dict(form.cleaned_data)), "settings_staff")
        except Refusal as refusal:
            if form is None or refusal.status == 403:
                return refused(request, refusal, back="/settings/staff/")
            beside(form, refusal)
    members = _memberships(community).filter(ends_on__isnull=True) | _memberships(community).filter(
        ends_on__gte=clock.today()
    )
    by: Any = request.user
    listed = list(members.order_by("role", "grid__number", "starts_on"))
    may = helped_with_passwords({row.user_id for row in listed}, by=by)
    context = {
        "members": [
            (
                row,
                reverse("issue_staff_password", args=[row.user_id]) if row.user_id in may else None,
                question,
            )
            for row, question in zip(listed, _questions_of_ending(listed, community), strict=True)
        ],
        "grids": [(grid, _names_of(buildings)) for grid, buildings in remove_form.grids()],
        "today": clock.today(),
        "appoint_form": appoint_form,
        "grid_form": grid_form,
        "building_form": building_form,
        "remove_form": remove_form,
        "community": community,
    }
    forms = (appoint_form, grid_form, building_form, remove_form)
    return answer_form(request, "people/settings_staff.html", context, *forms)


def _questions_of_ending(rows: list[Membership], community: Any) -> list[str]:
    """What is asked before each of these posts is ended, with what would be left behind if it is the only one there."""
    posts = Counter(row.user_id for row in rows)
    ahead = departures.ahead_of_posts(posts, community_id=community.pk, at=clock.now())
    first = gettext("结束后他（她）马上看不到这里的事项。")
    found = []
    for row in rows:
        left = ahead.get(row.user_id, []) if posts[row.user_id] == 1 else []
        words = gettext("还有：%(left)s。事情退回待办，约好的上门会取消并告诉居民。") % {
            "left": gettext("、").join(left)
        }
        found.append(_sentences(first, words) if left else first)
    return found


def _sentences(*words: Any) -> str:
    return in_reader_language("", " ").join(str(one) for one in words)


def _memberships(community: Any) -> Any:
    rows = Membership.objects.select_related("user", "grid", "grid__community", "community")
    return rows.filter(community=community) | rows.filter(grid__community=community)


def _save(request: StaffRequest, community: Any, bound: str, data: dict[str, Any]) -> Any:
    """Does what the form asks; answers the sentence for the page."""
    by: Any = request.user
    if bound == "appoint":
        return _appointed(employ(community, by=by, at=clock.now(), **data).user)
    if bound == "grid":
        actions.add_grid(community, by=by, **data)
        return _("已加网格。")
    if bound == "remove":
        row = data["what"]
        (actions.remove_grid if isinstance(row, Grid) else actions.remove_building)(row, by=by)
        return _("已删去。")
    actions.add_building(data.pop("grid"), by=by, **data)
    return _("已加一幢。")


def _appointed(user: User) -> Any:
    """What is next: somebody without a password cannot come in."""
    if user.has_usable_password():
        return _("已安排到岗。")
    sentence = _("已安排到岗，工作账号的用户名是 %(username)s。请在他（她）那一行设一次性密码，当面告诉本人。")
    return sentence % {"username": user.username}


def _names_of(buildings: list[Building]) -> str:
    """龙田花苑 1、2、3幢; 龙田公寓 1幢."""
    estates: dict[str, list[Building]] = {}
    for building in buildings:
        estates.setdefault(str(building.estate), []).append(building)
    return gettext("；").join(
        gettext("%(estate)s %(numbers)s幢")
        % {"estate": estate, "numbers": gettext("、").join(f"{b.number}{b.suffix}" for b in beside)}
        for estate, beside in estates.items()
    )
