"""The weekly plan and the sessions made from it. Changing the plan never orphans a booking: it lists it for staff."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.bookings.actions.sessions import KIND_OF
from community_portal.bookings.models import Channel, Opening, Session, SessionState
from community_portal.bookings.planning import DAYS_AHEAD, DayPlan, covers
from community_portal.bookings.seats import refusing, release_expired
from community_portal.people.authority import staff_authority
from community_portal.people.models import Role, User
from community_portal.places.actions import hours_of
from community_portal.places.models import WEEKDAYS, Community
from community_portal.places.working_time import ONE_DAY
from community_portal.refusals import Changed, NotAllowed, Refusal

WHO_AND_WHERE = ("community", "service", "channel", "weekday", "host", "room", "grid")
PLANNERS = (Role.MANAGER, Role.RECEPTIONIST, Role.STREET_OFFICER)


@dataclass
class Replanned:
    """What became of the future sessions. ``kept`` lie outside the plan and have bookings that staff must move; ``called_off``
    counts bookings whose people were told that there is nothing to move to."""

    created: int = 0
    removed: int = 0
    called_off: int = 0
    kept: list[Session] = field(default_factory=list)


@transaction.atomic
def save_opening(
    *, opening: Opening, by: User | None, at: dt.datetime, seen: int | None = None, days: int = DAYS_AHEAD
) -> Replanned:
    """Stores a new or changed weekly rule and makes its future sessions anew, in one transaction.

    ``opening`` carries the wanted values; ``seen`` is its version as the page showed it. Times at which its host or room
    is busy are left out. Raises Changed when somebody else saved it meanwhile, Refusal ``times``, ``ends_before_start``,
    ``room`` and ``hall_is_shut`` (422) and ``planned_already`` (409), NotAllowed for anybody who does not plan there.
    """
    _check_planner(by, opening.community_id)
    _check_rule(opening)
    _check_plan(opening)
    if opening.pk is None:
        opening.save(force_insert=True)
    else:
        version = opening.version if seen is None else seen
        held = Opening.objects.select_for_update().filter(pk=opening.pk, version=version).first()
        if held is None:
            raise Changed(_("情况有变：这条开放时间刚刚有人改过，请再看一眼。"))
        opening.version = version + 1
        opening.save(force_update=True)
    return replan([opening], at=at, days=days)


@transaction.atomic
def open_planned_sessions(*, at: dt.datetime, days: int = DAYS_AHEAD, community_id: int | None = None) -> Replanned:
    """Every night: the sessions of the next ``days`` days as the plan, the calendar and the closures want them.

    Running it twice changes nothing. With ``community_id`` only one house, for instance after a closure was entered.
    """
    openings = Opening.objects.select_related("service", "community").order_by("id")
    if community_id is not None:
        openings = openings.filter(community_id=community_id)
    return replan(list(openings), at=at, days=days)


def replan(openings: list[Opening], *, at: dt.datetime, days: int) -> Replanned:
    """Brings the future sessions of these rules in line with the plan: adds, adapts, removes, or keeps and lists."""
    first = clock.local(at).date()
    last = first + ONE_DAY * days
    plan = DayPlan.load(first, last, {opening.community_id for opening in openings})
    existing: dict[int | None, list[Session]] = defaultdict(list)
    for session in Session.objects.filter(opening__in=openings, starts_at__gt=at).order_by("id"):
        existing[session.opening_id].append(session)
    done = Replanned()
    fresh: list[Session] = []
    for opening in openings:
        wanted = plan.times_of(opening, after=at)
        for session in existing[opening.pk]:
            if wanted.get(session.starts_at) == session.ends_at:
                del wanted[session.starts_at]
                _adapt(session, opening, done, at)
            elif session.starts_at < clock.at_wall(last + ONE_DAY, dt.time.min):
                _remove(session, done, at)
        fresh += [_planned(opening, start, end, at) for start, end in wanted.items()]
    before = Session.objects.filter(opening__in=openings).count()
    # A host or room that is busy then keeps what it has: the database leaves such a session out.
    Session.objects.bulk_create(fresh, batch_size=500, ignore_conflicts=True)
    done.created = Session.objects.filter(opening__in=openings).count() - before if fresh else 0
    return done


def _planned(opening: Opening, starts_at: dt.datetime, ends_at: dt.datetime, at: dt.datetime) -> Session:
    return Session(opening=opening, starts_at=starts_at, ends_at=ends_at, changed_at=at, **_facts(opening))


def _facts(opening: Opening) -> dict[str, Any]:
    """What a session takes over from its rule, besides its time."""
    service = opening.service
    return {
        "community_id": opening.community_id,
        "kind": KIND_OF[Channel(opening.channel)],
        "service_id": service.pk,
        "title": service.name,
        "title_en": service.name_en,
        "channel": opening.channel,
        "capacity": opening.capacity,
        "host_id": opening.host_id,
        "grid_id": opening.grid_id,
        "room_id": opening.room_id,
    }


def _adapt(session: Session, opening: Opening, done: Replanned, at: dt.datetime) -> None:
    """Same time as before: capacity, host, room follow the rule. One called off by hand stays off."""
    facts = _facts(opening)
    if session.state != SessionState.OPEN or all(getattr(session, name) == value for name, value in facts.items()):
        return
    release_expired(at=at, session_id=session.pk)
    session = Session.objects.select_for_update().get(pk=session.pk)
    facts["capacity"] = max(opening.capacity, session.taken)
    at_once = Session.objects.filter(
        state=SessionState.OPEN, starts_at__lt=session.ends_at, ends_at__gt=session.starts_at
    ).exclude(pk=session.pk)
    is_host_busy = opening.host_id and at_once.filter(host_id=opening.host_id).exists()
    if is_host_busy or (opening.room_id and at_once.filter(room_id=opening.room_id).exists()):
        _remove(session, done, at)
        return
    with refusing():
        Session.objects.filter(pk=session.pk).update(version=F("version") + 1, changed_at=at, **facts)


def _remove(session: Session, done: Replanned, at: dt.datetime) -> None:
    """Outside the plan. Empty: gone. Booked: kept for those who have booked, closed to others, and listed."""
    release_expired(at=at, session_id=session.pk)
    session = Session.objects.select_for_update().get(pk=session.pk)
    if session.state != SessionState.OPEN:
        return
    if session.taken == 0:
        done.removed += 1
        if session.bookings.exists():  # their history stays; the row leaves the plan
            Session.objects.filter(pk=session.pk).update(
                state=SessionState.CANCELLED, opening=None, version=F("version") + 1, changed_at=at
            )
        else:
            session.delete()
        return
    Session.objects.filter(pk=session.pk).update(
        opening=None, to_move=True, capacity=F("taken"), version=F("version") + 1, changed_at=at
    )
    done.kept.append(session)


def _check_rule(opening: Opening) -> None:
    """What no rule may be, whatever else is planned."""
    if opening.starts_at >= opening.ends_at:
        raise Refusal(_("结束时间要晚于开始时间。"), code="times", field="ends_at")
    if opening.valid_until and opening.valid_until < opening.valid_from:
        raise Refusal(_("结束日期不能早于开始日期。"), code="ends_before_start", field="valid_until")
    if opening.room_id and opening.room and opening.room.community_id != opening.community_id:
        raise Refusal(_("这个房间不在本社区。"), code="room", field="room")


def _check_plan(opening: Opening) -> None:
    """Beside the other rules of the house: the same one twice would double the places; and somebody has to be in the hall."""
    Community.objects.select_for_update(no_key=True).get(pk=opening.community_id)
    if _is_only_less(opening):
        return
    if _same_rules(opening).exists():
        raise Refusal(_("已经有同样的开放时间。"), code="planned_already", field="starts_at", status=409)
    week = hours_of(opening.community)
    if opening.channel != Channel.CENTRE or not week:
        return
    open_then = [(opens, closes) for day, opens, closes in week if day == opening.weekday]
    if not covers(open_then, opening.starts_at, opening.ends_at):
        raise Refusal(_hours_sentence(opening.weekday, open_then), code="hall_is_shut", field="starts_at")


def _is_only_less(opening: Opening) -> bool:
    """The rule as it stood, or shorter: whoever ends one of two doubles, or one the hall is shut for, is not in the way."""
    before = Opening.objects.filter(pk=opening.pk).first()
    if before is None or any(getattr(before, name) != getattr(opening, name) for name in WHO_AND_WHERE):
        return False
    lasted, lasts = (row.valid_until or dt.date.max for row in (before, opening))
    fits_in_time = before.starts_at <= opening.starts_at and opening.ends_at <= before.ends_at
    return fits_in_time and before.valid_from <= opening.valid_from and lasts <= lasted


def _same_rules(opening: Opening) -> QuerySet[Opening]:
    """Other rules with the same people and place, at hours and on days of this one."""
    same = Opening.objects.exclude(pk=opening.pk).filter(**{name: getattr(opening, name) for name in WHO_AND_WHERE})
    same = same.filter(starts_at__lt=opening.ends_at, ends_at__gt=opening.starts_at)
    same = same.exclude(valid_until__lt=opening.valid_from)
    return same.filter(valid_from__lte=opening.valid_until) if opening.valid_until else same


def _hours_sentence(weekday: int, stretches: list[tuple[dt.time, dt.time]]) -> Any:
    if not stretches:
        return _("会客厅%(day)s不开门。") % {"day": WEEKDAYS[weekday]}
    hours = gettext("、").join(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in stretches)
    return _("会客厅%(day)s只在 %(hours)s 开门。") % {"day": WEEKDAYS[weekday], "hours": hours}


def _check_planner(by: User | None, community_id: int) -> None:
    staff_authority(by, community_id=community_id)
    if by is not None and not by.has_role_at(community_id, *PLANNERS):
        raise NotAllowed(_("开放时间由接待员、书记或街道来定。"))
