"""My account: who may act for me, what is sent to me, how pages look."""

import datetime as dt

import pytest
from django.core.cache import caches

from community_portal import clock
from community_portal.outbox.actions import resident_recipients
from community_portal.people.actions import grant_delegation
from community_portal.people.backends import Accounts
from community_portal.people.models import Delegation, DelegationScope, User
from tests.cast import make_cast
from tests.clients import client_of
from tests.factories import make_resident, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db):
    caches["default"].clear()
    return make_cast()


def grant(client, **over):
    return client.post("/account/", {"phone": "13911112222", "relation": "女儿", "scopes": ["book", "read"]} | over)


def test_a_resident_lets_his_daughter_act_and_takes_it_back(cast):
    client = client_of(cast.elder_account)
    assert grant(client)["Location"] == "/account/"
    delegation = Delegation.objects.get()
    assert delegation.principal == cast.elder
    assert delegation.agent.phone == "+8613911112222"
    assert delegation.scopes == ["book", "read"]
    page = client.get("/account/").content.decode()
    assert "女儿" in page
    assert "预约到访、查看进度" in page
    client.post(f"/account/delegations/{delegation.pk}/revoke/")
    delegation.refresh_from_db()
    assert delegation.revoked_at


def test_granting_never_shows_whose_number_it_is(cast):
    make_user(phone="+8613911112222", name="陌生人王五")
    client = client_of(cast.elder_account)
    grant(client)
    assert "王五" not in client.get("/account/").content.decode()


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"phone": "123"}, "手机是 11 位"),
        ({"phone": "13800002046"}, "这是您自己的手机号"),
        ({"scopes": []}, "请至少选一项"),
        ({"scopes": ["vote"]}, "请重新选一次"),
        ({"relation": ""}, "请写他（她）是您的什么人"),
        ({"ends_on": "2020-01-01"}, "不能在今天以前"),
    ],
)
def test_a_bad_grant_says_why_and_keeps_what_was_typed(cast, over, words):
    answer = grant(client_of(cast.elder_account), **over)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="女儿"' in answer.content.decode() or "relation" in over
    assert not Delegation.objects.exists()


def test_without_a_file_nobody_can_be_authorised():
    client = client_of(make_user(phone="+8613911110000"))
    assert grant(client).status_code == 422
    assert not Delegation.objects.exists()


def test_the_agent_sees_for_whom_he_acts_and_may_give_it_up(cast):
    agent = make_user(phone="+8613911112222")
    delegation = grant_delegation(
        principal=cast.elder,
        agent=agent,
        relation="女儿",
        scopes=[DelegationScope.READ],
        proof="当面",
        by=cast.reception,
        at=clock.now(),
    )
    client = client_of(agent)
    assert "陈平" in client.get("/account/").content.decode()
    client.post(f"/account/delegations/{delegation.pk}/revoke/")
    assert "陈平" not in client.get("/account/").content.decode()


def test_messages_to_my_own_number_on_and_off(cast):
    client, contact = client_of(cast.elder_account), cast.elder.contacts.get()
    for on in ("0", "1"):
        client.post(f"/account/messages/{contact.pk}/", {"on": on})
        contact.refresh_from_db()
        assert contact.wants_messages is (on == "1")
    theirs = cast.stranger_resident.contacts.get()
    assert client.post(f"/account/messages/{theirs.pk}/", {"on": "0"}).status_code == 404


def test_a_name_until_there_is_a_file(cast):
    user = make_user(phone="+8613911110000", name="")
    assert client_of(user).post("/account/name/", {"name": "王芳"}).status_code == 303
    user.refresh_from_db()
    assert user.name == "王芳"
    answer = client_of(cast.elder_account).post("/account/name/", {"name": "别人"})
    assert answer.status_code == 422
    assert User.objects.get(pk=cast.elder_account.pk).name == "陈平"


def test_language_stays_with_the_account(cast):
    client = client_of(cast.elder_account)
    client.post("/language/", {"language": "en", "next": "/account/"})
    cast.elder_account.refresh_from_db()
    assert cast.elder_account.language == "en"
    client.post("/language/", {"language": "xx"})
    cast.elder_account.refresh_from_db()
    assert cast.elder_account.language == "en"


def test_whoever_chose_english_gets_his_text_messages_in_english(cast):
    client_of(cast.elder_account).post("/language/", {"language": "en"})
    cast.elder.refresh_from_db()
    assert {one.language for one in resident_recipients(cast.elder)} == {"en"}


def test_staff_see_their_roles_and_the_way_to_their_second_factor(cast):
    page = client_of(cast.reception).get("/account/").content.decode()
    assert "接待员" in page
    assert "龙田社区" in page
    assert "/account/security/" in page
    assert "/account/security/" not in client_of(cast.elder_account).get("/account/").content.decode()


def test_the_page_asks_the_database_the_same_for_one_and_for_ten(cast, django_assert_max_num_queries):
    client = client_of(cast.elder_account)
    for n in range(10):
        grant_delegation(
            principal=make_resident(community=cast.home),
            agent=cast.elder_account,
            relation="邻居",
            scopes=["read"],
            proof="当面",
            by=cast.reception,
            at=clock.now(),
        )
        grant(client, phone=f"1391111{n:04d}")
    with django_assert_max_num_queries(14):
        client.get("/account/")


def test_an_account_comes_with_what_it_holds(cast, django_assert_num_queries):
    """Staff and their memberships in one question; a resident, a person who left and a disabled one hold nothing."""
    with django_assert_num_queries(1):
        found = Accounts().get_user(cast.reception.pk)
        assert (found, found.roles, found.community_ids) == (cast.reception, {"receptionist"}, {cast.home.pk})
    with django_assert_num_queries(2):
        resident = Accounts().get_user(cast.elder_account.pk)
        assert (resident, resident.roles, resident.is_portal_staff) == (cast.elder_account, frozenset(), False)
    cast.reception.memberships.update(ends_on=clock.today() - dt.timedelta(days=1))
    assert Accounts().get_user(cast.reception.pk).roles == frozenset()
    User.objects.filter(pk=cast.officer.pk).update(is_active=False)
    assert Accounts().get_user(cast.officer.pk) is None
    assert Accounts().get_user(0) is None
