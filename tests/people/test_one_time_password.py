"""A forgotten password of staff: who may set one for whom, once, seen once, told, written down."""

import re

import pytest
from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.authtoken.models import Token

from community_portal import clock
from community_portal.outbox.models import Message
from community_portal.people.models import AccountLog, Membership, Role, User
from community_portal.people.staff.memberships import may_issue_password, set_one_time_password
from community_portal.refusals import NotAllowed
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.factories import make_member, make_user

pytestmark = pytest.mark.django_db
MINE = "my-very-own-words-26"


@pytest.fixture(autouse=True)
def _fresh_limits():
    caches["default"].clear()


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_only_for_those_below_oneself_in_places_one_runs(cast: Cast) -> None:
    both = make_member(Role.RECEPTIONIST, community=cast.home, username="both")
    Membership.objects.create(user=both, role=Role.RECEPTIONIST, community=cast.next_door, starts_on=clock.today())
    gone = make_member(Role.RECEPTIONIST, community=cast.home, username="gone", is_active=False)
    boss = make_user(username="boss", is_superuser=True)
    everybody = [
        cast.reception, cast.officer, cast.manager, cast.street_officer, cast.stranger, both, gone, cast.elder_account,
        cast.admin, boss,
    ]  # fmt: skip
    may = {
        by.username: {user.username for user in everybody if may_issue_password(fresh(user), by=fresh(by))}
        for by in (cast.reception, cast.manager, cast.street_officer, cast.admin)
    }
    assert may == {
        "reception": set(),
        "manager": {"reception", "grid"},
        "street": {"reception", "grid", "manager"},
        "admin": {"reception", "grid", "manager", "street", "stranger", "both"},
    }
    with pytest.raises(NotAllowed):
        set_one_time_password(fresh(cast.street_officer), by=fresh(cast.manager), at=clock.now())


def issue(cast: Cast, signed_in: SignedIn) -> str:
    answer = signed_in(cast.manager).post(f"/settings/staff/{cast.reception.pk}/password/")
    assert answer.status_code == 200 and "no-store" in answer.headers["Cache-Control"]
    found = re.search(r"(?<![\w#-])[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}(?![\w-])", answer.content.decode())
    assert found
    return found[0]


def test_shown_once_and_its_owner_is_told_and_it_is_written_down(cast: Cast, signed_in: SignedIn) -> None:
    User.objects.filter(pk=cast.reception.pk).update(email="li@example.org")
    elsewhere = signed_in(cast.reception)
    assert elsewhere.get("/desk/").status_code == 200
    Token.objects.create(user=cast.reception)
    password = issue(cast, signed_in)
    assert elsewhere.get("/desk/").status_code == 302, "every other session ends"
    assert not Token.objects.filter(user=cast.reception).exists()
    assert fresh(cast.reception).check_password(password)
    told = Message.objects.filter(kind="password_issued", user=cast.reception)
    assert set(told.values_list("channel", flat=True)) == {"screen", "email"}
    assert not any(password in str(message.context) + message.body for message in told)
    row = AccountLog.objects.get()
    assert (row.account, row.by, row.what) == (cast.reception, cast.manager, "password_issued")
    with pytest.raises(DatabaseError), transaction.atomic():
        AccountLog.objects.all().delete()


def test_it_opens_nothing_but_the_page_that_changes_it(cast: Cast, signed_in: SignedIn) -> None:
    password = issue(cast, signed_in)
    client = Client()
    client.post("/staff/sign-in/", {"login": "reception", "password": password})
    for path in ("/desk/", "/residents/", "/account/", "/api/v1/bookings/"):
        assert client.get(path).headers.get("Location") == "/account/password/", path
    typed = {"oldpassword": password, "password1": password, "password2": password}
    assert "不要用这个一次性密码" in client.post("/account/password/", typed).content.decode()
    assert client.get("/desk/").status_code == 302
    typed |= {"password1": MINE, "password2": MINE}
    assert client.post("/account/password/", typed).status_code == 302
    assert client.get("/desk/").status_code == 200
    assert not fresh(cast.reception).must_change_password and fresh(cast.reception).check_password(MINE)


def test_the_page_of_staff_offers_it_where_one_may(cast: Cast, signed_in: SignedIn) -> None:
    page = signed_in(cast.manager).get("/settings/staff/").content.decode()
    assert f"/settings/staff/{cast.reception.pk}/password/" in page
    assert f"/settings/staff/{cast.manager.pk}/password/" not in page


def test_more_staff_cost_no_more_queries(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.manager)
    client.get("/settings/staff/")
    with CaptureQueriesContext(connection) as few:
        client.get("/settings/staff/")
    for _n in range(10):
        make_member(Role.RECEPTIONIST, community=cast.home)
    with CaptureQueriesContext(connection) as many:
        client.get("/settings/staff/")
    assert len(many) == len(few)
