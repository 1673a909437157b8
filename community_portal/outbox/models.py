"""Every SMS, e-mail and on-screen notice, and every reminder: a reminder is a message with a later due time."""

import re
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from community_portal.people.models import Resident
from community_portal.places.models import Community

COMMA, COLON = gettext_noop("，"), gettext_noop("：")
_PIECE = re.compile(f"([{COMMA}{COLON}])")


def in_reader_words(kept: str) -> str:
    """What the portal said and keeps as the source has it, in pieces with names between them, in the reader's language."""
    return "".join(gettext(piece) for piece in _PIECE.split(kept) if piece)


class Channel(models.TextChoices):
    SMS = "sms", _("短信")
    EMAIL = "email", _("邮件")
    SCREEN = "screen", _("站内")


class MessageState(models.TextChoices):
    WAITING = "waiting", _("待发")
    CLAIMED = "claimed", _("发送中")
    SENT = "sent", _("已发")
    FAILED = "failed", _("没发成")
    UNSURE = "unsure", _("不确定")
    CANCELLED = "cancelled", _("不发了")


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self, *, at: Any) -> "MessageQuerySet":
        return self.filter(state=MessageState.WAITING, due_at__lte=at)

    def visible_to(self, user: Any) -> "MessageQuerySet":
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(Q(user=user) | Q(community_id__in=user.community_ids))


class Message(models.Model):
    """One thing said to one person by one channel.

    ``kind`` names an entry of the registry (outbox/kinds.py) that knows the words and whether it is still true;
    ``subject`` is what it speaks of ("booking:12"), ``subject_version`` the state of it that was meant.
    """

    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    # Every further index is paid for by each booking; those that the indexes below begin with are left out. The place is
    # copied from the row spoken of, so its lock, which all bookings of a community would share, is not taken again.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="messages", db_index=False
    )
    resident = models.ForeignKey(Resident, models.CASCADE, null=True, blank=True, related_name="messages")
    community = models.ForeignKey(
        Community, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )
    address = models.CharField(max_length=120, blank=True, help_text="phone in E.164, or e-mail; empty on screen")
    language = models.CharField(max_length=10, default="zh-hans")
    context = models.JSONField(default=dict)
    subject = models.CharField(max_length=60, blank=True)
    subject_version = models.IntegerField(default=0)
    dedupe_key = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True, help_text="worthless from then on")
    is_urgent = models.BooleanField(default=False, help_text="ignores quiet hours and the daily cap")
    state = models.CharField(max_length=10, choices=MessageState.choices, default=MessageState.WAITING)
    attempts = models.SmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.IntegerField(null=True, blank=True, help_text="the database connection that claimed it last")
    handed_at = models.DateTimeField(
        null=True, blank=True, help_text="taken in hand; from then on it may have been told"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    provider_ref = models.CharField(max_length=80, blank=True)
    body = models.TextField(blank=True, help_text="the words as sent")
    reason = models.CharField(max_length=200, blank=True, help_text="why not sent, or why unsure")
    read_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dedupe_key"], name="message_is_said_once"),
            models.CheckConstraint(
                condition=~Q(state=MessageState.SENT) | Q(sent_at__isnull=False), name="sent_message_has_sent_at"
            ),
            models.CheckConstraint(
                condition=~Q(state=MessageState.CLAIMED) | Q(claimed_at__isnull=False),
                name="claimed_message_has_claimed_at",
            ),
        ]
        indexes = [
            models.Index(
                fields=["state", "due_at"],
                name="message_underway",
                condition=Q(state__in=["waiting", "claimed", "unsure"]),
            ),
            models.Index(fields=["created_at"], name="message_sign_in_codes", condition=Q(kind="login_code")),
            models.Index(fields=["subject"], name="message_subject"),
            models.Index(fields=["user", "-id"], name="message_on_screen", condition=Q(channel="screen")),
            models.Index(fields=["address", "handed_at"], name="message_told_to", condition=Q(handed_at__isnull=False)),
            models.Index(fields=["community", "-id"], name="message_in_place"),
        ]

    @property
    def why(self) -> str:
        """``reason`` in the reader's language."""
        return in_reader_words(self.reason)


class Heartbeat(models.Model):
    """When each worker was last seen alive; what /healthz reads."""

    name = models.CharField(primary_key=True, max_length=80)
    at = models.DateTimeField()
