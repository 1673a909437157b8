"""A duty for tests: a visit a week to whoever stands in ``PEOPLE``, and a drill a year that another deed settles."""

import datetime as dt

from django.utils.translation import gettext_lazy

from community_portal.dues.kinds import DueKind, Subject, each_period, every_days

PEOPLE: list[Subject] = []
HOUSES: list[Subject] = []
WEEKLY = DueKind(
    "test_visit", "探访", "heart", "grid_officer", lambda on: PEOPLE, every_days(7, clause="探访办法 3"),
    lambda ref: f"/residents/{ref.partition(':')[2]}/", frozenset({"visit"}), by_hand=True,
)  # fmt: skip
YEARLY = DueKind(
    "test_drill", "年度演练", "fire", "manager", lambda on: HOUSES, each_period(12, clause="R5 41"), lambda ref: "",
    frozenset({"drill"}), readers=frozenset({"manager", "safety"}),
)  # fmt: skip
EBIKE = DueKind(
    "test_ebike", gettext_lazy("社区活动"), "bicycle", "manager", lambda on: HOUSES, each_period(12, clause="D 7.4"), lambda ref: "",
    frozenset({"drill", "ebike_drill"}),
)  # fmt: skip


def subject(n: int, community: int, *, since: dt.date = dt.date(2026, 1, 1), **over: object) -> Subject:
    return Subject(f"resident:{n}", f"居民{n}", community, since, **over)  # type: ignore[arg-type]
