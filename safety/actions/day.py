"""The day itself: what is pressed on whichever phone, with a network or without, in whatever order it reaches us."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.captured import done_at, was_offline
from community_portal.casework.actions import in_source_words
from community_portal.matters.actions.steps import authority_in
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, Refusal
from safety.actions.outcome import follow
from safety.marks import live_of
from safety.models import BY_LEADERS, AssemblyPoint, Drill, DrillMark, DrillPremises, HeadCount, Helper, MarkKind
from safety.queries.outcome import not_done_yet
from safety.rights import must_lead, must_take_part
from safety.workflow.states import Drilling

# What comes late still counts: a phone may find its network again after the drill has ended or was aborted.
TAKES_MARKS = frozenset({Drilling.READY, Drilling.RUNNING, Drilling.ENDED, Drilling.ABORTED})


@dataclass(frozen=True)
class Scope:
    """What a mark is about: the whole drill, a floor of a house, or a person."""

    kind: str
    house: DrillPremises | None = None
    floor: int | None = None
    helper: Helper | None = None

    def of(self, drill: Drill) -> Any:
        return drill.marks.filter(kind=self.kind, house=self.house, floor=self.floor, helper=self.helper)


@transaction.atomic
def press(
    drill: Drill,
    scope: Scope,
    *,
    key: str,
    by: User | None,
    at: dt.datetime,
    words: str = "",
    device_at: dt.datetime | None = None,
) -> DrillMark:
    """The mark that holds now: this one, or the one that was pressed before it. The same ``key`` counts once.

    Raises Refusal ``alarm_first``, ``no_floor`` and ``not_all`` (field ``words``), NotAllowed for who has no part in it.
    """
    drill = _locked(drill)
    _may_press(drill, scope, by)
    words = read_text(words, field="words")[:300]
    if not drill.marks.filter(key=key).exists():
        _must_make_sense(drill, scope, words)
        pressed = done_at(at)
        DrillMark.objects.create(
            drill=drill, **vars(scope), pressed_at=pressed, happened_at=pressed, device_at=device_at, words=words,
            by=by, key=key, recorded_at=at, was_offline=was_offline(),
        )  # fmt: skip
    return _settled(drill, scope, by=by, at=at)


@transaction.atomic
def correct(
    drill: Drill,
    scope: Scope,
    *,
    happened_at: dt.datetime | None,
    words: str,
    key: str,
    by: User | None,
    at: dt.datetime,
) -> DrillMark | None:
    """Another time, or not at all, with words; what was pressed stays readable. Alarm and end have another time or stay."""
    drill = _locked(drill)
    _may_press(drill, scope, by)
    words = read_text(words, field="words")[:300]
    if len(words) < 2:
        raise Refusal(_("请写一句为什么改。"), code="no_words", field="words")
    if not scope.of(drill).filter(is_live=True).exists() and not scope.of(drill).filter(key=key).exists():
        raise Changed(_("情况有变：这个时刻还没按，或者刚刚撤掉了。"))
    if not drill.marks.filter(key=key).exists():
        _must_be_in_order(drill, scope, happened_at, at=at)
        DrillMark.objects.create(
            drill=drill, **vars(scope), is_correction=True, pressed_at=done_at(at), happened_at=happened_at,
            words=words, by=by, key=key, recorded_at=at, was_offline=was_offline(),
        )  # fmt: skip
        what = in_source_words(MarkKind(scope.kind).label)
        authority = authority_in(drill, by, at=at)
        drill.write("mark_corrected", by=by, at=at, authority=authority, words=words, detail={"what": what})
    return _settled(drill, scope, by=by, at=at)


def _locked(drill: Drill) -> Drill:
    """One after the other: which mark holds is asked of all rows."""
    rows = Drill.objects.select_for_update(of=("self",)).select_related(
        "case", "community__street", "commander", "evaluator"
    )
    return rows.get(pk=drill.pk)


def _may_press(drill: Drill, scope: Scope, by: User | None) -> None:
    if scope.kind in BY_LEADERS:
        must_lead(drill, by)
    elif scope.helper is None or by is None or scope.helper.user_id != by.pk:
        must_take_part(drill, by)
    if drill.state not in TAKES_MARKS:
        raise Changed(_("情况有变：这场演练现在不能记时刻。"))


def _must_make_sense(drill: Drill, scope: Scope, words: str) -> None:
    """A phone without a network cannot know what others did meanwhile: what it kept is taken as it is."""
    if scope.house is not None and not 1 <= (scope.floor or 0) <= scope.house.floors:
        raise Refusal(_("这幢楼没有这一层。"), code="no_floor", field="floor")
    if was_offline():
        return
    if drill.alarm_at is None and scope.kind not in (MarkKind.ALARM, MarkKind.MET):
        raise Refusal(_("先拉响警报，再按这个。"), code="alarm_first")
    missing = not_done_yet(drill) if scope.kind in (MarkKind.LAST_OUT, MarkKind.END) else []
    if scope.kind == MarkKind.LAST_OUT:
        missing = [sentence for kind, sentence in missing if kind == MarkKind.LAST_OUT]
    else:
        missing = [sentence for _kind, sentence in missing]
    if missing and len(words) < 2:
        told = str(_("；")).join(str(sentence) for sentence in missing)
        raise Refusal(_("%(told)s。确实要按，请写一句为什么。") % {"told": told}, code="not_all", field="words")


def _must_be_in_order(drill: Drill, scope: Scope, moment: dt.datetime | None, *, at: dt.datetime) -> None:
    if moment is None:
        if scope.kind in BY_LEADERS:
            raise Refusal(_("警报和结束只能改时间，不能撤掉。"), code="must_stand", field="happened_at")
        return
    if moment > at:
        raise Refusal(_("这个时间还没到。"), code="future", field="happened_at")
    others = [
        mark.happened_at for mark in drill.marks.filter(is_live=True) if mark.kind not in (scope.kind, MarkKind.MET)
    ]
    moments = [one for one in others if one is not None]
    if scope.kind == MarkKind.ALARM and moments and moment >= min(moments):
        raise Refusal(_("警报要早于别的时刻。"), code="order", field="happened_at")
    if scope.kind != MarkKind.ALARM and drill.alarm_at and moment <= drill.alarm_at:
        raise Refusal(_("要晚于拉响警报的时间。"), code="order", field="happened_at")
    if scope.kind == MarkKind.END and moments and moment <= max(moments):
        raise Refusal(_("结束要晚于别的时刻。"), code="order", field="happened_at")


def _settled(drill: Drill, scope: Scope, *, by: User | None, at: dt.datetime) -> Any:
    """Which row holds is worked out anew from all of its scope."""
    live = live_of(scope.of(drill))
    scope.of(drill).filter(is_live=True).exclude(pk=live.pk if live else None).update(is_live=False)
    if live is not None and not live.is_live:
        DrillMark.objects.filter(pk=live.pk).update(is_live=True)
        live.is_live = True
    follow(drill, at=at)
    return live


@transaction.atomic
def count_heads(
    point: AssemblyPoint,
    *,
    present: int,
    expected: int | None = None,
    excused: int = 0,
    walk_ins: int = 0,
    key: str,
    by: User | None,
    at: dt.datetime,
) -> HeadCount:
    """A count more at this point. Two at once are both kept. Raises Refusal beside ``present`` for more than can be."""
    drill = _locked(point.drill)
    must_take_part(drill, by)
    if drill.state not in TAKES_MARKS:
        raise Changed(_("情况有变：这场演练现在不能点人。"))
    if drill.alarm_at is None and not was_offline():
        raise Refusal(_("先拉响警报，再点人。"), code="alarm_first")
    known = HeadCount.objects.filter(point=point, key=key).first()
    if known:
        return known
    expected = point.expected if expected is None else expected
    if min(present, expected, excused, walk_ins) < 0:
        raise Refusal(_("人数不能是负数。"), code="negative", field="present")
    if walk_ins > present:
        raise Refusal(_("没报名的也算在“到了”里，不会比到了的多。"), code="more_walk_ins", field="walk_ins")
    if present + excused - walk_ins > expected:
        raise Refusal(_("到了的比应到的多。没报名也来的，请写在“没报名也来的”里。"), code="too_many", field="present")
    row = HeadCount.objects.create(
        point=point, expected=expected, present=present, excused=excused, walk_ins=walk_ins, at=done_at(at), by=by,
        key=key, recorded_at=at, was_offline=was_offline(),
    )  # fmt: skip
    drill.write(
        "counted", by=by, at=at, authority=authority_in(drill, by, at=at),
        detail={"point": point.name, "present": present},
    )  # fmt: skip
    follow(drill, at=at)
    row.refresh_from_db()
    return row


# The two steps of the table that a mark takes, for whoever goes through the table.
def start(drill: Drill, *, by: User | None, at: dt.datetime, seen: int | None = None, words: str = "") -> None:
    _must_be_in_state(drill, "start", seen)
    press(drill, Scope(MarkKind.ALARM), key=f"step:{drill.version}", by=by, at=at, words=words)
    drill.refresh_from_db()


def end(drill: Drill, *, by: User | None, at: dt.datetime, seen: int | None = None, words: str = "") -> None:
    _must_be_in_state(drill, "end", seen)
    press(drill, Scope(MarkKind.END), key=f"step:{drill.version}", by=by, at=at, words=words)
    drill.refresh_from_db()


def _must_be_in_state(drill: Drill, step: str, seen: int | None) -> None:
    if drill.state not in drill.flow.by_name[step].sources or seen is not None and seen != drill.version:
        raise Changed(_("情况有变：这件事刚刚已经有人处理过了，请再看一眼。"))
