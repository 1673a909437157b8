"""The figures of wires, places and rounds; those of sockets stand in port_measures.py."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from charging.models import Cause, EstateFacts, Port, RejectedBecause, Round, Site, SiteKind, WireReport
from charging.port_measures import FIGURES as OF_PORTS
from charging.port_measures import PORT_ROWS, in_service
from charging.queries.gaps import gaps_of
from community_portal.matters.lists import rows_of
from community_portal.measure import Measure, Median, Newest, Now, Rate, Ratio, Rows, Stock, register_figures

PIECES, PLACES, CASES, BIKES = _("个"), _("处"), _("起"), _("辆")
WIRES, SITES = rows_of(WireReport), rows_of(Site)
ROUNDS = Rows("charging/round_rows.html", lambda rows: rows.select_related("community").order_by("-pk"))
COUNTS = Rows("charging/count_rows.html", lambda rows: rows.select_related("estate", "community").order_by("-pk"))


def rounds_that_serve(places: list[int], at: dt.datetime) -> Any:
    """Rounds of which a socket is in service."""
    serve = Port.objects.in_service().filter(community=OuterRef("community"), round=OuterRef("number"))
    return Round.objects.filter(Exists(serve), community_id__in=places)


def ports_of_rounds(places: list[int], at: dt.datetime) -> Any:
    return Port.objects.in_service().filter(community_id__in=places, round__isnull=False)


def _kinds() -> dict[str, Any]:
    return dict(SiteKind.choices)


opened = Measure(
    "charging_sites_opened", _("通电的位置"), PLACES, Site, "in_service_on", ("kind",), SITES,
    "{r}.in_service_on IS NOT NULL", split="{r}.kind", names=_kinds, good=1, hue="amber",
)  # fmt: skip
gone = Measure(
    "charging_sites_gone", _("拆了的位置"), PLACES, Site, "removed_on", ("kind",), SITES,
    "{r}.removed_on IS NOT NULL", split="{r}.kind", names=_kinds,
)  # fmt: skip
counted = Measure(
    "ebikes_counted_change", _("清点的电动车"), BIKES, EstateFacts, "counted_on", ("ebikes_change",), COUNTS,
    "true", "{r}.ebikes_change",
)  # fmt: skip
plated = Measure(
    "ebikes_registered_change", _("登记的电动车"), BIKES, EstateFacts, "counted_on", ("plates_change",), COUNTS,
    "true", "{r}.plates_change",
)  # fmt: skip
nothing = Measure("ebikes_never_leave", _("无"), BIKES, EstateFacts, "counted_on", (), COUNTS, "false")
reported = Measure(
    "wire_reports", _("飞线报告"), CASES, WireReport, "opened_at", ("cause",), WIRES, split="{r}.cause",
    names=lambda: dict(Cause.choices), good=-1, hue="amber",
)  # fmt: skip
closed = Measure(
    "wire_reports_closed", _("飞线办结"), CASES, WireReport, "closed_at", ("state",), WIRES,
    "{r}.closed_at IS NOT NULL AND {r}.state = 'closed'", good=1, hue="amber",
)  # fmt: skip
seconds = Measure(
    "wire_seconds_to_close", _("飞线多久办结"), _("秒"), WireReport, "closed_at", ("state", "opened_at"), WIRES,
    "{r}.closed_at IS NOT NULL AND {r}.state = 'closed'",
    split="extract(epoch FROM {r}.closed_at - {r}.opened_at)::bigint::text",
)  # fmt: skip
before = Measure(
    "wires_before_sites",
    _("通电前 90 天的飞线"),
    CASES,
    WireReport,
    "opened_at",
    ("before_site",),
    WIRES,
    "{r}.before_site",
)
change = Measure(
    "wires_near_sites_difference", _("通电前后飞线差"), CASES, WireReport, "opened_at", ("before_site", "after_site"), WIRES,
    "{r}.before_site <> {r}.after_site", "CASE WHEN {r}.after_site THEN 1 ELSE -1 END",
)  # fmt: skip
# Both of this moment and of the same round, that of ``charging_ports_last_round``.
built = Newest(
    "round_ports_built", _("最近一批装好的"), PIECES,
    of=Now("ports_of_rounds", _("各批的插座"), PIECES, read=ports_of_rounds, rows=PORT_ROWS, split="round"),
)  # fmt: skip
target = Newest(
    "round_ports_target", _("最近一批的目标"), PIECES,
    of=Now(
        "targets_of_rounds", _("各批的目标"), PIECES, read=rounds_that_serve, rows=ROUNDS, split="number", weight="target_ports"
    ),
)  # fmt: skip
bikes = Stock("ebikes_counted", _("电动车"), BIKES, entered=counted, left=nothing)

register_figures(
    *OF_PORTS,
    Stock("charging_sites", _("充电位置"), PLACES, entered=opened, left=gone, good=1, hue="amber"),
    Measure(
        "sites_rejected", _("不装的位置"), PLACES, Site, "rejected_at", ("rejected_code",), SITES,
        "{r}.rejected_at IS NOT NULL", split="{r}.rejected_code", names=lambda: dict(RejectedBecause.choices),
    ),
    Measure(
        "sites_re_sited", _("换了地方的"), PLACES, Site, "opened_at", ("replaces_id",), SITES, "{r}.replaces_id IS NOT NULL"
    ),
    Rate("charging_round_target_rate", _("最近一批完成"), part=built, whole=target, good=1, hue="amber"),
    reported,
    closed,
    Median("wire_hours_to_close_median", _("飞线办结用时"), _("小时"), of=seconds, scale=3600, good=-1),
    Ratio("wires_near_new_sites_change", _("新点附近飞线的变化"), "%", a=change, b=before, per=100, good=-1, hue="amber"),
    bikes,
    Stock("ebikes_registered", _("登记牌照的电动车"), BIKES, entered=plated, left=nothing, good=1),
    Ratio(
        "ports_per_hundred_bikes", _("每百辆车的充电口"), PIECES,
        a=in_service, b=bikes, per=100, good=1, hue="amber",
    ),
    Now("charging_gap", _("还缺的充电口"), PIECES, read=gaps_of, rows=COUNTS, weight="gap", good=-1, hue="amber"),
)  # fmt: skip
