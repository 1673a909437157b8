"""What the figures of some places say, by name."""

from community_portal.dashboards.periods import Period
from community_portal.dashboards.reading import reading_of
from community_portal.measure import MEASURES


def totals(places: list[int], period: Period) -> dict[str, int]:
    """Every flow: ``{name: sum}``, zero where nothing happened."""
    reading = reading_of(places, period)
    return {name: reading.flow(measure) for name, measure in MEASURES.items()}
