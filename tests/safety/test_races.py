"""Several at once, each with a connection of their own."""

from functools import partial

import pytest

from safety.actions import day, hazard_fixing
from safety.models import DrillMark, HeadCount, MarkKind
from safety.workflow.states import Hazarding
from tests.cast import MONDAY, make_cast
from tests.race import all_at_once
from tests.safety.drilling import STARTS, after, make_party, make_ready, make_running, press
from tests.safety.hazarding import DUE, bring_to, make_watch, pass_look, read

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_thumbs_on_one_alarm_raise_it_once() -> None:
    party = make_party(make_cast())
    drill = make_ready(party)
    people = [party.safety, party.deputy] * 4
    deeds = [
        partial(press, drill, MarkKind.ALARM, by=person, at=after(n), key=f"k{n}") for n, person in enumerate(people)
    ]
    said = all_at_once(deeds)
    assert not [one for one in said if isinstance(one, Exception)]
    assert DrillMark.objects.count() == 8
    assert DrillMark.objects.get(is_live=True).happened_at == STARTS
    drill.refresh_from_db()
    assert (drill.state, drill.alarm_at) == ("running", STARTS)
    assert drill.case.events.filter(kind="start").count() == 1


def test_two_who_count_at_once_are_both_kept() -> None:
    party = make_party(make_cast())
    drill = make_running(party)
    point = drill.points.get()
    deeds = [
        partial(day.count_heads, point, present=present, key=key, by=party.safety, at=after(60 + present))
        for present, key in ((18, "a"), (19, "b"), (18, "a"))
    ]
    said = all_at_once(deeds)
    assert not [one for one in said if isinstance(one, Exception)]
    assert HeadCount.objects.count() == 2
    drill.refresh_from_db()
    assert (drill.participants, drill.unaccounted) == (19, 1)


def test_of_two_who_come_back_to_look_one_decides() -> None:
    watch = make_watch(make_cast())
    hazard = bring_to(Hazarding.SUBMITTED, watch)
    fail = partial(
        hazard_fixing.fail_look, read(hazard), words="还有沙发", due_on=DUE, by=watch.cast.manager, at=MONDAY
    )
    said = all_at_once([partial(pass_look, read(hazard), watch), fail])
    assert sum(isinstance(one, Exception) for one in said) == 1
    hazard = read(hazard)
    assert hazard.reinspections.count() == 1
    assert (hazard.state == Hazarding.CLOSED) == hazard.reinspections.get().passed
