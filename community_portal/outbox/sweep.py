"""Sending what is due. Claim and commit first, then talk to the provider, then mark: a worker may die anywhere between.

Before the claim: the row is still waiting. After the claim: it is found again after ``CLAIM_LASTS`` and, if the provider
drops repetitions, given again under the same id; otherwise it is ``unsure`` and shown to staff, never sent twice silently.
"""

import datetime as dt
import logging

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.outbox.channels import Refused, Sender, sender_for
from community_portal.outbox.kinds import KINDS, Kind
from community_portal.outbox.models import Channel, Message, MessageState

logger = logging.getLogger(__name__)
BATCH = 50
CLAIM_LASTS = dt.timedelta(seconds=60)
MOST_ATTEMPTS = 5
LATE = dt.timedelta(minutes=5)


def deliver_due(*, at: dt.datetime | None = None, most: int = 2000) -> int:
    """Sends everything due, batch by batch; answers how many were handed over. ``at`` stands for now in demo and tests."""
    take_back_lost_claims(at=at or clock.now())
    handed = 0
    for _round in range(most // BATCH + 1):
        batch = claim(at=at or clock.now())
        if not batch:
            break
        handed += sum(_deliver(message, at=at or clock.now()) for message in batch)
    return handed


def claim(*, at: dt.datetime, size: int = BATCH) -> list[Message]:
    """Takes up to ``size`` due rows for this worker alone and commits that; the attempt is counted in the row."""
    with transaction.atomic():
        ids = list(
            Message.objects.due(at=at)
            .order_by("-is_urgent", "due_at")
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:size]
        )
        Message.objects.filter(pk__in=ids).update(state=MessageState.CLAIMED, claimed_at=at, attempts=F("attempts") + 1)
    return list(Message.objects.filter(pk__in=ids).select_related("user", "resident").order_by("-is_urgent", "due_at"))


def take_back_lost_claims(*, at: dt.datetime) -> int:
    """Rows whose worker never came back; answers how many."""
    lost = Message.objects.filter(state=MessageState.CLAIMED, claimed_at__lt=at - CLAIM_LASTS)
    count = 0
    for channel in Channel:
        rows = lost.filter(channel=channel)
        if sender_for(channel).is_idempotent:
            count += rows.filter(attempts__lt=MOST_ATTEMPTS).update(state=MessageState.WAITING, claimed_at=None)
            count += rows.update(state=MessageState.FAILED, reason=_("试了 %(n)s 次都没有发成") % {"n": MOST_ATTEMPTS})
        else:
            count += rows.update(state=MessageState.UNSURE, reason=_("发送途中断了，不知道对方收到没有"))
    return count


def _deliver(message: Message, *, at: dt.datetime) -> bool:
    """One message, whatever happens: an exception here must never stop the ones behind it."""
    try:
        kind = KINDS[message.kind]
        if _decided_otherwise(message, kind, at):
            return False
        words = words_of(message, kind)
        return _hand_over(message, sender_for(message.channel), words, at)
    except Exception:
        logger.exception("message %s", message.pk)
        _try_later(message, _("内部错误"), at)
        return False


def words_of(message: Message, kind: Kind | None = None) -> str:
    """The words in the recipient's language."""
    kind = kind or KINDS[message.kind]
    with translation.override(message.language):
        return str(kind.words) % message.context


def _decided_otherwise(message: Message, kind: Kind, at: dt.datetime) -> bool:
    """Not true any more, worthless, night, or too many for one day: decided without the provider."""
    reason = _("已经过时") if message.expires_at and message.expires_at <= at else kind.untrue_because(message, at)
    if reason:
        return _settle(message, MessageState.CANCELLED, reason)
    if message.is_urgent or message.channel == Channel.SCREEN:
        return False
    morning = end_of_quiet(at)
    if morning is None and _had_enough(message, at):
        morning = clock.at_wall(clock.local(at).date() + dt.timedelta(days=1), settings.QUIET_HOURS[1])
        if message.expires_at is None or message.expires_at > morning:
            return _postpone(message, morning)
        return _settle(message, MessageState.CANCELLED, _("这位居民今天已收到太多短信"))
    if morning is None:
        return False
    if message.expires_at and message.expires_at <= morning:
        return _settle(message, MessageState.CANCELLED, _("夜里不打扰，到早上已过时"))
    return _postpone(message, morning)


def end_of_quiet(at: dt.datetime) -> dt.datetime | None:
    """When the night is over, if ``at`` is in it (21:00–8:00 in Shanghai)."""
    local, (begins, ends) = clock.local(at), settings.QUIET_HOURS
    if local.time() >= begins:
        return clock.at_wall(local.date() + dt.timedelta(days=1), ends)
    return clock.at_wall(local.date(), ends) if local.time() < ends else None


def _had_enough(message: Message, at: dt.datetime) -> bool:
    start, end = clock.day_bounds(clock.local(at).date())
    sent = Message.objects.filter(address=message.address, sent_at__gte=start, sent_at__lt=end, is_urgent=False)
    return sent.count() >= settings.MESSAGES_PER_PERSON_PER_DAY


def _hand_over(message: Message, sender: Sender, words: str, at: dt.datetime) -> bool:
    try:
        reference = sender.send(message, words)
    except Refused as refused:
        _settle(message, MessageState.FAILED, str(refused)[:200])
        return False
    except Exception as error:
        logger.warning("message %s: %s", message.pk, type(error).__name__)
        if sender.is_idempotent:
            _try_later(message, type(error).__name__, at)
        else:
            _settle(message, MessageState.UNSURE, _("对方没有回音，不知道收到没有"))
        return False
    Message.objects.filter(pk=message.pk, state=MessageState.CLAIMED).update(
        state=MessageState.SENT, sent_at=at, provider_ref=reference[:80], body=words, reason=""
    )
    return True


def _try_later(message: Message, reason: str, at: dt.datetime) -> None:
    if message.attempts >= MOST_ATTEMPTS:
        _settle(message, MessageState.FAILED, reason)
        return
    wait = dt.timedelta(seconds=10 * 3**message.attempts)
    Message.objects.filter(pk=message.pk, state=MessageState.CLAIMED).update(
        state=MessageState.WAITING, claimed_at=None, due_at=at + wait, reason=reason[:200]
    )


def _settle(message: Message, state: str, reason: str) -> bool:
    Message.objects.filter(pk=message.pk, state=MessageState.CLAIMED).update(state=state, reason=str(reason)[:200])
    return True


def _postpone(message: Message, until: dt.datetime) -> bool:
    Message.objects.filter(pk=message.pk, state=MessageState.CLAIMED).update(
        state=MessageState.WAITING, claimed_at=None, due_at=until, attempts=F("attempts") - 1
    )
    return True


def overdue_messages(*, at: dt.datetime) -> int:
    """How many should have gone out more than five minutes ago; monitoring alarms above zero."""
    return Message.objects.filter(state__in=[MessageState.WAITING, MessageState.CLAIMED], due_at__lt=at - LATE).count()
