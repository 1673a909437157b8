"""Which mark holds does not depend on the order in which phones are heard."""

import datetime as dt
import itertools
import random
from dataclasses import dataclass

import pytest

from safety.actions import day
from safety.actions.day import Scope
from safety.marks import live_of
from safety.models import DrillMark, MarkKind
from tests.cast import Cast
from tests.safety.drilling import STARTS, after, make_party, make_ready, make_running, press


@dataclass
class Row:
    pressed_at: dt.datetime
    happened_at: dt.datetime | None
    is_correction: bool
    key: str


def rows_of(rng: random.Random) -> list[Row]:
    found = []
    for n in range(rng.randint(1, 7)):
        pressed, is_correction = after(rng.randint(0, 5)), rng.random() < 0.35
        happened = pressed if not is_correction else rng.choice([None, after(rng.randint(-9, 0))])
        found.append(Row(pressed, happened, is_correction, f"k{n}"))
    return found


@pytest.mark.parametrize("seed", range(200))
def test_any_order_gives_the_same_mark(seed: int) -> None:
    rng = random.Random(seed)
    rows = rows_of(rng)
    held = {id(live_of(order)) for order in itertools.islice(itertools.permutations(rows), 200)}
    assert len(held) == 1


def test_the_first_press_holds_and_a_correction_takes_back_what_was_before_it() -> None:
    first, second = Row(after(1), after(1), False, "a"), Row(after(2), after(2), False, "b")
    assert live_of([second, first]) is first
    back = Row(after(3), None, True, "c")
    assert live_of([back, second, first]) is None
    anew = Row(after(4), after(4), False, "d")
    assert live_of([anew, back, first]) is anew
    said = Row(after(5), after(0.5), True, "e")
    assert live_of([said, anew, back]) is said


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
def test_three_phones_converge_whatever_arrives_first(cast: Cast, seed: int) -> None:
    """Each phone keeps its own order; between them anything goes. The rows that hold, and the drill, come out the same."""
    party = make_party(cast)
    drill = make_ready(party)
    house = drill.houses.get()
    phones = [
        [(MarkKind.ALARM, 0, {}), (MarkKind.CALL_119, 21, {}), (MarkKind.MICRO_STATION, 128, {})],
        [(MarkKind.FLOOR_CLEAR, 48 + 20 * n, {"house": house, "floor": n}) for n in (1, 2, 3)],
        [
            (MarkKind.FLOOR_CLEAR, 70, {"house": house, "floor": 2}),
            (MarkKind.CALL_119, 25, {}),
            (MarkKind.LAST_OUT, 150, {}),
        ],
    ]
    people = [party.safety, party.deputy, party.deputy]
    rng, waiting = random.Random(seed), [list(rows) for rows in phones]
    n = 0
    while any(waiting):
        phone = rng.choice([i for i, rows in enumerate(waiting) if rows])
        kind, seconds, scope = waiting[phone].pop(0)
        n += 1
        press(drill, kind, by=people[phone], at=after(900 + n), key=f"{phone}:{n}", offline=after(seconds), **scope)
    live = {(m.kind, m.floor): m.happened_at for m in DrillMark.objects.filter(is_live=True)}
    assert live == {
        ("alarm", None): STARTS, ("call_119", None): after(21), ("micro_station", None): after(128),
        ("floor_clear", 1): after(68), ("floor_clear", 2): after(70), ("floor_clear", 3): after(108), ("last_out", None): after(150),
    }  # fmt: skip
    drill.refresh_from_db()
    house.refresh_from_db()
    assert (drill.state, drill.alarm_at, drill.micro_station_seconds) == ("running", STARTS, 128)
    assert house.evacuated_in == 108
    assert DrillMark.objects.count() == 9


@pytest.mark.django_db
def test_a_late_alarm_that_was_pressed_earlier_is_the_alarm(cast: Cast) -> None:
    party = make_party(cast)
    drill = make_ready(party)
    press(drill, MarkKind.ALARM, by=party.deputy, at=after(30))
    press(drill, MarkKind.ALARM, by=party.safety, at=after(600), offline=STARTS)
    drill.refresh_from_db()
    assert drill.alarm_at == STARTS
    late = DrillMark.objects.get(pressed_at=STARTS)
    assert (late.was_offline, late.recorded_at, late.is_live) == (True, after(600), True)


@pytest.mark.django_db
def test_an_end_that_arrives_before_what_it_waits_for_ends_when_that_is_here(cast: Cast) -> None:
    party = make_party(cast, floors=1)
    drill = make_running(party)
    day.count_heads(drill.points.get(), present=20, key="heads", by=party.safety, at=after(200))
    press(drill, MarkKind.END, by=party.safety, at=after(500), offline=after(300))
    drill.refresh_from_db()
    assert drill.state == "running"
    press(
        drill,
        MarkKind.FLOOR_CLEAR,
        by=party.deputy,
        at=after(600),
        offline=after(100),
        house=drill.houses.get(),
        floor=1,
    )
    drill.refresh_from_db()
    assert (drill.state, drill.over_at) == ("ended", after(300))


@pytest.mark.django_db
def test_a_correction_leaves_a_trace(cast: Cast) -> None:
    party = make_party(cast)
    drill = make_running(party)
    press(drill, MarkKind.CALL_119, by=party.safety, at=after(60))
    scope = Scope(MarkKind.CALL_119)
    day.correct(drill, scope, happened_at=after(21), words="按晚了", key="c", by=party.safety, at=after(90))
    assert [(m.is_live, m.happened_at) for m in scope.of(drill).order_by("pk")] == [
        (False, after(60)),
        (True, after(21)),
    ]
    assert drill.case.events.filter(kind="mark_corrected", words="按晚了").exists()
    day.correct(drill, scope, happened_at=None, words="没报", key="d", by=party.safety, at=after(95))
    assert not scope.of(drill).filter(is_live=True).exists()
    assert scope.of(drill).count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "moment", "words", "code"),
    [
        (MarkKind.ALARM, None, "不对", "must_stand"),
        (MarkKind.ALARM, after(70), "不对", "order"),
        (MarkKind.CALL_119, after(-5), "不对", "order"),
        (MarkKind.CALL_119, after(9999), "不对", "future"),
        (MarkKind.CALL_119, after(21), "", "no_words"),
    ],
)
def test_a_correction_that_cannot_be(cast: Cast, kind: str, moment: dt.datetime | None, words: str, code: str) -> None:
    party = make_party(cast)
    drill = make_running(party)
    press(drill, MarkKind.CALL_119, by=party.safety, at=after(60))
    with pytest.raises(Exception) as refused:
        day.correct(drill, Scope(kind), happened_at=moment, words=words, key="c", by=party.safety, at=after(90))
    assert refused.value.code == code
