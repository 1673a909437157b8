"""Accounts of a demonstration end with it: at every door, in sessions that are open, over the API, and before a deploy."""

import io
import re
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.cache import caches
from django.core.checks import Error
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.test import Client
from rest_framework.authtoken.models import Token

from community_portal import clock
from community_portal.demo.hiring import DEMO_PASSWORD
from community_portal.outbox.models import Message
from community_portal.people.checks import no_accounts_of_a_demonstration
from community_portal.people.models import CalendarLink, Role, User
from community_portal.people.own_account.actions import renew_calendar_link
from community_portal.people.sign_in.codes import PhoneAccounts, account_for_phone
from community_portal.people.sign_in.demo_accounts import end_demo_accounts
from tests.factories import make_community, make_member, make_resident, make_resident_account, make_user

pytestmark = pytest.mark.django_db
PHONE = "13800000001"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    caches["default"].clear()


@pytest.fixture
def staff() -> User:
    return make_member(
        Role.RECEPTIONIST, community=make_community(), username="reception", password=DEMO_PASSWORD, is_demo=True
    )


@pytest.fixture
def boss() -> User:
    return make_user(username="admin", password=DEMO_PASSWORD, is_superuser=True, is_staff=True, is_demo=True)


@pytest.fixture
def resident() -> User:
    return make_resident_account(make_resident(), phone=f"+86{PHONE}", is_demo=True)


def comes_in(username: str) -> bool:
    client = Client()
    client.post("/staff/sign-in/", {"login": username, "password": DEMO_PASSWORD})
    return client.get("/account/").status_code == 200


@pytest.mark.parametrize("is_demo", [True, False])
def test_the_published_password_opens_staff_and_superuser_only_in_a_demonstration(
    staff: User, boss: User, settings: Any, is_demo: bool
) -> None:
    settings.PORTAL_DEMO = is_demo
    for user in (staff, boss):
        assert comes_in(user.username) is is_demo, user
        assert bool(authenticate(None, username=user.username, password=DEMO_PASSWORD)) is is_demo


def test_sessions_that_are_open_end_with_the_demonstration(
    staff: User, boss: User, resident: User, signed_in: Any, settings: Any
) -> None:
    for user, path in ((staff, "/desk/"), (boss, "/admin/"), (resident, "/my/")):
        client = signed_in(user)
        assert client.get(path).status_code == 200, user
        settings.PORTAL_DEMO = False
        assert client.get(path).status_code == 302, user
        settings.PORTAL_DEMO = True


def test_keys_of_the_api_end_with_it_and_no_new_ones_are_made(staff: User, settings: Any) -> None:
    headers = {"Authorization": f"Token {Token.objects.create(user=staff).key}"}
    assert Client().get("/api/v1/bookings/", headers=headers).status_code == 200
    settings.PORTAL_DEMO = False
    assert Client().get("/api/v1/bookings/", headers=headers).status_code == 401
    with pytest.raises(CommandError):
        call_command("api_token", staff.username)


def test_no_code_is_sent_and_one_asked_for_before_opens_nothing(resident: User, settings: Any) -> None:
    client = Client()
    client.post("/sign-in/", {"phone": PHONE})
    code = Message.objects.get(kind="login_code").context["code"]
    settings.PORTAL_DEMO = False
    client.post("/sign-in/code/", {"code": code})
    assert client.get("/account/").status_code == 302
    caches["default"].clear()
    page = Client().post("/sign-in/", {"phone": PHONE}, follow=True)
    assert page.status_code == 200 and Message.objects.filter(kind="login_code").count() == 1


def test_the_last_gate_is_shut_whatever_opened_the_others(staff: User, settings: Any, rf: Any) -> None:
    settings.PORTAL_DEMO = False
    request = rf.get("/")
    request.session = {}
    assert PhoneAccounts().pre_login(request, staff, email=None) is not None


def test_a_secret_calendar_address_ends_with_it(resident: User, settings: Any) -> None:
    path = f"/calendar/my/{renew_calendar_link(resident, at=clock.now())}.ics"
    assert CalendarLink.objects.in_force(on=clock.today()).exists(), path
    settings.PORTAL_DEMO = False
    assert not CalendarLink.objects.in_force(on=clock.today()).exists()


def test_an_account_that_a_demonstration_s_code_made_proves_nothing_later(settings: Any) -> None:
    assert account_for_phone("+8613812345678").is_demo
    settings.PORTAL_DEMO = False
    assert not account_for_phone("+8613812345678").may_come_in
    assert not account_for_phone("+8613812345679").is_demo


def test_a_deploy_with_such_accounts_fails_until_they_are_ended(staff: User, resident: User, settings: Any) -> None:
    real = make_user(username="real")
    assert no_accounts_of_a_demonstration() == []
    with pytest.raises(CommandError, match="stay"):
        call_command("demo_accounts", end=True)
    settings.PORTAL_DEMO = False
    (error,) = no_accounts_of_a_demonstration()
    assert isinstance(error, Error) and "reception" in error.msg
    with pytest.raises(SystemCheckError, match=re.escape("people.E001")):
        call_command("check", deploy=True, stdout=io.StringIO(), stderr=io.StringIO())
    call_command("check", stdout=io.StringIO())  # every start, every migration: not refused
    call_command("demo_accounts", end=True, stdout=io.StringIO())
    assert no_accounts_of_a_demonstration() == [] and end_demo_accounts() == 0
    settings.PORTAL_DEMO = True
    assert not comes_in("reception") and User.objects.get(pk=real.pk).is_active
    fresh = account_for_phone(f"+86{PHONE}")
    assert fresh != resident and fresh.is_active, "whoever the number belongs to starts anew"


def test_what_the_demonstration_made_before_is_marked_and_nobody_else() -> None:
    marked = [
        make_user(username="manager", password=DEMO_PASSWORD),
        make_user(username="admin", password=DEMO_PASSWORD, is_superuser=True),
        make_user(username="r-13800000003", phone="+8613800000003"),
        make_user(username="xf-grid2"),
    ]
    User.objects.filter(username="xf-grid2").update(password="!nobody")
    for n, over in enumerate((
        {"username": "reception", "password": "words-of-her-own-26"},
        {"username": "lt-manager", "password": "words-of-his-own-26"},
        {"username": "r-0123456789abcdef0123", "phone": "+8613800000004"},
        {"username": "somebody", "password": DEMO_PASSWORD},
    )):  # fmt: skip
        make_user(name=str(n), **over)
    import_module("community_portal.people.migrations.0015_accounts_of_a_demonstration").mark(apps, None)
    assert set(User.objects.filter(is_demo=True)) == set(marked)


def test_a_real_portal_has_a_manager_of_its_own() -> None:
    make_user(username="manager", password="words-of-his-own-26")
    User.objects.filter(pk=make_user(username="lt-grid1").pk).update(password="!nobody")
    import_module("community_portal.people.migrations.0015_accounts_of_a_demonstration").mark(apps, None)
    assert not User.objects.filter(is_demo=True).exists()
