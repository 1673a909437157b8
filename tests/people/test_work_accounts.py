"""Accounts for work are their own: whoever hands out posts and passwords never becomes a resident, nor learns who is one."""

import re
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import caches
from django.test import Client

from community_portal import clock
from community_portal.outbox.models import Message
from community_portal.outbox.passwords import issue_password
from community_portal.people.actions import grant_delegation
from community_portal.people.models import AccountLog, Membership, Role, User
from community_portal.people.sign_in.codes import PhoneAccounts
from community_portal.people.staff.memberships import appoint, helped_with_passwords, may_issue_password
from community_portal.refusals import NotAllowed, Refusal
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "13800002046", "13800009998"
PAGE = "/settings/staff/"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    caches["default"].clear()


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def hire(client: Client, who: str, **over: str) -> Any:
    return client.post(PAGE, {"form": "appoint", "who": who, "role": "receptionist"} | over)


def plain(page: str) -> str:
    """A page without what is different each time it is opened."""
    page = re.sub(r'(name="once" value="|csrfmiddlewaretoken" value="|CSRFToken": ")[^"]*', "", page)
    return re.sub(r"wangxiaomei\d{3}|/staff/\d+/|value=\"\d+\"|id=\"[^\"]*\"", "", page)


def test_a_number_that_we_know_looks_like_one_that_we_do_not_and_leads_to_neither(
    cast: Cast, signed_in: SignedIn
) -> None:
    before = User.objects.filter(pk=cast.elder_account.pk).values().get()
    client, pages = signed_in(cast.manager), []
    for number in (KNOWN, UNKNOWN):
        answer = hire(client, number, name="王小妹")
        assert answer.status_code == 303
        pages.append(plain(client.get(PAGE).content.decode()))
        made = User.objects.get(work_phone=f"+86{number}")
        assert (made.phone, made.resident, made.name) == (None, None, "王小妹")
        assert re.fullmatch(r"wangxiaomei\d{3}", made.username) and not made.has_usable_password()
        assert AccountLog.objects.get(account=made).what == "work_account_opened"
        Membership.objects.filter(user=made).delete()
        assert {m.work_phone for m in User.objects.filter(memberships__community=cast.home)} == {None}
    assert pages[0] == pages[1]
    assert User.objects.filter(pk=cast.elder_account.pk).values().get() == before
    assert PhoneAccounts().get_user_by_phone(f"+86{KNOWN}") == cast.elder_account, "and still signs in by code"


@pytest.mark.parametrize("number", [KNOWN, UNKNOWN, "138 0000 9998", "+86 138-0000-9998", "１３８００００９９９８"])
def test_whoever_has_the_number_is_told_at_once(cast: Cast, signed_in: SignedIn, number: str) -> None:
    assert hire(signed_in(cast.manager), number).status_code == 303
    told = Message.objects.get(kind="work_account")
    account = User.objects.get(work_phone__isnull=False)
    assert (told.channel, told.address, told.is_urgent) == ("sms", account.work_phone, True)
    assert told.context["username"] == account.username and "接待员" in str(told.context)
    assert re.fullmatch(r"lt\d{3}", account.username), "without a name it is the house's"


def test_the_new_account_gets_a_password_once_and_works(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.manager)
    hire(client, KNOWN, name="王小妹")
    account = User.objects.get(work_phone=f"+86{KNOWN}")
    assert account.username in client.get(PAGE).content.decode()
    page = client.post(f"{PAGE}{account.pk}/password/").content.decode()
    found = re.search(r"(?<![\w#-])[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}(?![\w-])", page)
    told = Message.objects.filter(kind="password_issued", user=account)
    assert found and set(told.values_list("channel", flat=True)) == {"screen", "sms"}
    desk = Client()
    desk.post("/staff/sign-in/", {"login": account.username, "password": found[0]})
    assert desk.get("/desk/")["Location"] == "/account/password/"
    assert desk.get("/my/")["Location"] == "/account/password/"
    assert not fresh(account).holds_files


def test_the_same_number_again_is_the_same_account(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.manager)
    assert hire(client, UNKNOWN, name="王小妹").status_code == 303
    again = hire(client, UNKNOWN, name="张三")
    assert again.status_code == 422 and "已经在这个岗位" in again.content.decode()
    assert hire(client, UNKNOWN, role="safety").status_code == 303
    assert User.objects.filter(work_phone=f"+86{UNKNOWN}").count() == 1


@pytest.mark.parametrize(
    ("who", "over", "sentence"),
    [
        ("0513-80001234", {}, "座机收不到短信"),
        ("1380000", {}, "电话号码不存在"),
        (UNKNOWN, {"name": "1"}, "请写全名"),
        (UNKNOWN, {"role": "grid_officer"}, "要选网格"),
    ],
)
def test_what_is_refused_leaves_no_account_and_no_message(
    cast: Cast, signed_in: SignedIn, who: str, over: dict[str, str], sentence: str
) -> None:
    before = User.objects.count()
    answer = hire(signed_in(cast.manager), who, **over)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert (User.objects.count(), Message.objects.count()) == (before, 0)


def test_nobody_who_may_not_appoint_makes_an_account(cast: Cast, signed_in: SignedIn) -> None:
    for user in (cast.reception, cast.stranger, cast.elder_account):
        assert hire(signed_in(user), UNKNOWN).status_code in (302, 403)
    assert not User.objects.filter(work_phone__isnull=False).exists() and not Message.objects.exists()


def both(cast: Cast, how: str) -> User:
    """As accounts of before may be: of somebody who works here and lives here."""
    user = make_member(Role.RECEPTIONIST, community=cast.home, username="both", password="words-of-his-own-26")
    if how == "file":
        User.objects.filter(pk=cast.elder_account.pk).update(resident=None)
        User.objects.filter(pk=user.pk).update(resident=cast.elder)
    elif how == "phone":
        User.objects.filter(pk=user.pk).update(phone="+8613812345678")
    else:
        grant_delegation(
            principal=cast.elder, agent=user, relation="女儿", scopes=["read"], proof="当面", by=cast.reception,
            at=clock.now(),
        )  # fmt: skip
    return fresh(user)


@pytest.mark.parametrize("how", ["file", "phone", "delegation"])
def test_an_account_that_is_both_stays_and_nobody_else_sets_its_password(
    cast: Cast, signed_in: SignedIn, how: str
) -> None:
    user = both(cast, how)
    assert user.roles == {Role.RECEPTIONIST} and user.check_password("words-of-his-own-26")
    for by in (cast.manager, cast.street_officer, cast.admin):
        assert not may_issue_password(user, by=fresh(by)) and user.pk not in helped_with_passwords({user.pk}, by=by)
        with pytest.raises(NotAllowed):
            issue_password(user, by=fresh(by), at=clock.now())
        assert signed_in(by).post(f"{PAGE}{user.pk}/password/").status_code == 404
    assert f"{PAGE}{user.pk}/password/" not in signed_in(cast.manager).get(PAGE).content.decode()
    assert signed_in(cast.admin).get(f"/admin/people/user/{user.pk}/password/").status_code == 403
    assert signed_in(cast.admin).get(f"/admin/people/user/{cast.reception.pk}/password/").status_code == 200
    assert fresh(user).check_password("words-of-his-own-26") and not Message.objects.exists()


def test_a_resident_s_account_is_never_appointed_itself(cast: Cast) -> None:
    with pytest.raises(Refusal) as refused:
        appoint(cast.home, user=cast.elder_account, role=Role.RECEPTIONIST, by=cast.manager, at=clock.now())
    assert refused.value.code == "personal_account"


def test_numbers_noted_on_accounts_for_work_become_numbers_to_be_told_at(cast: Cast) -> None:
    noted = make_member(Role.RECEPTIONIST, community=cast.home, phone="+8613812345601")
    came = make_member(Role.RECEPTIONIST, community=cast.home, phone="+8613812345602", phone_verified_at=clock.now())
    nobody = make_user(phone="+8613812345603")
    import_module("community_portal.people.migrations.0016_work_has_accounts_of_its_own").tell_work_from_life(
        apps, None
    )
    assert (fresh(noted).phone, fresh(noted).work_phone) == (None, "+8613812345601")
    assert fresh(came).phone and fresh(nobody).phone and fresh(cast.elder_account).phone
