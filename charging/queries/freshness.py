"""How old what a vendor said may be: after a day it is unknown, after three the socket does not count as working. Both are rules
of the street."""

import datetime as dt
from typing import Any

from django.db.models import Case, DateTimeField, F, Q, QuerySet, Value, When
from django.db.models.functions import Greatest

from charging.models import FaultReason, FaultReport, Port
from charging.models.ports import PortQuerySet
from charging.status_words import PortState
from charging.workflow.faults import RULES, TO_REPAIR
from community_portal import clock
from community_portal.rules.evaluation import as_number
from community_portal.rules.models import Rule, RuleSet

UNKNOWN, NOT_WORKING = "unknown_hours", "not_working_hours"
DEFAULTS = {UNKNOWN: 24, NOT_WORKING: 72}
FLASH = dt.timedelta(seconds=5)
HEARD = Greatest("state_at", "point__heard_at")  # of nothing and something PostgreSQL takes something


def oldest(code: str, *, at: dt.datetime) -> Any:
    """What was heard before this is too old: one moment, or one for each street that has a rule of its own. One query."""
    sets = RuleSet.objects.in_force(on=clock.local(at).date()).filter(code=RULES)
    rules = Rule.objects.filter(rule_set__in=sets, code=code).values_list("rule_set__street", "limit")
    hours: dict[int | None, Any] = {street: as_number(limit) or DEFAULTS[code] for street, limit in rules}
    general = at - dt.timedelta(hours=float(hours.pop(None, DEFAULTS[code])))
    own = [When(community__street=street, then=Value(at - dt.timedelta(hours=float(n)))) for street, n in hours.items()]
    return Case(*own, default=Value(general), output_field=DateTimeField()) if own else Value(general)


def said_to_be_hot() -> QuerySet[FaultReport, Any]:
    """The sockets of which somebody said so, though others said something else of them before; until they are repaired."""
    reports = FaultReport.objects.filter(reason=FaultReason.HOT, fault__state__in=TO_REPAIR)
    return reports.values("fault__port")


def with_age(ports: QuerySet[Port], *, at: dt.datetime) -> QuerySet[Port]:
    """Each with ``heard_at`` and ``shown``, what may be said of it now: not heard of for too long is unknown, a change that is
    some seconds old may be a flash, and nobody is sent to a free socket that is said to be hot."""
    unheard = Q(heard_at__isnull=True) | Q(heard_at__lt=oldest(UNKNOWN, at=at))
    return ports.annotate(heard_at=HEARD).annotate(
        shown=Case(
            When(unheard, then=Value(PortState.UNKNOWN.value)),
            When(state=PortState.AVAILABLE, pk__in=said_to_be_hot(), then=Value(PortState.FAULTED.value)),
            When(state_at__gt=at - FLASH, then=F("earlier_state")),
            default=F("state"),
        )
    )


def working(ports: PortQuerySet, *, at: dt.datetime) -> PortQuerySet:
    """Those in service that work: by what they last said, while that is not too old to count."""
    states = [PortState.AVAILABLE, PortState.IN_USE]
    return (
        ports.in_service()
        .annotate(heard_at=HEARD)
        .filter(state__in=states, heard_at__gte=oldest(NOT_WORKING, at=at), point__site__state="in_service")
    )  # fmt: skip
