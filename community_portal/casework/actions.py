"""Deeds on a case: open it, write in its journal, take a step, add papers.

A step is a compare-and-set: ``UPDATE … WHERE state and version = what we saw``. Who loses the race gets ``Changed``.
"""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.deadlines import deadline_of, moved, shifted
from community_portal.casework.flow import RESUME, Part, Step, may_take
from community_portal.casework.ladders import end_ladder, end_of, has_alarms, plan, raise_ladder
from community_portal.casework.models import Case, Commission, Event, Matter, Task
from community_portal.people.authority import staff_authority
from community_portal.people.models import Organisation, Resident, Role, User
from community_portal.places.models import Community, Estate, Grid
from community_portal.refusals import Changed, NotAllowed, Refusal


def next_number(community: Community, *, at: dt.datetime) -> str:
    """``LT-26-0318``: code, year, running number. The row lock makes numbers gapless and unique."""
    year = clock.local(at).year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO casework_casecounter (community_id, year, last) VALUES (%s, %s, 1)"
            " ON CONFLICT (community_id, year) DO UPDATE SET last = casework_casecounter.last + 1 RETURNING last",
            [community.pk, year],
        )
        return f"{community.code}-{year % 100:02d}-{cursor.fetchone()[0]:04d}"


@transaction.atomic
def open_case(
    *,
    community: Community,
    grid: Grid | None,
    resident: Resident | None,
    asker: Resident | None,
    title: str,
    words: str,
    source: str,
    phone_tail: str,
    by: User | None,
    at: dt.datetime,
    address: str = "",
    part_of: Case | None = None,
) -> Case:
    """A new file with the next number of its community. ``address`` says where: a home, a site, a place in the street."""
    return Case.objects.create(
        number=next_number(community, at=at),
        community=community,
        grid=grid,
        resident=resident,
        asker=asker,
        title=title,
        words=words,
        source=source,
        address=address,
        phone_tail=phone_tail,
        part_of=part_of,
        opened_by=by,
        opened_at=at,
    )


def open_part(case: Case, *, title: str, words: str, source: str, by: User | None, at: dt.datetime) -> Case:
    """A case of its own for a further matter of a kind that ``case`` has already: same place, same people, shown with it."""
    return open_case(
        community=case.community,
        grid=case.grid,
        resident=case.resident,
        asker=case.asker,
        title=title,
        words=words,
        source=source,
        address=case.address,
        phone_tail=case.phone_tail,
        part_of=case.part_of or case,
        by=by,
        at=at,
    )


def in_source_words(words: Any) -> str:
    """Words of the portal as the journal keeps them, whatever the language of who acts (``Flow.said_by_the_portal``)."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(words)


@transaction.atomic
def start_matter(matter: Matter, *, by: User | None, at: dt.datetime, authority: str, **line: Any) -> Event:
    """Saves a new matter in its first state, with its limit, its task and the first line of its journal."""
    _set_limit(matter, at)
    matter.state_since = matter.opened_at = at
    matter.save(force_insert=True)
    _open_task(matter, at=at)
    return matter.write("opened", by=by, at=at, authority=authority, target_state=matter.state, is_public=True, **line)


@transaction.atomic
def take_step(
    matter: Matter,
    name: str,
    *,
    by: User | None,
    at: dt.datetime,
    authority: str,
    is_party: bool = False,
    seen: int | None = None,
    changes: dict[str, Any] | None = None,
    **line: Any,
) -> Event:
    """Takes one step of its flow, and only if the matter still is what the page showed (``seen`` = its version then).

    ``changes`` are further fields of the matter set with it, ``line`` what else its journal says. Raises Changed for a lost
    race or a state from which the step does not lead, NotAllowed for the wrong person, Refusal ``not_now`` and
    ``parts_missing`` for what is not possible yet.
    """
    step = matter.flow.by_name[name]
    if seen is not None and seen != matter.version or matter.state not in step.sources:
        raise Changed(_("情况有变：这件事刚刚已经有人处理过了，请再看一眼。"))
    if not may_take(step, matter, by, is_party=is_party):
        raise NotAllowed(_("这一步要由别的岗位来办。"))
    _must_be_possible(step, matter)
    source, version = matter.state, matter.version
    had_alarms = has_alarms(matter.spec, matter.due_why)
    for field, value in (changes or {}).items():
        setattr(matter, field, value)
    matter.version += 1
    if step.target is not None:
        _enter(matter, matter.resume_state if step.target == RESUME else step.target, at)
    fields = {*_MOVING, *(changes or {})}
    updated = (
        type(matter)
        ._default_manager.filter(pk=matter.pk, state=source, version=version)
        .update(**{field: getattr(matter, field) for field in fields})
    )
    if not updated:
        raise Changed(_("情况有变：这件事刚刚已经有人处理过了，请再看一眼。"))
    if step.target is not None:
        _close_task(matter, at=at, had_alarms=had_alarms)
        _open_task(matter, at=at)
    else:
        _follow(matter, changes or {}, at=at, had_alarms=had_alarms)
    return matter.write(
        step.name,
        by=by,
        at=at,
        authority=authority,
        is_public=step.is_public,
        source_state=source,
        target_state=matter.state,
        **line,
    )


def _must_be_possible(step: Step, matter: Matter) -> None:
    if not step.when(matter):
        raise Refusal(step.not_now, code="not_now", status=409)
    missing = step.missing_parts(matter)
    if missing:
        raise PartsMissing(missing)


class PartsMissing(Refusal):
    """Something has to be put right before this step; ``parts`` are sentences, each with the page where that is done."""

    def __init__(self, parts: list[Part]) -> None:
        told = str(_("；")).join(str(part.sentence) for part in parts)
        super().__init__(_("还差 %(n)s 项：%(told)s") % {"n": len(parts), "told": told}, code="parts_missing")
        self.parts = parts


_MOVING = (
    "state",
    "state_since",
    "version",
    "due_at",
    "due_why",
    "promised_at",
    "paused_at",
    "resume_state",
    "closed_at",
)


def _enter(matter: Matter, target: str, at: dt.datetime) -> None:
    """Moves the matter in memory: clock stopped, resumed or set anew, closed or reopened."""
    spec = matter.flow.states[target]
    resuming = matter.paused_at is not None and target == matter.resume_state
    if spec.stops_clock:
        matter.paused_at, matter.resume_state = at, matter.state
    elif matter.paused_at is not None:
        if resuming and matter.due_at:
            matter.due_at = shifted(matter.due_at, paused_at=matter.paused_at, resumed_at=at, why=matter.due_why)
            matter.due_why = moved(matter.due_why, to=matter.due_at) | {"paused": True}
        if matter.promised_at:
            matter.promised_at = shifted(matter.promised_at, paused_at=matter.paused_at, resumed_at=at)
        matter.paused_at, matter.resume_state = None, ""
    matter.state, matter.state_since = target, at
    matter.closed_at = at if spec.is_end else None
    if not spec.stops_clock and not (resuming and matter.due_at):  # what was suspended has a limit anew
        _set_limit(matter, at)


def _set_limit(matter: Matter, at: dt.datetime) -> None:
    limit = matter.spec.limit(matter)
    if limit is None:
        matter.due_at, matter.due_why = None, {}
    else:
        limit = limit if limit.rule else replace(limit, rule=matter.spec.todo)
        deadline = deadline_of(limit, since=at, round_the_clock=matter.spec.round_the_clock)
        matter.due_at, matter.due_why = deadline.at, deadline.why


def _open_task(matter: Matter, *, at: dt.datetime) -> None:
    """One open task per matter, for its handler or for the role that owns the state."""
    flow, spec = matter.flow, matter.spec
    if spec.is_end:
        return
    named = matter.handler if spec.owner == "handler" else None
    due_at = None if spec.stops_clock else matter.due_at
    times = plan(spec, since=due_at or at) if has_alarms(spec, matter.due_why) else []
    task = Task.objects.create(
        case=matter.case,
        community_id=matter.community_id,
        flow=flow.name,
        matter_id=matter.pk,
        state=matter.state,
        assignee=named,
        role="" if named else flow.role_for(matter.state),
        decider=matter.decider,
        due_at=due_at,
        opened_at=at,
        ladder_until=end_of(times, since=due_at or at) if times else None,
    )
    if times:
        raise_ladder(task, times)


def _close_task(matter: Matter, *, at: dt.datetime, had_alarms: bool) -> None:
    tasks = matter.open_tasks()
    if had_alarms:
        end_ladder(tasks, at=at)
    tasks.update(done_at=at)


def _follow(matter: Matter, changes: dict[str, Any], *, at: dt.datetime, had_alarms: bool) -> None:
    """The open task of a matter that stays in its state: until the new limit, in the new hands, with what is to be decided."""
    news: dict[str, Any] = {"decider": matter.decider}
    if "due_at" in changes:  # an overdue task is no longer overdue
        news |= {"due_at": matter.due_at, "escalated_at": None}
        if had_alarms:
            _ring_by_the_new_limit(matter, at=at)
    if "handler" in changes and matter.spec.owner == "handler":
        news |= {"assignee": matter.handler, "role": "" if matter.handler else matter.flow.pool}
    matter.open_tasks().update(**news)


def _ring_by_the_new_limit(matter: Matter, *, at: dt.datetime) -> None:
    """A limit that was moved has its alarms anew, unless somebody has acknowledged."""
    open_one = matter.open_tasks()
    end_ladder(open_one, at=at)
    task = open_one.filter(acknowledged_at__isnull=True).first()
    if task is None:
        return
    since = matter.due_at or task.opened_at
    times = plan(matter.spec, since=since)
    task.ladder_until = end_of(times, since=since)
    task.save(update_fields=["ladder_until"])
    raise_ladder(task, times)


@transaction.atomic
def acknowledge(matter: Matter, *, by: User, at: dt.datetime) -> Task:
    """ "I have it": no alarm of its open task rings any more, and a task of the pool is theirs. The matter stays where it is.

    Raises Changed when somebody else was quicker or it has moved on, NotAllowed for a stranger.
    """
    authority = authority_over(matter, by)
    task = matter.open_tasks().select_for_update().first()
    if task is None or task.acknowledged_at is not None:
        raise Changed(_("情况有变：这件事刚刚有人接了。"))
    task.acknowledged_at, task.acknowledged_by = at, by
    if task.assignee_id is None:
        task.assignee = by
    task.save(update_fields=["acknowledged_at", "acknowledged_by", "assignee"])
    end_ladder(Task.objects.filter(pk=task.pk), at=at)
    matter.write("acknowledged", by=by, at=at, authority=authority)
    return task


@transaction.atomic
def take_task(task: Task, *, by: User, at: dt.datetime) -> None:
    """Somebody of the role takes a pool task: this one step is theirs, the matter keeps its handler, and no alarm rings any
    more. Raises Changed when another was quicker."""
    pooled = Task.objects.filter(pk=task.pk, done_at__isnull=True, assignee__isnull=True)
    if not pooled.update(assignee=by, **({"acknowledged_at": at, "acknowledged_by": by} if task.ladder_until else {})):
        raise Changed(_("情况有变：这件事刚刚有人接了。"))
    if task.ladder_until:
        end_ladder(Task.objects.filter(pk=task.pk), at=at)
    task.write("taken", by=by, at=at, authority=staff_authority(by, community_id=task.community_id))


@transaction.atomic
def commission(matter: Matter, *, organisation: Organisation, by: User | None, at: dt.datetime, role: str = "") -> None:
    """Gives the matter to a third party in one role, that of its kind when none is named: from now on its members see it and do
    the steps of that role. Given twice is given once."""
    authority = staff_authority(by, community_id=matter.community_id)
    _row, is_new = Commission.objects.get_or_create(
        flow=matter.flow.name,
        matter_id=matter.pk,
        organisation=organisation,
        role=role or organisation.kind,
        ended_at=None,
        defaults={"case": matter.case, "given_by": by, "given_at": at},
    )
    if is_new:
        _journal_commission(matter, "commissioned", organisation, by=by, at=at, authority=authority)


@transaction.atomic
def commission_with(
    matter: Matter, *, estate: Estate, by: User | None, at: dt.datetime, authority: str, role: str = Role.PROPERTY
) -> None:
    """Gives the matter to whoever manages the estate, today and later: with the contract it goes on to the next."""
    _row, is_new = Commission.objects.get_or_create(
        flow=matter.flow.name,
        matter_id=matter.pk,
        estate=estate,
        role=role,
        ended_at=None,
        defaults={"case": matter.case, "given_by": by, "given_at": at},
    )
    if is_new:
        told = {"estate": estate.name}
        matter.write("commissioned_with", detail=told, is_public=True, by=by, at=at, authority=authority)


@transaction.atomic
def end_commission(matter: Matter, *, organisation: Organisation, by: User | None, at: dt.datetime) -> None:
    """Takes it back: with the next request its members see it no more."""
    authority = staff_authority(by, community_id=matter.community_id)
    given = Commission.objects.in_force().of_row(matter.flow.name, matter.pk).filter(organisation=organisation)
    if given.update(ended_at=at):
        _journal_commission(matter, "commission_ended", organisation, by=by, at=at, authority=authority)


def _journal_commission(matter: Matter, kind: str, organisation: Organisation, **deed: Any) -> None:
    matter.write(kind, detail={"organisation": organisation.name}, is_public=True, **deed)


def authority_over(matter: Matter, by: User | None) -> str:
    """``role:…`` of staff at its community, or in an organisation that was given it; raises NotAllowed for anybody else."""
    given = matter.roles_given(by) if by else frozenset[str]()
    return f"role:{min(given)}" if given else staff_authority(by, community_id=matter.community_id)
