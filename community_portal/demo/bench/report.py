"""Lines of the bench: floor, value, ratio and target of one run, side by side."""

from collections.abc import Callable
from statistics import median

Say = Callable[[str], None]


def heading(say: Say, title: str) -> None:
    say(f"\n{title}")
    say(f"  {'what':44} {'floor':>14} {'value':>14} {'ratio':>8}  target")


def rate(say: Say, what: str, pairs: list[tuple[float, float]], target: str) -> None:
    """Floor and value as rates per second, measured in pairs; the ratio is the median of the pairs."""
    floors, values = [p[0] for p in pairs], [p[1] for p in pairs]
    ratio = median(value / floor for floor, value in pairs)
    say(f"  {what:44} {median(floors):>12,.0f}/s {median(values):>12,.0f}/s {ratio:>8.3f}  {target}")


def times(say: Say, what: str, floor_ms: float, value_ms: float, target: str) -> None:
    """Floor and value in milliseconds; the ratio says how many floors the value costs."""
    say(f"  {what:44} {floor_ms:>12.3f}ms {value_ms:>12.3f}ms {value_ms / floor_ms:>8.1f}  {target}")


def fact(say: Say, what: str, value: str, target: str = "") -> None:
    say(f"  {what:44} {'':>14} {value:>14} {'':>8}  {target}")
