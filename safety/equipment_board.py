"""What the board of equipment shows. Looks that were too quick stand beside those that count."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal.measure.boards import Board, Column, SplitChart, Tile, Values


def _in_order(of: Values) -> str:
    part, whole = of.counted("equipment_in_order_rate")
    return gettext("%(part)s / %(whole)s 件完好") % {"part": part, "whole": whole}


EQUIPMENT = Board(
    name="equipment",
    label=_("消防器材"),
    tiles=(
        Tile("equipment_total"),
        Tile("equipment_in_order_rate", _in_order),
        Tile("equipment_expiring_90d", lambda of: gettext("要维修或报废，过了期的也算")),
        Tile("inspections_done", lambda of: gettext("一件一天只算一次")),
        Tile("inspections_flagged", lambda of: gettext("几秒钟一件的，不算查过")),
    ),
    charts=(
        SplitChart(
            _("查下来怎么样？"), "inspections_done", _("最多的是%(name)s，占 %(share)s"), _("这段时间没有查过。"),
            icon="clipboard-check",
        ),
        SplitChart(
            _("哪些不算查过？"), "inspections_flagged", _("最多的是%(name)s，占 %(share)s"), _("这段时间没有查得太快的。"),
            icon="clock",
        ),
    ),
    columns=(
        Column("equipment_total", _("器材")),
        Column("equipment_expiring_90d", _("快到期"), alarms=True),
        Column("inspections_done", _("查过")),
        Column("inspections_flagged", _("太快"), alarms=True),
    ),
)  # fmt: skip
