"""The arithmetic of a settlement, in exact decimals: what the programme pays of an invoice."""

from collections.abc import Iterable
from decimal import Decimal


def subsidy_of(cap_left: Decimal, lines: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """``lines`` are pairs of the funded part by the plan and the amount of the invoice, of accepted lines alone: the lower of the
    two is paid, all together within what is left of the cap."""
    owed = sum((min(funded, invoiced) for funded, invoiced in lines), Decimal(0))
    return max(Decimal(0), min(cap_left, owed))
