"""What the board of charging shows: places, wires, and whether ports make wires fewer."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal.measure.boards import Board, Column, DaysChart, SplitChart, Tile, Values, register_board


def _closed(of: Values) -> str:
    return gettext("办结 %(n)s 起") % {"n": of("wire_reports_closed")}


def _re_sited(of: Values) -> str:
    return gettext("换了地方 %(n)s 处") % {"n": of("sites_re_sited")}


def _came_and_went(of: Values) -> str:
    return gettext("报了 %(a)s 起，办结 %(b)s 起") % {"a": of("wire_reports"), "b": of("wire_reports_closed")}


def _last_round(of: Values) -> str:
    return gettext("最近一批 %(n)s 个") % {"n": of("charging_ports_last_round")}


def _faults(of: Values) -> str:
    return gettext("报修 %(n)s 件") % {"n": of("faults")}


register_board(
    Board(
        name="charging",
        label=_("充电与飞线"),
        tiles=(
            Tile("charging_ports_total", _last_round),
            Tile("ports_working_rate", _faults),
            Tile("charging_sites", _re_sited),
            Tile("ports_per_hundred_bikes", lambda of: gettext("清点 %(n)s 辆") % {"n": of("ebikes_counted")}),
            Tile("charging_gap", lambda of: gettext("按每百辆该有几个算")),
            Tile("wire_reports", _closed),
            Tile("wire_hours_to_close_median", lambda of: gettext("从报到办结")),
            Tile("wires_near_new_sites_change", lambda of: gettext("100 米内，通电前后各 90 天")),
        ),
        charts=(
            DaysChart(
                question=_("每天报了多少飞线，办结多少？"),
                bars=("wire_reports", _("报告")),
                line=("wire_reports_closed", _("办结")),
                caption=_("每日飞线"),
                answer=_came_and_went,
            ),
            SplitChart(
                question=_("为什么拉飞线？"),
                figure="wire_reports",
                most=_("最多的是%(name)s，占 %(share)s"),
                empty=_("这段时间没有人报飞线。"),
                icon="lightning-charge",
            ),
        ),
        columns=(
            Column("charging_ports_total", _("插座")),
            Column("charging_sites", _("位置")),
            Column("charging_gap", _("缺口")),
            Column("wire_reports", _("飞线")),
            Column("wire_reports_closed", _("办结")),
        ),
        more=(
            "charging_ports_last_round",
            "charging_round_target_rate",
            "port_uptime_rate",
            "port_unknown_rate",
            "faults",
            "fault_repair_hours_median",
            "faults_confirmed_rate",
            "patrols_done_rate",
            "consultations_held",
            "vote_participation_rate",
            "vote_participation_area_rate",
            "sites_rejected",
            "sites_re_sited",
            "ebikes_registered",
        ),
    )
)
