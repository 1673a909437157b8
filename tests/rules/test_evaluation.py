"""Facts against rules: every operator at its edges, local rules in place of general ones, nothing guessed."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_portal import clock
from community_portal.places.models import Street
from community_portal.rules.actions import keep_results, publish, snapshot
from community_portal.rules.drafts import Draft
from community_portal.rules.evaluation import evaluate, limit_of, result_of
from community_portal.rules.models import Rule, RuleResult
from tests.factories import make_street

TODAY = dt.date(2026, 11, 29)
numbers = st.decimals(min_value=-10_000, max_value=10_000, places=2)


def draft(code: str = "bikes", **over: Any) -> Draft:
    values = {
        "title": "每组停车",
        "plain": "一组最多停 20 辆",
        "parameter": code,
        "operator": "<=",
        "limit": 20,
        "unit": "辆",
    }
    return Draft(code=code, **values | over)


def put(
    *drafts: Draft, street: Street | None = None, valid_from: dt.date = dt.date(2026, 1, 1), code: str = "sites"
) -> Any:
    return publish(
        code,
        list(drafts),
        street=street,
        title="选址",
        source="消防标准",
        valid_from=valid_from,
        by=None,
        at=clock.now(),
    )


def rule(operator: str, limit: Any) -> Rule:
    return Rule(code="r", parameter="fact", operator=operator, limit=limit)


@given(value=numbers, limit=numbers)
def test_at_most_and_at_least_are_exact_at_the_edge(value: Decimal, limit: Decimal) -> None:
    assert result_of(rule("<=", limit), {"fact": value}).passes == (value <= limit)
    assert result_of(rule(">=", limit), {"fact": value}).passes == (value >= limit)
    assert result_of(rule("=", limit), {"fact": value}).passes == (value == limit)


@given(value=numbers, bounds=st.tuples(numbers, numbers).map(sorted))
def test_between_takes_both_ends(value: Decimal, bounds: list[Decimal]) -> None:
    assert result_of(rule("between", bounds), {"fact": value}).passes == (bounds[0] <= value <= bounds[1])


def test_a_tenth_is_a_tenth() -> None:
    assert result_of(rule("<=", 0.3), {"fact": Decimal("0.1") + Decimal("0.2")}).passes
    assert result_of(rule("=", 0.3), {"fact": Decimal("0.3")}).passes


@pytest.mark.parametrize(
    "operator, limit", [("<=", 5), (">=", 5), ("=", 5), ("in", [5]), ("between", [1, 9]), ("true", None)]
)
@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), "五"])
def test_what_is_not_known_or_of_another_kind_never_passes(operator: str, limit: Any, value: Any) -> None:
    assert not result_of(rule(operator, limit), {} if value is None else {"fact": value}).passes


def test_not_told_is_told_from_no() -> None:
    assert result_of(rule("<=", 5), {}).is_known is False
    assert result_of(rule("<=", 5), {"fact": 6}).is_known is True
    assert result_of(rule("true", None), {"fact": False}).is_known is True


def test_truth_is_no_number() -> None:
    assert not result_of(rule("<=", 5), {"fact": True}).passes
    assert not result_of(rule("=", 1), {"fact": True}).passes
    assert not result_of(rule("true", None), {"fact": 1}).passes


@pytest.mark.django_db
def test_the_rules_of_the_day_count() -> None:
    put(draft(limit=20))
    put(draft(limit=25), valid_from=TODAY)
    asked = {on: limit_of("sites", "bikes", street=None, on=on) for on in (TODAY - dt.timedelta(days=1), TODAY)}
    assert list(asked.values()) == [Decimal(20), Decimal(25)]
    assert limit_of("sites", "bikes", street=None, on=dt.date(2025, 1, 1), default="none") == "none"


@pytest.mark.django_db
def test_a_street_replaces_single_rules_and_adds_its_own(django_assert_num_queries: Any) -> None:
    street = make_street()
    put(draft("bikes", limit=20), draft("gap", limit=2, operator=">="))
    put(draft("bikes", limit=15), draft("video", operator="true", limit=None), street=street)
    facts = {"bikes": 18, "gap": 2, "video": True}
    with django_assert_num_queries(1):
        here = evaluate("sites", street=street, on=TODAY, facts=facts)
    assert [(r.rule.code, r.passes) for r in here] == [("bikes", False), ("gap", True), ("video", True)]
    elsewhere = evaluate("sites", street=make_street(), on=TODAY, facts=facts)
    assert [(r.rule.code, r.passes) for r in elsewhere] == [("bikes", True), ("gap", True)]


@pytest.mark.django_db
def test_a_rule_for_some_cases_is_not_about_the_others() -> None:
    put(draft(applies={"kind": ["stilt_floor", "garage"]}))
    assert evaluate("sites", street=None, on=TODAY, facts={"kind": "open"}) == []
    assert len(evaluate("sites", street=None, on=TODAY, facts={"kind": "garage"})) == 1
    unknown = evaluate("sites", street=None, on=TODAY, facts={"bikes": 3})
    assert len(unknown) == 1, "where the kind is not known, the rule applies"


@pytest.mark.django_db
def test_nothing_breaks_while_nothing_is_published() -> None:
    assert evaluate("sites", street=make_street(), on=TODAY, facts={"bikes": 3}) == []
    assert limit_of("sites", "bikes", street=None, on=TODAY) is None


@pytest.mark.django_db
def test_a_matter_keeps_the_version_that_it_was_decided_by() -> None:
    put(draft(limit=20))
    results = evaluate("sites", street=None, on=TODAY, facts={"bikes": Decimal("18.50")})
    keep_results(results, flow="site", matter_id=7, part="west", by=None, at=clock.now())
    put(draft(limit=10), valid_from=TODAY)
    kept = RuleResult.objects.get(flow="site", matter_id=7)
    assert (kept.rule.limit, kept.value, kept.passes, kept.rule.rule_set.version) == (20, 18.5, True, 1)
    assert snapshot(results)[0] | {"of_street": None} == {
        "rule": "bikes", "title": "每组停车", "plain": "一组最多停 20 辆", "clause": "", "limit": 20, "unit": "辆",
        "severity": "hard", "set": "sites", "version": 1, "of_street": None, "value": 18.5, "passes": True, "is_known": True,
    }  # fmt: skip
