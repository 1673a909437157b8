"""A place for charging points: proposed, measured, given up in plain words, and another one in its stead."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from charging.actions.telling import tell_the_neighbours
from charging.models import RejectedBecause, Round, Site, SiteKind
from charging.queries.near import same_place
from charging.workflow.clearance import judge_on
from charging.workflow.sites import SITE, State
from community_portal import clock
from community_portal.answers.actions import revoke_links
from community_portal.casework.actions import authority_over, commission
from community_portal.casework.flow import may_open
from community_portal.casework.models import Case, Source
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.deliberations.actions.meetings import call_off_meeting
from community_portal.deliberations.actions.votes import give_up_vote
from community_portal.deliberations.standing import meetings_of, votes_of
from community_portal.matters.actions.opening import open_at
from community_portal.matters.actions.steps import take
from community_portal.people.authority import SYSTEM
from community_portal.people.models import STAFF, Organisation, Role, User
from community_portal.people.wording import read_text
from community_portal.places.coordinates import Placed
from community_portal.places.models import Building, Estate
from community_portal.refusals import Changed, NotAllowed, Refusal

MOST_PORTS = 500
PLACED = ("lon", "lat", "entered_crs", "entered")
PLANNED = ("kind", "area", "planned_ports", "groups")


@transaction.atomic
def propose_site(
    *,
    estate: Estate,
    name: str,
    by: User | None,
    at: dt.datetime,
    kind: str = SiteKind.OPEN,
    building: Building | None = None,
    placed: Placed | None = None,
    outline: dict[str, Any] | None = None,
    area: Decimal | None = None,
    planned_ports: int | None = None,
    round: Round | None = None,
    words: str = "",
    is_another: bool = False,
    replaces: Site | None = None,
) -> Site:
    """A place to be looked at. Raises Refusal beside ``name``, ``building``, ``area``, ``planned_ports``, and ``same_place`` when
    another under way is so near that it may be the same, unless ``is_another`` says that it is not."""
    community = estate.community
    if by is not None and not by.is_superuser and not may_open(SITE, by, community):
        raise NotAllowed(_("选址由社区的充电专员或者物业来提。"))
    site = Site(estate=estate, building=building, name=read_text(name, field="name", longest=60), kind=kind)
    site.round, site.replaces, site.community = round, replaces, community
    site.area, site.planned_ports = area, planned_ports
    site.place_at(placed)
    site.outline = outline
    _must_be_sound(site)
    if not is_another and (other := same_place(site, on=clock.local(at).date())):
        said = _("离“%(other)s”（%(number)s）不到 30 米，是同一处吗？不是就打钩再交。")
        raise Refusal(
            said % {"other": other.full_name, "number": other.case.number}, code="same_place", field="is_another"
        )
    open_at(
        community,
        site,
        title=site.full_name,
        words=read_text(words, field="words"),
        authority=_authority(by, community.pk),
        by=by,
        at=at,
        address=f"{estate} {building}" if building else site.full_name,
        grid=building.grid if building else None,
        source=Source.PATROL,
        part_of=_first_case(replaces) if replaces else None,
    )
    _give_to_the_property_company(site, by, at=at)
    return site


def _give_to_the_property_company(site: Site, by: User | None, *, at: dt.datetime) -> None:
    """Whoever proposed it for a property company goes on with it: measures, and reads what becomes of it."""
    if by is None or by.is_superuser or by.has_role_at(site.community_id, *(SITE.openers & STAFF)):
        return
    firms = [firm for role, firm in by.organisation_posts if role == Role.PROPERTY]
    for company in Organisation.objects.filter(pk__in=firms).working_in(site.community.street):
        commission(site, organisation=company, role=Role.PROPERTY, by=None, at=at)


def _authority(by: User | None, community_id: int) -> str:
    """By a role of staff there, or as somebody of a property company."""
    if by is None:
        return SYSTEM
    if by.is_superuser:
        return "role:administrator"
    roles = [role for role in sorted(SITE.openers & STAFF) if by.has_role_at(community_id, role)]
    return f"role:{roles[0]}" if roles else "role:property"


def _first_case(site: Site) -> Case:
    return site.case.part_of or site.case


def _must_be_sound(site: Site) -> None:
    if len(site.name) < 2:
        raise Refusal(_("请写在哪里，如“一、二单元之间”。"), code="no_name", field="name")
    if site.building and site.building.estate_id != site.estate_id:
        raise Refusal(_("这一幢不在这个小区。"), code="other_estate", field="building")
    if site.area is not None and site.area <= 0:
        raise Refusal(_("面积要大于 0。"), code="no_area", field="area")
    if site.planned_ports is not None and not 1 <= site.planned_ports <= MOST_PORTS:
        raise Refusal(_("写 1 到 %(most)s 个。") % {"most": MOST_PORTS}, code="bad_ports", field="planned_ports")
    if not 1 <= site.groups <= MOST_PORTS:
        raise Refusal(_("至少一组。"), code="bad_groups", field="groups")
    if site.round and site.round.community_id != site.community_id:
        raise Refusal(_("这一批不是本社区的。"), code="other_round", field="round")


@transaction.atomic
def plan_site(
    site: Site,
    *,
    by: User,
    at: dt.datetime,
    seen: int | None = None,
    drawing: ReadFile | None = None,
    placed: Placed | None = None,
    **planned: Any,
) -> None:
    """How large it is to be, how many ports, in which round, and its drawing; before the street has approved it. The rules are
    asked anew when it goes on. Raises Changed, Refusal."""
    if site.state not in (
        State.CANDIDATE,
        State.SURVEYED,
        State.CHECKING,
        State.CONSULTING,
        State.NOTICING,
        State.APPROVED,
    ):
        raise Changed(_("情况有变：这里不再是在选址了。"))
    authority = authority_over(site, by)
    if site.state == State.APPROVED and set(planned) - {"round"}:
        planned = {"round": planned.get("round")}
    for field, value in planned.items():
        setattr(site, field, value)
    before = site.entered
    if placed:
        site.place_at(placed)
    _must_be_sound(site)
    event = site.write("planned", by=by, at=at, authority=authority)
    if before and before != site.entered:  # a correction leaves the point that was wrong in the journal
        site.write("moved", by=by, at=at, authority=authority, detail={"before": before, "after": site.entered})
    if drawing:
        site.plan = keep_file(site.case, drawing, kind="paper", by=by, at=at, event=event, is_public=False)
    rows = Site.objects.filter(pk=site.pk, version=site.version if seen is None else seen)
    fields = {name: getattr(site, name) for name in (*planned, "plan", *PLACED)}
    if not rows.update(version=site.version + 1, **fields):
        raise Changed(_("情况有变：这件事刚刚已经有人处理过了，请再看一眼。"))
    site.version += 1


@transaction.atomic
def survey(site: Site, *, area: Any, planned_ports: Any, groups: Any = None, kind: str = "", **given: Any) -> None:
    """It was measured on the spot. Raises Refusal beside what is wrong."""
    site.area, site.planned_ports = area, planned_ports
    site.groups, site.kind = groups or site.groups, kind or site.kind
    if area is None:
        raise Refusal(_("请写面积。"), code="no_area", field="area")
    if planned_ports is None:
        raise Refusal(_("请写打算装几个。"), code="bad_ports", field="planned_ports")
    _must_be_sound(site)
    take(site, "survey", changes={name: getattr(site, name) for name in PLANNED}, **given)


@transaction.atomic
def reject(site: Site, *, code: str, plain: str, by: User, at: dt.datetime, **given: Any) -> None:
    """Nothing is built there; everybody who reported a wire nearby reads why. Raises Refusal beside ``code`` or ``plain``."""
    if code not in RejectedBecause.values:
        raise Refusal(_("请选为什么不装。"), code="no_reason", field="code")
    plain = read_text(plain, field="plain", longest=200)
    if len(plain) < 4:
        raise Refusal(_("请写一句居民看得懂的话，会发给附近报过飞线的人。"), code="no_plain_words", field="plain")
    changes = {"rejected_code": code, "rejected_plain": plain, "rejected_at": at}
    take(site, "reject", by=by, at=at, changes=changes, detail={"code": code}, **given)
    revoke_links(site, at=at)
    _ask_nobody_any_more(site, words=plain, by=by, at=at)
    tell_the_neighbours(site, "site_rejected", words=plain, by=by, at=at)


def _ask_nobody_any_more(site: Site, *, words: str, by: User, at: dt.datetime) -> None:
    """What is rejected is not voted on, and nobody meets about it."""
    for vote in votes_of(site).filter(given_up_at__isnull=True, confirmed_at__isnull=True):
        give_up_vote(vote, words=words, by=by, at=at)
    for meeting in meetings_of(site):
        if meeting.is_open:
            call_off_meeting(meeting, words=words, by=by, at=at)


@transaction.atomic
def re_site(
    site: Site,
    *,
    name: str,
    by: User,
    at: dt.datetime,
    kind: str = "",
    planned_ports: int | None = None,
    area: Decimal | None = None,
    placed: Placed | None = None,
    words: str = "",
    seen: int | None = None,
) -> Site:
    """Another place in the stead of one that was given up: a matter of its own, both shown as a chain. One successor each."""
    take(site, "re_site", by=by, at=at, seen=seen, words=words)
    return propose_site(
        estate=site.estate,
        building=site.building,
        name=name,
        kind=kind or site.kind,
        planned_ports=planned_ports or site.planned_ports,
        area=area or site.area,
        round=site.round,
        placed=placed,
        words=words,
        is_another=True,
        replaces=site,
        by=by,
        at=at,
    )


@transaction.atomic
def move_on(site: Site, step: str, *, by: User, at: dt.datetime, **given: Any) -> None:
    """A step that is nothing more, held against the rules and answers of its day."""
    judge_on(site, at)
    take(site, step, by=by, at=at, **given)
