"""A wire for staff and for whoever reported it, and all of them as a list. It is reported on the page of all reports."""

from typing import Any

from charging.models import WireReport
from community_portal.matters.pages import MatterPages


def wire_panels(wire: WireReport) -> dict[str, Any]:
    """What staff see of it beside what they see of any matter."""
    return {
        "joined": wire.joined.select_related("case"),
        "first": wire.join_of,
        "danger_words": [label for value, label in _dangers() if value in wire.dangers],
        "near_site": wire.site,
    }


def _dangers() -> Any:
    return WireReport._meta.get_field("dangers").base_field.choices  # type: ignore[union-attr]


PAGES = MatterPages(WireReport, "charging/wire.html", wire_panels, my_template="charging/my_wire.html")
