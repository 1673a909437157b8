"""A retrofit as its page shows it: the days of each milestone, both rates, zones as they lie, what each side gave."""

import datetime as dt
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Sum

from community_portal import clock
from community_portal.casework.models import Event
from community_portal.deliberations.models import Meeting, Survey
from community_portal.deliberations.standing import meetings_of
from community_portal.measure.arithmetic import per_cent
from safety.models import Contribution, Retrofit, RetrofitCheck, RetrofitZone
from safety.workflow.retrofit_states import EARLY, Making


class Asked(NamedTuple):
    """Of how many households, how many answered, how many said so: and both rates."""

    base: int
    answered: int
    reported: int
    of_all: float | None
    of_answered: float | None

    @property
    def denied(self) -> int:
        return self.answered - self.reported

    @property
    def silent(self) -> int:
        return self.base - self.answered


def asked_of(retrofit: Retrofit) -> Asked | None:
    if retrofit.surveyed_at is None:
        return None
    base, answered, reported = retrofit.asked, retrofit.answered, retrofit.reported
    return Asked(base, answered, reported, per_cent(reported, base), per_cent(reported, answered))


class Spot(NamedTuple):
    """A zone of the drawing: its bikes as strokes, and those places that it may fill yet."""

    zone: RetrofitZone
    taken: range
    free: range


def spots_of(zones: list[RetrofitZone]) -> list[Spot]:
    return [Spot(one, range(one.bikes), range(max(0, one.most_bikes - one.bikes))) for one in zones]


def total_of(contributions: list[Contribution]) -> Decimal:
    return sum((one.amount for one in contributions if one.amount), Decimal(0))


def sides_of(contributions: list[Contribution]) -> int:
    """How many of them gave something: 六方共治."""
    return len({one.name for one in contributions})


# The step after which a milestone was passed, by its place on the line.
PASSED = {0: "count_survey", 1: "agree", 2: "start", 3: "report_done", 4: "accept", 6: "close"}


def days_of(retrofit: Retrofit) -> dict[int, dt.date]:
    """When each milestone was passed, the last time that it was."""
    lines = Event.objects.filter(flow=retrofit.flow.name, matter_id=retrofit.pk, kind__in=PASSED.values())
    told = {kind: clock.local(at).date() for kind, at in lines.order_by("sequence").values_list("kind", "at")}
    return {place: told[kind] for place, kind in PASSED.items() if kind in told}


class Followed(NamedTuple):
    check: RetrofitCheck
    days_left: int
    may_be_done: bool


def checks_of(retrofit: Retrofit, *, on: dt.date) -> list[Followed]:
    return [
        Followed(one, (one.due_on - on).days, on >= one.due_on - dt.timedelta(days=EARLY))
        for one in retrofit.checks_now()
    ]


def panels_of(retrofit: Retrofit) -> dict[str, Any]:
    today = clock.today()
    zones, gifts = list(retrofit.zones.all()), list(retrofit.contributions.all())
    return {
        "asked": asked_of(retrofit),
        "surveys": list(Survey.objects.of(retrofit)),
        "meetings": list(meetings_of(retrofit).prefetch_related("decisions__owner", "decisions__organisation")),
        "measures": list(retrofit.measures.all()),
        "zones": spots_of(zones),
        "bikes": sum(one.bikes for one in zones),
        "rules": zones[0].rules if zones else "",
        "gifts": gifts,
        "total": total_of(gifts),
        "sides": sides_of(gifts),
        "hazards": list(retrofit.hazards.select_related("hazard__case")),
        "checks": checks_of(retrofit, on=today),
        "in_use_days": (today - retrofit.accepted_on).days if retrofit.accepted_on else None,
        "days_passed": days_of(retrofit),
        "is_running": retrofit.state in (Making.RUNNING, Making.CLOSED),
    }


def lists_of(user: Any) -> Any:
    """Those that this user reads, with what their lines show."""
    rows = Retrofit.objects.visible_to(user).select_related("case", "estate", "community")
    return rows.annotate(bikes=Sum("zones__bikes"))


def joint(meetings: list[Meeting], retrofit: Retrofit) -> Meeting | None:
    """The meeting by which it was agreed, else the newest."""
    return next((one for one in meetings if one.pk == retrofit.meeting_id), meetings[0] if meetings else None)
