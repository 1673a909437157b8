"""The figures of campaigns and of duties. Heads are heads, views are views: they are never added up."""

import datetime as dt
from typing import Any

from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.dues.models import DueItem
from community_portal.matters.lists import rows_of
from community_portal.measure import Difference, Figure, Measure, Now, Rate, Rows
from safety.dues import DUTIES
from safety.models import CampaignSession, OnlineReach, Venue

LIST = rows_of(CampaignSession)
REACH = Rows("safety/rows/reach.html", lambda rows: rows.select_related("campaign").order_by("-pk"))
DUE_ROWS = Rows("safety/rows/dues.html", lambda rows: rows.select_related("community").order_by("-pk"))
HELD = "{r}.state IN ('held', 'reported')"
NAMES = tuple(kind.name for kind in DUTIES.values())
LONGEST_LABEL = 30  # what a figure is split by is kept so short (dashboards/models.py); a street writes longer clauses
CLAUSE = f"left({{r}}.clause, {LONGEST_LABEL})"
OF_DRILLS = tuple(DUTIES[duty].name for duty in ("drill", "ebike_drill"))


def _one_of(names: tuple[str, ...]) -> str:
    return "{r}.kind IN (" + ", ".join(f"'{name}'" for name in names) + ")"


def _overdue(places: list[int], at: dt.datetime) -> Any:
    """Late as of today: a day passes, and no row changes."""
    late = DueItem.objects.overdue(on=clock.local(at).date()).filter(kind__in=NAMES, community_id__in=places)
    return late.annotate(by_clause=Left("clause", LONGEST_LABEL))


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
    f"{_one_of(NAMES)} AND {{r}}.waived_at IS NULL", split=CLAUSE,
)  # fmt: skip
done = Measure(
    "duties_done", _("办了的"), _("件"), DueItem, "due_on", ("kind", "clause", "done_on"), DUE_ROWS,
    f"{_one_of(NAMES)} AND {{r}}.done_on IS NOT NULL", split=CLAUSE, good=1,
)  # fmt: skip
drills_due = Measure(
    "drills_due", _("该办的演练"), _("场次"), DueItem, "due_on", ("kind", "clause", "waived_at"), DUE_ROWS,
    f"{_one_of(OF_DRILLS)} AND {{r}}.waived_at IS NULL", split=CLAUSE, hue="vermilion",
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
DUES: tuple[Figure, ...] = (
    due,
    done,
    Now(
        "duties_overdue", _("超期没办的"), _("件"), read=_overdue, rows=DUE_ROWS, split="by_clause", hue="vermilion",
        good=-1,
    ),
    drills_due,
    Rate("duties_done_rate", _("到期的事办了多少"), part=done, whole=due, good=1),
)  # fmt: skip
