"""Categories of requests: everyone's are the administrators', a street's are its officers'."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import caches

from appointments.models import Category, HelpRequest
from appointments.requests.actions.categories import may_edit_category, save_category
from community_portal import clock
from community_portal.matters.kinds import kind_of
from community_portal.matters.lists import filter_choices
from community_portal.people.models import User
from community_portal.refusals import Changed, NotAllowed, Refusal
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.factories import make_category

pytestmark = pytest.mark.django_db
TYPED = {
    "name": "适老化改造", "name_en": "Home adaptation", "assign_hours": 2, "visit_days": 1, "decide_days": 1, "handle_days": 5,
    "apply_days": 10, "street_days": 10, "call_back_days": 2, "promise_days": 15, "papers": "身份证\n户口本", "papers_en": "",
    "position": 5, "is_active": "on",
}  # fmt: skip


def test_who_may_edit_which(cast: Cast) -> None:
    everyones, streets, elsewhere = (
        make_category(),
        make_category(street=cast.street),
        make_category(street=cast.next_door.street),
    )
    may = {
        user.username: [may_edit_category(category, user) for category in (everyones, streets, elsewhere)]
        for user in (cast.admin, cast.street_officer, cast.manager, cast.reception)
    }
    assert may == {
        "admin": [True, True, True],
        "street": [False, True, False],
        "manager": [False, False, False],
        "reception": [False, False, False],
    }


def test_the_action_refuses_whoever_may_not(cast: Cast) -> None:
    category = make_category(visit_days=1)
    category.visit_days = 9
    with pytest.raises(NotAllowed, match="上级"):
        save_category(category=category, by=cast.street_officer, at=clock.now())
    save_category(category=category, by=cast.admin, at=clock.now())
    category.refresh_from_db()
    assert (category.visit_days, category.version) == (9, 2)


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(cast: Cast) -> None:
    category = make_category(street=cast.street)
    save_category(category=category, by=cast.street_officer, at=clock.now(), seen=1)
    with pytest.raises(Changed):
        save_category(category=category, by=cast.street_officer, at=clock.now(), seen=1)


def test_a_name_stands_once_on_a_street(cast: Cast) -> None:
    make_category(street=cast.street, name="照护")
    with pytest.raises(Refusal) as refusal:
        save_category(category=Category(street=cast.street, name="照护"), by=cast.street_officer, at=clock.now())
    assert refusal.value.code == "category_exists"


def test_who_else_reads_is_chosen_there_and_managers_see_it(cast: Cast, signed_in: SignedIn) -> None:
    typed = TYPED | {"readers": ["eldercare"]}
    assert signed_in(cast.street_officer).post("/settings/categories/new/", typed).status_code == 303
    assert Category.objects.get(name="适老化改造").readers == ["eldercare"]
    assert "养老专员" in signed_in(cast.manager).get("/settings/categories/").content.decode()
    refused = signed_in(cast.street_officer).post(
        "/settings/categories/new/", typed | {"readers": ["manager"], "name": "x"}
    )
    assert refused.status_code == 422, "who reads it anyway is no choice"


@pytest.mark.parametrize(
    ("code", "name", "readers"),
    [
        ("care", "照护", ["eldercare"]),
        ("zx-x", "适老化改造", ["eldercare"]),
        ("bikes", "电动车充电", ["charging"]),
        ("flying-wire", "飞线", ["charging"]),
        ("stairs", "楼道消防隐患", ["safety"]),
        ("repair", "维修", []),
    ],
)
def test_categories_from_before_get_their_specialists(db: None, code: str, name: str, readers: list[str]) -> None:
    made = make_category(code=code, name=name)
    chosen = make_category(code="chosen", name="照护二", readers=["safety"])
    import_module("appointments.migrations.0009_specialists_read_their_categories").name_readers(apps, None)
    made.refresh_from_db(), chosen.refresh_from_db()
    assert (made.readers, chosen.readers) == (readers, ["safety"]), "what somebody chose stays"


def test_a_street_officer_adds_one_for_his_own_street(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.street_officer)
    answers = [client.post("/settings/categories/new/", TYPED | {"once": "k"}) for _click in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    made = Category.objects.get(name="适老化改造")
    assert (made.street, made.papers) == (cast.street, ["身份证", "户口本"])
    assert made.code.startswith("zx-home-adapta")


def test_the_page_says_who_sets_what_one_may_not_change(cast: Cast, signed_in: SignedIn) -> None:
    everyones, own = make_category(name="照护"), make_category(name="本街道的", street=cast.street)
    make_category(name="别街道的", street=cast.next_door.street)
    page = signed_in(cast.street_officer).get("/settings/categories/").content.decode()
    assert (
        f'href="/settings/categories/{own.pk}/"' in page and f'href="/settings/categories/{everyones.pk}/"' not in page
    )
    assert page.count("由上级设定") == 1 and "别街道的" not in page
    assert signed_in(cast.street_officer).get(f"/settings/categories/{everyones.pk}/").status_code == 404
    assert signed_in(cast.street_officer).post(f"/settings/categories/{everyones.pk}/", TYPED).status_code == 404
    assert "由上级设定" in signed_in(cast.manager).get("/settings/categories/").content.decode()


def test_a_stale_page_is_told_so(cast: Cast, signed_in: SignedIn) -> None:
    own = make_category(street=cast.street)
    client = signed_in(cast.street_officer)
    assert client.post(f"/settings/categories/{own.pk}/", TYPED | {"seen": "1"}).status_code == 303
    assert client.post(f"/settings/categories/{own.pk}/", TYPED | {"seen": "1", "name": "别名"}).status_code == 409
    assert Category.objects.get(pk=own.pk).name == "适老化改造"


@pytest.mark.parametrize(
    ("typed", "word"),
    [({"papers": "长" * 61}, "最多 60"), ({"papers_en": "only one"}, "一行对一行"), ({"visit_days": "0"}, "")],
)
def test_what_cannot_be_is_said_beside_its_field(
    cast: Cast, signed_in: SignedIn, typed: dict[str, Any], word: str
) -> None:
    answer = signed_in(cast.street_officer).post("/settings/categories/new/", TYPED | typed)
    assert answer.status_code == 422 and word in answer.content.decode()
    assert not Category.objects.filter(name="适老化改造").exists()


@pytest.mark.parametrize("number", ["251", "32767", "99999999999"])
def test_no_limit_reaches_into_the_next_century(cast: Cast, signed_in: SignedIn, number: str) -> None:
    limits = {name: number for name in TYPED if name.endswith(("_days", "_hours"))}
    answer = signed_in(cast.street_officer).post("/settings/categories/new/", TYPED | limits)
    said = {name: "最多 240 个工作小时。" if name == "assign_hours" else "最多 250 个工作日。" for name in limits}
    assert answer.status_code == 422 and answer.context["form"].errors == {n: [words] for n, words in said.items()}
    assert f'value="{number}"' in answer.content.decode()
    longest = {name: "240" if name == "assign_hours" else "250" for name in limits}
    assert signed_in(cast.street_officer).post("/settings/categories/new/", TYPED | longest).status_code == 303


def test_the_list_of_requests_offers_those_of_ones_street(cast: Cast) -> None:
    caches["quick"].clear()
    make_category(code="all"), make_category(code="own", street=cast.street)
    make_category(code="other", street=cast.next_door.street)
    choices = filter_choices(kind_of(HelpRequest), User.objects.get(pk=cast.reception.pk))
    codes = {code for code, _name in choices["category"] if code}
    assert codes == {"all", "own"}
