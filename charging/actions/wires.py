"""Reporting a wire, looking at it, joining what was reported twice, and the end of it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from charging.models import DemandPoint, DemandSource, Outcome, WireReport
from charging.models.wires import Cause, Danger
from charging.queries.effect import is_after_a_site
from charging.rules import limit_at
from charging.workflow.wires import OPEN, Wire
from community_portal import clock
from community_portal.casework.actions import authority_over, in_source_words
from community_portal.casework.models import Case, Source
from community_portal.casework.uploads import ReadFile, keep_photos
from community_portal.matters.actions.ending import reopen as reopen_matter
from community_portal.matters.actions.opening import open_at
from community_portal.matters.actions.steps import take
from community_portal.matters.notices import tell_resident
from community_portal.people.authority import SYSTEM, staff_authority
from community_portal.people.models import Resident, User
from community_portal.people.wording import read_text
from community_portal.places.coordinates import Placed
from community_portal.places.models import Building, Estate
from community_portal.refusals import Refusal

HIGHEST_FLOOR = 60


@transaction.atomic
def report_wire(
    *,
    estate: Estate,
    at: dt.datetime,
    by: User | None = None,
    asker: Resident | None = None,
    words: str = "",
    building: Building | None = None,
    unit: str = "",
    floor: int | None = None,
    place: str = "",
    cause: str = "",
    dangers: Sequence[str] = (),
    photos: Sequence[ReadFile] = (),
    source: str = "",
    placed: Placed | None = None,
    code: str = "",
    case: Case | None = None,
) -> WireReport:
    """A new report; who says no name looks it up by the ``code``. The same window that is reported
    already joins that report at once; one that came back soon after it was closed weighs more. Found by another service it
    goes on in the ``case`` that there is.

    Raises Refusal beside ``building``, ``floor``, ``place`` or ``dangers``.
    """
    wire = WireReport(
        estate=estate,
        building=building,
        unit=read_text(unit, field="unit", longest=20),
        floor=floor,
        place=read_text(place, field="place", longest=120),
        cause=cause,
        dangers=list(dangers),
        is_urgent=bool(dangers),
        is_anonymous=asker is None and by is None,
    )
    _must_be_somewhere(wire)
    if wire.building_id:  # two reports of one window come one after the other
        Building.objects.select_for_update(no_key=True).get(pk=wire.building_id)
    wire.place_at(placed or _where_the_building_is(building))
    wire.weight = 1 + _times_back(wire, at=at)
    wire.after_site = is_after_a_site(wire, on=clock.local(at).date())
    _open(wire, words=words, asker=asker, source=source, code=code, case=case, by=by, at=at)
    if photos:
        event = wire.case.events.order_by("sequence").first()
        keep_photos(wire.case, list(photos), by=by, at=at, event=event)
    if asker:
        tell_resident("wire_reported", wire, at=at)
    if first := same_window(wire):
        join(wire, first=first, by=None, at=at)
    return wire


def _must_be_somewhere(wire: WireReport) -> None:
    if wire.building and wire.building.estate_id != wire.estate_id:
        raise Refusal(_("这一幢不在这个小区。"), code="other_estate", field="building")
    if not (wire.building or wire.place):
        raise Refusal(_("请选是哪一幢，或者写在哪里。"), code="no_place", field="place")
    if wire.floor is not None and not 1 <= wire.floor <= HIGHEST_FLOOR:
        raise Refusal(_("楼层写 1 到 %(most)s。") % {"most": HIGHEST_FLOOR}, code="bad_floor", field="floor")
    if set(wire.dangers) - set(Danger.values) or wire.cause not in ("", *Cause.values):
        raise Refusal(_("没有这个选项。"), code="unknown_choice", field="dangers")


def _where_the_building_is(building: Building | None) -> Placed | None:
    if building is None or building.lon is None or building.lat is None:
        return None
    return Placed(building.lon, building.lat, building.entered_crs, building.entered)


def _open(
    wire: WireReport,
    *,
    words: str,
    asker: Resident | None,
    source: str,
    code: str,
    case: Case | None,
    by: User | None,
    at: dt.datetime,
) -> None:
    community = wire.estate.community
    is_resident = _is_their_own(by, asker)
    authority = "self" if is_resident else staff_authority(by, community_id=community.pk) if by else SYSTEM
    open_at(
        community,
        wire,
        title=where_of(wire),
        words=read_text(words, field="words") or in_source_words(_("有人从楼上拉线下来充电。")),
        authority=authority,
        by=by,
        at=at,
        asker=asker,
        address=where_of(wire),
        grid=wire.building.grid if wire.building else None,
        source=source or (Source.ONLINE if is_resident or by is None else Source.DESK),
        phone_tail=code,
        case=case,
    )


def _is_their_own(by: User | None, asker: Resident | None) -> bool:
    """Whether somebody reports for themselves, whatever their file was merged into."""
    if by is None or by.resident is None or asker is None:
        return False
    return by.resident.present_file.pk == asker.present_file.pk


def where_of(wire: WireReport) -> str:
    """上海路9号 9幢 1单元 4楼, and what else was said of the place."""
    floor = _("%(n)s 楼") % {"n": wire.floor} if wire.floor else ""
    unit = f"{wire.unit}单元" if wire.unit.isdecimal() else wire.unit
    parts = (wire.estate.name, str(wire.building or ""), unit, floor, wire.place)
    return " ".join(filter(None, parts))


def _window(wire: WireReport) -> dict[str, Any] | None:
    """What makes two reports one: the same building, unit and floor; None where not all is told."""
    if not (wire.building_id and wire.unit and wire.floor):
        return None
    return {"building": wire.building_id, "unit": wire.unit, "floor": wire.floor}


def same_window(wire: WireReport) -> WireReport | None:
    """The report of the same window that is open already."""
    same = _window(wire)
    if same is None:
        return None
    rows = WireReport.objects.filter(state__in=OPEN, **same).exclude(pk=wire.pk)
    return rows.select_related("case", "estate").order_by("id").first()


def _times_back(wire: WireReport, *, at: dt.datetime) -> int:
    """How often it was closed there within the days in which it counts as back."""
    same = _window(wire)
    if same is None:
        return 0
    days = int(limit_at(wire.estate.community, "wire_repeat_days", 30, on=clock.local(at).date()))
    rows = WireReport.objects.filter(state=Wire.CLOSED, closed_at__gte=at - dt.timedelta(days=days), **same)
    return rows.exclude(outcome=Outcome.NOT_FOUND).count()


@transaction.atomic
def join(wire: WireReport, *, first: WireReport | None, by: User | None, at: dt.datetime, **given: Any) -> None:
    """The same wire as ``first``, which goes on alone; who reported this one hears what comes of that. Raises Refusal beside
    ``first``."""
    if first is None or first.pk == wire.pk or first.estate_id != wire.estate_id:
        raise Refusal(_("请选同一个小区的另一件飞线。"), code="not_the_same", field="first")
    if not _still_open(wire, first):
        raise Refusal(_("那一件已经办结了，不能再并过去。"), code="closed_already", field="first")
    take(
        wire,
        "join",
        by=by,
        at=at,
        changes={"join_of": first, "after_site": False},
        detail={"number": first.case.number},
        **given,
    )
    WireReport.objects.filter(join_of=wire).update(join_of=first)
    if wire.is_urgent and not first.is_urgent:
        WireReport.objects.filter(pk=first.pk).update(is_urgent=True)
    detail = {"number": wire.case.number}
    first.write("joined_by", by=by, at=at, authority=authority_over(first, by), detail=detail)


def _still_open(wire: WireReport, first: WireReport) -> bool:
    """Both are locked meanwhile, so that two never join each other."""
    rows = WireReport.objects.select_for_update(no_key=True).filter(pk__in=[wire.pk, first.pk]).order_by("pk")
    return {row.pk: row.state for row in rows}[first.pk] in OPEN


@transaction.atomic
def check(wire: WireReport, *, cause: str = "", by: User, at: dt.datetime, **given: Any) -> None:
    """Somebody was there and saw it: from now on it is demand for a port nearby."""
    take(wire, "check", by=by, at=at, changes={"cause": cause or wire.cause}, **given)
    DemandPoint.objects.get_or_create(
        wire=wire,
        defaults={
            "source": DemandSource.WIRE,
            "community": wire.community,
            "estate": wire.estate,
            "building": wire.building,
            "weight": wire.weight,
            "at": at,
        },
    )


@transaction.atomic
def close(wire: WireReport, *, outcome: str, by: User, at: dt.datetime, words: str = "", **given: Any) -> None:
    """What came of it, said to everybody who reported it. Raises Refusal beside ``outcome``."""
    if outcome not in Outcome.values:
        raise Refusal(_("请选结果怎么样。"), code="no_outcome", field="outcome")
    take(wire, "close", by=by, at=at, words=words, changes={"outcome": outcome}, **given)
    DemandPoint.objects.filter(wire=wire).update(until=clock.local(at).date())
    for other in wire.joined.select_related("case__asker", "community"):
        other.write("first_closed", by=by, at=at, authority=SYSTEM, words=words, is_public=True)
        tell_resident("wire_closed", other, at=at, words=words)


@transaction.atomic
def reopen(wire: WireReport, *, by: User, at: dt.datetime, **given: Any) -> None:
    """It is there again: looked at anew, and it weighs more."""
    reopen_matter(wire, by=by, at=at, changes={"outcome": "", "weight": wire.weight + 1}, **given)
    DemandPoint.objects.filter(wire=wire).update(until=None, weight=wire.weight)
