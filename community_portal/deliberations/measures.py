"""How often people sat together, and how many took part in votes, by heads and by area."""

from django.utils.translation import gettext_lazy as _

from community_portal.deliberations.models import Meeting, Vote
from community_portal.measure import Measure, Rate, Rows, register_figures

MEETINGS = Rows("deliberations/meeting_rows.html", lambda rows: rows.select_related("community").order_by("-pk"))
VOTES = Rows("deliberations/vote_rows.html", lambda rows: rows.select_related("community").order_by("-pk"))
COUNTED = "{r}.confirmed_at IS NOT NULL"


def _of(part: str, what: str) -> str:
    return f"coalesce(({{r}}.result->'{part}'->>'{what}')::bigint, 0)"


def _voted(name: str, what: str) -> Measure:
    weight = " + ".join(_of(part, what) for part in ("yes", "no", "abstain"))
    return Measure(
        f"vote_{name}_voted", _("投了票的"), _("户"), Vote, "confirmed_at", ("result",), VOTES, COUNTED, f"({weight})"
    )


def _roll(name: str, what: str) -> Measure:
    return Measure(
        f"vote_{name}_entitled",
        _("能投票的"),
        _("户"),
        Vote,
        "confirmed_at",
        ("result",),
        VOTES,
        COUNTED,
        _of("roll", what),
    )


register_figures(
    Measure(
        "consultations_held", _("开会听意见"), _("场次"), Meeting, "held_at", ("kind",), MEETINGS, "{r}.held_at IS NOT NULL",
        good=1,
    ),
    Rate(
        "vote_participation_rate", _("表决参加率（户数）"), part=_voted("heads", "heads"), whole=_roll("heads", "heads"), good=1
    ),
    Rate(
        "vote_participation_area_rate", _("表决参加率（面积）"), part=_voted("area", "area"), whole=_roll("area", "area"), good=1
    ),
)  # fmt: skip
