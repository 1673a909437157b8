"""Casting ballots: written down from paper or at the door, or by the link in a text message."""

import datetime as dt
import hmac

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Attachment, AttachmentKind
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.deliberations.models import Ballot, BallotChannel, BallotLink, Choice, Heads, RollEntry, Vote
from community_portal.deliberations.topics import CONVENERS, RECORDERS, authority_to, topic_again
from community_portal.outbox.actions import Recipient, queue_message
from community_portal.outbox.models import Channel
from community_portal.people.links import ballot_hash_of, new_token, sealed
from community_portal.people.models import User
from community_portal.people.phones import half_width, masked
from community_portal.refusals import Changed, Refusal

MOST_TRIES = 5
ON_PAPER = (BallotChannel.PAPER, BallotChannel.DOOR)


@transaction.atomic
def record_ballot(
    entry: RollEntry,
    *,
    choice: str,
    channel: str,
    cast_at: dt.datetime,
    by: User | None,
    at: dt.datetime,
    proof: ReadFile | None,
) -> list[Ballot]:
    """A ballot on paper, with the time that stands on it, written down by somebody of the staff. Raises Refusal for one that was
    not cast in time, and for paper without a picture of it."""
    topic = topic_again(entry.vote)
    authority_to(topic, RECORDERS, by)
    if channel not in ON_PAPER:
        raise Refusal(_("请选纸票还是上门。"), code="bad_channel", field="channel")
    if cast_at > at:
        raise Refusal(_("投票的时间不能在将来。"), code="in_the_future", field="cast_at")
    if proof is None:
        raise Refusal(_("请把票拍下来。"), code="no_proof", field="proof")
    kept = keep_file(topic.case, proof, kind=AttachmentKind.PAPER, by=by, at=at, is_public=False)
    return _cast(entry, choice=choice, channel=channel, cast_at=cast_at, by=by, at=at, proof=kept)


@transaction.atomic
def cast_by_link(link: BallotLink, *, choice: str, at: dt.datetime) -> list[Ballot]:
    """The voter's own, from a phone, now."""
    if not BallotLink.objects.filter(pk=link.pk, revoked_at__isnull=True).exists():
        raise Changed(_("这个链接不能用了，请打社区电话。"))
    return _cast(link.entry, choice=choice, channel=BallotChannel.LINK, cast_at=at, by=None, at=at)


def _cast(
    entry: RollEntry,
    *,
    choice: str,
    channel: str,
    cast_at: dt.datetime,
    by: User | None,
    at: dt.datetime,
    proof: Attachment | None = None,
) -> list[Ballot]:
    """One ballot for each unit for which this person votes. The one that was cast last counts, and of two at the same moment the
    one that was written down later."""
    if choice not in Choice.values:
        raise Refusal(_("请选同意、不同意或者弃权。"), code="no_choice", field="choice")
    vote = Vote.objects.select_for_update(no_key=True).get(pk=entry.vote_id)
    _must_take(vote, cast_at, at=at)
    units = list(_units_of(entry, vote).select_for_update())
    current = {b.entry_id: b for b in Ballot.objects.filter(entry__in=units, superseded_at__isnull=True)}
    made = []
    for unit in units:
        before = current.get(unit.pk)
        counts = before is None or cast_at >= before.cast_at
        if before and counts:
            Ballot.objects.filter(pk=before.pk).update(superseded_at=at)
        said = {"choice": choice, "channel": channel, "cast_at": cast_at, "proof": proof}
        row = Ballot(entry=unit, recorded_by=by, recorded_at=at, superseded_at=None if counts else at, **said)
        row.save(force_insert=True)
        made.append(row)
    return made


def _units_of(entry: RollEntry, vote: Vote) -> QuerySet[RollEntry]:
    """Where heads are persons, all units for which this one votes; else the one."""
    rows = RollEntry.objects.filter(vote=vote).order_by("pk")
    return rows.filter(voter_key=entry.voter_key) if vote.heads == Heads.PERSON else rows.filter(pk=entry.pk)


def _must_take(vote: Vote, cast_at: dt.datetime, *, at: dt.datetime) -> None:
    if not vote.is_under_way:
        raise Changed(_("这次表决没有在进行，不能再投。"))
    if cast_at < vote.opens_at:
        raise Refusal(_("表决还没有开始。"), code="not_open", field="cast_at")
    if cast_at > vote.closes_at:
        raise Refusal(_("已经截止，这张票不能算。"), code="closed", field="cast_at")


# ---- links -----------------------------------------------------------------------------------------------------


@transaction.atomic
def invite_to_vote(vote: Vote, *, by: User | None, at: dt.datetime) -> int:
    """A text message with a link to everybody on the roll who has a mobile and has not voted; the link they had before ends."""
    authority_to(topic_again(vote), CONVENERS, by)
    if not vote.is_under_way or at > vote.closes_at:
        raise Changed(_("这次表决没有在进行，不能再投。"))
    voted = Ballot.objects.filter(entry__vote=vote, superseded_at__isnull=True).values("entry")
    entries = list(vote.roll.exclude(phone="").exclude(pk__in=voted))
    if vote.heads == Heads.PERSON:  # one message to a person
        entries = list({entry.voter_key: entry for entry in reversed(entries)}.values())
    for entry in entries:
        _send(entry, make_link(entry, by=by, at=at), at=at)
    return len(entries)


def make_link(entry: RollEntry, *, by: User | None, at: dt.datetime) -> str:
    """A fresh link for a unit, answered as its token and kept as hashes."""
    BallotLink.objects.filter(entry=entry, revoked_at__isnull=True).update(revoked_at=at)
    token = new_token()
    BallotLink.objects.create(
        entry=entry,
        token_hash=ballot_hash_of(token),
        tail_hash=ballot_hash_of(f"{token}:{entry.phone[-4:]}"),
        sent_to=masked(entry.phone),
        made_by=by,
        made_at=at,
    )
    return token


def _send(entry: RollEntry, token: str, *, at: dt.datetime) -> None:
    vote = entry.vote
    queue_message(
        "ballot_invitation",
        to=Recipient(Channel.SMS, entry.phone),
        at=at,
        dedupe=f"ballot:{entry.pk}:{at.isoformat()}",
        subject=f"vote:{vote.pk}",
        expires_at=vote.closes_at,
        community_id=vote.community_id,
        context={
            "hall": vote.community.name,
            "question": vote.question[:40],
            "entry": entry.pk,
            "link": settings.PORTAL_URL + reverse("ballot", args=[sealed(token)]),
            "phone": vote.community.phone,
        },
    )


def find_ballot_link(token: str) -> BallotLink | None:
    """The live link of a token, while its vote is under way; guessed, taken back or over look alike."""
    if not 20 <= len(token) <= 64:
        return None
    rows = BallotLink.objects.filter(token_hash=ballot_hash_of(token), revoked_at__isnull=True)
    under_way = {"entry__vote__confirmed_at__isnull": True, "entry__vote__given_up_at__isnull": True}
    return rows.filter(**under_way).select_related("entry__vote__community__street", "entry__vote__estate").first()


def ballot_link_once(token: str) -> BallotLink | None:
    """The link of a token, whatever became of it: for the result of its vote, and for whom to telephone."""
    rows = BallotLink.objects.filter(token_hash=ballot_hash_of(token))
    return rows.select_related("entry__vote__community__street", "entry__vote__estate").first()


def is_their_phone(link: BallotLink, token: str, typed: str, *, at: dt.datetime) -> bool:
    """Whether these are the last digits of the number it went to. Each wrong try is counted at once; the fifth ends the link."""
    tail = "".join(half_width(typed).split())
    if hmac.compare_digest(link.tail_hash, ballot_hash_of(f"{token}:{tail}")):
        return True
    rows = BallotLink.objects.filter(pk=link.pk, revoked_at__isnull=True)
    rows.filter(wrong_tries__lt=MOST_TRIES).update(wrong_tries=F("wrong_tries") + 1)
    rows.filter(wrong_tries__gte=MOST_TRIES).update(revoked_at=at)
    return False
