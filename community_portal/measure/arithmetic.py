"""How figures are rounded: half up, in whole numbers until the end, and never so that some look like all or like none."""

from collections.abc import Mapping


def per_cent(part: int, whole: int) -> float | None:
    """A share with one decimal: 100.0 only when it is all, 0.0 only when it is none; None without a base."""
    if not whole:
        return None
    tenths = (2000 * part + whole) // (2 * whole)
    if part < whole:
        tenths = min(tenths, 999)
    if part > 0:
        tenths = max(tenths, 1)
    return tenths / 10


def per_so_many(count: int, base: int, per: int) -> float | None:
    """``count`` for every ``per`` of the base, with one decimal; None without a base."""
    return (20 * per * count + base) // (2 * base) / 10 if base else None


def median(amounts: Mapping[int, int], scale: int = 1) -> int | None:
    """The middle of values that occur so many times each, of an even number the mean of the middle two; in units of
    ``scale`` values. None where nothing occurred."""
    total = sum(amounts.values())
    if total <= 0:
        return None
    both = _at(amounts, (total + 1) // 2) + _at(amounts, total // 2 + 1)
    return (both + scale) // (2 * scale)


def _at(amounts: Mapping[int, int], place: int) -> int:
    """The value in that place, counted from one, when all stand in order."""
    passed = 0
    for value in sorted(amounts):
        passed += amounts[value]
        if passed >= place:
            return value
    raise IndexError(place)
