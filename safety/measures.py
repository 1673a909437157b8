"""The figures of drills. A drill counts on the day of its alarm, a house when its last floor was clear."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal.bookings.measures import CAME, KIND, READS
from community_portal.bookings.measures import LIST as BOOKINGS
from community_portal.bookings.models import Booking
from community_portal.matters.lists import rows_of
from community_portal.measure import Measure, Median, Now, Persons, Rate, Rows, register_figures
from safety.equipment_figures import EQUIPMENT
from safety.figures import CAMPAIGNS, DUES
from safety.hazard_figures import HAZARDS
from safety.models import CorrectiveAction, Drill, DrillKind, DrillPremises, DrillStation, Helper, Skill
from safety.queries.covered import covered_houses, houses_of
from safety.retrofit_figures import RETROFITS

TIMES, VISITS, PEOPLE, ITEMS, HOUSE = _("场次"), _("人次"), _("人"), _("件"), _("幢")
LIST, ACTIONS = rows_of(Drill), rows_of(CorrectiveAction)
HELD = "{r}.state IN ('ended', 'actions', 'closed') AND {r}.alarm_at IS NOT NULL"
KEPT = ("state", "alarm_at")


def _read(*joins: str) -> Any:
    return lambda rows: rows.select_related(*joins).order_by("-pk")


HOUSES = Rows("safety/rows/houses.html", _read("drill__case", "premises"))
STATIONS = Rows("safety/rows/stations.html", _read("drill__case"))
HELPERS = Rows("safety/rows/helpers.html", _read("drill__case"))
PREMISES = Rows("safety/rows/premises.html", lambda rows: rows.select_related("community").order_by("-pk"))

held = Measure(
    "drills_held", _("办过演练"), TIMES, Drill, "alarm_at", (*KEPT, "kinds"), LIST, HELD, split="{r}.kinds[1]",
    names=lambda: dict(DrillKind.choices), good=1, hue="vermilion",
)  # fmt: skip
participants = Measure(
    "drill_participants", _("参加演练"), VISITS, Drill, "alarm_at", (*KEPT, "participants"), LIST, HELD,
    "{r}.participants", good=1,
)  # fmt: skip
attended = Measure(
    "drill_attended", _("演练签到"), VISITS, Booking, "starts_at", READS, BOOKINGS, CAME, "{r}.party_size", KIND,
    also="EXISTS (SELECT 1 FROM safety_drill d WHERE d.session_id = {r}.session_id)",
)  # fmt: skip
houses = Now("drill_houses", _("住宅楼"), HOUSE, read=houses_of, rows=PREMISES)
covered = Now("drill_houses_covered", _("一年里练过的住宅楼"), HOUSE, read=covered_houses, rows=PREMISES)
differences = Measure(
    "drill_head_count_differences", _("结束时没点到"), PEOPLE, Drill, "alarm_at", (*KEPT, "unaccounted"), LIST, HELD,
    "{r}.unaccounted", good=-1,
)  # fmt: skip
with_station = Measure(
    "drills_with_micro_station", _("微型站到场的演练"), TIMES, Drill, "alarm_at", (*KEPT, "micro_station_seconds"), LIST,
    f"{HELD} AND {{r}}.micro_station_seconds IS NOT NULL",
)  # fmt: skip
in_time = Measure(
    "micro_station_in_time", _("微型站 3 分钟内到"), TIMES, Drill, "alarm_at", (*KEPT, "micro_station_seconds"), LIST,
    f"{HELD} AND {{r}}.micro_station_seconds <= 180",
)  # fmt: skip
evacuated = Measure(
    "drill_evacuations", _("撤空的楼"), _("幢次"), DrillPremises, "evacuated_at", ("evacuated_in",), HOUSES,
    "{r}.evacuated_in IS NOT NULL", split="{r}.evacuated_in::text",
)  # fmt: skip
practised = Measure(
    "skills_practised", _("动手练过"), VISITS, DrillStation, "practised_at", ("practised", "skill"), STATIONS,
    "{r}.practised > 0", "{r}.practised", split="{r}.skill", names=lambda: dict(Skill.choices), good=1,
)  # fmt: skip
asked = Measure("helpers_asked", _("要人帮着撤离的"), PEOPLE, Helper, "asked_at", (), HELPERS)
assigned = Measure(
    "helpers_assigned", _("定了帮扶人的"), PEOPLE, Helper, "asked_at", ("assigned_at",), HELPERS,
    "{r}.assigned_at IS NOT NULL",
)  # fmt: skip
actions = Measure("corrective_actions", _("演练后整改"), ITEMS, CorrectiveAction, "opened_at", (), ACTIONS)
done = Measure(
    "corrective_actions_done", _("改好的"), ITEMS, CorrectiveAction, "opened_at", ("state",), ACTIONS,
    "{r}.state IN ('checked', 'retested')",
)  # fmt: skip
retested = Measure(
    "corrective_actions_retested", _("再验过的"), ITEMS, CorrectiveAction, "opened_at", ("state",), ACTIONS,
    "{r}.state = 'retested'",
)  # fmt: skip

register_figures(
    *CAMPAIGNS,
    *DUES,
    *EQUIPMENT,
    *RETROFITS,
    *HAZARDS,
    held,
    participants,
    Persons("drill_persons", _("到过演练的人"), PEOPLE, of=attended, good=1),
    Rate("drill_buildings_covered_rate", _("住宅楼一年里练过的"), part=covered, whole=houses, good=1),
    differences,
    practised,
    Median("drill_evacuation_seconds_median", _("撤空用了多久（中位）"), _("秒"), of=evacuated, good=-1),
    Rate("micro_station_in_3_min_rate", _("微型站 3 分钟到场率"), part=in_time, whole=with_station, good=1),
    Rate("helpers_assigned_rate", _("要帮的人定了帮扶人"), part=assigned, whole=asked, good=1),
    actions,
    Rate("corrective_actions_done_rate", _("整改完成率"), part=done, whole=actions, good=1),
    Rate("actions_retested_rate", _("整改再验率"), part=retested, whole=actions, good=1),
)
