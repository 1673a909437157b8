"""What the living rooms show of their figures: requests and visits."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal.measure.boards import Board, Column, DaysChart, SplitChart, Tile, Values, register_board


def _resolved(of: Values) -> str:
    return gettext("办好 %(n)s 件") % {"n": of("help_requests_resolved")}


def _on_time(of: Values) -> str:
    part, whole = of.counted("help_requests_on_time_rate")
    return gettext("按时 %(part)s / %(whole)s 件") % {"part": part, "whole": whole}


def _satisfied(of: Values) -> str:
    part, whole = of.counted("satisfaction_rate")
    return gettext("满意 %(part)s / %(whole)s 件") % {"part": part, "whole": whole}


def _due(of: Values) -> str:
    return gettext("应到 %(n)s 人次") % {"n": of.counted("no_show_rate")[1]}


def _share_of_due(of: Values) -> str:
    return gettext("占应到 %(share)s") % {"share": of.words("no_show_rate")}


def _came_or_went(of: Values) -> str:
    taken, resolved = of("help_requests_received") or 0, of("help_requests_resolved") or 0
    if taken > resolved:
        return gettext("来的比办好的多 %(n)s 件") % {"n": taken - resolved}
    return (
        gettext("办好的比来的多 %(n)s 件") % {"n": resolved - taken}
        if resolved > taken
        else gettext("来多少，办好多少")
    )


register_board(
    Board(
        name="appointments",
        label=_("会客厅"),
        tiles=(
            Tile("help_requests_received", _resolved),
            Tile("help_requests_on_time_rate", _on_time),
            Tile("satisfaction_rate", _satisfied),
            Tile("visits", _due),
            Tile("no_shows", _share_of_due),
            Tile("overdue", lambda of: gettext("此刻没办结的")),
        ),
        charts=(
            DaysChart(
                question=_("每天来了多少，办好多少？"),
                bars=("help_requests_received", _("受理")),
                line=("help_requests_resolved", _("办好")),
                caption=_("每日受理与办好"),
                answer=_came_or_went,
            ),
            SplitChart(
                question=_("大家求助什么？"),
                figure="help_requests_received",
                most=_("最多的是%(name)s，占 %(share)s"),
                empty=_("这段时间没有求助。"),
                icon="chat-heart",
            ),
        ),
        columns=(
            Column("help_requests_received", _("受理")),
            Column("help_requests_resolved", _("办好")),
            Column("help_requests_on_time_rate", _("按时办结率")),
            Column("satisfaction_rate", _("满意率")),
            Column("visits", _("到访")),
            Column("no_shows", _("爽约")),
            Column("help_requests_solved", _("实际解决")),
            Column("overdue", _("超期"), alarms=True),
        ),
    )
)
