"""An extinguisher fails in a round, the property company mends it, a grid officer looks again, and it is in order. And several phones at
one piece at once, each with a connection of their own."""

import datetime as dt
from functools import partial

import pytest

from community_portal import clock
from community_portal.matters.actions.steps import take
from safety.actions.inspection_lists import load_general
from safety.actions.rounds import end_round
from safety.models import Equipment, Hazard, Inspection, Premises
from safety.queries.equipment import in_order
from safety.workflow.states import Hazarding
from tests.cast import MONDAY, Cast, make_cast
from tests.race import all_at_once
from tests.safety.equipping import Crew, look, make_crew, make_piece, make_round
from tests.safety.hazarding import assign, make_watch, pass_look, picture, read, submit

DAY = dt.timedelta(days=1)


@pytest.mark.django_db
def test_a_failure_is_mended_by_the_company_looked_at_by_another_and_closed(cast: Cast) -> None:
    watch = make_watch(cast)
    crew = Crew(cast, safety=watch.safety, officer=watch.other, house=watch.premises)
    load_general(at=clock.now())
    piece = make_piece(crew)
    round_ = make_round(crew, watch.premises)
    row = look(piece, "pressure", by=watch.safety, round=round_, photos={"pressure": picture()})
    end_round(round_, words="", by=watch.safety, at=MONDAY + DAY / 24)
    hazard = read(row.answers.get(result="fail").hazard)
    assert (hazard.state, hazard.photos.count()) == (Hazarding.VERIFIED, 1)  # whoever looked stood before it
    assert not in_order([cast.home.pk], MONDAY).exists()
    submit(assign(hazard, watch), watch)
    pass_look(read(hazard), watch)
    assert read(hazard).state == Hazarding.CLOSED
    assert list(in_order([cast.home.pk], MONDAY + DAY * 2)) == [piece]
    take(read(hazard), "reopen", words="又红了", by=watch.safety, at=MONDAY + DAY * 3)
    assert not in_order([cast.home.pk], MONDAY + DAY * 3).exists()


@pytest.mark.django_db(transaction=True)
def test_six_phones_at_one_piece_count_once_and_open_one_hazard() -> None:
    crew = make_crew(make_cast())
    piece = make_piece(crew)
    round_ = make_round(crew)
    people = [crew.safety, crew.officer, crew.cast.manager] * 2
    deeds = [
        partial(look, piece, "seal", by=person, key=f"k{n}", at=MONDAY + dt.timedelta(minutes=n), round=round_)
        for n, person in enumerate(people)
    ]
    said = all_at_once(deeds)
    assert not [one for one in said if isinstance(one, Exception)]
    assert Inspection.objects.count() == 1 and Hazard.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_whoever_ends_a_round_and_whoever_looks_wait_for_one_another() -> None:
    crew = make_crew(make_cast())
    piece = make_piece(crew)
    round_ = make_round(crew)
    at = MONDAY + dt.timedelta(minutes=5)
    said = all_at_once(
        [
            partial(end_round, round_, words="够了", by=crew.officer, at=at),
            partial(look, piece, by=crew.safety, at=at, round=round_),
        ]
    )
    assert not [one for one in said if isinstance(one, Exception)]
    round_.refresh_from_db()
    assert Inspection.objects.count() == 1 and not round_.gaps.exists()
    assert Equipment.objects.get().inspected_at == at and Premises.objects.get() == crew.house
