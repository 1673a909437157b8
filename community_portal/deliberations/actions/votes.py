"""Drawing up a vote, opening it, going on, counting and confirming."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.deliberations.counting import VoteKind
from community_portal.deliberations.models import BallotLink, Outcome, Vote
from community_portal.deliberations.standing import as_kept, count, outcome_of
from community_portal.deliberations.topics import CONVENERS, Topic, authority_to, topic_again
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.places.models import Estate
from community_portal.refusals import Changed, Refusal

LONGEST = dt.timedelta(days=184)


@transaction.atomic
def draw_up_vote(
    topic: Topic,
    *,
    kind: str,
    question: str,
    opens_at: dt.datetime,
    closes_at: dt.datetime,
    by: User | None,
    at: dt.datetime,
    explanation: str = "",
    is_special: bool = False,
    heads: str = "unit",
    estate: Estate | None = None,
) -> Vote:
    """A vote that nobody can take part in yet: its roll is still to come."""
    authority_to(topic, CONVENERS, by)
    _must_be_times(opens_at, closes_at, at)
    said = {"question": question, "explanation": explanation, "opens_at": opens_at, "closes_at": closes_at}
    vote = Vote(kind=kind, is_special=is_special and kind == VoteKind.OWNERS, heads=heads, estate=estate, **said)
    topic.hang(vote, by=by, at=at)
    vote.save(force_insert=True)
    return vote


def _must_be_times(opens_at: dt.datetime, closes_at: dt.datetime, at: dt.datetime) -> None:
    if closes_at <= opens_at:
        raise Refusal(_("截止要晚于开始。"), code="closes_before_it_opens", field="closes_at")
    if closes_at <= at:
        raise Refusal(_("截止时间已经过去了。"), code="closed_already", field="closes_at")
    if closes_at - opens_at > LONGEST:
        raise Refusal(_("最长半年，请看看日期有没有写错。"), code="too_long", field="closes_at")


@transaction.atomic
def open_vote(vote: Vote, *, by: User | None, at: dt.datetime) -> None:
    """From now on, or from its beginning when that lies ahead, ballots are taken, and the roll is frozen. Raises Refusal for an empty
    roll, a unit of 0.00 m² where area counts, and a vote that would close before it opens; Changed when it is open already."""
    topic = topic_again(vote)
    authority = authority_to(topic, CONVENERS, by)
    locked = Vote.objects.select_for_update().get(pk=vote.pk)
    if not locked.is_draft:
        raise _lost()
    roll = locked.roll.all()
    if not roll.exists():
        raise Refusal(_("名册还是空的，先导入名册。"), code="empty_roll", field=None)
    if locked.kind == VoteKind.OWNERS and (empty := roll.filter(area=0).first()):
        sentence = _("%(unit)s 的面积是 0，请改好名册再开始。") % {"unit": empty.unit}
        raise Refusal(sentence, code="unit_without_area", field=None)
    opens_at = max(locked.opens_at, at)
    _must_be_times(opens_at, locked.closes_at, at)
    Vote.objects.filter(pk=vote.pk).update(roll_frozen_at=at, opens_at=opens_at)
    vote.refresh_from_db()
    _journal(vote, "vote_opened", by=by, at=at, authority=authority, topic=topic)


@transaction.atomic
def go_on(vote: Vote, *, closes_at: dt.datetime, by: User | None, at: dt.datetime) -> None:
    """Too few have voted so far: ballots are taken until a later moment. What was cast stays."""
    topic = topic_again(vote)
    authority = authority_to(topic, CONVENERS, by)
    locked = Vote.objects.select_for_update().get(pk=vote.pk)
    if not locked.is_under_way:
        raise _lost()
    if closes_at <= locked.closes_at:
        raise Refusal(_("新的截止时间要比原来的晚。"), code="not_later", field="closes_at")
    _must_be_times(locked.opens_at, closes_at, at)
    Vote.objects.filter(pk=vote.pk).update(closes_at=closes_at)
    vote.closes_at = closes_at
    _journal(vote, "vote_goes_on", by=by, at=at, authority=authority, topic=topic)


@transaction.atomic
def confirm_count(vote: Vote, *, by: User | None, at: dt.datetime) -> str:
    """The count is final: what came of it is answered and kept, and no ballot is taken any more. Raises Refusal before it closed."""
    topic = topic_again(vote)
    authority = authority_to(topic, CONVENERS, by)
    locked = Vote.objects.select_for_update().get(pk=vote.pk)
    if not locked.is_under_way:
        raise _lost()
    if at <= locked.closes_at:
        raise Refusal(_("还没有截止，不能确认结果。"), code="not_closed", field=None)
    counted = count(locked)
    outcome = outcome_of(counted, locked)
    confirmed = {"confirmed_at": at, "confirmed_by": by, "outcome": outcome, "result": as_kept(counted)}
    Vote.objects.filter(pk=vote.pk).update(**confirmed)
    BallotLink.objects.filter(entry__vote=vote, revoked_at__isnull=True).update(revoked_at=at)
    vote.refresh_from_db()
    words = str(Outcome(outcome).label)
    _journal(vote, "vote_counted", by=by, at=at, authority=authority, topic=topic, words=words)
    return outcome


@transaction.atomic
def give_up_vote(vote: Vote, *, words: str, by: User | None, at: dt.datetime) -> None:
    """It is not gone on with, and why; nothing came of it."""
    topic = topic_again(vote)
    authority = authority_to(topic, CONVENERS, by)
    why = read_text(words, field="words")[:200]
    if len(why) < 2:
        raise Refusal(_("请写一句说明。"), code="no_words", field="words")
    rows = Vote.objects.filter(pk=vote.pk, confirmed_at__isnull=True, given_up_at__isnull=True)
    if not rows.update(given_up_at=at, given_up_why=why):
        raise _lost()
    BallotLink.objects.filter(entry__vote=vote, revoked_at__isnull=True).update(revoked_at=at)
    vote.refresh_from_db()
    _journal(vote, "vote_given_up", by=by, at=at, authority=authority, topic=topic, words=why)


def _journal(vote: Vote, kind: str, *, topic: Topic, by: Any, at: dt.datetime, authority: str, words: str = "") -> None:
    detail = {"question": vote.question}
    topic.write(kind, by=by, at=at, authority=authority, words=words, detail=detail, is_public=True)


def _lost() -> Changed:
    return Changed(_("情况有变：这里刚刚有人改过，请再看一眼。"))
