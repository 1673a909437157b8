"""Votes in whole numbers, held against fractions at every edge."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_portal.deliberations.counting import (
    ORDINARY,
    RESIDENTS,
    SPECIAL,
    Amount,
    Rule,
    Standing,
    Tally,
    needed,
    rule_of,
    standing,
)

HUNDREDTHS = 10_000  # a flat of 100 m²
RULES = st.sampled_from([SPECIAL, ORDINARY, RESIDENTS])
units = st.lists(
    st.tuples(st.integers(1, 30_000), st.sampled_from(["yes", "no", "abstain", "none"])), min_size=1, max_size=40
)


def tally_of(cast: list[tuple[int, str]]) -> Tally:
    def of(*choices: str) -> Amount:
        areas = [area for area, choice in cast if choice in choices]
        return Amount(len(areas), sum(areas))

    return Tally(of("yes", "no", "abstain", "none"), of("yes"), of("no"), of("abstain"))


def by_fractions(tally: Tally, rule: Rule) -> tuple[bool, bool]:
    """The law's own words."""

    def enough(part: int, whole: int, fraction: tuple[int, int], at_least: bool) -> bool:
        if not whole:
            return False
        asked = Fraction(*fraction)
        return Fraction(part, whole) >= asked if at_least else Fraction(part, whole) > asked

    def both(part: Amount, whole: Amount, fraction: tuple[int, int], at_least: bool) -> bool:
        by_heads = enough(part.heads, whole.heads, fraction, at_least)
        return by_heads and (not rule.by_area or enough(part.area, whole.area, fraction, at_least))

    valid = both(tally.voted, tally.roll, rule.turnout, rule.turnout_at_least)
    return valid, valid and both(tally.yes, tally.voted, rule.yes, rule.yes_at_least)


@given(units, RULES)
def test_as_the_law_counts(cast: list[tuple[int, str]], rule: Rule) -> None:
    found = standing(tally_of(cast), rule)
    assert (found.is_valid, found.is_carried) == by_fractions(tally_of(cast), rule)


@given(st.integers(1, 400), RULES)
def test_at_the_edge_of_the_turnout(heads: int, rule: Rule) -> None:
    """One head, one hundredth of a square metre: with it it is valid, without it it is not."""
    roll = Amount(heads, heads * HUNDREDTHS + 1)
    least = needed(roll, rule)
    assert standing(Tally(roll, yes=least), rule).is_valid
    assert not standing(Tally(roll, yes=Amount(least.heads - 1, least.area)), rule).is_valid
    if rule.by_area:
        assert not standing(Tally(roll, yes=Amount(least.heads, least.area - 1)), rule).is_valid


@given(units, RULES)
def test_what_is_missing_is_missing_and_not_one_more(cast: list[tuple[int, str]], rule: Rule) -> None:
    tally = tally_of(cast)
    more = standing(tally, rule).to_be_valid
    filled = Tally(
        tally.roll, Amount(tally.yes.heads + more.heads, tally.yes.area + more.area), tally.no, tally.abstain
    )
    assert standing(filled, rule).is_valid
    for less in _one_less(more):
        short = Tally(
            tally.roll, Amount(tally.yes.heads + less.heads, tally.yes.area + less.area), tally.no, tally.abstain
        )
        assert not standing(short, rule).is_valid


@given(units, RULES)
def test_so_many_more_who_say_yes_would_carry_it(cast: list[tuple[int, str]], rule: Rule) -> None:
    tally = tally_of(cast)
    found = standing(tally, rule)
    if not found.is_valid:
        assert found.to_be_carried == Amount()
        return
    more = found.to_be_carried
    roll = Amount(tally.roll.heads + more.heads, tally.roll.area + more.area)
    carried = Tally(roll, Amount(tally.yes.heads + more.heads, tally.yes.area + more.area), tally.no, tally.abstain)
    assert by_fractions(carried, Rule((0, 1), True, rule.yes, rule.yes_at_least, rule.by_area, ""))[1]
    assert found.is_carried == (more == Amount())
    for less in _one_less(more):
        short = Tally(roll, Amount(tally.yes.heads + less.heads, tally.yes.area + less.area), tally.no, tally.abstain)
        assert not by_fractions(short, Rule((0, 1), True, rule.yes, rule.yes_at_least, rule.by_area, ""))[1]


def _one_less(more: Amount) -> list[Amount]:
    found = [Amount(more.heads - 1, more.area)] if more.heads else []
    return found + ([Amount(more.heads, more.area - 1)] if more.area else [])


@pytest.mark.parametrize(
    ("voted", "yes", "rule", "valid", "carried"),
    [
        (2, 2, SPECIAL, True, True),  # exactly two thirds
        (1, 1, SPECIAL, False, False),
        (3, 2, SPECIAL, True, False),  # two of three are less than three quarters
        (3, 2, ORDINARY, True, True),
        (2, 1, ORDINARY, True, False),  # a tie is not more than half
        (2, 1, RESIDENTS, True, False),
        (2, 2, RESIDENTS, True, True),
        (1, 1, RESIDENTS, False, False),  # a half of three is two
        (3, 0, ORDINARY, True, False),  # all abstain or say no
    ],
)
def test_an_estate_of_three_units(voted: int, yes: int, rule: Rule, valid: bool, carried: bool) -> None:
    tally = Tally(Amount(3, 300), Amount(yes, yes * 100), Amount(), Amount(voted - yes, (voted - yes) * 100))
    found = standing(tally, rule)
    assert (found.is_valid, found.is_carried) == (valid, carried)


@pytest.mark.parametrize("rule", [SPECIAL, ORDINARY, RESIDENTS])
def test_an_estate_of_one_unit(rule: Rule) -> None:
    roll = Amount(1, 8_960)
    assert standing(Tally(roll, yes=roll), rule).is_carried
    assert standing(Tally(roll, abstain=roll), rule) == Standing(True, False, Amount(), _needs(rule))
    assert not standing(Tally(roll), rule).is_valid


def _needs(rule: Rule) -> Amount:
    more = {SPECIAL: (3, 3 * 8_960), ORDINARY: (2, 8_961), RESIDENTS: (2, 0)}[rule]
    return Amount(*more)


def test_exactly_three_quarters_carry_what_is_special() -> None:
    roll = Amount(4, 40_000)
    assert standing(Tally(roll, Amount(3, 30_000), Amount(1, 10_000)), SPECIAL).is_carried
    assert not standing(Tally(roll, Amount(3, 29_999), Amount(1, 10_001)), SPECIAL).is_carried


def test_heads_and_area_are_both_asked() -> None:
    """One large owner against many small ones."""
    roll = Amount(10, 100_000)
    assert not standing(Tally(roll, yes=Amount(1, 90_000)), SPECIAL).is_valid
    assert not standing(Tally(roll, yes=Amount(9, 10_000)), SPECIAL).is_valid


@pytest.mark.parametrize("rule", [SPECIAL, ORDINARY, RESIDENTS])
def test_of_nothing_nothing_is_valid(rule: Rule) -> None:
    assert not standing(Tally(Amount()), rule).is_valid
    assert not standing(Tally(Amount(5, 0), yes=Amount(5, 0)), SPECIAL).is_valid


def test_a_poll_decides_nothing() -> None:
    assert rule_of("poll", is_special=True) is None
    assert standing(Tally(Amount(5, 5), yes=Amount(5, 5)), None) == Standing(False, False, Amount(), Amount())
    assert rule_of("owners", is_special=False) == ORDINARY and rule_of("residents", is_special=True) == RESIDENTS
