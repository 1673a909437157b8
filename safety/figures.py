"""The figures of campaigns and of duties. Heads are heads, views are views: they are never added up."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal.dues.models import DueItem
from community_portal.matters.lists import rows_of
from community_portal.measure import Difference, Figure, Measure, Rate, Rows
from safety.dues import DUTIES
from safety.models import CampaignSession, OnlineReach, Venue

LIST = rows_of(CampaignSession)
REACH = Rows("safety/rows/reach.html", lambda rows: rows.select_related("campaign").order_by("-pk"))
DUE_ROWS = Rows("safety/rows/dues.html", lambda rows: rows.select_related("community").order_by("-pk"))
HELD = "{r}.state IN ('held', 'reported')"
OURS = "{r}.kind IN (" + ", ".join(f"'{kind.name}'" for kind in DUTIES.values()) + ")"

sessions = Measure(
    "campaign_sessions", _("办过宣传"), _("场次"), CampaignSession, "held_at", ("state", "venue"), LIST, HELD,
    split="{r}.venue", names=lambda: dict(Venue.choices), good=1, hue="vermilion",
)  # fmt: skip
reached = Measure(
    "campaign_reached", _("宣传到场"), _("人次"), CampaignSession, "held_at", ("state", "heads", "venue"), LIST, HELD,
    "{r}.heads", split="{r}.venue", names=lambda: dict(Venue.choices), good=1,
)  # fmt: skip
leaflets = Measure(
    "leaflets", _("发放材料"), _("份"), CampaignSession, "held_at", ("state", "leaflets"), LIST, HELD, "{r}.leaflets"
)
views = Measure(
    "campaign_online_views",
    _("线上看过"),
    _("次"),
    OnlineReach,
    "noted_at",
    ("more",),
    REACH,
    weight="{r}.more",
    good=1,
)


def _quiz(name: str, label: Any) -> Measure:
    return Measure(
        f"quiz_{name}", label, _("题次"), CampaignSession, "held_at", ("state", name), LIST, HELD, f"{{r}}.{name}"
    )


asked_before, right_before = _quiz("asked_before", _("讲之前问的")), _quiz("right_before", _("讲之前答对的"))
asked_after, right_after = _quiz("asked_after", _("讲之后问的")), _quiz("right_after", _("讲之后答对的"))
before = Rate("quiz_right_before_rate", _("讲之前答对"), part=right_before, whole=asked_before)
after = Rate("quiz_right_after_rate", _("讲之后答对"), part=right_after, whole=asked_after, good=1)

due = Measure(
    "duties_due", _("消防到期的事"), _("件"), DueItem, "due_on", ("kind", "clause", "waived_at"), DUE_ROWS,
    f"{OURS} AND {{r}}.waived_at IS NULL", split="{r}.clause",
)  # fmt: skip
done = Measure(
    "duties_done", _("办了的"), _("件"), DueItem, "due_on", ("kind", "clause", "done_on"), DUE_ROWS,
    f"{OURS} AND {{r}}.done_on IS NOT NULL", split="{r}.clause", good=1,
)  # fmt: skip

CAMPAIGNS: tuple[Figure, ...] = (
    sessions,
    reached,
    views,
    leaflets,
    before,
    after,
    Difference("quiz_gain", _("听了多懂多少"), more=after, less=before, good=1),
)
DUES: tuple[Figure, ...] = (due, done, Rate("duties_done_rate", _("到期的事办了多少"), part=done, whole=due, good=1))
