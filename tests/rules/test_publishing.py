"""Versions follow one another without overlap, and what was published stays, whatever speaks to the database."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from community_portal import clock
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.rules import actions
from community_portal.rules.actions import change_limit, load_rulebook, publish, register_rules
from community_portal.rules.models import Rule, RuleSet
from tests.cast import Cast
from tests.factories import make_street
from tests.rules.test_evaluation import TODAY, draft, put

pytestmark = pytest.mark.django_db


def by_sql(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_new_version_ends_the_one_before_on_its_first_day() -> None:
    put(draft())
    put(draft(limit=25), valid_from=TODAY)
    versions = RuleSet.objects.order_by("version").values_list("version", "valid_from", "valid_until")
    assert list(versions) == [(1, dt.date(2026, 1, 1), TODAY), (2, TODAY, None)]


def test_a_version_cannot_begin_before_the_one_it_follows() -> None:
    put(draft(), valid_from=TODAY)
    with pytest.raises(Refusal) as refusal:
        put(draft(limit=25), valid_from=TODAY)
    assert refusal.value.field == "valid_from"


def test_two_versions_never_hold_at_once_by_sql() -> None:
    put(draft())
    with pytest.raises(IntegrityError, match="one_rule_set_at_a_time"):
        by_sql(
            "INSERT INTO rules_ruleset (code, title, title_en, version, valid_from, source, is_draft_law, published_at)"
            " VALUES ('sites', '', '', 9, '2026-06-01', '', false, now())"
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rules_rule SET \"limit\" = '99'",
        "DELETE FROM rules_rule",
        "UPDATE rules_ruleset SET source = 'elsewhere'",
        "UPDATE rules_ruleset SET valid_from = '2020-01-01'",
    ],
)
def test_what_was_published_never_changes_by_sql(statement: str) -> None:
    put(draft())
    with pytest.raises(InternalError):
        by_sql(statement)


def test_a_hard_rule_is_never_waived_by_sql() -> None:
    made = put(draft())
    with pytest.raises(IntegrityError, match="hard_rule_is_never_waived"):
        by_sql(
            "INSERT INTO rules_rule (rule_set_id, code, title, title_en, plain, plain_en, parameter, operator, unit, severity,"
            " waiver, clause, applies, position) VALUES (%s, 'x', '', '', '', '', 'x', 'true', '', 'hard', 'street', '', '{}', 1)",
            made.pk,
        )


def test_a_street_publishes_for_itself_alone(cast: Cast) -> None:
    put(draft())
    for street in (make_street(), None):
        with pytest.raises(NotAllowed):
            publish(
                "sites",
                [draft()],
                street=street,
                title="",
                source="x",
                valid_from=TODAY,
                by=cast.street_officer,
                at=clock.now(),
            )
    rule = Rule.objects.get()
    made = change_limit(
        rule, limit=15, source="街道通知", street=cast.street, valid_from=TODAY, by=cast.street_officer, at=clock.now()
    )
    assert (made.street, made.version, made.rules.get().limit) == (cast.street, 1, 15)


def test_changing_one_limit_keeps_the_others_of_the_street(cast: Cast) -> None:
    put(draft("bikes"), draft("gap", operator=">=", limit=2))
    put(draft("gap", operator=">=", limit=3), street=cast.street)
    bikes = Rule.objects.get(code="bikes")
    change_limit(
        bikes, limit=15, source="x", street=cast.street, valid_from=TODAY, by=cast.street_officer, at=clock.now()
    )
    newest = RuleSet.objects.filter(street=cast.street).order_by("-version")[0]
    assert dict(newest.rules.values_list("code", "limit")) == {"gap": 3, "bikes": 15}


@pytest.mark.parametrize("limit", ["many", None, [1, 2], True])
def test_a_limit_that_the_rule_cannot_read_is_refused_beside_its_field(cast: Cast, limit: Any) -> None:
    put(draft())
    with pytest.raises(Refusal) as refusal:
        change_limit(
            Rule.objects.get(), limit=limit, source="x", street=cast.street, valid_from=TODAY, by=cast.street_officer,
            at=clock.now(),
        )  # fmt: skip
    assert refusal.value.field == "limit"


def test_a_version_published_meanwhile_is_seen(cast: Cast) -> None:
    put(draft())
    with pytest.raises(Changed):
        publish(
            "sites", [draft()], street=None, title="", source="x", valid_from=TODAY, by=cast.admin, at=clock.now(),
            seen_version=0,
        )  # fmt: skip


def test_the_rulebook_of_the_services_is_loaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "FILES", {})
    rules = [{"code": "a", "title": "甲", "plain": "甲。", "parameter": "a", "operator": "<=", "limit": 0.5}]
    document = {"title": "规则", "source": "文件", "valid_from": "2024-01-01", "rules": rules}
    (tmp_path / "visits.json").write_text(json.dumps(document))
    register_rules(tmp_path)
    assert [made.code for made in load_rulebook(at=clock.now())] == ["visits"]
    assert load_rulebook(at=clock.now()) == []
    assert Rule.objects.get().limit == 0.5
