"""Staff come in by password and second factor, and go out in time."""

import datetime as dt
import json

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import caches
from django.test import Client

from community_portal import clock
from community_portal.people.models import Membership, User
from tests.cast import make_cast
from tests.factories import make_member, make_street, make_user

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-enough-password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOON = dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _fresh():
    caches["default"].clear()


@pytest.fixture
def clerk(db):
    return make_member("street_officer", street=make_street(), username="li", name="李玲", password=PASSWORD)


def sign_in(client, login="li", password=PASSWORD, **more):
    return client.post("/staff/sign-in/", {"login": login, "password": password, **more})


def confirm(client, password=PASSWORD):
    return client.post("/account/confirm/", {"password": password})


def code_now():
    return format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time()))))


def works(client):
    return client.get("/notices/").status_code == 200


def test_password_leads_to_the_first_page_with_a_new_session(clerk):
    client = Client()
    client.get("/staff/sign-in/")
    client.post("/language/", {"language": "zh-hans"})
    before = client.session.session_key
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (302, "/dashboard/")
    assert client.session.session_key != before
    assert works(client)


@pytest.mark.parametrize(("login", "password"), [("li", "wrong"), ("nobody", PASSWORD), ("li", "")])
def test_wrong_is_wrong_in_the_same_words_and_keeps_the_name(clerk, login, password):
    answer = sign_in(Client(), login, password)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert ("用户名或密码不对" if password else "请填密码") in page
    assert f'value="{login}"' in page
    assert PASSWORD not in page


def test_a_phone_number_is_no_user_name_and_makes_no_account(clerk):
    User.objects.filter(pk=clerk.pk).update(phone="+8613812345678")
    assert sign_in(Client(), "13812345678").status_code == 422
    assert sign_in(Client(), "13999999999").status_code == 422
    assert User.objects.count() == 1


def test_five_wrong_passwords_lock_the_name_for_five_minutes(clerk):
    with time_machine.travel(NOON, tick=False) as time:
        for _ in range(5):
            sign_in(Client(), password="wrong")
        answer = sign_in(Client())
        assert answer.status_code == 422
        assert "试的次数太多了" in answer.content.decode()
        time.shift(301)
        assert sign_in(Client()).status_code == 302


def test_another_address_or_spelling_does_not_begin_to_count_anew(clerk, settings):
    settings.ALLOWED_HOSTS = ["*"]
    with time_machine.travel(NOON, tick=False):
        for n, name in enumerate(["li", "LI", "ｌｉ", "li", "Li"]):
            sign_in(Client(HTTP_HOST=f"localhost:{8000 + n}"), name, "wrong")
        for host in ("localhost", "localhost:9999", "127.0.0.1"):
            answer = sign_in(Client(HTTP_HOST=host))
            assert answer.status_code == 422 and "试的次数太多了" in answer.content.decode(), host


def test_a_resident_account_has_no_password_to_guess():
    resident = make_user(username="r-1", phone="+8613812345678")
    assert not resident.has_usable_password() or not resident.check_password("")
    assert sign_in(Client(), "r-1", "").status_code == 422


def test_the_second_factor_is_asked_and_a_wrong_one_refused(clerk):
    TOTP.activate(clerk, SECRET)
    client = Client()
    assert sign_in(client)["Location"] == "/staff/sign-in/second/"
    assert not works(client)
    assert client.post("/staff/sign-in/second/", {"code": "000000"}).status_code == 200
    assert not works(client)
    assert client.post("/staff/sign-in/second/", {"code": code_now()}).status_code == 302
    assert works(client)


def test_a_code_of_the_second_factor_works_once(clerk):
    TOTP.activate(clerk, SECRET)
    with time_machine.travel(NOON, tick=False):
        for expected in (True, False):
            client = Client()
            sign_in(client)
            client.post("/staff/sign-in/second/", {"code": code_now()})
            assert works(client) is expected


def test_secrets_of_second_factors_are_encrypted_and_older_ones_still_work(clerk):
    TOTP.activate(clerk, SECRET)
    RecoveryCodes.activate(clerk)
    stored = " ".join(str(row.data) for row in Authenticator.objects.filter(user=clerk))
    codes = RecoveryCodes(Authenticator.objects.get(user=clerk, type="recovery_codes")).get_unused_codes()
    assert SECRET not in stored and not any(code in stored for code in codes)
    Authenticator.objects.filter(user=clerk, type="totp").update(data={"secret": SECRET})  # as it was written before
    client = Client()
    sign_in(client)
    assert client.post("/staff/sign-in/second/", {"code": code_now()}).status_code == 302
    assert works(client)


def test_a_recovery_code_helps_once(clerk):
    TOTP.activate(clerk, SECRET)
    codes = RecoveryCodes.activate(clerk).get_unused_codes()
    for expected in (True, False):
        client = Client()
        sign_in(client)
        client.post("/staff/sign-in/second/", {"code": codes[0]})
        assert works(client) is expected


def test_without_a_second_factor_nothing_but_enrolment(clerk, settings):
    settings.STAFF_MFA_REQUIRED, settings.PORTAL_DEMO = True, False
    client = Client()
    client.force_login(clerk)
    for address in ("/notices/", "/", "/account/", "/inbox/"):
        assert client.get(address)["Location"] == "/account/security/", address
    assert client.post("/notices/")["Location"] == "/account/security/"
    assert client.get("/account/security/").status_code == 200
    TOTP.activate(clerk, SECRET)
    assert works(client)


def test_demo_accounts_are_spared_and_residents_never_asked(clerk, settings):
    settings.STAFF_MFA_REQUIRED, settings.PORTAL_DEMO = True, True
    client = Client()
    client.force_login(clerk)
    assert works(client)
    settings.PORTAL_DEMO = False
    resident = Client()
    resident.force_login(make_user(phone="+8613812345678"))
    assert works(resident)


def test_enrolling_by_app_shows_a_picture_and_gives_recovery_codes(clerk):
    client = Client()
    sign_in(client)
    confirm(client)
    page = client.get("/account/security/totp/")
    assert "autofocus" not in page.content.decode(), "the picture to scan stays in sight"
    assert 'src="data:image/svg+xml' in page.content.decode()
    secret = page.context["form"].secret
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    answer = client.post("/account/security/totp/", {"code": code})
    assert answer.status_code == 302
    assert Authenticator.objects.filter(user=clerk, type="totp").exists()
    codes = client.get("/account/security/codes/")
    assert codes.status_code == 200
    assert codes.content.decode().count("<li><code>") == 10


def test_changing_factors_asks_for_the_password_again_and_again_after_five_minutes(clerk):
    client = Client()
    with time_machine.travel(NOON, tick=False) as time:
        sign_in(client)
        assert client.get("/account/security/totp/")["Location"].startswith("/account/confirm/")
        confirm(client, "wrong")
        assert client.get("/account/security/totp/").status_code == 302
        confirm(client)
        assert client.get("/account/security/totp/").status_code == 200
        time.shift(301)
        assert client.get("/account/security/totp/").status_code == 302


@pytest.mark.parametrize(
    "address",
    [
        "/account/security/",
        "/account/security/totp/",
        "/account/security/codes/",
        "/account/security/codes/new/",
        "/account/security/passkeys/",
        "/account/security/passkeys/add/",
        "/account/security/totp/remove/",
        "/account/password/",
        "/account/confirm/",
    ],
)
def test_pages_of_the_second_factor_speak_our_words(clerk, address):
    client = Client()
    sign_in(client)
    if "/totp/" not in address or "remove" in address:
        TOTP.activate(clerk, SECRET)
        RecoveryCodes.activate(clerk)
    confirm(client)
    page = client.get(address)
    assert page.status_code == 200
    text = page.content.decode()
    assert "<h1" in text
    for english in (
        "Authenticator App",
        "Security Key",
        "Recovery",
        "Confirm Access",
        "Password",
        "code</label",
        ">Name",
    ):
        assert english not in text


def test_residents_have_no_business_there():
    client = Client()
    client.force_login(make_user(phone="+8613812345678"))
    assert client.get("/account/security/").status_code == 403
    assert client.get("/account/password/").status_code == 403


def test_idle_for_two_hours_and_out(clerk):
    client = Client()
    with time_machine.travel(NOON, tick=False) as time:
        sign_in(client)
        assert works(client)
        for _ in range(4):
            time.shift(dt.timedelta(minutes=100))
            assert works(client)
        time.shift(dt.timedelta(minutes=121))
        answer = client.get("/notices/")
        assert answer["Location"] == "/staff/sign-in/"
        assert "您离开的时间有点长" in client.get("/staff/sign-in/").content.decode()


def test_after_twelve_hours_out_however_busy(clerk):
    client = Client()
    with time_machine.travel(NOON, tick=False) as time:
        sign_in(client)
        client.get("/notices/")
        for _ in range(12):
            time.shift(dt.timedelta(minutes=59))
            assert works(client)
        time.shift(dt.timedelta(minutes=15))
        assert not works(client)


def test_a_resident_may_idle():
    client = Client()
    with time_machine.travel(NOON, tick=False) as time:
        client.force_login(make_user(phone="+8613812345678"))
        time.shift(dt.timedelta(days=5))
        assert works(client)


def test_who_sat_too_long_over_a_form_keeps_his_words(clerk):
    """Neither the part that a form asks for while it is filled in nor the form itself leads away from what was typed."""
    client = Client()
    with time_machine.travel(NOON, tick=False) as time:
        for part in (True, False):
            sign_in(client)
            client.get("/notices/")
            time.shift(dt.timedelta(hours=3))
            if part:
                answer = client.get("/notices/", headers={"HX-Request": "true"})
                assert answer["HX-Reselect"] == ".signed-out" and "HX-Redirect" not in answer
                assert "登录已经结束" in answer.content.decode() and 'href="/staff/sign-in/' in answer.content.decode()
                continue
            answer = client.post("/desk/intake/", {"words": "楼道灯坏了，晚上看不见"})
            assert answer.status_code == 401 and "楼道灯坏了，晚上看不见" in answer.content.decode()
            assert "_auth_user_id" not in client.session


def test_a_deed_by_htmx_after_the_end_goes_to_the_door(clerk):
    client = Client()
    with time_machine.travel(NOON, tick=False) as time:
        sign_in(client)
        client.get("/notices/")
        time.shift(dt.timedelta(hours=3))
        answer = client.post("/notices/", headers={"HX-Request": "true"})
        assert (answer.status_code, answer["HX-Redirect"]) == (204, "/staff/sign-in/")


def test_the_end_of_the_membership_ends_the_session(clerk):
    client = Client()
    sign_in(client)
    assert works(client)
    Membership.objects.filter(user=clerk).update(ends_on=clock.today() - dt.timedelta(days=1))
    assert client.get("/notices/")["Location"] == "/staff/sign-in/"
    assert "_auth_user_id" not in client.session


def test_a_disabled_member_is_out_at_once(clerk):
    client = Client()
    sign_in(client)
    assert works(client)
    User.objects.filter(pk=clerk.pk).update(is_active=False)
    assert not works(client)
    assert sign_in(client)["Location"] == "/sign-in/disabled/"
    assert "这个账号停用了" in client.get("/sign-in/disabled/").content.decode()
    assert not works(client)


def test_a_new_password_ends_the_other_sessions(clerk):
    here, there = Client(), Client()
    sign_in(here)
    sign_in(there)
    new = "another-long-password-9"
    body = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/account/password/", body).status_code == 302
    assert works(here)
    assert not works(there)


def test_the_maintainers_lists_use_the_one_door():
    cast = make_cast()
    cast.admin.set_password(PASSWORD)
    cast.admin.save()
    TOTP.activate(cast.admin, SECRET)
    client = Client()
    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/staff/sign-in/?next=%2Fadmin%2F"
    client.post("/admin/login/", {"username": "admin", "password": PASSWORD})
    assert "_auth_user_id" not in client.session
    sign_in(client, "admin", next="/admin/")
    assert client.get("/admin/").status_code == 302
    assert client.post("/staff/sign-in/second/", {"code": code_now()})["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_session_in_redis_is_text_that_runs_no_code(clerk):
    """Whoever reaches Redis reads and writes it; unpickled, what they wrote would be a program of theirs."""
    client = Client()
    sign_in(client)
    quick = caches["quick"]
    raw = quick.client.get_client().get(quick.make_key(client.session.cache_key))
    assert raw and json.loads(raw)["_auth_user_id"] == str(clerk.pk)
