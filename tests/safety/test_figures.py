"""The figures of drills, each from its rows."""

from typing import Any

import pytest

from community_portal import clock
from community_portal.dashboards.fold import fold_figures
from community_portal.dashboards.periods import Period
from community_portal.dashboards.reading import reading_of
from community_portal.measure import FIGURES
from tests.cast import Cast
from tests.safety.drilling import after, make_evaluated, make_party, make_ready, press

pytestmark = pytest.mark.django_db


def value(cast: Cast, name: str) -> Any:
    fold_figures()
    first = clock.local(after(0)).date().replace(month=1, day=1)
    period = Period(first, first.replace(month=12, day=31), "")
    return FIGURES[name].value(reading_of([cast.home.pk], period))


def test_a_drill_that_was_held(cast: Cast) -> None:
    make_evaluated(make_party(cast))
    assert value(cast, "drills_held") == 1
    assert value(cast, "drill_participants") == 20
    assert value(cast, "drill_evacuation_seconds_median") == 212
    assert value(cast, "skills_practised") == 18
    assert value(cast, "drill_head_count_differences") == 0
    assert value(cast, "corrective_actions") == 1
    assert value(cast, "corrective_actions_done_rate") == 0.0


def test_a_drill_that_is_only_ready_counts_nothing(cast: Cast) -> None:
    make_ready(make_party(cast))
    assert value(cast, "drills_held") == value(cast, "drill_participants") == 0
    assert value(cast, "drill_evacuation_seconds_median") is None
    assert value(cast, "micro_station_in_3_min_rate") is None


def test_the_micro_station_is_in_time_until_the_third_minute(cast: Cast) -> None:
    party = make_party(cast)
    drill = make_ready(party)
    press(drill, "alarm", by=party.safety, at=after(0))
    press(drill, "micro_station", by=party.safety, at=after(180))
    press(drill, "end", by=party.safety, at=after(300), words="提前散了")
    assert value(cast, "micro_station_in_3_min_rate") == 100.0
