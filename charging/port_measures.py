"""The figures of sockets, their faults, and the patrols of sites."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from charging.models import Fault, FaultReason, Port, PortDay
from charging.queries.freshness import working
from community_portal.dues.models import DueItem
from community_portal.matters.lists import rows_of
from community_portal.measure import Measure, Median, Newest, Now, Rate, Rows, Stock

PORTS, TIMES = _("个"), _("次")
PORT_ROWS = Rows(
    "charging/port_rows.html", lambda rows: rows.select_related("point__site__estate", "community").order_by("-pk")
)
DAY_ROWS = Rows(
    "charging/port_day_rows.html", lambda rows: rows.select_related("point__site__estate", "community").order_by("-pk")
)
PATROL_ROWS = Rows("charging/patrol_rows.html", lambda rows: rows.order_by("-pk"))
FAULTS = rows_of(Fault)
PATROL = "{r}.kind = 'charging_patrol'"
ROUND = "coalesce({r}.round::text, '')"


def _rounds() -> dict[str, Any]:
    return {str(n): gettext("第 %(n)s 批") % {"n": n} for n in range(1, 30)}


entered = Measure(
    "charging_ports_entered", _("新用上的插座"), PORTS, Port, "in_service_on", ("round",), PORT_ROWS,
    "{r}.in_service_on IS NOT NULL", split=ROUND, names=_rounds, good=1, hue="amber",
)  # fmt: skip
removed = Measure(
    "charging_ports_removed", _("拆掉的插座"), PORTS, Port, "removed_on", ("round", "in_service_on"), PORT_ROWS,
    "{r}.removed_on IS NOT NULL AND {r}.in_service_on IS NOT NULL", split=ROUND, names=_rounds,
)  # fmt: skip
in_service = Stock(
    "charging_ports_total", _("在用的充电插座"), PORTS, entered=entered, left=removed, good=1, hue="amber"
)
# In hours of sockets: seconds of ten thousand sockets and a year are more than a sum may hold.
worked = Measure(
    "port_hours_working", _("能用的插座小时"), _("小时"), PortDay, "day", ("working_seconds",), DAY_ROWS,
    weight="round({r}.working_seconds / 3600.0)::int",
)  # fmt: skip
served = Measure(
    "port_hours_in_service", _("在用的插座小时"), _("小时"), PortDay, "day", ("service_seconds",), DAY_ROWS,
    weight="round({r}.service_seconds / 3600.0)::int",
)  # fmt: skip
unknown = Measure(
    "port_hours_unknown", _("不知道的插座小时"), _("小时"), PortDay, "day", ("service_seconds", "known_seconds"), DAY_ROWS,
    weight="round(({r}.service_seconds - {r}.known_seconds) / 3600.0)::int",
)  # fmt: skip
faults = Measure(
    "faults", _("插座报修"), _("件"), Fault, "opened_at", ("reason",), FAULTS,
    split="{r}.reason", names=lambda: dict(FaultReason.choices), hue="vermilion",
)  # fmt: skip
repairs = Measure(
    "fault_repairs", _("插座修好"), _("件"), Fault, "repaired_at", ("opened_at",), FAULTS, "{r}.repaired_at IS NOT NULL",
    split="greatest(0, round(extract(epoch FROM {r}.repaired_at - {r}.opened_at)))::bigint::text",
)  # fmt: skip
confirmed = Measure(
    "faults_confirmed", _("确认修好"), _("件"), Fault, "confirmed_at", (), FAULTS, "{r}.confirmed_at IS NOT NULL", good=1
)  # fmt: skip
ended = Measure("faults_ended", _("插座报修办结"), _("件"), Fault, "closed_at", (), FAULTS, "{r}.closed_at IS NOT NULL")
patrols_due = Measure(
    "patrols_due", _("该巡查"), TIMES, DueItem, "due_on", ("kind", "waived_at"), PATROL_ROWS,
    f"{PATROL} AND {{r}}.waived_at IS NULL", ahead=True,
)  # fmt: skip
patrols_done = Measure(
    "patrols_done", _("已巡查"), TIMES, DueItem, "done_on", ("kind",), PATROL_ROWS,
    f"{PATROL} AND {{r}}.done_on IS NOT NULL", good=1,
)  # fmt: skip
serving_now = Now(
    "ports_in_service_now", _("现在在用的插座"), PORTS, rows=PORT_ROWS,
    read=lambda places, at: Port.objects.filter(community_id__in=places).in_service(),
)  # fmt: skip


def _working(places: list[int], at: dt.datetime) -> Any:
    return working(Port.objects.filter(community_id__in=places), at=at)


working_now = Now("ports_working_now", _("现在能用的插座"), PORTS, rows=PORT_ROWS, read=_working, good=1)

FIGURES = (
    entered,
    in_service,
    Newest("charging_ports_last_round", _("最近一批的插座"), PORTS, of=in_service, good=1, hue="amber"),
    Rate("ports_working_rate", _("插座现在能用"), part=working_now, whole=serving_now, good=1, hue="amber"),
    Rate("port_uptime_rate", _("插座能用的时间"), part=worked, whole=served, good=1, hue="amber"),
    Rate("port_unknown_rate", _("插座没有消息的时间"), part=unknown, whole=served, good=-1),
    faults,
    Median("fault_repair_hours_median", _("插座多久修好"), _("小时"), of=repairs, scale=3600, good=-1),
    Rate("faults_confirmed_rate", _("报修确认修好"), part=confirmed, whole=ended, good=1),
    patrols_due,
    patrols_done,
    Rate("patrols_done_rate", _("巡查完成"), part=patrols_done, whole=patrols_due, good=1),
)
