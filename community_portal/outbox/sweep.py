"""Sending what is due: claim and commit, take in hand and commit, talk to the provider, mark. A worker may die anywhere.

Claimed but not in hand: nobody was told; the row waits again at no cost. In hand (``handed_at``): its fate is unknown; if the
provider drops repetitions it is given again under the same id, else it is ``unsure`` and a person decides.
A claim notes the database connection that made it. A killed worker's connection ends with it, so the next sweep (5 s) has its
rows back, however often one row meets with this; where a connection outlives its worker, as behind a pooler or after a power
cut, a claim ends after 20 s. A slow worker may outlive its claim without harm: taking in hand is a compare-and-set on
``claimed_at``, and the provider's yes settles the row whoever holds it.
"""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import F, Func, IntegerField, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import translation
from django.utils.translation import gettext_noop as _

from community_portal import clock
from community_portal.outbox.channels import NotTaken, Refused, sender_for
from community_portal.outbox.kinds import KINDS, Kind
from community_portal.outbox.last_look import last_look
from community_portal.outbox.models import Message, MessageState
from community_portal.people.links import unsealed

logger = logging.getLogger(__name__)
BATCH = 50
CLAIM_LASTS = dt.timedelta(seconds=20)
SWEEP_LASTS = dt.timedelta(seconds=60)  # well inside the time a task may run
MOST_ATTEMPTS = 5
TIRED_AFTER = 10  # failures in a row, each with the seconds it took; then a channel rests until the next sweep
LATE = dt.timedelta(minutes=5)
BROKEN_OFF, ONCE_MORE = _("发送途中断了"), _("再发一次")
NO_ANSWER, FATE_UNKNOWN = _("对方没有回音"), _("不知道对方收到没有")


def deliver_due(*, at: dt.datetime | None = None, most: int = 2000) -> int:
    """Sends everything due, and first takes back what a worker that died had claimed; answers how many were handed over.

    ``at`` stands for now in demo and tests.
    """
    take_back_lost_claims(at=at or clock.now())
    return deliver_waiting(at=at, most=most)


def deliver_waiting(*, at: dt.datetime | None = None, most: int = 2000) -> int:
    """Sends what waits, batch by batch, as ``deliver_due``."""
    begun, handed, failures = clock.now(), 0, Counter[str]()
    for _round in range(most // BATCH + 1):
        tired = {channel for channel, count in failures.items() if count >= TIRED_AFTER}
        batch = claim(at=at or clock.now(), size=BATCH, without=tired)
        handed += _deliver_batch(batch, failures, at)
        if len(batch) < BATCH or at is None and clock.now() - begun > SWEEP_LASTS:
            break
    return handed


def claim(*, at: dt.datetime, size: int, without: Iterable[str] = ()) -> list[Message]:
    """Takes up to ``size`` due rows for this worker alone and commits that; the attempt is counted in the row.

    Those that failed before come last, so that what kills its worker does not hold up the rest.
    """
    order = ("-is_urgent", "attempts", "due_at", "pk")
    with transaction.atomic():
        due = Message.objects.due(at=at).exclude(channel__in=without).order_by(*order)
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:size])
        Message.objects.filter(pk__in=ids).update(
            state=MessageState.CLAIMED,
            claimed_at=at,
            claimed_by=Func(function="pg_backend_pid", output_field=IntegerField()),
            handed_at=None,
            attempts=F("attempts") + 1,
        )
    return list(Message.objects.filter(pk__in=ids).select_related("user", "resident").order_by(*order))


@transaction.atomic
def take_back_lost_claims(*, at: dt.datetime) -> int:
    """Rows whose worker is gone or did not come back in time; answers how many.

    Never waits for a deed that holds one of them.
    """
    connected = RawSQL("SELECT pid FROM pg_stat_activity", [])  # constant
    is_gone = Q(claimed_by__isnull=False) & ~Q(claimed_by__in=connected)
    lost = Message.objects.filter(is_gone | Q(claimed_at__lt=at - CLAIM_LASTS), state=MessageState.CLAIMED)
    found = Message.objects.filter(pk__in=list(lost.select_for_update(skip_locked=True).values_list("pk", flat=True)))
    count = _put_back(found.filter(handed_at__isnull=True))
    in_hand = found.filter(state=MessageState.CLAIMED)
    for channel in in_hand.values_list("channel", flat=True).distinct():
        rows = in_hand.filter(channel=channel)
        if sender_for(channel).is_idempotent:
            again = rows.filter(attempts__lt=MOST_ATTEMPTS)
            count += again.update(state=MessageState.WAITING, claimed_at=None, reason=f"{BROKEN_OFF}，{ONCE_MORE}")
            count += rows.update(state=MessageState.FAILED, reason=_("试了几次都没有发成"))
        else:
            count += rows.update(state=MessageState.UNSURE, reason=f"{BROKEN_OFF}，{FATE_UNKNOWN}")
    return count


def _put_back(rows: QuerySet[Message]) -> int:
    """Nobody was told and nothing was tried."""
    return rows.update(state=MessageState.WAITING, claimed_at=None, attempts=F("attempts") - 1)


def _deliver_batch(batch: list[Message], failures: Counter[str], at: dt.datetime | None) -> int:
    """One after the other; whatever one does, the next has its turn. ``failures`` counts those in a row per channel."""
    handed = 0
    for message in batch:
        try:
            if failures[message.channel] >= TIRED_AFTER:
                _put_back(_mine(message))
                continue
            handed += _deliver(message, failures, at or clock.now())
        except Exception:  # an error here must never stop the ones behind it
            logger.exception("message %s stays claimed", message.pk)
    return handed


def _deliver(message: Message, failures: Counter[str], at: dt.datetime) -> bool:
    """Answers whether it was handed over."""
    if not _take_in_hand(message, at):
        return False
    try:
        kind = KINDS[message.kind]
        verdict = last_look(message, kind, at=at)
        words = _as_kept(message, kind)
    except Exception:  # nobody was told yet
        logger.exception("message %s", message.pk)
        _try_later(message, _("内部错误"), at)
        return False
    if verdict is None:
        return _hand_over(message, words, failures, at)
    if verdict.until is None:
        _settle(message, MessageState.CANCELLED, verdict.reason)
        return False
    _mine(message).update(
        state=MessageState.WAITING,
        claimed_at=None,
        handed_at=None,
        due_at=verdict.until,
        attempts=F("attempts") - 1,
        reason=verdict.reason[:200],
    )
    return False


def _take_in_hand(message: Message, at: dt.datetime) -> bool:
    """From here on only this worker may speak; False when the claim was lost or the message withdrawn meanwhile.

    A deed that withdraws the message holds its row, so this waits for it: what was withdrawn in time is never sent.
    """
    if not _mine(message).update(claimed_at=at, handed_at=at):
        return False
    message.claimed_at = message.handed_at = at
    return True


def _mine(message: Message) -> QuerySet[Message]:
    return Message.objects.filter(pk=message.pk, state=MessageState.CLAIMED, claimed_at=message.claimed_at)


def words_of(message: Message) -> str:
    """The words in the recipient's language."""
    return unsealed(_as_kept(message, KINDS[message.kind]))


def _as_kept(message: Message, kind: Kind) -> str:
    """The same as the table keeps them: secret links stay sealed."""
    with translation.override(message.language):
        return str(kind.words) % message.context


def _hand_over(message: Message, words: str, failures: Counter[str], at: dt.datetime) -> bool:
    sender, begun = sender_for(message.channel), clock.now()
    try:
        reference = sender.send(message, unsealed(words))
    except Refused as refused:
        _settle(message, MessageState.FAILED, str(refused))
        return False
    except Exception as error:  # a provider may fail in any way
        failures[message.channel] += 1 + (clock.now() - begun).seconds
        logger.warning("message %s: %s", message.pk, type(error).__name__)
        if sender.is_idempotent or isinstance(error, NotTaken):
            _try_later(message, str(error) if isinstance(error, NotTaken) else type(error).__name__, at)
        else:
            _settle(message, MessageState.UNSURE, f"{NO_ANSWER}，{FATE_UNKNOWN}")
        return False
    failures[message.channel] = 0
    is_forgotten = KINDS[message.kind].is_secret and not settings.PORTAL_DEMO
    # Not only mine: when the claim ran out during the call, the yes still is the truth and saves a repetition.
    Message.objects.filter(
        pk=message.pk, state__in=[MessageState.CLAIMED, MessageState.WAITING, MessageState.UNSURE]
    ).update(
        state=MessageState.SENT,
        sent_at=at,
        claimed_at=None,
        address=message.address,
        provider_ref=reference[:80],
        reason="",
        **({"body": "", "context": {}} if is_forgotten else {"body": words}),
    )
    return True


def _try_later(message: Message, reason: str, at: dt.datetime) -> None:
    """After 10 s, 1 min, 6 min, 36 min; the fifth failure is the last."""
    if message.attempts >= MOST_ATTEMPTS:
        _settle(message, MessageState.FAILED, reason)
        return
    wait = dt.timedelta(seconds=10 * 6 ** (message.attempts - 1))
    _mine(message).update(state=MessageState.WAITING, claimed_at=None, due_at=at + wait, reason=reason[:200])


def _settle(message: Message, state: str, reason: str) -> None:
    _mine(message).update(state=state, claimed_at=None, reason=reason[:200])


def overdue_messages(*, at: dt.datetime) -> int:
    """How many should have gone out more than five minutes ago; monitoring alarms above zero.

    A retry has a new due time, so from its third failure (over six minutes in all) it counts too.
    """
    underway = Message.objects.filter(state__in=[MessageState.WAITING, MessageState.CLAIMED])
    late = underway.filter(due_at__lt=at - LATE).count()
    return late + underway.filter(due_at__gte=at - LATE, attempts__gte=3).count()
