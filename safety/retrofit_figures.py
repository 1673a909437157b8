"""The figures of retrofits, and their board. A retrofit counts on the day of its first acceptance."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal.matters.lists import rows_of
from community_portal.measure import Figure, Measure, Median, Rate
from community_portal.measure.boards import Board, Column, SplitChart, Tile, Values
from safety.models import Retrofit

LIST = rows_of(Retrofit)
READS = ("state", "accepted_on")
NOT_GIVEN_UP = "{r}.state <> 'cancelled'"

done = Measure(
    "retrofits_done", _("改造好的"), _("处"), Retrofit, "accepted_at", READS, LIST, "{r}.accepted_on IS NOT NULL", good=1,
    hue="vermilion",
)  # fmt: skip
days = Measure(
    "retrofit_works", _("验收过的施工"), _("处"), Retrofit, "accepted_at", (*READS, "started_on"), LIST,
    "{r}.accepted_on IS NOT NULL", split="({r}.accepted_on - {r}.started_on)::text",
)  # fmt: skip
asked = Measure(
    "retrofit_asked",
    _("改造前问的"),
    _("户"),
    Retrofit,
    "surveyed_at",
    ("state", "asked"),
    LIST,
    NOT_GIVEN_UP,
    "{r}.asked",
)
answered = Measure(
    "retrofit_answered", _("答复的"), _("户"), Retrofit, "surveyed_at", ("state", "answered"), LIST, NOT_GIVEN_UP,
    "{r}.answered",
)  # fmt: skip
reported = Measure(
    "retrofit_reported", _("反映的"), _("户"), Retrofit, "surveyed_at", ("state", "reported"), LIST, NOT_GIVEN_UP,
    "{r}.reported",
)  # fmt: skip
began = Measure(
    "retrofits_opened", _("提出的改造"), _("处"), Retrofit, "opened_at", ("state",), LIST, NOT_GIVEN_UP, split="{r}.state",
    names=lambda: {name: spec.label for name, spec in Retrofit.flow.states.items()},
)  # fmt: skip

RETROFITS: tuple[Figure, ...] = (
    began,
    done,
    Median("retrofit_days_median", _("开工到验收（中位）"), _("天"), of=days, good=-1),
    Rate("survey_report_rate", _("住户反映率（按全体）"), part=reported, whole=asked),
    Rate("survey_answer_report_rate", _("住户反映率（按答复）"), part=reported, whole=answered),
)


def _asked(of: Values) -> str:
    part, whole = of.counted("survey_report_rate")
    return gettext("%(part)s / %(whole)s 户") % {"part": part, "whole": whole}


def _answered(of: Values) -> str:
    part, whole = of.counted("survey_answer_report_rate")
    return gettext("%(part)s / %(whole)s 户") % {"part": part, "whole": whole}


RETROFIT_BOARD = Board(
    name="retrofits",
    label=_("改造项目"),
    tiles=(
        Tile("retrofits_done", lambda of: gettext("提出 %(n)s 处") % {"n": of("retrofits_opened")}),
        Tile("retrofit_days_median", lambda of: gettext("自然日，从开工算起")),
        Tile("survey_report_rate", _asked),
        Tile("survey_answer_report_rate", _answered),
    ),
    charts=(
        SplitChart(
            _("提出的改造到哪一步了？"), "retrofits_opened", _("最多的是%(name)s，占 %(share)s"), _("这段时间没有提过改造。"),
            icon="tools",
        ),
    ),
    columns=(
        Column("retrofits_opened", _("提出")),
        Column("retrofits_done", _("改造好的")),
    ),
)  # fmt: skip
