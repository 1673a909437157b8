"""The figures of equipment and of looks at it. What was too quick is counted apart and never as done."""

from django.utils.translation import gettext_lazy as _

from community_portal.measure import Figure, Measure, Now, Rate, Rows, Stock
from safety.models import Equipment, Inspection
from safety.queries.equipment import all_of, expiring, in_order
from safety.workflow.equipment import EquipmentKind, Flag, Seen

PIECES, LOOKS = _("件"), _("件次")
ROWS = Rows("safety/rows/equipment.html", lambda rows: rows.select_related("premises", "community").order_by("-pk"))
LOOK_ROWS = Rows(
    "safety/rows/looks.html", lambda rows: rows.select_related("equipment__premises", "by").order_by("-pk")
)


def _kinds() -> dict[str, object]:
    return dict(EquipmentKind.choices)


registered = Measure(
    "equipment_registered",
    _("登记的器材"),
    PIECES,
    Equipment,
    "registered_at",
    ("kind",),
    ROWS,
    split="{r}.kind",
    names=_kinds,
)
scrapped = Measure(
    "equipment_scrapped", _("报废的器材"), PIECES, Equipment, "scrapped_at", ("kind", "state"), ROWS,
    "{r}.scrapped_at IS NOT NULL", split="{r}.kind", names=_kinds,
)  # fmt: skip
done = Measure(
    "inspections_done", _("查过器材"), LOOKS, Inspection, "ended_at", ("is_counted", "flag", "result"), LOOK_ROWS,
    "{r}.is_counted AND {r}.flag = ''", split="{r}.result", names=lambda: dict(Seen.choices), good=1, hue="vermilion",
)  # fmt: skip
flagged = Measure(
    "inspections_flagged", _("查得太快的"), LOOKS, Inspection, "ended_at", ("is_counted", "flag"), LOOK_ROWS,
    "{r}.is_counted AND {r}.flag <> ''", split="{r}.flag", names=lambda: dict(Flag.choices), good=-1,
)  # fmt: skip
fine = Now("equipment_in_order", _("完好的器材"), PIECES, read=in_order, rows=ROWS, split="kind", names=_kinds)
whole = Now("equipment_standing", _("在册的器材"), PIECES, read=all_of, rows=ROWS, split="kind", names=_kinds)

EQUIPMENT: tuple[Figure, ...] = (
    Stock("equipment_total", _("消防器材"), PIECES, entered=registered, left=scrapped, hue="vermilion"),
    Rate("equipment_in_order_rate", _("器材完好率"), part=fine, whole=whole, good=1),
    Now(
        "equipment_expiring_90d", _("90 天内到期的器材"), PIECES, read=expiring, rows=ROWS, split="kind", names=_kinds,
        good=-1, hue="vermilion",
    ),
    done,
    flagged,
)  # fmt: skip
