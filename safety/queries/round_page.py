"""What the phone page of a round and its report show."""

from typing import Any, NamedTuple

from community_portal import clock
from safety.models import Equipment, InspectionAnswer, InspectionItem, InspectionRound, InspectionTemplate, Premises
from safety.models.equipment import place_words
from safety.queries.inspection_lists import lists_for
from safety.queries.rounds import Sight, Stop, nearest_first, standing_of, where_somebody_is
from safety.workflow.equipment import Answer, Gap, Seen, Standing

MOST_CARDS, COMING = 40, 6


class Ask(NamedTuple):
    """A question, with what was typed when the card came back."""

    item: InspectionItem
    answer: str
    words: str


class Card(NamedTuple):
    """A piece with the questions that are asked of its kind."""

    stop: Stop
    template: InspectionTemplate | None
    items: list[Ask]
    is_looked_for: bool


def round_page(
    round_: InspectionRound, user: Any, *, wanted: str, all_cards: bool, typed: Any = None
) -> dict[str, Any]:
    """``wanted`` is the code that somebody scanned or tapped; without it the nearest comes first. ``typed`` is what a card that
    was refused came back with. As many queries for one piece as
    for all."""
    sight = standing_of(round_)
    order = {house.premises_id: house.position for house in round_.houses.all()}
    stops = nearest_first(sight.left, where_somebody_is(sight, user), order)
    scanned = _scanned(round_, sight, wanted)
    if scanned is not None:
        stops = [Stop(scanned, None, ""), *(stop for stop in stops if stop.piece.pk != scanned.pk)]
    cards = _cards(round_, stops[: MOST_CARDS if all_cards else 1], wanted if typed else "", typed or {})
    return {
        "round": round_,
        "sight": sight,
        "total": len(sight.pieces),
        "cards": cards,
        "coming": stops[1 : COMING + 1],
        "left": len(sight.left),
        "wanted": wanted,
        "scanned": scanned,
        "looked": sight.seen.get(scanned.pk) if scanned else None,
        "premises": list(Premises.objects.filter(community=round_.community_id).order_by("name")),
        "opened_at": clock.now().isoformat(),
        "answers": Answer.choices,
    }


def _scanned(round_: InspectionRound, sight: Sight, wanted: str) -> Equipment | None:
    """A piece of this round, or one of the community that stands here though it belongs elsewhere."""
    if not wanted:
        return None
    here = next((piece for piece in sight.pieces if piece.code == wanted), None)
    rows = Equipment.objects.filter(community=round_.community_id).select_related("premises", "community")
    return here or rows.filter(code=wanted).first()


def _cards(round_: InspectionRound, stops: list[Stop], refused: str, typed: Any) -> list[Card]:
    kinds = {stop.piece.kind for stop in stops}
    lists = lists_for(kinds, street=round_.community.street_id, on=clock.today())
    cards = []
    for stop in stops:
        template = lists.get(stop.piece.kind)
        said = typed if stop.piece.code == refused else {}
        asks = [
            Ask(item, said.get(f"a-{item.code}", ""), said.get(f"w-{item.code}", ""))
            for item in (template.items.all() if template else ())
        ]
        cards.append(Card(stop, template, asks, stop.piece.state != Standing.SCRAPPED))
    return cards


def report_of(round_: InspectionRound) -> dict[str, Any]:
    """Open, it tells what its end would list; ended, what was listed."""
    sight = standing_of(round_)
    looks = list(sight.seen.values())
    gaps = list(round_.gaps.select_related("equipment__premises"))
    failed = (
        InspectionAnswer.objects.filter(inspection__in=[look.pk for look in looks], result=Answer.FAIL)
        .select_related("item", "inspection__equipment__premises", "hazard__case")
        .order_by("inspection__ended_at", "item__number")
    )
    return {
        "round": round_,
        "houses": [house.premises for house in round_.houses.select_related("premises")],
        "total": len(sight.pieces) if round_.pieces is None else round_.pieces,
        "seen": len([look for look in looks if look.result != Seen.NOT_FOUND]),
        "fine": len([look for look in looks if look.result == Seen.OK]),
        "failed": list(failed),
        "flagged": [look for look in looks if look.flag],
        "by_whom": sorted({str(look.by) for look in looks}),
        "not_found": _gaps(gaps, Gap.NOT_FOUND) if round_.ended_at else _not_found(sight),
        "not_visited": _gaps(gaps, Gap.NOT_VISITED) if round_.ended_at else [(piece, "") for piece in sight.left],
        "moved": _gaps(gaps, Gap.MOVED) if round_.ended_at else _moved(round_),
    }


def _gaps(gaps: list[Any], what: str) -> list[tuple[Equipment, str]]:
    return [(gap.equipment, gap.words) for gap in gaps if gap.what == what]


def _not_found(sight: Sight) -> list[tuple[Equipment, str]]:
    missing = {pk: look.words for pk, look in sight.seen.items() if look.result == Seen.NOT_FOUND}
    return [(piece, missing[piece.pk]) for piece in sight.pieces if piece.pk in missing]


def _moved(round_: InspectionRound) -> list[tuple[Equipment, str]]:
    looks = round_.inspections.filter(to_premises__isnull=False).select_related("to_premises", "equipment__premises")
    newest = {look.equipment_id: look for look in looks.order_by("ended_at", "pk")}
    return [
        (look.equipment, place_words(str(look.to_premises), look.to_floor, look.to_spot)) for look in newest.values()
    ]
