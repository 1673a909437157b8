"""What the board of eldercare shows: homes accepted, at once or at the second time, what it cost, and whether it helps."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal.measure.boards import Board, Column, DaysChart, SplitChart, Tile, Values, register_board


def _items(of: Values) -> str:
    return gettext("%(n)s 件") % {"n": of("adaptation_items_accepted")}


def _first(of: Values) -> str:
    part, whole = of.counted("adaptation_first_pass_rate")
    return gettext("一次通过 %(part)s / %(whole)s 户") % {"part": part, "whole": whole}


def _own(of: Values) -> str:
    return gettext("自家出 %(n)s 元") % {"n": of("adaptation_self_pay")}


def _came_or_went(of: Values) -> str:
    return gettext("申请 %(a)s 户，验收 %(b)s 户") % {
        "a": of("adaptation_applied"),
        "b": of("adaptations_accepted"),
    }


register_board(
    Board(
        name="eldercare",
        label=_("养老与适老化"),
        tiles=(
            Tile("adaptations_accepted", _items),
            Tile("adaptation_first_pass_rate", _first),
            Tile("adaptation_days_median", lambda of: gettext("不算等家里的日子")),
            Tile("adaptation_subsidy", _own),
            Tile("adaptation_satisfaction", lambda of: gettext("老人和家里人打的分")),
            Tile("welfare_visits_done", lambda of: gettext("该探访 %(n)s 次") % {"n": of("welfare_visits_due")}),
        ),
        charts=(
            DaysChart(
                question=_("每天申请多少，验收多少？"),
                bars=("adaptation_applied", _("申请")),
                line=("adaptations_accepted", _("验收")),
                caption=_("每日申请与验收"),
                answer=_came_or_went,
            ),
            SplitChart(
                question=_("几次才通过？"),
                figure="adaptations_accepted",
                most=_("最多的是%(name)s，占 %(share)s"),
                empty=_("这段时间没有验收。"),
                icon="list-check",
            ),
        ),
        columns=(
            Column("adaptation_applied", _("申请")),
            Column("adaptation_eligible", _("符合条件")),
            Column("adaptations_accepted", _("验收")),
            Column("adaptation_first_pass_rate", _("一次通过率")),
            Column("adaptation_subsidy", _("补贴")),
        ),
        more=("carer_strain_change", "assessments_signed", "warranty_open", "welfare_visits_overdue"),
    )
)
