"""Calling a meeting, saying who came, writing down what was said and what was decided."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.models import Attachment, AttachmentKind
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.deliberations.dues import put_due, settle_due
from community_portal.deliberations.models import Decision, Meeting, Minutes, Party
from community_portal.deliberations.topics import CONVENERS, RECORDERS, Topic, authority_to, topic_again
from community_portal.people.models import STAFF, Organisation, Role, User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, NotAllowed, Refusal


@dataclass(frozen=True)
class Invited:
    """One of the sides: as what, by which name, of which organisation."""

    role: str
    name: str = ""
    organisation: Organisation | None = None


@transaction.atomic
def call_meeting(
    topic: Topic,
    *,
    kind: str,
    title: str,
    starts_at: dt.datetime,
    place: str,
    parties: Iterable[Invited],
    by: User | None,
    at: dt.datetime,
) -> Meeting:
    """A meeting about a matter, or alone, with the sides that are asked to it."""
    authority = authority_to(topic, CONVENERS, by)
    meeting = Meeting(kind=kind, topic=title, starts_at=starts_at, place=place, led_by=_company_of(topic, by))
    topic.hang(meeting, by=by, at=at)
    meeting.save(force_insert=True)
    for side in parties:
        _invite(meeting, side, at)
    _journal(meeting, "meeting_called", by=by, at=at, authority=authority, topic=topic)
    return meeting


def _company_of(topic: Topic, by: User | None) -> Organisation | None:
    """Whoever calls it for their company, and for nobody else there."""
    if by is None or by.is_superuser or by.has_role_at(topic.case.community_id, *(CONVENERS & STAFF)):
        return None
    firms = [firm for role, firm in by.organisation_posts if role == Role.PROPERTY]
    return Organisation.objects.filter(pk__in=firms).first()


@transaction.atomic
def invite(meeting: Meeting, side: Invited, *, by: User | None, at: dt.datetime) -> Party:
    """One more side."""
    authority_to(topic_again(meeting), CONVENERS, by)
    _must_be_open(meeting)
    return _invite(meeting, side, at)


def _invite(meeting: Meeting, side: Invited, at: dt.datetime) -> Party:
    name = side.name or (side.organisation.name if side.organisation else "")
    try:
        with transaction.atomic():
            return Party.objects.create(
                meeting=meeting, role=side.role, name=name, organisation=side.organisation, invited_at=at
            )
    except IntegrityError as error:
        raise Refusal(_("这一方已经请过了。"), code="party_twice", field="role", status=409) from error


@transaction.atomic
def hold_meeting(meeting: Meeting, *, came: Mapping[int, int], by: User | None, at: dt.datetime) -> None:
    """It took place; ``came`` says by the number of each party how many of it. Raises Refusal before it began, or where nobody came."""
    topic = topic_again(meeting)
    authority = authority_to(topic, RECORDERS, by)
    _must_be_open(meeting)
    if meeting.starts_at > at:
        raise Refusal(_("会还没有开始。"), code="not_begun", field=None)
    if not sum(came.values()):
        raise Refusal(_("请写来了几个人。"), code="nobody_came", field=None)
    for party in meeting.parties.all():
        Party.objects.filter(pk=party.pk).update(came=came.get(party.pk, 0))
    if not Meeting.objects.filter(pk=meeting.pk, held_at__isnull=True, called_off_at__isnull=True).update(held_at=at):
        raise _lost()
    meeting.held_at = at
    people = sum(came.values())
    _journal(meeting, "meeting_held", by=by, at=at, authority=authority, topic=topic, people=people)


@transaction.atomic
def call_off_meeting(meeting: Meeting, *, words: str, by: User | None, at: dt.datetime) -> None:
    """It does not take place, and why."""
    topic = topic_again(meeting)
    authority = authority_to(topic, CONVENERS, by)
    why = _said(words)[:200]
    rows = Meeting.objects.filter(pk=meeting.pk, held_at__isnull=True, called_off_at__isnull=True)
    if not rows.update(called_off_at=at, called_off_why=why):
        raise _lost()
    meeting.refresh_from_db()
    _journal(meeting, "meeting_off", by=by, at=at, authority=authority, topic=topic, words=why)


@transaction.atomic
def write_minutes(
    meeting: Meeting,
    *,
    words: str,
    by: User | None,
    at: dt.datetime,
    file: ReadFile | None = None,
    publish: bool = False,
) -> Minutes:
    """The minutes, or the next version of them. Raises Refusal for nothing at all, and before it took place."""
    topic = topic_again(meeting)
    authority = authority_to(topic, RECORDERS, by)
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    if meeting.held_at is None:
        raise Refusal(_("会开过了才写纪要。"), code="not_held", field="words")
    text = read_text(words, field="words")
    if len(text) < 2 and file is None:
        raise Refusal(_("请写纪要，或者传一份。"), code="no_words", field="words")
    newest = meeting.minutes.aggregate(n=Max("version"))["n"] or 0
    event = _journal(meeting, "minutes_written", by=by, at=at, authority=authority, topic=topic)
    kept = keep_file(meeting.case, file, kind=AttachmentKind.PAPER, by=by, at=at, event=event) if file else None
    return Minutes.objects.create(
        meeting=meeting,
        version=newest + 1,
        words=text,
        file=kept,
        written_by=by,
        written_at=at,
        published_at=at if publish else None,
    )


@transaction.atomic
def decide(
    meeting: Meeting,
    *,
    words: str,
    due_on: dt.date,
    by: User | None,
    at: dt.datetime,
    owner: User | None = None,
    organisation: Organisation | None = None,
) -> Decision:
    """Something is to be done until a day, by a colleague or an organisation: it stands in their due items."""
    topic = topic_again(meeting)
    authority = authority_to(topic, CONVENERS, by)
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    text = _said(words)
    if owner is None and organisation is None:
        raise Refusal(_("请选谁来办。"), code="no_owner", field="owner")
    if due_on < clock.local(at).date():
        raise Refusal(_("这一天已经过去了。"), code="in_the_past", field="due_on")
    newest = meeting.decisions.aggregate(n=Max("number"))["n"] or 0
    said = {"words": text[:300], "owner": owner, "organisation": organisation, "due_on": due_on}
    decision = Decision.objects.create(meeting=meeting, number=newest + 1, **said)
    _journal(meeting, "decided", by=by, at=at, authority=authority, topic=topic, words=text)
    put_due(decision, at=at)
    return decision


@transaction.atomic
def carry_out(decision: Decision, *, words: str, by: User, at: dt.datetime, file: ReadFile | None = None) -> None:
    """Whose it is says how it was done, with a proof; somebody else looks and closes it."""
    topic = topic_again(decision.meeting)
    if not _is_theirs(decision, by):
        raise NotAllowed(_("这一条由负责的人来填。"))
    text = _said(words)[:300]
    detail = {"topic": decision.words}
    event = topic.write("decision_done", by=by, at=at, words=text, detail=detail)
    proof: Attachment | None = None
    if file:
        proof = keep_file(topic.case, file, kind=AttachmentKind.PAPER, by=by, at=at, event=event)
    rows = Decision.objects.filter(pk=decision.pk, done_at__isnull=True)
    if not rows.update(done_words=text, done_by=by, done_at=at, proof=proof):
        raise _lost()
    decision.refresh_from_db()
    settle_due(decision, by=by, at=at)


def _is_theirs(decision: Decision, by: User) -> bool:
    firms = {organisation for _role, organisation in by.organisation_posts}
    return bool(by.is_superuser or decision.owner_id == by.pk or decision.organisation_id in firms)


@transaction.atomic
def close_decision(decision: Decision, *, by: User, at: dt.datetime) -> None:
    """Somebody else has looked: it is done."""
    topic = topic_again(decision.meeting)
    authority = authority_to(topic, RECORDERS, by)
    if decision.done_by_id == by.pk:
        raise NotAllowed(_("办的人不能自己销号，请同事看过再销。"))
    rows = Decision.objects.filter(pk=decision.pk, done_at__isnull=False, closed_at__isnull=True)
    if not rows.update(closed_by=by, closed_at=at):
        raise _lost()
    topic.write("decision_closed", by=by, at=at, authority=authority, detail={"topic": decision.words})


def _journal(
    meeting: Meeting,
    kind: str,
    *,
    topic: Topic,
    by: Any,
    at: dt.datetime,
    authority: str,
    words: str = "",
    **detail: Any,
) -> Any:
    told = {"topic": meeting.topic} | detail
    return topic.write(kind, by=by, at=at, authority=authority, words=words, detail=told, is_public=True)


def _must_be_open(meeting: Meeting) -> None:
    if not meeting.is_open:
        raise _lost()


def _lost() -> Changed:
    return Changed(_("情况有变：这里刚刚有人改过，请再看一眼。"))


def _said(words: str) -> str:
    text = read_text(words, field="words")
    if len(text) < 2:
        raise Refusal(_("请写一句说明。"), code="no_words", field="words")
    return text
