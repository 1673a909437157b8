"""GB/T 42195-2022 at all its edges."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eldercare.ability import (
    BY_CODE,
    ITEMS,
    LEVELS,
    MOST_POINTS,
    Cause,
    Dimension,
    Facts,
    Level,
    causes_for,
    counted_risks,
    is_disorder_code,
    level_of,
    missing_answers,
    score_of,
    severity,
    worse_by,
    wrong_answers,
)  # fmt: skip

TODAY = dt.date(2026, 11, 29)
BEST = {item.code: item.most for item in ITEMS}
answers = st.fixed_dictionaries({item.code: st.integers(0, item.most) for item in ITEMS})


def test_the_table_of_the_standard() -> None:
    points = {d.value: [item.most for item in ITEMS if item.dimension == d] for d in Dimension}
    assert {name: (len(of), sum(of)) for name, of in points.items()} == {
        "self_care": (8, 32), "mobility": (4, 15), "mind": (9, 28), "senses": (5, 15),
    }  # fmt: skip
    assert (len(ITEMS), MOST_POINTS, len(BY_CODE)) == (26, 90, 26)
    odd = {"stairs": 3, "aggression": 1, "depression": 1, "consciousness": 2, "vision": 2, "hearing": 2, "transport": 3}
    assert {item.code: item.most for item in ITEMS if item.most != 4} == odd


@pytest.mark.parametrize(
    "points, level",
    [(90, "intact"), (89, "mild"), (66, "mild"), (65, "moderate"), (46, "moderate"), (45, "severe"), (30, "severe"),
     (29, "complete"), (0, "complete")],
)  # fmt: skip
def test_the_bands(points: int, level: str) -> None:
    assert level_of(points) == level


@given(answers)
def test_points_add_up_and_the_level_follows(given_answers: dict[str, int]) -> None:
    score = score_of(given_answers)
    assert score.total == sum(given_answers.values()) == sum(score.of_dimensions.values())
    assert score.level == level_of(score.total)


@given(answers, st.sampled_from(ITEMS))
def test_a_better_answer_never_makes_a_worse_level(given_answers: dict[str, int], item: object) -> None:
    code = item.code  # type: ignore[attr-defined]
    better = given_answers | {code: min(given_answers[code] + 1, BY_CODE[code].most)}
    assert severity(score_of(better).level) <= severity(score_of(given_answers).level)


@pytest.mark.parametrize("code", list(BY_CODE))
def test_without_one_answer_there_is_no_score(code: str) -> None:
    most = {name: score for name, score in BEST.items() if name != code}
    assert [item.code for item in missing_answers(most)] == [code]
    with pytest.raises(ValueError):
        score_of(most)


@pytest.mark.parametrize(
    "code, score", [("stairs", 4), ("aggression", 2), ("eating", 5), ("eating", -1), ("eating", True), ("nothing", 1)]
)
def test_an_answer_outside_its_item_is_wrong(code: str, score: int) -> None:
    assert wrong_answers(BEST | {code: score}) == [code]
    with pytest.raises(ValueError):
        score_of(BEST | {code: score})


@given(st.sampled_from(LEVELS), st.sampled_from([None, *Cause]))
def test_no_level_becomes_better_and_none_worse_without_a_cause(level: Level, cause: Cause | None) -> None:
    after = worse_by(level, cause)
    assert severity(after) >= severity(level)
    assert cause is not None or after == level
    assert cause in (None, Cause.COMA) or severity(after) == min(severity(level) + 1, 4)


def test_coma_goes_to_the_end_and_needs_consciousness_at_its_lowest() -> None:
    asleep = BEST | {"consciousness": 0}
    assert causes_for(asleep, Facts(is_in_coma=True)) == [Cause.COMA]
    assert causes_for(BEST, Facts(is_in_coma=True)) == []
    assert causes_for(asleep, Facts()) == [], "not to be woken is no coma by itself"
    assert worse_by(Level.INTACT, Cause.COMA) == Level.COMPLETE


@pytest.mark.parametrize(
    "ages, counts",
    [
        ((0, 30), True),
        ((0, 31), False),
        ((30, 30), True),
        ((5,), False),
        ((), False),
        ((-1, 3), False),
        ((1, 2, 3), True),
    ],
)
def test_two_risks_within_thirty_days_count_the_thirtieth_included(ages: tuple[int, ...], counts: bool) -> None:
    days = tuple(TODAY - dt.timedelta(days=age) for age in ages)
    assert (Cause.RISKS in causes_for(BEST, Facts(risk_days=days, on=TODAY))) == counts
    assert (counted_risks(days, on=TODAY) >= 2) == counts


def test_several_causes_are_candidates_and_never_add_up() -> None:
    facts = Facts(has_diagnosis=True, risk_days=(TODAY, TODAY), on=TODAY)
    assert causes_for(BEST, facts) == [Cause.DIAGNOSIS, Cause.RISKS]
    assert {worse_by(Level.MILD, cause) for cause in causes_for(BEST, facts)} == {Level.MODERATE}


@pytest.mark.parametrize(
    "code, counts",
    [
        ("F00", True),
        ("f03.9", True),
        ("F99", True),
        (" F20 ", True),
        ("G30", False),
        ("F", False),
        ("", False),
        ("FXX", False),
    ],
)
def test_disorders_by_their_code(code: str, counts: bool) -> None:
    assert is_disorder_code(code) is counts


facts = st.builds(
    Facts,
    is_in_coma=st.booleans(),
    has_diagnosis=st.booleans(),
    risk_days=st.lists(st.integers(-3, 40), max_size=5).map(
        lambda ages: tuple(TODAY - dt.timedelta(days=age) for age in ages)
    ),
    on=st.just(TODAY),
)


@given(answers, facts)
def test_a_cause_is_there_when_its_rule_holds_and_only_then(given_answers: dict[str, int], found: Facts) -> None:
    causes = causes_for(given_answers, found)
    within = sum(0 <= (TODAY - day).days <= 30 for day in found.risk_days)
    assert (Cause.COMA in causes) == (found.is_in_coma and given_answers["consciousness"] == 0)
    assert (Cause.DIAGNOSIS in causes) == found.has_diagnosis
    assert (Cause.RISKS in causes) == (within >= 2)
    assert len(causes) == len(set(causes))


@given(answers, facts)
def test_whatever_is_chosen_the_level_gets_worse_by_one_at_most_but_for_a_coma(
    given_answers: dict[str, int], found: Facts
) -> None:
    level = score_of(given_answers).level
    for cause in causes_for(given_answers, found):
        step = severity(worse_by(level, cause)) - severity(level)
        assert 0 <= step <= (4 if cause == Cause.COMA else 1)
        assert severity(worse_by(level, cause)) <= severity(Level.COMPLETE)


@given(answers, facts, st.dates(TODAY - dt.timedelta(days=30), TODAY))
def test_one_risk_more_takes_no_cause_away(given_answers: dict[str, int], found: Facts, day: dt.date) -> None:
    more = Facts(found.is_in_coma, found.has_diagnosis, (*found.risk_days, day), found.on)
    assert set(causes_for(given_answers, found)) <= set(causes_for(given_answers, more))
