"""What anybody may read of places: what is planned, what stands, and why not there. No names, no documents."""

from dataclasses import dataclass
from typing import Any

from charging.models import RejectedBecause, Site
from charging.queries.sockets import with_sockets
from charging.workflow.clearance import results_of
from charging.workflow.sites import BUILT, State
from community_portal.places.models import Community

# Which rules stand behind a reason, so that its clause is shown.
RULES_OF = {
    RejectedBecause.GAS_PIPE: ("over_gas", "gas_agrees"),
    RejectedBecause.FIRE_DISTANCE: ("dangerous_places", "wall_distance", "cabinet_distance"),
    RejectedBecause.EXIT_DISTANCE: ("exit_distance",),
    RejectedBecause.FIRE_LANE: ("fire_lane", "hydrant_and_exits"),
    RejectedBecause.CROWDED: ("crowded_place",),
}


DRAFT = "征求意见稿"  # so a clause names what is not in force; of a set that holds drafts most clauses are law


@dataclass(frozen=True)
class Clause:
    """A rule as a resident reads it."""

    words: str
    source: str
    is_draft: bool


def public_sites(community: Community | None) -> dict[str, list[Site]]:
    """Those under way, those in service, and those given up, the newest first, each with its sockets; one query."""
    rows = with_sockets(Site.objects.filter(community=community)).exclude(state__in=[State.REMOVED, State.CANDIDATE])
    found: dict[str, list[Site]] = {"planned": [], "stands": [], "not_here": []}
    for site in rows.select_related("case", "estate", "replaced_by__case", "replaced_by__estate").order_by("-id"):
        place = "not_here" if site.state == State.REJECTED else "stands" if site.state in BUILT else "planned"
        found[place].append(site)
    return found


def clauses_behind(site: Site) -> list[Clause]:
    """The rules by which nothing is built there: those of the reason, as they are in force, that it does not meet."""
    named = RULES_OF.get(site.rejected_code, ())  # type: ignore[call-overload]
    results = [one for one in results_of(site) if one.rule.code in named]
    failed = [one for one in results if not one.passes] or results
    return [_clause(one.rule) for one in failed]


def _clause(rule: Any) -> Clause:
    return Clause(rule.plain_words, rule.clause or str(rule), rule.rule_set.is_draft_law and DRAFT in rule.clause)


def blocked_by(site: Site) -> Any:
    """The utility that said no, and on which day; never by whom."""
    rows = site.answers.filter(answer="blocked")
    return rows.only("utility", "answered_at").order_by("-id").first()
