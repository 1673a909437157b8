"""When a vote is valid and when it is carried, in whole numbers: heads, and hundredths of a square metre. Products are compared,
never quotients, so that exactly two thirds are two thirds."""

from dataclasses import dataclass
from enum import StrEnum


class VoteKind(StrEnum):
    """Three decisions that are not to be mixed."""

    POLL = "poll"
    RESIDENTS = "residents"
    OWNERS = "owners"


@dataclass(frozen=True)
class Amount:
    """So many heads, and so many hundredths of a square metre."""

    heads: int = 0
    area: int = 0


@dataclass(frozen=True)
class Tally:
    """Who may vote, and what was cast."""

    roll: Amount
    yes: Amount = Amount()
    no: Amount = Amount()
    abstain: Amount = Amount()

    @property
    def voted(self) -> Amount:
        """An abstention takes part."""
        cast = (self.yes, self.no, self.abstain)
        return Amount(sum(one.heads for one in cast), sum(one.area for one in cast))


@dataclass(frozen=True)
class Rule:
    """What a decision asks for: a part of the roll that votes, and of those a part that says yes, each ``at least`` or more
    than it. By heads, and where ``by_area`` by area as well."""

    turnout: tuple[int, int]
    turnout_at_least: bool
    yes: tuple[int, int]
    yes_at_least: bool
    by_area: bool
    clause: str


# Civil Code 278: two thirds of area and heads take part; three quarters of these for what changes or sells common parts, else half.
SPECIAL = Rule((2, 3), True, (3, 4), True, True, "民法典第 278 条")
ORDINARY = Rule((2, 3), True, (1, 2), False, True, "民法典第 278 条")
# Organic law of residents' committees, 9: more than half are there, more than half of those say yes.
RESIDENTS = Rule((1, 2), False, (1, 2), False, False, "居民委员会组织法第 9 条")


def rule_of(kind: str, *, is_special: bool) -> Rule | None:
    """None for a poll: it decides nothing."""
    return {VoteKind.OWNERS: SPECIAL if is_special else ORDINARY, VoteKind.RESIDENTS: RESIDENTS}.get(VoteKind(kind))


@dataclass(frozen=True)
class Standing:
    """Where a vote stands: whether enough took part, whether it is carried, and what is missing to be valid and then to be
    carried, as two independent minima. Of a poll nothing is valid or carried."""

    is_valid: bool
    is_carried: bool
    to_be_valid: Amount
    to_be_carried: Amount


def standing(tally: Tally, rule: Rule | None) -> Standing:
    if rule is None:
        return Standing(False, False, Amount(), Amount())
    voted = tally.voted
    is_valid = all(
        _reaches(part, whole, rule.turnout, rule.turnout_at_least)
        for part, whole in _counts(voted, tally.roll, by_area=rule.by_area)
    )
    is_carried = is_valid and all(
        _reaches(part, whole, rule.yes, rule.yes_at_least)
        for part, whole in _counts(tally.yes, voted, by_area=rule.by_area)
    )
    valid = needed(tally.roll, rule)
    more = Amount(max(0, valid.heads - voted.heads), max(0, valid.area - voted.area) if rule.by_area else 0)
    return Standing(is_valid, is_carried, more, _more_yes(tally.yes, voted, rule) if is_valid else Amount())


def needed(roll: Amount, rule: Rule) -> Amount:
    """The least that has to vote."""
    heads = _least(roll.heads, rule.turnout, rule.turnout_at_least)
    return Amount(heads, _least(roll.area, rule.turnout, rule.turnout_at_least) if rule.by_area else 0)


def _counts(part: Amount, whole: Amount, *, by_area: bool) -> list[tuple[int, int]]:
    return [(part.heads, whole.heads), *([(part.area, whole.area)] if by_area else [])]


def _reaches(part: int, whole: int, fraction: tuple[int, int], at_least: bool) -> bool:
    """Of nothing no part is enough."""
    times, of = fraction
    return whole > 0 and (part * of >= whole * times if at_least else part * of > whole * times)


def _least(whole: int, fraction: tuple[int, int], at_least: bool) -> int:
    times, of = fraction
    return -(-whole * times // of) if at_least else whole * times // of + 1


def _more_yes(yes: Amount, voted: Amount, rule: Rule) -> Amount:
    """How many more would have to come and say yes: (yes + x) · of ≥ (voted + x) · times."""
    times, of = rule.yes
    area = _more(yes.area, voted.area, times, of, rule.yes_at_least) if rule.by_area else 0
    return Amount(_more(yes.heads, voted.heads, times, of, rule.yes_at_least), area)


def _more(yes: int, voted: int, times: int, of: int, at_least: bool) -> int:
    short = voted * times - yes * of
    return max(0, -(-short // (of - times)) if at_least else short // (of - times) + 1)
