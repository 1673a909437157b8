"""What the board of drills shows: who took part, how quickly houses emptied, what was put right."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal.measure.boards import Board, Column, SplitChart, Tile, Values, register_board


def _people(of: Values) -> str:
    return gettext("参加 %(n)s 人次") % {"n": of("drill_participants")}


def _done(of: Values) -> str:
    part, whole = of.counted("corrective_actions_done_rate")
    return gettext("改好 %(part)s / %(whole)s 件") % {"part": part, "whole": whole}


register_board(
    Board(
        name="drills",
        label=_("消防演练"),
        tiles=(
            Tile("drills_held", _people),
            Tile("drill_evacuation_seconds_median", lambda of: gettext("从警报到最后一层撤空")),
            Tile("corrective_actions", _done),
        ),
        charts=(
            SplitChart(
                _("练了什么？"), "skills_practised", _("练得最多的是%(name)s，占 %(share)s"), _("还没有人练过。")
            ),
        ),
        columns=(
            Column("drills_held", _("演练")),
            Column("drill_participants", _("人次")),
            Column("corrective_actions", _("整改")),
        ),
    )
)
