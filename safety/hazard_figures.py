"""The figures of hazards. One counts on the day it was found, was due, or was closed, as each says."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.matters.lists import rows_of
from community_portal.measure import Figure, Measure, Median, Now, Rate
from safety.models import Hazard, HazardSource, Level
from safety.workflow.states import HAZARD_GIVEN, Hazarding

PLACES = _("处")
LIST = rows_of(Hazard)
GONE = "'not_hazard', 'duplicate', 'passed_on'"
IN_TIME = "({r}.rectified_at AT TIME ZONE 'Asia/Shanghai')::date <= {r}.due_on"
DAYS = "(({r}.closed_at AT TIME ZONE 'Asia/Shanghai')::date - ({r}.opened_at AT TIME ZONE 'Asia/Shanghai')::date)::text"


def _overdue(places: list[int], at: dt.datetime) -> Any:
    """Late as of today: a day passes, and no row changes."""
    rows = Hazard.objects.filter(community_id__in=places, state__in=HAZARD_GIVEN)
    return rows.filter(due_on__lt=clock.local(at).date())


def _waiting(places: list[int], at: dt.datetime) -> Any:
    return Hazard.objects.filter(community_id__in=places, state=Hazarding.TRANSFERRED)


found = Measure(
    "hazards_found", _("发现隐患"), PLACES, Hazard, "opened_at", ("state", "source"), LIST, f"{{r}}.state NOT IN ({GONE})",
    split="{r}.source", names=lambda: dict(HazardSource.choices), hue="vermilion",
)  # fmt: skip
by_level = Measure(
    "hazards_verified", _("核实了的隐患"), PLACES, Hazard, "verified_at", ("state", "level"), LIST,
    f"{{r}}.state NOT IN ({GONE})", split="{r}.level", names=lambda: dict(Level.choices), hue="vermilion",
)  # fmt: skip
on_spot = Measure(
    "hazards_fixed_on_spot", _("当场改好的"), PLACES, Hazard, "rectified_at", ("fixed_on_spot",), LIST,
    "{r}.fixed_on_spot", good=1,
)  # fmt: skip
closed = Measure(
    "hazards_closed", _("销号的隐患"), PLACES, Hazard, "closed_at", ("state",), LIST, "{r}.state = 'closed'", good=1,
    hue="vermilion",
)  # fmt: skip
due = Measure("hazards_due", _("到期的隐患"), PLACES, Hazard, "due_on", (), LIST, ahead=True)
due_closed = Measure(
    "hazards_due_closed", _("到期的里销了号的"), PLACES, Hazard, "due_on", ("state",), LIST, "{r}.state = 'closed'",
    ahead=True,
)  # fmt: skip
in_time = Measure(
    "hazards_in_time", _("按期改好的"), PLACES, Hazard, "due_on", ("rectified_at",), LIST, IN_TIME, ahead=True
)
reopened = Measure(
    "hazards_reopened", _("没改好又回来"), _("次"), Hazard, "opened_at", ("reopened_count",), LIST,
    "{r}.reopened_count > 0", "{r}.reopened_count", good=-1,
)  # fmt: skip
lasted = Measure(
    "hazards_lasted", _("销号用了几天"), PLACES, Hazard, "closed_at", ("state", "opened_at"), LIST,
    "{r}.state = 'closed'", split=DAYS,
)  # fmt: skip

HAZARDS: tuple[Figure, ...] = (
    found,
    by_level,
    on_spot,
    closed,
    Rate("hazard_closed_rate", _("隐患销号率"), part=due_closed, whole=due, good=1),
    Rate("hazard_on_time_rate", _("隐患按期整改率"), part=in_time, whole=due, good=1),
    reopened,
    Now("hazards_overdue", _("超期没改的隐患"), PLACES, read=_overdue, rows=LIST, hue="vermilion", good=-1),
    Now("hazards_waiting", _("转出去没答复的"), PLACES, read=_waiting, rows=LIST),
    Median("hazard_days_median", _("隐患多久销号（中位）"), _("天"), of=lasted, good=-1),
)
