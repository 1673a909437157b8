"""Reads of casework: the progress line, the timeline, the inbox, and whether a journal is whole."""

import datetime as dt
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal import clock
from community_portal.casework.flow import FLOWS
from community_portal.casework.kinds import KINDS
from community_portal.casework.models import (
    Case,
    Commission,
    Event,
    Matter,
    Task,
    of_matters_read_by,
    read_whole,
    reads_all_at,
)
from community_portal.outbox.models import in_reader_words
from community_portal.people.models import ManagedEstate, Membership, Organisation, User
from community_portal.people.shell import may_change_house
from community_portal.places.models import Community
from community_portal.web.spoken import plain_when, short_when, spoken_when

_DASHES = str.maketrans(dict.fromkeys("—–−‐‑", "-"))
# Lines that every journal may have; the others are steps, or stand in ``Flow.lines``.
LINES = {
    "note": gettext_lazy("补充了几句"),
    "overdue": gettext_lazy("提醒大家：已经超期"),
    "taken": gettext_lazy("接手办理"),
    "released": gettext_lazy("经办人不在岗，退回待办"),
    "suspended": gettext_lazy("档案关闭，先停下来，等书记决定"),
    "resumed": gettext_lazy("档案恢复，接着办"),
    "acknowledged": gettext_lazy("接警，开始处理"),
    "escalated": gettext_lazy("没有人接手，提醒了%(whom)s"),
    "signed": gettext_lazy("%(who)s签了名"),
    "commissioned": gettext_lazy("交给%(organisation)s办理"),
    "commissioned_with": gettext_lazy("交给管%(estate)s的物业公司办理"),
    "commission_ended": gettext_lazy("不再由%(organisation)s办理"),
    "parted": gettext_lazy("从 %(number)s 分出来单独办，以前的经过写在那里"),
    "routed": gettext_lazy("自动派单"),
    "rated": gettext_lazy("评了 %(score)s 分"),
    "appointment_cancelled": gettext_lazy("取消了约好的时间"),
    "appointment_stands": gettext_lazy("撤回取消，约好的时间不变"),
    "appointment_called_off": gettext_lazy("约好的时间取消了"),
}


def register_lines(**lines: Any) -> None:
    """Words for what a room above writes into the journals of any flow; its ``entries.py`` calls it when Django starts."""
    LINES.update(lines)


SAID_BY_THE_PORTAL = frozenset({"appointment_cancelled"})  # whatever the flow: see Flow.said_by_the_portal
# What stands around a number that is copied from a message: its label, a comma, a full stop.
_AROUND = re.compile(r"^\W*(?:编号|NO\.?)?\W*|\W+$")
IS_NUMBER = re.compile(r"^([A-Z]{1,4})-?(\d{2})-?(\d{1,6})$")


def read_number(text: str) -> str:
    """The number of a matter as it is written (LT-26-0318), however it was typed: lt26318, ＬＴ－26－0318, 编号LT-26-0318。"""
    flat = "".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split()).upper()
    flat = _AROUND.sub("", flat)
    parts = IS_NUMBER.match(flat)
    return f"{parts[1]}-{parts[2]}-{int(parts[3]):04d}" if parts else flat


def holders_of(given: Any, *, on: dt.date) -> QuerySet[Organisation]:
    """The organisations that have these: those named, and whoever manages the estate with which they were given."""
    managed = ManagedEstate.objects.in_force(on=on).filter(estate__in=given.values("estate"))
    return Organisation.objects.filter(
        Q(pk__in=given.values("organisation")) | Q(pk__in=managed.values("organisation"))
    )


def members_given(task: Task, role: str, *, on: dt.date) -> QuerySet[User]:
    """Who works for an organisation that was given the matter of a task in that role."""
    given = Commission.objects.in_force().of_row(task.flow, task.matter_id).filter(role=role)
    held = Membership.objects.in_force(on=on).filter(organisation__in=holders_of(given, on=on))
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("id")


def progress(
    matter: Matter, *, notes: dict[int, str] | None = None, told: list[dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """The progress line: ``[{label, note, state: done | now | todo}]``, one entry per milestone. What was passed over, as by
    a request that was withdrawn or was not eligible, is not done. ``told`` is its whole ``timeline``, where that was read."""
    flow, spec = matter.flow, matter.spec
    notes = notes or {}
    taken = _steps_taken(matter) if told is None else {line["kind"] for line in told if line["of"] == _name(matter)}
    rows = []
    for index, label in enumerate(flow.milestones):
        is_past = spec.is_end or index < spec.milestone
        happened = index not in flow.reached_by or bool(flow.reached_by[index] & taken)
        state = "done" if is_past and happened else "now" if index == spec.milestone and not spec.is_end else "todo"
        rows.append({"label": label, "note": notes.get(index, ""), "state": state})
    return rows


def _name(matter: Matter) -> tuple[str, int]:
    return matter.flow.name, matter.pk


def _steps_taken(matter: Matter) -> set[str]:
    events = Event.objects.filter(case=matter.case_id, flow=matter.flow.name, matter_id=matter.pk)
    return set(events.values_list("kind", flat=True))


def progress_of(matter: Matter, *, told: list[dict[str, Any]] | None = None) -> list[dict[str, Any]]:
    """The progress line with when it began and who is at it."""
    notes, spec = {0: plain_when(matter.opened_at)}, matter.spec
    if matter.handler and spec.owner == "handler":
        notes[spec.milestone] = str(matter.handler)
    return progress(matter, notes=notes, told=told)


def timeline(
    case: Case, *, for_resident: bool = False, shown: str = "", only: Matter | None = None, reader: Any = None
) -> list[dict[str, Any]]:
    """The journal as people read it, newest first; residents see public lines only, a member of staff (``reader``) those of the
    matters that they read.

    ``shown`` are words that stand elsewhere on the page, and are not quoted again. ``only`` one matter of the case: to a
    third party that was given it, the others are none of its business.
    """
    events = (
        Event.objects.filter(case=case).select_related("actor").prefetch_related("attachments").order_by("-sequence")
    )
    if for_resident:
        events = events.filter(is_public=True)
    if only:
        events = events.filter(flow=only.flow.name, matter_id=only.pk)
    if reader is not None and not reads_all_at(reader, case.community_id):
        events = events.filter(Q(flow="") | of_matters_read_by(reader))
    return [_line(event, for_resident=for_resident, shown=shown) for event in events]


def count_of_others(case: Case, reader: Any) -> int:
    """How many matters hang on the case that this reader does not read: all that is said of them."""
    if reads_all_at(reader, case.community_id):
        return 0
    of_case = ((kind.read().filter(case=case), kind.read().visible_to(reader).order_by()) for kind in KINDS.values())
    return sum(matters.exclude(pk__in=read.values("pk")).count() for matters, read in of_case)


def told_elsewhere(cases: Iterable[Case], reader: Any) -> set[int]:
    """Of these cases those whose subject and words are of a matter that this reader does not read: who has the second matter of a
    case in hand is not told what the first was about. One query, none for who reads all."""
    return untold_among(((case.pk, case.community_id) for case in cases), reader)


def untold_among(cases: Iterable[tuple[int, int]], reader: Any) -> set[int]:
    """``told_elsewhere``, of cases by id and community."""
    whole = read_whole(reader)
    asked = [] if reader.is_superuser else [pk for pk, community_id in cases if community_id not in whole]
    return set(_told_of_others(reader).filter(case__in=asked).values_list("case", flat=True)) if asked else set()


def _told_of_others(reader: Any) -> QuerySet[Event]:
    """First lines of cases that began with a matter which this reader does not read."""
    return Event.objects.filter(sequence=1).exclude(Q(flow="") | of_matters_read_by(reader))


def about(words: Q, reader: Any) -> Q:
    """Rows with a ``case``, found by its subject: what somebody may not be told they do not find by it either."""
    if reader.is_superuser or not reader.organisation_posts and reader.community_ids <= read_whole(reader):
        return words
    hidden = Exists(_told_of_others(reader).filter(case=OuterRef("case")))
    return words & (Q(case__community__in=read_whole(reader)) | ~Q(hidden))


def _line(event: Event, *, for_resident: bool, shown: str) -> dict[str, Any]:
    photos = [
        a
        for a in event.attachments.all()
        if a.file and a.content_type.startswith("image/") and (a.is_public or not for_resident)
    ]
    return {
        "kind": event.kind,
        "of": (event.flow, event.matter_id),
        "is_first": event.sequence == 1,
        "who": who_acted(event),
        "what": " ".join(filter(None, [what_happened(event), agreed_words(event), _score_told(event)])),
        "quote": _quote(event) if event.words != shown else "",
        "why": "" if for_resident else _reason(event.detail.get("why", "")),
        "at": event.at,
        "when": short_when(event.at),
        "kept": _kept_since(event),
        "photos": [{"url": reverse("attachment", args=[a.pk]), "label": a.original_name} for a in photos],
        "is_public": event.is_public,
    }


def _kept_since(event: Event) -> str:
    """When it was really done, of what a phone kept without a network."""
    moment = event.detail.get("captured_at")
    if not moment:
        return ""
    return _("没有网络时记的：%(when)s") % {"when": short_when(dt.datetime.fromisoformat(moment))}


def _reason(code: str) -> str:
    """Why somebody was chosen, in words."""
    return {
        "building": _("按住址所在的幢自动匹配"),
        "household": _("按登记的住址自动匹配"),
        "by_hand": _("人工指派"),
    }.get(code, "")


def who_acted(event: Event) -> str:
    if event.actor is None and event.authority == "link":
        name = event.detail.get("who")  # of a house without an account: who answered there
        return _("%(name)s（短信链接）") % {"name": name} if name else _("居民（短信链接）")
    if event.actor is None:
        return _("系统")
    name = str(event.actor)
    if event.authority.startswith("delegation:") and event.on_behalf_of_id:
        return _("%(name)s（代办）") % {"name": name}
    return name


def what_happened(event: Event) -> str:
    """The step's own words, those of its flow for what is no step, or one of the few that belong to every case."""
    flow = FLOWS.get(event.flow)
    step = flow.by_name.get(event.kind) if flow else None
    if step:
        return str(step.past)
    words = (LINES | flow.lines if flow else LINES).get(event.kind, event.kind)
    return str(words) % defaultdict(str, event.detail)  # of a case that was forgotten there is no detail


def _quote(event: Event) -> str:
    """Its words; the portal's own in the reader's language. All others quote somebody, and are never translated."""
    flow = FLOWS.get(event.flow)
    is_ours = event.kind in SAID_BY_THE_PORTAL | (flow.said_by_the_portal if flow else frozenset())
    return in_reader_words(event.words) if is_ours else event.words


def agreed_words(event: Event) -> str:
    """The time that a line of the journal speaks of, with whom unless they say it themselves, and that the resident asked for it."""
    agreed = event.detail.get("agreed")
    if not agreed:
        return ""
    words = spoken_when(dt.datetime.fromisoformat(agreed["at"]))
    if agreed.get("with") not in (None, str(event.actor)):
        words = _("%(when)s，%(name)s上门") % {"when": words, "name": agreed["with"]}
    return _("%(words)s（居民要求的时间）") % {"words": words} if agreed.get("wished") else words


def _score_told(event: Event) -> str:
    """What the resident gave when they were asked; it stands here also when the matter comes back and is rated anew."""
    score = event.detail.get("score")
    return _("（居民评 %(score)s 分）") % {"score": score} if score and event.kind in FLOWS[event.flow].by_name else ""


def inbox_rows(tasks: list[Task], *, user: Any, at: dt.datetime) -> list[dict[str, Any]]:
    """Tasks as rows of the inbox of ``user``: where they lead, what to do, how urgent; whose, for who works in several houses."""
    houses = Community.objects.in_bulk({task.community_id for task in tasks}) if may_change_house(user) else {}
    untold = told_elsewhere((task.case for task in tasks), user)
    return [_task_row(task, user, at, str(houses.get(task.community_id, "")), untold) for task in tasks]


def _task_row(task: Task, user: Any, at: dt.datetime, house: str, untold: set[int]) -> dict[str, Any]:
    flow = FLOWS[task.flow]
    decides = task.assignee_id != user.pk and task.community_id in user.communities_as(task.decider)
    todo = flow.to_decide if decides else flow.states[task.state].todo
    due, tone = due_words(task.due_at, at=at)
    return {
        "pk": task.pk,
        "url": reverse(flow.url_name, args=[task.case.number]),
        "title": str(flow.label) if task.case_id in untold else task.case.title,
        "sub": " · ".join(filter(None, [house, task.case.number, str(task.case.resident or ""), str(todo)])),
        "todo": str(todo),
        "icon": flow.icon,
        "hue": flow.hue,
        "due": due,
        "tone": tone,
        "is_pool": task.assignee_id is None,
        "group": _group(task.due_at, at),
    }


def read_late(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Tasks with what their lines on the street's pages read."""
    return tasks.select_related("case", "community", "assignee")


def late_rows(tasks: list[Task], at: dt.datetime) -> list[dict[str, Any]]:
    """What is late, as lines: where, whose, since when."""
    return [_late_row(task, at) for task in tasks]


def _late_row(task: Task, at: dt.datetime) -> dict[str, Any]:
    flow = FLOWS[task.flow]
    due, tone = due_words(task.due_at, at=at)
    return {
        "url": reverse(flow.url_name, args=[task.case.number]),
        "title": task.case.title,
        "sub": " · ".join(filter(None, [str(task.community), task.case.number, str(task.assignee or "")])),
        "since": task.due_at,
        "due": due,
        "tone": tone,
        "icon": flow.icon,
        "hue": flow.hue,
    }


def due_words(due_at: dt.datetime | None, *, at: dt.datetime) -> tuple[str, str]:
    """How a limit reads on a chip, and the tone of it: 超期 2 小时 / 今天 17:00 / 周五."""
    if due_at is None:
        return _("不计时"), "plain"
    if due_at < at:
        hours = int((at - due_at).total_seconds() // 3600)
        if hours >= 48:
            return _("超期 %(n)s 天") % {"n": hours // 24}, "late"
        return (_("超期 %(n)s 小时") % {"n": hours} if hours else _("刚刚超期")), "late"
    is_today = clock.local(due_at).date() == clock.local(at).date()
    return short_when(due_at), "warn" if is_today else "plain"


def _group(due_at: dt.datetime | None, at: dt.datetime) -> str:
    if due_at is None:
        return _("等别人")
    if due_at < at:
        return _("已超期")
    days = (clock.local(due_at).date() - clock.local(at).date()).days
    return _("今天") if days == 0 else _("七天内") if days < 7 else _("以后")


def broken_link(case: Case) -> int | None:
    """The number of the first line whose hash does not fit what it says and what went before; None for a whole journal."""
    found = broken_links(case.pk, case.pk)
    return found[0][1] if found else None


def broken_links(first: int, last: int) -> list[tuple[str, int]]:
    """(number of the case, line) for the first line that does not fit, in each of the cases with ids from ``first`` to
    ``last`` whose journal was tampered with."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT number, min(sequence) FROM (
                SELECT case_id, sequence, hash, encode(sha256(convert_to(concat_ws('|',
                    coalesce(lag(hash) OVER (PARTITION BY case_id ORDER BY sequence), ''), case_id, sequence, flow,
                    matter_id, kind, source_state, target_state, words, detail, is_public, actor_id, on_behalf_of_id,
                    authority, extract(epoch from at)), 'UTF8')), 'hex') AS expected
                FROM casework_event WHERE case_id BETWEEN %s AND %s
            ) AS lines JOIN casework_case ON casework_case.id = lines.case_id
            WHERE hash <> expected GROUP BY case_id, number ORDER BY case_id
            """,
            [first, last],
        )
        return cursor.fetchall()
