"""Who pays what of a household plan, in fen: no rows, no pages. Each line is rounded half up to the fen, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

FEN = Decimal("0.01")


def plain_sum(yuan: Decimal) -> str:
    """7,420 and 7,420.50: no fen where there are none, as ``floatformat:"-2g"`` on a page."""
    return f"{yuan:,.2f}".removesuffix(".00")


@dataclass(frozen=True)
class Item:
    """One line before it is shared out. ``cap``: what the programme pays of one at most, None for no cap of its own;
    ``is_funded``: the programme pays for such items at all."""

    quantity: Decimal
    price: Decimal
    is_funded: bool
    cap: Decimal | None = None


@dataclass(frozen=True)
class Share:
    """What the programme pays of a line, and what the family pays."""

    funded: Decimal
    family: Decimal

    @property
    def total(self) -> Decimal:
        return self.funded + self.family


def in_fen(yuan: Decimal) -> int:
    return int((yuan / FEN).to_integral_value(ROUND_HALF_UP))


def in_yuan(fen: int) -> Decimal:
    return fen * FEN


def share_out(items: Sequence[Item], *, cap: Decimal) -> list[Share]:
    """Line by line, in their order: of each the programme pays up to the item's cap, and of all together up to ``cap``."""
    left, shares = in_fen(cap), []
    for item in items:
        total = in_fen(item.quantity * item.price)
        funded = min(_fundable(item, total), left)
        left -= funded
        shares.append(Share(in_yuan(funded), in_yuan(total - funded)))
    return shares


def _fundable(item: Item, total: int) -> int:
    if not item.is_funded:
        return 0
    return total if item.cap is None else min(total, in_fen(item.quantity * item.cap))
