"""Somebody else says what was reached, what went well, and what has to become better."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.matters.actions.steps import authority_in, take
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, Refusal
from safety.models import Drill, Objective, Observation
from safety.rights import must_evaluate
from safety.workflow.states import Drilling


def _must_be_open(drill: Drill) -> None:
    if drill.state != Drilling.ENDED:
        raise Changed(_("情况有变：现在不是评估的时候，请再看一眼。"))


@transaction.atomic
def rate(objective: Objective, *, rating: str, why: str = "", by: User | None, at: dt.datetime) -> None:
    """Raises Refusal beside ``why`` for less than performed and no reason."""
    drill = objective.drill
    must_evaluate(drill, by)
    _must_be_open(drill)
    why = read_text(why, field="why")[:300]
    if rating not in Objective.Rating.values:
        raise Refusal(_("请选一个评级。"), code="no_rating", field="rating")
    if rating != Objective.Rating.PERFORMED and not why:
        raise Refusal(_("没完全做到的，请写依据。"), code="no_why", field="why")
    objective.rating, objective.why = rating, why
    objective.save(update_fields=["rating", "why"])
    drill.write("rated", by=by, at=at, authority=authority_in(drill, by, at=at))


@transaction.atomic
def observe(
    drill: Drill, *, kind: str, words: str, why: str = "", no_action_why: str = "", by: User | None, at: dt.datetime
) -> Observation:
    must_evaluate(drill, by)
    _must_be_open(drill)
    words = read_text(words, field="words")[:200]
    if len(words) < 2:
        raise Refusal(_("请写看到什么。"), code="no_words", field="words")
    drill.write("observed", by=by, at=at, authority=authority_in(drill, by, at=at))
    return Observation.objects.create(
        drill=drill, kind=kind, words=words, why=read_text(why, field="why")[:200],
        no_action_why=read_text(no_action_why, field="no_action_why")[:200], at=at, by=by,
    )  # fmt: skip


@transaction.atomic
def hand_in(drill: Drill, *, by: User | None, at: dt.datetime, seen: int | None = None, words: str = "") -> None:
    """The evaluation is complete; it goes back to the commander, who sees to what is left."""
    must_evaluate(drill, by)
    summary = read_text(words, field="words")
    changes = {"evaluated_at": at, "summary": summary, "handler": drill.commander}
    take(drill, "evaluate", by=by, at=at, seen=seen, words=words, changes=changes)
