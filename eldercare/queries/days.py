"""Acceptance days, and homes that wait for one; products of a recall."""

import re
from typing import Any

from eldercare.models import AcceptanceDay, AcceptanceVisit, Adaptation, Loan, ProductRecord
from eldercare.workflow.states import State

MOST = 60
JOINS = (
    "adaptation__case",
    "adaptation__resident",
    "adaptation__household__building__estate",
    "adaptation__contractor",
)


def waiting_homes(user: Any) -> Any:
    """Open rounds, not on a day yet or on one."""
    read = Adaptation.objects.visible_to(user).filter(state=State.ACCEPTING).order_by().values("pk")
    rows = AcceptanceVisit.objects.filter(adaptation__in=read, decided_at__isnull=True)
    return rows.select_related("day", *JOINS).order_by("adaptation__grid", "opened_at")


def days_of(user: Any) -> list[AcceptanceDay]:
    """The newest first, each with its homes; two queries."""
    read = Adaptation.objects.visible_to(user).order_by().values("pk")
    days = AcceptanceDay.objects.filter(homes__adaptation__in=read).distinct().order_by("-on", "-pk")[:MOST]
    return list(days)


def homes_of(day: AcceptanceDay, user: Any) -> list[AcceptanceVisit]:
    """In the order of the way, with who takes part."""
    read = Adaptation.objects.visible_to(user).order_by().values("pk")
    rows = day.homes.filter(adaptation__in=read).select_related(*JOINS).prefetch_related("members", "lines")
    return list(rows.order_by("position", "pk"))


def recalled(user: Any, *, maker: str, model: str, serials: str) -> list[ProductRecord]:
    """In use, of this maker; narrowed by model and by serials, one or many (commas, blanks or lines between them)."""
    if not maker.strip():
        return []
    read = Adaptation.objects.visible_to(user).order_by().values("pk")
    rows = ProductRecord.objects.filter(line__plan__adaptation__in=read, maker__iexact=maker.strip())
    rows = rows.exclude(loan=Loan.BACK)
    if model.strip():
        rows = rows.filter(model__iexact=model.strip())
    wanted = [word for word in re.split(r"[\s,，、;；]+", serials) if word]
    if wanted:
        rows = rows.filter(serial__in=wanted)
    joins = ("line__item", "line__plan__adaptation__case", "line__plan__adaptation__community__street")
    more = ("line__plan__adaptation__resident__household", "line__plan__adaptation__contractor")
    return list(rows.select_related(*joins, *more).order_by("serial", "pk")[:500])
