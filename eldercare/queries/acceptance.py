"""What the page of an acceptance shows: its cards, who takes part, who was heard."""

from typing import Any, NamedTuple

from django.db.models import Prefetch
from django.urls import reverse

from community_portal.signing.actions import hash_of
from eldercare.models import (
    AcceptanceLine,
    AcceptanceMember,
    AcceptanceVisit,
    Adaptation,
    LinePhoto,
    MemberBody,
    ProductRecord,
)
from eldercare.workflow.built import content_of, wanted_products
from eldercare.workflow.missing import to_accept, to_send_back

TONES = {"pass": "ok", "fail": "late", "missing": "late", "waived": "warn", "": "plain"}
ICONS = {"pass": "check-lg", "fail": "x-lg", "missing": "x-lg", "waived": "dash-lg", "": "circle"}


class Card(NamedTuple):
    """A line as it is accepted: ``earlier`` is what the round before found of it."""

    row: AcceptanceLine
    tone: str
    icon: str
    earlier: AcceptanceLine | None
    photos: list[LinePhoto]
    units: list["Unit"]


class Unit(NamedTuple):
    """The n-th product of a line; ``product`` None while nobody wrote it down."""

    number: int
    product: ProductRecord | None


class Seat(NamedTuple):
    """One of the party; ``standing`` is open, signed or stale."""

    member: AcceptanceMember
    standing: str


def cards_of(visit: AcceptanceVisit) -> list[Card]:
    """Five queries, however many lines."""
    rows = visit.lines.select_related(
        "line__item", "line__finding", "photo", "checked_by", "line__plan__adaptation"
    ).prefetch_related(
        Prefetch("line__photos", LinePhoto.objects.select_related("attachment")),
        Prefetch("line__products", ProductRecord.objects.select_related("certificate")),
    )
    before = AcceptanceLine.objects.filter(visit__adaptation=visit.adaptation_id, visit__round=visit.round - 1)
    earlier = {row.line_id: row for row in before.select_related("checked_by", "photo")}
    return [_card(row, earlier.get(row.line_id)) for row in rows.order_by("line__number")]


def _card(row: AcceptanceLine, earlier: AcceptanceLine | None) -> Card:
    products = {one.number: one for one in row.line.products.all()}
    count = max(wanted_products(row.line), len(products))
    units = [Unit(n, products.get(n)) for n in range(1, count + 1)]
    return Card(row, TONES[row.result], ICONS[row.result], earlier, list(row.line.photos.all()), units)


def seats_of(visit: AcceptanceVisit, digest: str) -> list[Seat]:
    """Who takes part, each body in its order."""
    members = visit.members.select_related("signing__attachment", "organisation")
    order = list(MemberBody.values)
    return [Seat(one, _standing(one, digest)) for one in sorted(members, key=lambda one: order.index(one.body))]


def _standing(member: AcceptanceMember, digest: str) -> str:
    if member.signing is None:
        return "open"
    return "signed" if member.signing.content_sha256 == digest else "stale"


def acceptance_of(adaptation: Adaptation, visit: AcceptanceVisit, number: int | None) -> dict[str, Any]:
    """The page: ``number`` is the line at hand; without one the first that is not decided."""
    cards = cards_of(visit)
    open_cards = [card for card in cards if not card.row.result]
    wanted = [card for card in cards if card.row.line.number == number]
    current = next(iter([*wanted, *open_cards, *cards]), None)
    digest = hash_of(content_of(visit))
    missing = to_accept(adaptation)
    failed = [card for card in cards if card.tone == "late"]
    return {
        "visit": visit,
        "cards": cards,
        "current": current,
        "next_card": next((card for card in open_cards if current and card.row.pk != current.row.pk), None),
        "open_count": len(open_cards),
        "missing": missing,
        "seats": seats_of(visit, digest),
        "digest": digest,
        "interviews": list(visit.interviews.order_by("id")),
        "failed": failed,
        "may_send_back": bool(failed) and not to_send_back(adaptation),
        "accept_url": reverse("pass_acceptance", args=[adaptation.case.number]),
        "send_back_url": reverse("adaptation_step", args=[adaptation.case.number, "send_back"]),
    }
