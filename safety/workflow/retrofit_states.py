"""The states of a retrofit, and what follows from them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Making(TextChoices):
    SURVEY = "survey", _("在问住户")
    MEETING = "meeting", _("待开联席会")
    AGREED = "agreed", _("商定了，待开工")
    WORKS = "works", _("在施工")
    ACCEPTING = "accepting", _("待验收")
    RUNNING = "running", _("在用")
    CLOSED = "closed", _("已办结")
    CANCELLED = "cancelled", _("不改了")


BEFORE_RUNNING = frozenset({Making.SURVEY, Making.MEETING, Making.AGREED, Making.WORKS, Making.ACCEPTING})
PLANNED = frozenset({Making.SURVEY, Making.MEETING, Making.AGREED})  # zones and measures may still change freely
CHANGING = PLANNED | {Making.WORKS}
STARTED = frozenset({Making.WORKS, Making.ACCEPTING, Making.RUNNING, Making.CLOSED})
USED = frozenset({Making.RUNNING, Making.CLOSED})
FOLLOW_UPS = (30, 90)  # days after the acceptance
EARLY = 7  # days before it is due a test may be made
