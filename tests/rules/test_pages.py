"""The rulebook's pages: what holds here, another limit, a version from a file after a dry run."""

import datetime as dt
import io
import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from community_portal import clock
from community_portal.rules.models import Rule, RuleSet
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.rules.test_evaluation import draft, put

pytestmark = pytest.mark.django_db


def tomorrow() -> dt.date:
    return clock.today() + dt.timedelta(days=1)


def sent(content: str | bytes, name: str = "rules.json", **more: Any) -> dict[str, Any]:
    data = content.encode() if isinstance(content, str) else content
    return {"file": SimpleUploadedFile(name, data), "valid_from": tomorrow().isoformat(), "source": "街道通知"} | more


def row(**over: Any) -> dict[str, Any]:
    return {
        "code": "bikes",
        "title": "每组停车",
        "plain": "一组最多 20 辆",
        "parameter": "bikes",
        "operator": "<=",
        "limit": 20,
    } | over


def test_the_list_says_which_version_holds(cast: Cast, signed_in: SignedIn) -> None:
    page = signed_in(cast.manager).get("/settings/rules/").content.decode()
    assert "还没有发布规则" in page
    put(draft())
    page = signed_in(cast.manager).get("/settings/rules/").content.decode()
    assert "选址" in page and "第 1 版" in page


def test_a_set_shows_limit_clause_and_plain_words(cast: Cast, signed_in: SignedIn) -> None:
    put(draft(clause="5.1.6", title_en="Bikes in a group", plain_en="At most 20 in a group"))
    page = signed_in(cast.manager).get("/settings/rules/sites/").content.decode()
    assert all(words in page for words in ("≤ 20 辆", "5.1.6", "一组最多停 20 辆"))
    assert "改限值" not in page, "a manager reads them"
    client = signed_in(cast.street_officer)
    assert "改限值" in client.get("/settings/rules/sites/").content.decode()
    client.cookies["django_language"] = "en"
    assert "At most 20 in a group" in client.get("/settings/rules/sites/").content.decode()


def test_lists_ask_the_same_for_one_rule_and_for_thirty(
    cast: Cast, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    put(draft())
    client = signed_in(cast.street_officer)
    client.get("/settings/rules/sites/")
    counts = []
    for _more in range(2):
        with django_assert_max_num_queries(40) as asked:
            client.get("/settings/rules/sites/")
        counts.append(len(asked))
        put(*(draft(f"rule-{n}") for n in range(30)), valid_from=dt.date(2026, 2, 1)) if len(counts) == 1 else None
    assert counts[0] == counts[1]


def test_the_street_changes_a_limit_from_a_day_on(cast: Cast, signed_in: SignedIn) -> None:
    put(draft())
    client = signed_in(cast.street_officer)
    address = f"/settings/rules/change/{Rule.objects.get().pk}/"
    answer = client.post(
        address,
        {"limit": "15", "plain": "最多 15 辆", "valid_from": tomorrow().isoformat(), "source": "通知 3 号"},
        follow=True,
    )
    assert "已发布" in answer.content.decode()
    own = RuleSet.objects.get(street=cast.street)
    assert (own.valid_from, own.source, own.rules.get().limit) == (tomorrow(), "通知 3 号", 15)


@pytest.mark.parametrize(
    "over",
    [
        {"limit": "好多"},
        {"limit": ""},
        {"plain": " "},
        {"source": ""},
        {"valid_from": "2020-01-01"},
        {"valid_from": "x"},
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_typed_stays(
    cast: Cast, signed_in: SignedIn, over: dict[str, str]
) -> None:
    put(draft())
    typed = {"limit": "15", "plain": "最多", "valid_from": tomorrow().isoformat(), "source": "通知 3 号"} | over
    answer = signed_in(cast.street_officer).post(f"/settings/rules/change/{Rule.objects.get().pk}/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and RuleSet.objects.count() == 1
    assert "field-error" in page and (typed["source"] in page or not typed["source"])


def test_a_dry_run_shows_what_would_change_and_publishes_just_that(cast: Cast, signed_in: SignedIn) -> None:
    put(draft())
    put(draft(), draft("old"), street=cast.street)
    client = signed_in(cast.street_officer)
    page = client.post(
        "/settings/rules/sites/import/", sent(json.dumps([row(limit=25), row(code="new")]))
    ).content.decode()
    assert all(words in page for words in ("新增", "去掉", "改动", "<s>20</s> 25"))
    assert RuleSet.objects.filter(street=cast.street).count() == 1, "nothing is published yet"
    approved = re.search(r'name="approved" value="([^"]+)"', page)
    assert approved
    answer = client.post("/settings/rules/sites/import/", {"approved": approved[1]}, follow=True)
    assert "已发布" in answer.content.decode()
    newest = RuleSet.objects.filter(street=cast.street).order_by("-version")[0]
    assert dict(newest.rules.values_list("code", "limit")) == {"bikes": 25, "new": 20}
    again = client.post("/settings/rules/sites/import/", {"approved": approved[1], "once": "x"})
    assert again.status_code == 409, "the version that was compared with is not the newest any more"


def test_each_unreadable_line_gets_its_sentence(cast: Cast, signed_in: SignedIn) -> None:
    put(draft())
    bad = [
        row(code=""),
        row(limit="many"),
        row(operator="~"),
        row(),
        row(),
        row(code="c", waiver="street"),
        row(code="d", plain="长" * 201),
    ]
    page = signed_in(cast.street_officer).post("/settings/rules/sites/import/", sent(json.dumps(bad))).content.decode()
    assert all(f"第 {line} 行" in page for line in (1, 2, 3, 5, 6, 7)) and "第 4 行" not in page
    assert 'name="approved"' not in page


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"{}", b"[]", b"[1]", b"[" * 5000, b"x" * (1024 * 1024 + 1)])
@pytest.mark.parametrize("name", ["rules.json", "rules.xlsx"])
def test_a_file_that_is_none_is_refused_beside_its_field(
    cast: Cast, signed_in: SignedIn, content: bytes, name: str
) -> None:
    put(draft())
    answer = signed_in(cast.street_officer).post("/settings/rules/sites/import/", sent(content, name))
    assert answer.status_code == 422 and "field-error" in answer.content.decode()


def test_what_is_exported_is_read_again(cast: Cast, signed_in: SignedIn) -> None:
    put(draft(limit=0.5, applies={"kind": ["garage"]}), draft("names", operator="in", limit=["甲", "乙"]))
    client = signed_in(cast.street_officer)
    exported = client.get("/settings/rules/sites/?as=xlsx").content
    assert load_workbook(io.BytesIO(exported)).active.max_row == 3
    page = client.post("/settings/rules/sites/import/", sent(exported, "rules.xlsx")).content.decode()
    assert page.count("新增") == 2 and "读不懂" not in page


def test_a_workbook_without_its_columns_says_which(cast: Cast, signed_in: SignedIn) -> None:
    put(draft())
    book = Workbook()
    book.active.append(["code", "title"])
    out = io.BytesIO()
    book.save(out)
    page = (
        signed_in(cast.street_officer)
        .post("/settings/rules/sites/import/", sent(out.getvalue(), "rules.xlsx"))
        .content.decode()
    )
    assert "plain、parameter、operator" in page


def test_a_new_limit_is_said_in_its_own_sentence(cast: Cast, signed_in: SignedIn) -> None:
    """一组最多停 20 辆 beside a limit of 15 would tell residents what does not hold."""
    put(draft(plain_en="At most 20 in a group"))
    client = signed_in(cast.street_officer)
    address = f"/settings/rules/change/{Rule.objects.get().pk}/"
    assert "一组最多停 20 辆" in client.get(address).content.decode()
    typed = {"limit": "15", "valid_from": tomorrow().isoformat(), "source": "通知 3 号"}
    client.post(address, typed | {"plain": "一组最多停 15 辆", "plain_en": "At most 15 in a group"})
    own = RuleSet.objects.get(street=cast.street).rules.get()
    assert (own.limit, own.plain, own.plain_en) == (15, "一组最多停 15 辆", "At most 15 in a group")


def test_a_dry_run_speaks_in_words(cast: Cast, signed_in: SignedIn) -> None:
    put(draft())
    put(draft(), draft("old", clause="5.1"), street=cast.street)
    file = sent(json.dumps([row(limit=25, severity="soft"), row(code="new", unit="辆")]))
    page = signed_in(cast.street_officer).post("/settings/rules/sites/import/", file).content.decode()
    assert all(words in page for words in (">限值<", ">轻重<", "<s>必须满足</s> 可以说明"))
    assert "≤ 20 辆 · 一组最多 20 辆" in page, "what is new says what it will say"
    assert "≤ 20 辆 · 一组最多停 20 辆 · 5.1" in page, "what goes says what it said"
    assert ">limit<" not in page and ">plain<" not in page


def test_a_version_ends_on_its_last_day(cast: Cast, signed_in: SignedIn) -> None:
    put(draft())
    put(draft(limit=15), valid_from=dt.date(2026, 3, 1))
    page = signed_in(cast.manager).get("/settings/rules/sites/").content.decode()
    assert "2026-01-01 – 2026-02-28" in page
