"""Whether a repaired socket works: it charges again, somebody scans it, or the community looks."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q

from charging.actions.fault_news import tell_reporters
from charging.models import ConfirmedBy, Fault
from charging.workflow.faults import Mending
from community_portal.casework.actions import take_step
from community_portal.matters.actions.steps import take
from community_portal.people.authority import SYSTEM
from community_portal.people.models import User


def confirm_by_charging(charging: dict[int, dt.datetime], *, at: dt.datetime) -> None:
    """Sockets that charge since those moments: what was repaired before is confirmed. One query where there is nothing."""
    if not charging:
        return
    for fault in Fault.objects.filter(state=Mending.REPAIRED, port__in=charging).select_related("case", "community"):
        if fault.repaired_at is not None and fault.repaired_at < charging[fault.port_id]:
            _confirm(fault, ConfirmedBy.CHARGING, at=at)


@transaction.atomic
def confirm_by_scan(fault: Fault, *, at: dt.datetime, seen: int | None = None) -> None:
    """Whoever stands before it says that it works; nobody asks who they are."""
    _confirm(fault, ConfirmedBy.SCAN, at=at, seen=seen)


def _confirm(fault: Fault, how: str, *, at: dt.datetime, seen: int | None = None) -> None:
    changes = {"confirmed_at": at, "confirmed_by": how}
    take_step(fault, "confirm", by=None, at=at, authority=SYSTEM, seen=seen, changes=changes, detail={"how": how})
    forget_numbers(fault)


@transaction.atomic
def confirm(fault: Fault, *, by: User | None, at: dt.datetime, **given: Any) -> None:
    """The community went to look."""
    changes = {"confirmed_at": at, "confirmed_by": ConfirmedBy.STAFF}
    take(fault, "confirm", by=by, at=at, changes=changes, **given)
    forget_numbers(fault)


@transaction.atomic
def not_found(fault: Fault, *, words: str, by: User | None, at: dt.datetime, **given: Any) -> None:
    """Whoever reported it reads why nothing was done."""
    take(fault, "not_found", by=by, at=at, words=words, **given)
    tell_reporters("port_fault_not_found", fault, at=at, words=words)
    forget_numbers(fault)


def forget_numbers(fault: Fault) -> None:
    """It is over, and whoever wanted to hear has their message."""
    fault.reports.filter(~Q(phone="")).update(phone="")
