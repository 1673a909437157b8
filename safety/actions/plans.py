"""Planning a drill, and the way of its plan: to the street, to the people, to another day, or not at all."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F, Max, Model
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.bookings.actions.sessions import cancel_session, open_session
from community_portal.bookings.models import SessionKind, SessionState
from community_portal.casework.actions import in_source_words, open_case, start_matter
from community_portal.casework.flow import may_open
from community_portal.casework.models import Source
from community_portal.matters.actions.steps import authority_in, take
from community_portal.people.authority import staff_authority
from community_portal.people.models import User
from community_portal.people.staff.memberships import staff_at
from community_portal.people.wording import read_text
from community_portal.places.models import Community
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.rules.evaluation import limit_of
from safety.actions.helping import place_anew
from safety.actions.telling import tell_everybody, tell_street, tell_team
from safety.models import Check, CheckItem, Drill, DrillPremises, Objective, Premises, Question
from safety.rights import must_plan
from safety.workflow.drill import DRILL, LIMITS
from safety.workflow.states import LEADERS, PLANNED, Drilling, Putting

PLAN = (
    "kinds", "starts_at", "ends_at", "place", "places_for", "scenario", "route", "stop_rule", "permission", "medic",
    "weather", "commander", "deputy", "evaluator",
)  # fmt: skip
# What may still change after the street said yes; all else is what it said yes to.
LATER = frozenset({"members", "stations", "points"})


@transaction.atomic
def plan_drill(
    community: Community,
    *,
    title: str,
    premises: Premises | None = None,
    by: User | None,
    at: dt.datetime,
    source: str = Source.DESK,
    **plan: Any,
) -> Drill:
    """A new drill in its first state, with the check-list of every drill and the house that it began with."""
    if by is not None and not may_open(DRILL, by, community):
        raise NotAllowed(_("演练由安全专员或书记来筹划。"))
    title = read_text(title, field="title")[:80]
    if not title:
        raise Refusal(_("请写演练的名称。"), code="no_title", field="title")
    _check_plan(community, plan, at=at)
    case = open_case(
        community=community, grid=None, resident=None, asker=None, title=title, words=plan.get("scenario") or title,
        source=source, address=plan.get("place", ""), phone_tail="", by=by, at=at,
    )  # fmt: skip
    drill = Drill(case=case, community=community, state=Drilling.DRAFT, handler=by, **plan)
    start_matter(drill, by=by, at=at, authority=staff_authority(by, community_id=community.pk))
    CheckItem.objects.bulk_create(CheckItem(drill=drill, what=what) for what in Check.values)
    if premises:
        house = DrillPremises(premises=premises, floors=premises.floors)
        add_to_plan(drill, house, part="houses", by=by, at=at)
    return drill


@transaction.atomic
def change_plan(drill: Drill, *, seen: int | None = None, by: User | None, at: dt.datetime, **plan: Any) -> None:
    """Raises Changed when it was changed meanwhile or has gone to the street."""
    must_plan(drill, by)
    if drill.state != Drilling.DRAFT or seen is not None and seen != drill.version:
        raise Changed(_("情况有变：方案刚刚改过，或者已经送街道了，请再看一眼。"))
    _check_plan(drill.community, plan, at=at)
    for name, value in plan.items():
        setattr(drill, name, value)
    drill.version += 1
    drill.save(update_fields=[*plan, "version"])
    _journal(drill, _("时间、地点和人"), by=by, at=at)


def _check_plan(community: Community, plan: dict[str, Any], *, at: dt.datetime) -> None:
    starts_at, ends_at = plan.get("starts_at"), plan.get("ends_at")
    if not plan.get("kinds"):
        raise Refusal(_("请选练什么。"), code="no_kinds", field="kinds")
    if starts_at is None or starts_at <= at:
        raise Refusal(_("开始时间要在以后。"), code="past", field="starts_at")
    if ends_at is None or ends_at <= starts_at:
        raise Refusal(_("结束时间要晚于开始时间。"), code="times", field="ends_at")
    if ends_at > starts_at + dt.timedelta(hours=8):
        raise Refusal(_("一场演练不会超过 8 个小时，请核对时间。"), code="times", field="ends_at")
    _check_people(community, plan, at=at)


def _check_people(community: Community, plan: dict[str, Any], *, at: dt.datetime) -> None:
    commander, deputy, evaluator = (plan.get(name) for name in ("commander", "deputy", "evaluator"))
    if evaluator and evaluator in (commander, deputy):
        raise Refusal(_("评估人不能是总指挥或副总指挥。"), code="own_judge", field="evaluator")
    if commander and commander == deputy:
        raise Refusal(_("副总指挥要另选一位。"), code="same_person", field="deputy")
    here = set(staff_at(community.pk, *LEADERS, on=clock.local(at).date()).values_list("pk", flat=True))
    for name, person in (("commander", commander), ("deputy", deputy), ("evaluator", evaluator)):
        if person and person.pk not in here:
            raise Refusal(_("请选本社区或街道的工作人员。"), code="not_here", field=name)


@transaction.atomic
def add_to_plan(drill: Drill, row: Any, *, part: str, by: User | None, at: dt.datetime) -> None:
    """A house, a member of a group, a station, an assembly point, an objective or a question more."""
    _may_change(drill, part, by)
    row.drill = drill
    if hasattr(row, "community_id"):
        row.community = drill.community
    if isinstance(row, Objective | Question):
        row.number = (getattr(drill, part).aggregate(last=Max("number"))["last"] or 0) + 1
    row.full_clean(exclude=["drill"])
    row.save(force_insert=True)
    if isinstance(row, DrillPremises):
        place_anew(drill)
    _journal(drill, row, by=by, at=at)


@transaction.atomic
def take_from_plan(drill: Drill, row: Model, *, part: str, by: User | None, at: dt.datetime) -> None:
    _may_change(drill, part, by)
    said = str(row)
    if isinstance(row, DrillPremises):
        row.helpers.update(house=None, floor=None)
    row.delete()
    _journal(drill, _("去掉了%(what)s") % {"what": said}, by=by, at=at)


def _may_change(drill: Drill, part: str, by: User | None) -> None:
    must_plan(drill, by)
    if drill.state != Drilling.DRAFT and not (part in LATER and drill.state in PLANNED):
        raise Changed(_("情况有变：街道批的就是这一份方案，现在不能改了。"))


def _journal(drill: Drill, what: Any, *, by: User | None, at: dt.datetime) -> None:
    authority = authority_in(drill, by, at=at)
    drill.write("planned", by=by, at=at, authority=authority, detail={"what": in_source_words(what)})


@transaction.atomic
def submit(drill: Drill, *, by: User | None, at: dt.datetime, seen: int | None = None, words: str = "") -> None:
    must_lie_ahead(drill, at=at)
    take(drill, "submit", by=by, at=at, seen=seen, words=words)
    tell_street(drill, at=at)


@transaction.atomic
def approve(drill: Drill, *, by: User | None, at: dt.datetime, seen: int | None = None, words: str = "") -> None:
    """From now on it is in the commander's hands."""
    must_lie_ahead(drill, at=at)
    take(drill, "approve", by=by, at=at, seen=seen, words=words, changes={"handler": drill.commander})


@transaction.atomic
def notify(drill: Drill, *, by: User | None, at: dt.datetime, seen: int | None = None, words: str = "") -> None:
    """People may sign up. Raises Refusal ``too_late`` when it starts sooner than they have to be told."""
    days = int(limit_of(LIMITS, "notice_days", street=drill.community.street, on=clock.local(at).date(), default=3))
    if clock.local(drill.starts_at).date() < clock.local(at).date() + dt.timedelta(days=days):
        raise Refusal(_("要至少提前 %(n)s 天通知，请先改期。") % {"n": days}, code="too_late")
    take(drill, "notify", by=by, at=at, seen=seen, words=words, changes={"notified_at": at})
    drill.session = open_session(
        community=drill.community,
        kind=SessionKind.ACTIVITY,
        title=drill.title,
        starts_at=drill.starts_at,
        ends_at=drill.ends_at,
        capacity=drill.places_for,
        place_text=drill.place,
        by=by,
        at=at,
    )
    drill.save(update_fields=["session"])
    tell_team("drill_task", drill, at=at)


def must_lie_ahead(drill: Drill, *, at: dt.datetime) -> None:
    if drill.starts_at <= at:
        raise Refusal(_("定的时间已经过了，请先改时间。"), code="past")


@transaction.atomic
def postpone(drill: Drill, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None) -> None:
    """Back to the plan; whoever signed up is told, and signs up anew when there is another day."""
    _call_off(drill, words=words, by=by, at=at)
    tell_team("drill_moved", drill, at=at, words=words)
    take(drill, "postpone", by=by, at=at, seen=seen, words=words, changes={"notified_at": None, "session": None})
    _begin_checks_anew(drill)


def _begin_checks_anew(drill: Drill) -> None:
    drill.checks.update(done_at=None, done_by=None, waived_why="", photo=None)
    drill.helpers.update(confirmed_at=None)


@transaction.atomic
def cancel(drill: Drill, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None) -> None:
    """Whoever knew of it hears why, and no other word of the booking that goes with it."""
    take(drill, "cancel", by=by, at=at, seen=seen, words=words)
    _free_retests(drill)
    if drill.session is not None:
        tell_everybody("drill_called_off", drill, at=at, words=words)
    _call_off(drill, words=words, are_told=True, by=by, at=at)


def _free_retests(drill: Drill) -> None:
    """What was to be tried in it is tried in no drill now: another has to be named, before whatever found it is closed."""
    drill.retests.exclude(state=Putting.RETESTED).update(retest_in=None, version=F("version") + 1)


def _call_off(drill: Drill, *, words: str, are_told: bool = False, by: User | None, at: dt.datetime) -> None:
    session = drill.session
    if session is not None and session.state == SessionState.OPEN and session.starts_at > at:
        cancel_session(session=session, reason=words, are_told=are_told, by=by, at=at)


@transaction.atomic
def abort(drill: Drill, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None) -> None:
    """A real alarm, somebody hurt. Everybody is told at once, as long as it is known who had signed up."""
    take(drill, "abort", by=by, at=at, seen=None, words=words, changes={"abort_why": read_text(words, field="words")})
    _free_retests(drill)
    drill.houses.update(evacuated_at=None, evacuated_in=None)  # how long it took in earnest is no figure of drills
    tell_everybody("drill_aborted", drill, at=at, words=words)
    _call_off(drill, words=words, are_told=True, by=by, at=at)
