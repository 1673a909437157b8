"""What the boards of drills, of duties, of campaigns and of hazards show. Heads that came and views online stand beside each other and are never
added up."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal.measure.boards import Board, Column, SplitChart, Tile, Values, register_board
from safety.equipment_board import EQUIPMENT
from safety.retrofit_figures import RETROFIT_BOARD


def _people(of: Values) -> str:
    return gettext("参加 %(n)s 人次") % {"n": of("drill_participants")}


def _covered(of: Values) -> str:
    part, whole = of.counted("drill_buildings_covered_rate")
    return gettext("%(part)s / %(whole)s 幢") % {"part": part, "whole": whole}


def _done(of: Values) -> str:
    part, whole = of.counted("corrective_actions_done_rate")
    return gettext("改好 %(part)s / %(whole)s 件") % {"part": part, "whole": whole}


def _finished(of: Values) -> str:
    part, whole = of.counted("duties_done_rate")
    return gettext("办了 %(part)s / %(whole)s 件") % {"part": part, "whole": whole}


def _closed(of: Values) -> str:
    part, whole = of.counted("hazard_closed_rate")
    return gettext("到期 %(whole)s 处，销号 %(part)s 处") % {"part": part, "whole": whole}


def _right(of: Values) -> str:
    before, after = of.words("quiz_right_before_rate"), of.words("quiz_right_after_rate")
    return gettext("讲之前 %(before)s，讲之后 %(after)s") % {"before": before, "after": after}


DRILLS = Board(
    name="drills",
    label=_("消防演练"),
    tiles=(
        Tile("drills_held", _people),
        Tile("drill_persons", lambda of: gettext("签到的，一人只算一次")),
        Tile("drill_buildings_covered_rate", _covered),
        Tile("drill_evacuation_seconds_median", lambda of: gettext("从警报到最后一层撤空")),
        Tile("micro_station_in_3_min_rate", lambda of: gettext("从警报到微型站到场")),
        Tile("corrective_actions", _done),
    ),
    charts=(
        SplitChart(_("练了什么？"), "skills_practised", _("练得最多的是%(name)s，占 %(share)s"), _("还没有人练过。")),
        SplitChart(
            _("办了哪种演练？"), "drills_held", _("最多的是%(name)s，占 %(share)s"), _("这段时间没办过演练。"), icon="megaphone"
        ),
    ),
    columns=(
        Column("drills_due", _("该办")),
        Column("drills_held", _("演练")),
        Column("drill_participants", _("人次")),
        Column("drill_head_count_differences", _("没点到"), alarms=True),
        Column("corrective_actions", _("整改")),
    ),
    more=("drill_participants", "helpers_assigned_rate", "corrective_actions_done_rate", "actions_retested_rate"),
)  # fmt: skip
DUTIES = Board(
    name="duties",
    label=_("应办的事"),
    tiles=(
        Tile("duties_due", lambda of: gettext("这段时间到期")),
        Tile("duties_done_rate", _finished),
        Tile("duties_overdue", lambda of: gettext("到今天还没办")),
        Tile("drills_due", lambda of: gettext("办过 %(n)s 场") % {"n": of("drills_held")}),
    ),
    charts=(
        SplitChart(
            _("到期的依据哪一条？"), "duties_due", _("最多的是%(name)s，占 %(share)s"), _("这段时间没有到期的。"),
            icon="calendar-check",
        ),
        SplitChart(
            _("办了的依据哪一条？"), "duties_done", _("最多的是%(name)s，占 %(share)s"), _("这段时间没办过。"),
            icon="calendar-check",
        ),
    ),
    columns=(
        Column("duties_due", _("到期")),
        Column("duties_done", _("办了")),
        Column("duties_overdue", _("超期"), alarms=True),
        Column("drills_due", _("该办的演练")),
    ),
)  # fmt: skip
CAMPAIGNS = Board(
    name="campaigns",
    label=_("宣传"),
    tiles=(
        Tile("campaign_sessions", lambda of: gettext("到场 %(n)s 人次") % {"n": of("campaign_reached")}),
        Tile("campaign_reached", lambda of: gettext("在场的人，不含线上")),
        Tile("campaign_online_views", lambda of: gettext("次数不是人数，不加进到场")),
        Tile("leaflets"),
        Tile("quiz_gain", _right),
    ),
    charts=(
        SplitChart(_("去了哪些地方？"), "campaign_sessions", _("去得最多的是%(name)s，占 %(share)s"), _("这段时间没办过宣传。")),
        SplitChart(_("在哪里听的人多？"), "campaign_reached", _("最多的在%(name)s，占 %(share)s"), _("这段时间没办过宣传。")),
    ),
    columns=(
        Column("campaign_sessions", _("场次")),
        Column("campaign_reached", _("人次")),
        Column("leaflets", _("材料")),
        Column("campaign_online_views", _("线上")),
    ),
)  # fmt: skip
HAZARDS = Board(
    name="hazards",
    label=_("隐患"),
    tiles=(
        Tile("hazards_found", lambda of: gettext("当场改好 %(n)s 处") % {"n": of("hazards_fixed_on_spot")}),
        Tile("hazards_closed", lambda of: gettext("复查过、签了字的")),
        Tile("hazard_closed_rate", _closed),
        Tile("hazard_on_time_rate", lambda of: gettext("期限以前交的")),
        Tile("hazards_overdue", lambda of: gettext("到今天还没改")),
        Tile("hazard_days_median", lambda of: gettext("从发现到销号，日历天")),
    ),
    charts=(
        SplitChart(_("谁发现的？"), "hazards_found", _("最多的是%(name)s，占 %(share)s"), _("这段时间没有发现隐患。")),
        SplitChart(_("有多严重？"), "hazards_verified", _("最多的是%(name)s，占 %(share)s"), _("这段时间没有核实过隐患。")),
    ),
    columns=(
        Column("hazards_found", _("发现")),
        Column("hazards_closed", _("销号")),
        Column("hazards_overdue", _("超期"), alarms=True),
        Column("hazards_reopened", _("又回来"), alarms=True),
    ),
    more=("hazards_fixed_on_spot", "hazards_reopened", "hazards_waiting"),
)  # fmt: skip
for board in (DRILLS, DUTIES, CAMPAIGNS, HAZARDS, EQUIPMENT, RETROFIT_BOARD):
    register_board(board)
