"""A hazard is found and looked at: opened, verified, no hazard, the same as another, a wire; or mended on the spot."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.captured import done_at
from community_portal.casework.actions import authority_over, in_source_words
from community_portal.casework.models import Case, Source
from community_portal.casework.uploads import ReadFile
from community_portal.matters.actions.opening import open_at
from community_portal.matters.actions.steps import take
from community_portal.matters.notices import tell_resident
from community_portal.matters.passing import pass_to
from community_portal.people.authority import SYSTEM, staff_authority
from community_portal.people.models import HOUSE_STAFF, Organisation, Resident, Role, User
from community_portal.people.wording import read_text
from community_portal.places.coordinates import Placed
from community_portal.places.models import Building, Community, Estate
from community_portal.refusals import NotAllowed, Refusal
from safety.actions.hazard_photos import keep_hazard_photos, must_be_fit
from safety.models import Hazard, HazardKind, HazardSource, Level, Premises, Side
from safety.queries.hazards import before_here
from safety.rights import companies_that_may_start, give_to, has_one_of
from safety.workflow.hazard_clauses import clause_of
from safety.workflow.hazard_kinds import RANK
from safety.workflow.hazards import WIRE
from safety.workflow.states import HAZARD_OPEN, READERS, STREET, Hazarding

TOLD = {
    HazardSource.RESIDENT: Source.ONLINE,
    HazardSource.GRID: Source.GRID,
    HazardSource.PROPERTY: Source.PROPERTY,
    HazardSource.STAFF: Source.CHECK,
    HazardSource.ROUND: Source.PATROL,
    HazardSource.DRILL: Source.DRILL,
    HazardSource.SURVEY: Source.SURVEY,
    HazardSource.HOTLINE: Source.HOTLINE,
}


@transaction.atomic
def open_hazard(
    *,
    community: Community,
    kind: str,
    words: str,
    source: str,
    by: User | None,
    at: dt.datetime,
    premises: Premises | None = None,
    building: Building | None = None,
    estate: Estate | None = None,
    place_text: str = "",
    level: str = "",
    photos: Sequence[ReadFile] = (),
    part_of: Case | None = None,
    clause: str = "",
    reporter: Resident | None = None,
    code: str = "",
    told: str = "",
) -> Hazard:
    """A hazard that somebody found. Whoever answers for safety and says how bad it is has looked: it is verified at once. A property
    company finds them in what it manages, and is given them in the same deed. Who leaves no name looks it up by the ``code``;
    ``told`` is how it reached us, where ``source`` does not say.

    Raises Refusal beside ``kind``, ``level``, ``place``, ``words``; NotAllowed for whoever may not open one there.
    """
    firm = _may_open(by, community, premises=premises, building=building, reporter=reporter)
    hazard = Hazard(
        community=community,
        kind=kind,
        level=level,
        source=source,
        premises=premises,
        building=building or (premises.building if premises else None),
        place=read_text(place_text, field="place", longest=120),
        clause=clause or clause_of(kind, community.street, at=at),
        is_anonymous=by is None and reporter is None and source == HazardSource.RESIDENT,
    )
    hazard.estate = estate or (hazard.building.estate if hazard.building else None)
    _must_be_told(hazard)
    hazard.place_at(_point_of(hazard.building))
    hazard.opened_at = at
    hazard.times_here = before_here(hazard).count() + 1
    if level and source != HazardSource.RESIDENT and has_one_of(by, community.pk, READERS):
        hazard.state, hazard.verified_at = Hazarding.VERIFIED, at
    event = open_at(
        community,
        hazard,
        title=in_source_words(_("%(place)s：%(what)s") % {"place": where_of(hazard), "what": HazardKind(kind).label}),
        words=read_text(words, field="words") or in_source_words(HazardKind(kind).label),
        authority=_authority(by, community, reporter, firm),
        by=by,
        at=at,
        asker=reporter,
        address=where_of(hazard),
        grid=_grid_of(hazard),
        source=told or TOLD[HazardSource(source)],
        phone_tail=code,
        part_of=part_of,
    )
    keep_hazard_photos(hazard, photos, Side.BEFORE, by=by, at=at, event=event)
    if firm is not None:
        give_to(hazard, firm, by=None, at=at)
    return hazard


def _may_open(
    by: User | None, community: Community, *, premises: Any, building: Any, reporter: Resident | None
) -> Organisation | None:
    """Nobody in particular, residents, and the staff of the house may anywhere; a property company, which is answered, in what it
    manages."""
    if by is None or has_one_of(by, community.pk, HOUSE_STAFF | STREET):
        return None
    if reporter is not None and by.resident is not None and by.resident.present_file.pk == reporter.present_file.pk:
        return None
    firm = companies_that_may_start(by, premises=premises, building=building).first()
    if firm is None:
        raise NotAllowed(_("这里不归您管，请打社区电话，或者用“反映问题”报。"))
    return firm


def _authority(by: User | None, community: Community, reporter: Resident | None, firm: Organisation | None) -> str:
    if by is None:
        return SYSTEM
    if firm is not None:
        return f"role:{Role.PROPERTY}"
    is_own = reporter is not None and by.resident is not None and by.resident.present_file.pk == reporter.pk
    return "self" if is_own else staff_authority(by, community_id=community.pk)


def _must_be_told(hazard: Hazard) -> None:
    if hazard.kind not in HazardKind.values:
        raise Refusal(_("请选是哪一种隐患。"), code="no_kind", field="kind")
    if hazard.level not in ("", *Level.values):
        raise Refusal(_("请选级别。"), code="no_level", field="level")
    if not (hazard.premises or hazard.building or hazard.place):
        raise Refusal(_("请选是哪里，或者写在哪里。"), code="no_place", field="place")
    for thing in (hazard.premises, hazard.estate):
        if thing is not None and thing.community_id != hazard.community.pk:
            raise Refusal(_("这个地方不在本社区。"), code="other_community", field="place")


def _point_of(building: Building | None) -> Placed | None:
    if building is None or building.lon is None or building.lat is None:
        return None
    return Placed(building.lon, building.lat, building.entered_crs, building.entered)


def _grid_of(hazard: Hazard) -> Any:
    if hazard.premises and hazard.premises.grid:
        return hazard.premises.grid
    return hazard.building.grid if hazard.building else None


def where_of(hazard: Hazard) -> str:
    """长泰花园 2幢 架空层东头: premises have a name of their own."""
    house = (hazard.estate.name if hazard.estate else "", str(hazard.building or ""))
    parts = (hazard.premises.name, hazard.place) if hazard.premises else (*house, hazard.place)
    return " ".join(filter(None, parts))[:60]


@transaction.atomic
def verify(
    hazard: Hazard,
    *,
    level: str = "",
    kind: str = "",
    photos: Sequence[ReadFile] | None = None,
    by: User | None,
    at: dt.datetime,
    **given: Any,
) -> None:
    """Somebody was there: it is one, so bad. Raises Refusal beside ``level``."""
    changes = {"level": _read_level(level or hazard.level), "kind": _read_kind(kind or hazard.kind), "verified_at": at}
    event = take(hazard, "verify", by=by, at=at, changes=changes, **given)
    keep_hazard_photos(hazard, photos, Side.BEFORE, by=by, at=at, event=event)


def _read_level(level: str) -> str:
    if level not in Level.values:
        raise Refusal(_("请选级别。"), code="no_level", field="level")
    return level


def _read_kind(kind: str) -> str:
    if kind not in HazardKind.values:
        raise Refusal(_("请选是哪一种隐患。"), code="no_kind", field="kind")
    return kind


@transaction.atomic
def regrade(
    hazard: Hazard, *, level: str, by: User | None, at: dt.datetime, words: str = "", interim: str = "", **given: Any
) -> None:
    """Worse or less bad than was thought; less bad needs a reason, worse what is done meanwhile where it is given to somebody."""
    level = _read_level(level)
    if RANK[level] < RANK[hazard.level] and len(read_text(words, field="words")) < 2:
        raise Refusal(_("降级要写为什么。"), code="no_words", field="words")
    interim = read_text(interim or "", field="interim", longest=200) or hazard.interim
    must_be_guarded(hazard, level, interim)
    detail = {"from": hazard.level, "to": level}
    take(hazard, "regrade", by=by, at=at, words=words, changes={"level": level, "interim": interim}, detail=detail, **given)  # fmt: skip


def must_be_guarded(hazard: Hazard, level: str, interim: str, *, given: bool | None = None) -> None:
    """What is bad is guarded until it is gone."""
    is_given = hazard.assigned_at is not None if given is None else given
    if is_given and RANK[level] > RANK[Level.GENERAL] and len(interim) < 2:
        raise Refusal(_("较大、重大的隐患，要写改好以前怎么防。"), code="no_interim", field="interim")


@transaction.atomic
def fix(
    hazard: Hazard,
    *,
    words: str,
    photos: Sequence[ReadFile] | None = None,
    level: str = "",
    by: User,
    at: dt.datetime,
    **given: Any,
) -> None:
    """Mended where they stood, with a photo; somebody else looks at it once more."""
    must_have_photos(photos)
    must_be_fit(hazard, photos, Side.AFTER)
    changes: dict[str, Any] = {
        "level": _read_level(level or hazard.level or Level.GENERAL),
        "verified_at": hazard.verified_at or at,
        "fixed_on_spot": True,
    }
    event = take(hazard, "fix", by=by, at=at, words=words, changes=changes | mended(words, by=by, at=at), **given)
    keep_hazard_photos(hazard, photos, Side.AFTER, by=by, at=at, event=event)


def must_have_photos(photos: Sequence[ReadFile] | None) -> None:
    if not photos:
        raise Refusal(_("还差 1 项：整改后的照片，至少一张。"), code="no_photo", field="photos")


def mended(words: str, *, by: User | None, at: dt.datetime) -> dict[str, Any]:
    """What is set by whoever says that it is mended."""
    return {
        "rectified": read_text(words, field="words"),
        "rectified_at": done_at(at),
        "rectifier": by,
        "reinspector": None,
    }


@transaction.atomic
def duplicate(hazard: Hazard, *, first: Hazard | None, by: User | None, at: dt.datetime, **given: Any) -> None:
    """The same as ``first``, which goes on alone; who reported this one hears what comes of that. Raises Refusal beside ``first``."""
    if first is None or first.pk == hazard.pk or first.community_id != hazard.community_id:
        raise Refusal(_("请选本社区的另一件隐患。"), code="not_the_same", field="first")
    rows = Hazard.objects.select_for_update(no_key=True).filter(pk__in=[hazard.pk, first.pk]).order_by("pk")
    if {row.pk: row.state for row in rows}[first.pk] not in HAZARD_OPEN:
        raise Refusal(_("那一件已经办结了，不能再并过去。"), code="closed_already", field="first")
    detail = {"number": first.case.number}
    take(hazard, "duplicate", by=by, at=at, changes={"duplicate_of": first}, detail=detail, **given)
    Hazard.objects.filter(duplicate_of=hazard).update(duplicate_of=first)
    authority, detail = authority_over(first, by), {"number": hazard.case.number}
    first.write("duplicate_of_this", by=by, at=at, authority=authority, detail=detail, is_public=True)


@transaction.atomic
def pass_on(
    hazard: Hazard, *, estate: Estate | None = None, by: User | None, at: dt.datetime, words: str = "", **given: Any
) -> None:
    """A wire let down from a window: whoever looks after these takes it over, in the same case. Raises Refusal beside ``estate``."""
    found = estate or hazard.estate
    if found is None or found.community_id != hazard.community_id:
        raise Refusal(_("请选飞线在哪个小区。"), code="no_estate", field="estate")
    take(hazard, "pass_on", by=by, at=at, words=words, changes={"kind": HazardKind.WIRE, "estate": found}, **given)
    pass_to(
        WIRE, hazard, estate=found, building=hazard.building, place=hazard.place or where_of(hazard), words=words,
        by=by, at=at,
    )  # fmt: skip


def tell_of_the_first(hazard: Hazard, kind: str, *, words: str, at: dt.datetime) -> None:
    """Those who reported the same place hear what came of it."""
    for other in hazard.duplicates.select_related("case__asker", "community"):
        other.write("first_closed", by=None, at=at, authority=SYSTEM, words=words, is_public=True)
        tell_resident(kind, other, at=at, words=words)
