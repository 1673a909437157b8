"""Writing and withdrawing messages. Always in the transaction of the deed that they speak of; sending is outbox/sweep.py."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from community_portal.outbox.kinds import KINDS
from community_portal.outbox.models import Channel, Message, MessageState
from community_portal.people.authority import staff_authority
from community_portal.people.models import Resident, User
from community_portal.people.own_account.consents import numbers_for_messages
from community_portal.refusals import Changed, NotAllowed


@dataclass(frozen=True)
class Recipient:
    """Somebody and the way to reach them. ``address`` is empty for on-screen notices."""

    channel: str
    address: str = ""
    user: User | None = None
    resident: Resident | None = None
    language: str = "zh-hans"


def resident_recipients(resident: Resident) -> list[Recipient]:
    """The resident's own phone that takes messages, or the family's when they have none; plus their screen if they sign in.
    A file that was merged into another leads to that one: number and account went there."""
    resident = resident.present_file
    numbers = numbers_for_messages(resident)[:1]
    found = [Recipient(Channel.SMS, number, None, resident, resident.language) for number in numbers]
    account = getattr(resident, "account", None)
    if account and account.is_active:
        found.append(Recipient(Channel.SCREEN, "", account, resident, account.language))
    return found


def staff_recipients(user: User) -> list[Recipient]:
    """A staff member reads on the screen, and by e-mail when they have an address."""
    found = [Recipient(Channel.SCREEN, "", user, None, user.language)]
    if user.email:
        found.append(Recipient(Channel.EMAIL, user.email, user, None, user.language))
    return found


def queue_message(
    kind: str,
    *,
    to: Recipient,
    at: dt.datetime,
    dedupe: str,
    context: dict[str, Any],
    subject: str = "",
    version: int = 0,
    due_at: dt.datetime | None = None,
    expires_at: dt.datetime | None = None,
    community_id: int | None = None,
    at_any_hour: bool = False,
) -> None:
    """One row per (dedupe, channel, recipient): queueing the same again changes nothing.

    ``due_at`` None means now; ``subject`` ("booking:12") is what ``cancel_unsent`` finds it by; ``at_any_hour``: it is as
    urgent as a kind that wakes people.
    """
    known = KINDS[kind]
    whom = to.address or f"user:{to.user.pk if to.user else 0}"
    Message.objects.bulk_create(
        [
            Message(
                kind=kind,
                channel=to.channel,
                user=to.user,
                resident=to.resident,
                community_id=community_id,
                address=to.address,
                language=to.language,
                context=context,
                subject=subject,
                subject_version=version,
                dedupe_key=_fitting(f"{dedupe}:{to.channel}:{whom}"),
                due_at=due_at or at,
                expires_at=expires_at,
                is_urgent=known.is_urgent or at_any_hour,
                created_at=at,
            )
        ],
        ignore_conflicts=True,
    )


def _fitting(key: str) -> str:
    """Long keys differ at their end, in the address: what does not fit the column is hashed, never cut off."""
    return key if len(key) <= 120 else f"{key[:87]}:{hashlib.sha256(key.encode()).hexdigest()[:32]}"


def cancel_unsent(subject: str, *, reason: str, before_version: int | None = None) -> int:
    """Withdraws what was not sent about a subject (only of older versions when ``before_version`` is given).

    What a worker has claimed but not yet taken in hand can still be withdrawn; it finds the row gone and says nothing.
    """
    waiting = Message.objects.filter(subject=subject).filter(
        Q(state=MessageState.WAITING) | Q(state=MessageState.CLAIMED, handed_at__isnull=True)
    )
    if before_version is not None:
        waiting = waiting.filter(subject_version__lt=before_version)
    return waiting.update(state=MessageState.CANCELLED, reason=reason)


def scrub_codes(*, at: dt.datetime) -> int:
    """Forgets sign-in codes that no longer work; the demo keeps them, its page shows nothing else."""
    if settings.PORTAL_DEMO:
        return 0
    return Message.objects.filter(kind="login_code", expires_at__lt=at).exclude(context={}).update(context={}, body="")


@transaction.atomic
def resolve_unsure(message: Message, *, resend: bool, by: User, at: dt.datetime) -> None:
    """A person decided: send again (it may arrive twice), or take it as sent. Raises Changed when it is decided already."""
    if message.community_id:
        staff_authority(by, community_id=message.community_id)
    elif not by.is_superuser:
        raise NotAllowed(_("这条消息由管理员处理。"))
    unsure = Message.objects.filter(pk=message.pk, state=MessageState.UNSURE)
    decided = gettext_noop("决定重发") if resend else gettext_noop("确认已收到")
    reason = f"{decided}：{by}"[:200]
    if resend:
        done = unsure.update(state=MessageState.WAITING, due_at=at, claimed_at=None, attempts=0, reason=reason)
    else:
        done = unsure.update(state=MessageState.SENT, sent_at=at, reason=reason)
    if not done:
        raise Changed(_("情况有变：这条消息刚刚已经处理过了。"))


def mark_all_read(user: User, *, at: dt.datetime, newest: int | None = None) -> None:
    """What stood on this person's screen has been seen: up to the message ``newest``, not what came since."""
    seen = Message.objects.filter(user=user, channel=Channel.SCREEN, state=MessageState.SENT, read_at__isnull=True)
    if newest is not None:
        seen = seen.filter(pk__lte=newest)
    seen.update(read_at=at)
