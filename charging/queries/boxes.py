"""One socket and the box on which it is, as whoever scans its code sees them; and all boxes, for who looks after them."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from charging.models import ChargePoint, Fault, Port, Site, Tariff
from charging.queries.freshness import with_age
from charging.status_words import PortState
from charging.workflow.faults import OPEN, RULES
from charging.workflow.roles import CHARGE
from charging.workflow.sites import BUILT, CLEAR, State
from community_portal import clock
from community_portal.places.models import Street
from community_portal.rules.evaluation import as_number, rules_in_force

CLASSES = {
    PortState.AVAILABLE: "free",
    PortState.IN_USE: "busy",
    PortState.FAULTED: "bad",
    PortState.UNAVAILABLE: "off",
    PortState.UNKNOWN: "dunno",
}


@dataclass(frozen=True)
class Shown:
    """A socket as a page says it: its life first, then its box's hours, then what it does."""

    port: Port
    word: str
    tone: str
    look: str
    heard_at: dt.datetime | None


def shown_ports(point: ChargePoint, *, at: dt.datetime) -> list[Shown]:
    """The sockets of a box by their numbers; one query."""
    ports: Any = with_age(Port.objects.filter(point=point), at=at)
    return [shown(port, point, at=at) for port in ports.order_by("number")]


def shown(port: Any, point: ChargePoint, *, at: dt.datetime) -> Shown:
    """``port`` as ``with_age`` reads it."""
    word, tone, look = _life(port, point, at) or _deed(port.shown)
    return Shown(port, word, tone, look, port.heard_at)


def _life(port: Port, point: ChargePoint, at: dt.datetime) -> tuple[str, str, str] | None:
    if port.removed_on is not None:
        return _("拆了"), "plain", "off"
    if port.in_service_on is None:
        return _("还没开始用"), "plain", "off"
    if point.site.state == State.SUSPENDED:
        return _("这里暂时停用"), "plain", "off"
    if not point.is_open_at(clock.local(at).time()):
        return _("现在关着"), "plain", "off"
    return None


def _deed(state: str) -> tuple[str, str, str]:
    tones = {
        PortState.AVAILABLE: "ok",
        PortState.IN_USE: "info",
        PortState.FAULTED: "late",
        PortState.UNAVAILABLE: "plain",
        PortState.UNKNOWN: "plain",
    }
    return str(PortState(state).label), tones[PortState(state)], CLASSES[PortState(state)]


@dataclass(frozen=True)
class Price:
    """What charging costs today, and about how much a full charge is."""

    tariff: Tariff
    price: str
    fee: str
    full: Decimal
    hours: str


def price_at(site: Site, *, on: dt.date) -> Price | None:
    """None where nobody has said."""
    holds = Q(valid_until__isnull=True) | Q(valid_until__gt=on)
    tariff = Tariff.objects.filter(holds, site=site, valid_from__lte=on).first()
    if tariff is None:
        return None
    rules = {rule.code: rule.limit for rule in rules_in_force(RULES, street=site.community.street, on=on)}
    kwh, hours = as_number(rules.get("full_kwh")) or Decimal("1.1"), as_number(rules.get("full_hours")) or Decimal(5)
    full = ((tariff.price + tariff.service_fee) * kwh).quantize(Decimal("0.1"))
    return Price(tariff, yuan(tariff.price), yuan(tariff.service_fee), full, f"{hours.normalize():f}")


def yuan(amount: Decimal) -> str:
    """0.53, and 0.5283 where the tariff goes to the hundredth of a fen."""
    return f"{amount:.2f}" if amount == round(amount, 2) else f"{amount.normalize():f}"


def open_fault(port: Port) -> Fault | None:
    return Fault.objects.filter(port=port, state__in=OPEN).select_related("case").first()


def last_fault(port: Port) -> Fault | None:
    """The last that was repaired: how long it took is a promise for the next."""
    ended = Fault.objects.filter(port=port, repaired_at__isnull=False).exclude(state__in=OPEN)
    return ended.order_by("-id").first()


def boxes_for(user: Any, *, site: str = "", street: Street | None = None) -> QuerySet[ChargePoint]:
    """Boxes that this person looks after, by their sites; narrowed to one site by the number of its row."""
    rows = ChargePoint.objects.visible_to(user).select_related("site__estate", "community", "operator")
    return rows.filter(site=int(site)) if site.isdecimal() and len(site) < 12 else rows


def boxes_of(matter: Any, user: Any) -> dict[str, Any] | None:
    """What stands at a site, for its page, and whether this reader may put down one more; nothing before it is approved."""
    if not isinstance(matter, Site) or matter.state not in CLEAR | BUILT:
        return None
    boxes = ChargePoint.objects.filter(site=matter.pk).select_related("operator").order_by("code")
    there = Port.objects.filter(point__site=matter.pk, removed_on__isnull=True).count()
    left = (matter.approved_ports or 0) - there
    may_add = left > 0 and user.has_role_at(matter.community_id, *CHARGE)
    return {"boxes": list(boxes), "site": matter, "there": there, "left": left, "may_add": may_add}
