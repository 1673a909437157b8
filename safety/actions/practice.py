"""How many practised at a station, and what people knew before and after: sums, nobody by name."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.casework.actions import in_source_words
from community_portal.matters.actions.steps import authority_in
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, Refusal
from safety.actions.outcome import settle
from safety.models import DrillStation, Question
from safety.rights import must_take_part
from safety.workflow.states import HELD, Drilling

OPEN = frozenset({Drilling.RUNNING, Drilling.ENDED})


@transaction.atomic
def count_practice(
    station: DrillStation, *, practised: int, over_why: str = "", by: User | None, at: dt.datetime
) -> None:
    """Raises Refusal beside ``over_why`` when more practised than there were places, and nobody says why."""
    drill = station.drill
    must_take_part(drill, by)
    if drill.state not in OPEN:
        raise Changed(_("情况有变：演练没在进行，或者已经评估过了。"))
    if practised < 0:
        raise Refusal(_("人数不能是负数。"), code="negative", field="practised")
    over_why = read_text(over_why, field="over_why")[:120]
    if practised > station.capacity and not over_why:
        words = _("这一站一共 %(n)s 个名额，多了请写为什么。") % {"n": station.capacity}
        raise Refusal(words, code="over", field="over_why")
    station.practised, station.over_why = practised, over_why
    station.practised_at = drill.alarm_at or at
    station.save(update_fields=["practised", "over_why", "practised_at"])
    drill.write(
        "practised", by=by, at=at, authority=authority_in(drill, by, at=at),
        detail={"what": in_source_words(station), "n": practised},
    )  # fmt: skip
    if drill.state in HELD:
        settle(drill, at=at)


@transaction.atomic
def count_answers(
    question: Question,
    *,
    before_asked: int,
    before_right: int,
    after_asked: int,
    after_right: int,
    by: User | None,
    at: dt.datetime,
) -> None:
    drill = question.drill
    must_take_part(drill, by)
    if drill.state not in (Drilling.READY, *OPEN):
        raise Changed(_("情况有变：演练还没到，或者已经评估过了。"))
    if min(before_asked, before_right, after_asked, after_right) < 0:
        raise Refusal(_("人数不能是负数。"), code="negative", field="before_asked")
    if before_right > before_asked:
        raise Refusal(_("答对的不会比问的多。"), code="too_many", field="before_right")
    if after_right > after_asked:
        raise Refusal(_("答对的不会比问的多。"), code="too_many", field="after_right")
    Question.objects.filter(pk=question.pk).update(
        before_asked=before_asked, before_right=before_right, after_asked=after_asked, after_right=after_right
    )
