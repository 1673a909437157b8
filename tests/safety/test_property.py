"""A property company reads what is due for its estates and the drills held there: houses and times, and nobody by name."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community_portal import clock
from community_portal.dues.models import DueItem
from community_portal.people.models import Organisation, Role, User
from community_portal.rules.actions import load_rulebook
from safety.actions.helping import ask_for_help
from safety.actions.premises import save_premises
from safety.models import Premises
from tests.cast import MONDAY, Cast
from tests.factories import make_member
from tests.safety.campaigning import make_premises
from tests.safety.drilling import Party, make_draft, make_ended, make_frail, make_notified, make_party

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(cast: Cast) -> Party:
    load_rulebook(at=clock.now())
    return make_party(cast)


def make_firm(name: str, username: str) -> tuple[Organisation, User]:
    firm = Organisation.objects.create(name=name, kind=Role.PROPERTY)
    return firm, make_member(Role.PROPERTY, organisation=firm, username=username)


def give(party: Party, firm: Organisation) -> Premises:
    party.premises.property_company, party.premises.height_m = firm, 54
    return save_premises(party.premises, by=party.safety, at=clock.now())


def test_a_company_reads_its_own_duties_and_drills(party: Party, signed_in: Any) -> None:
    ours, member = make_firm("公园里物业", "ours")
    _other, stranger = make_firm("别家物业", "theirs")
    give(party, ours)
    held = make_ended(party, title="秋季演练")
    ahead = make_notified(party, title="冬季演练")
    draft = make_draft(party, title="还在写的")
    ask_for_help(ahead, make_frail(party), by=party.safety, at=MONDAY)
    yesterday = clock.today() - dt.timedelta(days=1)
    DueItem.objects.filter(kind="safety_fire_check").update(starts_on=yesterday, opens_on=yesterday, due_on=yesterday)
    page = signed_in(member).get("/property/").content.decode()
    for words in (
        held.case.title,
        ahead.case.title,
        "3 分 32 秒",
        "幸福家园 5 幢",
        "防火检查",
        "超期 1 天",
        "消防设施全面检测",
    ):
        assert words in page, words
    for words in (draft.case.title, "沈玉英", "沈国强"):
        assert words not in page, words
    theirs = signed_in(stranger).get("/property/").content.decode()
    assert "秋季演练" not in theirs and "防火检查" not in theirs and "幸福家园" not in theirs
    assert "/property/" in signed_in(member).get("/dues/").content.decode()  # in the menu


def test_what_is_done_there_is_off_the_page(party: Party, signed_in: Any) -> None:
    ours, member = make_firm("公园里物业", "ours")
    give(party, ours)
    client = signed_in(member)
    item = DueItem.objects.get(kind="safety_fire_check")
    assert f"/dues/{item.pk}/" in client.get("/property/").content.decode()
    answer = client.post(f"/dues/{item.pk}/", {"done_on": f"{clock.today():%Y-%m-%d}", "words": "都查了", "once": "x"})
    assert answer.status_code == 303
    assert f"/dues/{item.pk}/" not in client.get("/property/").content.decode()


def test_nobody_else_opens_it(party: Party, signed_in: Any) -> None:
    for user in (party.safety, party.cast.street_officer, party.cast.officer):
        assert signed_in(user).get("/property/").status_code == 403


def test_it_asks_as_much_with_thirty_as_with_one(party: Party, signed_in: Any) -> None:
    ours, member = make_firm("公园里物业", "ours")
    give(party, ours)
    make_ended(party)
    client = signed_in(member)

    def asked() -> int:
        client.get("/property/")
        with CaptureQueriesContext(connection) as found:
            assert client.get("/property/").status_code == 200
        return len(found)

    few = asked()
    for n in range(30):
        save_premises(
            make_premises(party.cast, name=f"公园里 {n} 幢", property_company=ours), by=party.safety, at=clock.now()
        )
        make_draft(party, title=f"演练 {n}")
    assert asked() == few
