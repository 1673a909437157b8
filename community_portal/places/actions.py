"""Deeds on places: opening hours and closures of a hall, the public calendar, grids and buildings.

Places know no roles; ``by`` answers for themselves what they hold where (``has_role_at``), in plain words.
"""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from community_portal import clock, departures
from community_portal.places.models import (
    WEEKDAYS,
    Building,
    CalendarDay,
    CalendarYear,
    Closure,
    Community,
    DayKind,
    Estate,
    Grid,
    OpeningHours,
    Room,
    Street,
)
from community_portal.refusals import NotAllowed, Refusal
from community_portal.web.editions import must_be

RUNS_A_HALL = ("manager", "street_officer")

CLOSED_BEFORE = dt.timedelta(days=366)
CLOSED_AHEAD = dt.timedelta(days=731)


def _must_run(by: Any, community: Community) -> None:
    if by is not None and not by.has_role_at(community.pk, *RUNS_A_HALL):
        raise NotAllowed(_("只有社区书记或街道干部可以改这里的设置。"))


def may_edit_calendar(user: Any) -> bool:
    """The public calendar counts for everybody: street officers and administrators only."""
    return bool(user is None or user.is_superuser or "street_officer" in user.roles)


@transaction.atomic
def set_hall(
    community: Community, *, name: str, name_en: str, address: str, phone: str, by: Any, seen: str | None = None
) -> None:
    """What stands on every page and in every message: how the house is called, where it is, who answers the telephone."""
    _must_run(by, community)
    must_be(seen, hall_of(Community.objects.select_for_update().get(pk=community.pk)))
    community.name, community.name_en, community.address, community.phone = name, name_en, address, phone
    community.save(update_fields=["name", "name_en", "address", "phone"])


def hall_of(community: Community) -> dict[str, str]:
    """What ``set_hall`` sets, as it stands."""
    return {name: getattr(community, name) for name in ("name", "name_en", "address", "phone")}


@transaction.atomic
def set_keeps_forms(street: Street, *, on: bool, by: Any) -> None:
    """Whether phones of staff may keep what found no network: names lie on them meanwhile, so the street says."""
    if by is not None and not by.is_superuser and street.pk not in by.streets_as("street_officer"):
        raise NotAllowed(_("这个开关由街道来定。"))
    Street.objects.filter(pk=street.pk).update(keeps_forms=on)
    street.keeps_forms = on


@transaction.atomic
def close_house(community: Community, *, by: Any, at: dt.datetime) -> None:
    """The house is given up: it is offered no more, and what lies ahead of it is dealt with at once (departures.py)."""
    _must_be_of_the_street(by, community)
    if Community.objects.filter(pk=community.pk, is_active=True).update(is_active=False):
        community.is_active = False
        departures.house_closed(community, by=by, at=at)


@transaction.atomic
def reopen_house(community: Community, *, by: Any, at: dt.datetime) -> None:
    """It opens again, with its plan; who was called off has to book anew."""
    _must_be_of_the_street(by, community)
    if Community.objects.filter(pk=community.pk, is_active=False).update(is_active=True):
        community.is_active = True
        departures.house_reopened(community, by=by, at=at)


def _must_be_of_the_street(by: Any, community: Community) -> None:
    if by is not None and not by.has_role_at(community.pk, "street_officer"):
        raise NotAllowed(_("会客厅停用或恢复由街道来定。"))


@transaction.atomic
def set_room(room: Room, *, by: Any, seen: str | None = None) -> Room:
    """A room of the hall, new or changed. It is never deleted, for what took place there: out of use it is offered no more."""
    _must_run(by, room.community)
    if room.pk:
        must_be(seen, Room.objects.select_for_update().get(pk=room.pk))
    try:
        with transaction.atomic():
            room.save()
    except IntegrityError as error:
        raise Refusal(_("已经有一间叫这个名字。"), code="room_exists", field="name", status=409) from error
    return room


@transaction.atomic
def set_opening_hours(
    community: Community,
    *,
    hours: list[tuple[int, dt.time, dt.time]],
    by: Any,
    at: dt.datetime,
    seen: str | None = None,
) -> None:
    """The hall's whole week, ``(weekday, opens, closes)``; a weekday may have two stretches, without overlap.

    ``seen`` is the edition of ``hours_of`` that the page showed. Raises Refusal beside a day, Changed.
    """
    _must_run(by, community)
    last: tuple[int, dt.time] | None = None
    for weekday, opens, closes in sorted(hours):
        if opens >= closes:
            sentence = _("%(day)s关门时间要晚于开门时间。") % {"day": WEEKDAYS[weekday]}
            raise Refusal(sentence, code="closes_before_opening", field=f"day_{weekday}")
        if last and last[0] == weekday and opens < last[1]:
            sentence = _("%(day)s的两段时间不能重叠。") % {"day": WEEKDAYS[weekday]}
            raise Refusal(sentence, code="hours_overlap", field=f"day_{weekday}")
        last = (weekday, closes)
    Community.objects.select_for_update().get(pk=community.pk)
    must_be(seen, hours_of(community))
    OpeningHours.objects.filter(community=community).delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(community=community, weekday=weekday, opens_at=opens, closes_at=closes)
        for weekday, opens, closes in hours
    )


def hours_of(community: Community) -> list[tuple[int, dt.time, dt.time]]:
    """The hall's week as it stands, ``(weekday, opens, closes)``."""
    return list(OpeningHours.objects.filter(community=community).values_list("weekday", "opens_at", "closes_at"))


@transaction.atomic
def add_closure(
    community: Community, *, first_on: dt.date, last_on: dt.date, reason: str, by: Any, at: dt.datetime
) -> Closure:
    """Days on which the hall stays shut; from today on, begun a year ago at most, never over another one."""
    _must_run(by, community)
    if last_on < first_on:
        raise Refusal(_("结束日期不能早于开始日期。"), code="ends_before_start", field="last_on")
    if last_on < clock.local(at).date():
        raise Refusal(_("这几天已经过去了。"), code="closure_in_the_past", field="last_on")
    if first_on < clock.local(at).date() - CLOSED_BEFORE:
        raise Refusal(_("最早从一年前开始，请看看年份有没有写错。"), code="too_long_ago", field="first_on")
    if last_on > clock.local(at).date() + CLOSED_AHEAD:
        raise Refusal(_("最多登记到两年以后，请看看年份有没有写错。"), code="too_far", field="last_on")
    try:
        with transaction.atomic():
            return Closure.objects.create(community=community, first_on=first_on, last_on=last_on, reason=reason)
    except IntegrityError as error:
        raise Refusal(_("这几天已经登记过闭馆。"), code="closures_overlap", field="first_on", status=409) from error


@transaction.atomic
def remove_closure(closure: Closure, *, by: Any) -> None:
    """The hall opens after all."""
    _must_run(by, closure.community)
    closure.delete()


@transaction.atomic
def set_calendar_day(
    *, date: dt.date, kind: str, name: str, works_as: int | None, by: Any, at: dt.datetime
) -> CalendarDay:
    """A day as the notice has it; the yearly import leaves it alone from now on."""
    if not may_edit_calendar(by):
        raise NotAllowed(_("公共日历只有街道干部和管理员可以改。"))
    if kind == DayKind.MAKEUP and works_as is None:
        raise Refusal(_("请选调休上班日按星期几的时间表开放。"), code="no_plan_weekday", field="works_as")
    day, _made = CalendarDay.objects.update_or_create(
        date=date,
        defaults={
            "kind": kind,
            "name": name,
            "works_as": works_as if kind == DayKind.MAKEUP else None,
            "is_edited": True,
        },
    )
    return day


@transaction.atomic
def announce_year(year: int, *, by: Any, at: dt.datetime) -> None:
    """The notice of this year is out and its days are entered: dates in it are no guess any more."""
    if not may_edit_calendar(by):
        raise NotAllowed(_("公共日历只有街道干部和管理员可以改。"))
    CalendarYear.objects.update_or_create(year=year, defaults={"is_announced": True, "imported_at": at})


@transaction.atomic
def add_grid(community: Community, *, number: int, note: str, by: Any) -> Grid:
    """One more grid; its number counts inside the community."""
    _must_run(by, community)
    try:
        with transaction.atomic():
            return Grid.objects.create(community=community, number=number, note=note)
    except IntegrityError as error:
        raise Refusal(_("这个网格号已经有了。"), code="grid_exists", field="number", status=409) from error


@transaction.atomic
def add_building(
    grid: Grid, *, estate_name: str, number: int, suffix: str, units: int, floors: int, by: Any
) -> Building:
    """One more building in a grid; a new estate name makes a new estate of the community."""
    _must_run(by, grid.community)
    estate, _made = Estate.objects.get_or_create(community=grid.community, name=estate_name)
    try:
        with transaction.atomic():
            return Building.objects.create(
                estate=estate, grid=grid, number=number, suffix=suffix.upper(), units=units, floors=floors
            )
    except IntegrityError as error:
        raise Refusal(_("这个小区已经有这一幢了。"), code="building_exists", field="number", status=409) from error


@transaction.atomic
def remove_grid(grid: Grid, *, by: Any) -> None:
    """A grid that was a slip of the pen. One that anything refers to stays: officers, homes, requests speak of it."""
    _must_run(by, grid.community)
    if grid.buildings.exists():
        raise Refusal(_("这个网格还有楼幢，先把楼幢删去。"), code="grid_has_buildings", field="what", status=409)
    try:
        with transaction.atomic():
            grid.delete()
    except ProtectedError as error:
        sentence = _("这个网格派过网格员，或者有住户、有事项，要留着。")
        raise Refusal(sentence, code="grid_in_use", field="what", status=409) from error


@transaction.atomic
def remove_building(building: Building, *, by: Any) -> None:
    """A building that was a slip of the pen, and its estate when it was the only one; not one where somebody is on file."""
    estate = building.estate
    _must_run(by, estate.community)
    try:
        with transaction.atomic():
            building.delete()
    except ProtectedError as error:
        raise Refusal(_("这一幢有登记过的住户，要留着。"), code="building_in_use", field="what", status=409) from error
    if not estate.buildings.exists():
        estate.delete()
