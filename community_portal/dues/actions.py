"""Making items, settling them by whatever deed fulfils them, waiving them with words, and reminding."""

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from community_portal import clock
from community_portal.dues.kinds import KINDS, DueKind, Last, Subject, Turn
from community_portal.dues.models import DueItem
from community_portal.people.authority import staff_authority
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, NotAllowed, Refusal

BATCH = 500
NOT_ANY_MORE = gettext_noop("不再需要")
# What of an open item follows its subject: a new address, other hands, a stricter tier.
_FOLLOWS = (
    "opens_on", "due_on", "clause", "subject_label", "community", "grid", "role", "assignee", "organisation",
)  # fmt: skip


def generate_dues(*, on: dt.date, at: dt.datetime, kinds: Iterable[DueKind] | None = None) -> int:
    """Every subject has the turn that should be open; items of subjects that are none any more are taken back. Run again, or
    twice at once, it changes nothing. Answers how many items are new."""
    return sum(_generate(kind, on=on, at=at) for kind in (KINDS.values() if kinds is None else kinds))


def _generate(kind: DueKind, *, on: dt.date, at: dt.datetime) -> int:
    made, refs = 0, set()
    for subjects in _batches(kind.subjects(on)):
        refs |= {subject.ref for subject in subjects}
        made += put_turns(kind, subjects, on=on, at=at)
    stale = DueItem.objects.open().filter(kind=kind.name)
    gone = [pk for pk, ref in stale.values_list("pk", "subject_ref") if ref not in refs]
    for ids in _batches(gone):
        DueItem.objects.open().filter(pk__in=ids).update(waived_at=at, words=NOT_ANY_MORE)
    return made


def _batches(things: Iterable) -> Iterator[list]:
    whole = iter(things)
    while batch := list(islice(whole, BATCH)):
        yield batch


@transaction.atomic
def put_turns(kind: DueKind, subjects: list[Subject], *, on: dt.date, at: dt.datetime) -> int:
    """The open turn of each of these; an open item whose turn moved moves with it. Three statements, however many they are.
    A service calls it when a subject changes, so that nobody waits for the night."""
    newest = _newest(kind, [subject.ref for subject in subjects])
    turns = [(subject, kind.next_turn(subject, newest.get(subject.ref), on)) for subject in subjects]
    wanted = [_item(kind, subject, turn, at) for subject, turn in turns if turn]
    keys = Q(subject_ref__in=[item.subject_ref for item in wanted], kind=kind.name)
    known = {(item.subject_ref, item.starts_on): item for item in DueItem.objects.filter(keys).order_by()}
    fresh = [item for item in wanted if (item.subject_ref, item.starts_on) not in known]
    moved = []
    for item in wanted:
        there = known.get((item.subject_ref, item.starts_on))
        if there and there.is_open and any(getattr(there, f) != getattr(item, f) for f in _columns()):
            for name in _columns():
                setattr(there, name, getattr(item, name))
            moved.append(there)
    DueItem.objects.bulk_create(fresh, ignore_conflicts=True)
    DueItem.objects.bulk_update(moved, _FOLLOWS)
    return len(fresh)


def _columns() -> list[str]:
    return [DueItem._meta.get_field(name).attname for name in _FOLLOWS]  # type: ignore[union-attr]


def _newest(kind: DueKind, refs: list[str]) -> dict[str, Last]:
    """The newest turn of each. One that was waived counts as done on the day it was due."""
    rows = DueItem.objects.filter(kind=kind.name, subject_ref__in=refs).order_by("subject_ref", "-starts_on")
    return {
        item.subject_ref: Last(item.starts_on, item.done_on or (item.due_on if item.waived_at else None))
        for item in rows.distinct("subject_ref")
    }


def _item(kind: DueKind, subject: Subject, turn: Turn, at: dt.datetime) -> DueItem:
    return DueItem(
        kind=kind.name,
        community_id=subject.community_id,
        grid_id=subject.grid_id,
        subject_ref=subject.ref,
        subject_label=subject.label[:120],
        starts_on=turn.starts_on,
        opens_on=turn.opens_on,
        due_on=turn.due_on,
        clause=turn.clause[:160],
        role=kind.role,
        assignee_id=subject.assignee_id,
        organisation_id=subject.organisation_id,
        made_at=at,
    )


def settle_dues(
    *,
    tags: Iterable[str],
    refs: Iterable[str],
    on: dt.date,
    ref: str,
    by: User | None,
    at: dt.datetime,
    words: str = "",
) -> int:
    """A deed was done that fulfils duties, whichever service declared them: one fire drill settles the yearly drill of a building
    and the e-bike drill of its site. Early is in time, late is done late. What begins after that day stays. Answers how many."""
    names = [kind.name for kind in KINDS.values() if kind.tags & set(tags)]
    items = DueItem.objects.open().filter(kind__in=names, subject_ref__in=list(refs), starts_on__lte=on)
    return items.update(done_on=on, done_at=at, done_by=by, done_ref=ref[:40], words=words[:300])


@transaction.atomic
def tick_off(item: DueItem, *, on: dt.date, words: str, by: User, at: dt.datetime) -> None:
    """Done by hand, saying what was done. Raises Changed when it is settled already."""
    if item.declared is None or not item.declared.by_hand:
        raise NotAllowed(_("这一项要在它的页面上办。"))
    if not item.starts_on <= on <= clock.local(at).date():
        raise Refusal(_("请核对日期：不能早于这一轮开始，也不能在将来。"), code="bad_day", field="done_on")
    _end(item, _said(words), by=by, done_on=on, done_at=at, done_by=by)


@transaction.atomic
def waive(item: DueItem, *, words: str, by: User, at: dt.datetime) -> None:
    """Not needed this time, saying why: the business of managers and the street."""
    if not by.is_superuser and not by.has_role_at(item.community_id, "manager", "street_officer"):
        raise NotAllowed(_("免做要由书记或街道决定。"))
    _end(item, _said(words), by=by, waived_at=at)


def _end(item: DueItem, words: str, *, by: User, **how: object) -> None:
    if item.assignee_id != by.pk and item.organisation_id not in {firm for _role, firm in by.organisation_posts}:
        staff_authority(by, community_id=item.community_id)
    if not DueItem.objects.open().filter(pk=item.pk).update(words=words, **how):
        raise Changed(_("情况有变：这一项刚刚已经办了。"))
    item.refresh_from_db()


def _said(words: str) -> str:
    words = read_text(words, field="words")[:300]
    if len(words) < 2:
        raise Refusal(_("请写一句说明。"), code="no_words", field="words")
    return words


def take_back(
    *, refs: Iterable[str], at: dt.datetime, words: str = NOT_ANY_MORE, kinds: Iterable[str] | None = None
) -> int:
    """A subject is none any more (moved, died, closed): what is open about it ends in the same deed."""
    items = DueItem.objects.open().filter(subject_ref__in=list(refs))
    if kinds is not None:
        items = items.filter(kind__in=list(kinds))
    return items.update(waived_at=at, words=words[:300])
