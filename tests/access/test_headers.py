"""What every answer carries: a strict policy for scripts, cookies that keep to themselves, and nothing personal."""

import json
import os
import subprocess
import sys

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from tests.cast import Cast, make_cast

pytestmark = pytest.mark.django_db

PAGES = ["/", "/sign-in/", "/staff/sign-in/", "/communities/", "/api/docs/", "/no/such/page/", "/account/"]


@pytest.mark.parametrize("address", PAGES)
def test_scripts_and_styles_come_from_here_and_never_inline(address):
    answer = Client().get(address)
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("address", PAGES)
def test_pages_hold_no_inline_script_or_style(address):
    page = Client().get(address, follow=True).content.decode()
    scripts = [part.split(">", 1) for part in page.split("<script")[1:]]
    inline = [body for tag, body in scripts if "src=" not in tag and "application/json" not in tag]
    assert inline == []
    assert "<style" not in page
    assert ' style="' not in page
    assert " onclick=" not in page


def test_the_api_pages_work_under_the_same_policy():
    client = Client()
    page = client.get("/api/docs/").content.decode()
    assert "swagger" in page.lower()
    assert "cdn" not in page.lower()
    script = client.get("/api/docs/?script=")
    assert script.status_code == 200
    assert script["Content-Type"].startswith("application/javascript")
    assert client.get("/api/schema/").status_code == 200


def test_cookies_of_a_portal_on_https():
    """Settings are read anew in a process of its own, as a production host would."""
    found = settings_of(PORTAL_URL="https://portal.example.org", PORTAL_DEMO="0", DEBUG="0")
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert found["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is True
    assert found["SESSION_COOKIE_HTTPONLY"] is True
    assert found["SESSION_COOKIE_SAMESITE"] == found["CSRF_COOKIE_SAMESITE"] == "Lax"
    assert found["SESSION_COOKIE_DOMAIN"] is None
    assert found["SESSION_COOKIE_PATH"] == "/"
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert found["STAFF_MFA_REQUIRED"] is True
    assert found["MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN"] is False


def test_a_portal_on_https_refuses_demo_accounts():
    with pytest.raises(subprocess.CalledProcessError):
        settings_of(PORTAL_URL="https://portal.example.org", PORTAL_DEMO="1", DEBUG="0")


def test_a_replaced_key_still_reads_what_it_wrote():
    """With SECRET_KEY standing for the other, and with each of its own."""
    for old, new in (
        ({"SECRET_KEY": "old"}, {"SECRET_KEY": "new", "SECRET_KEY_FALLBACKS": "old"}),
        (
            {"SECRET_KEY": "old", "FIELD_KEY": "field"},
            {"SECRET_KEY": "new", "SECRET_KEY_FALLBACKS": "old", "FIELD_KEY": "new", "FIELD_KEY_FALLBACKS": "field"},
        ),
    ):
        written = python("print(EncryptedCharField().get_prep_value('32060219530308'))", **old)
        read = f"print(EncryptedCharField().f.decrypt(b'{written}').decode())"
        assert python(read, **new) == "32060219530308"
        assert "32060219530308" not in written


def python(words: str, **environment: str) -> str:
    """What a process of its own says, with these settings and no others."""
    done = subprocess.run(
        [sys.executable, "-c", f"from encrypted_fields.fields import EncryptedCharField; {words}"],
        env={
            "PATH": os.environ["PATH"],
            "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
            "PORTAL_ENV_FILE": os.devnull,
        }
        | {"DJANGO_SETTINGS_MODULE": "community_portal.settings"}
        | environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout.strip()


def test_a_migration_that_may_take_long_may_also_think_long():
    """On a busy machine the eighteen passwords of a demonstration took more than ten seconds to look at."""
    options = "from django.conf import settings; print(settings.DATABASES['default']['OPTIONS']['options'])"
    assert "statement_timeout=5s -c idle_in_transaction_session_timeout=10s" in python(options, SECRET_KEY="x")
    patient = python(options, SECRET_KEY="x", DATABASE_STATEMENT_TIMEOUT="0")
    assert "statement_timeout=0 -c idle_in_transaction_session_timeout=0" in patient


NAMES = [
    "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE", "SESSION_COOKIE_DOMAIN", "SESSION_COOKIE_PATH",
    "SECURE_HSTS_SECONDS", "STAFF_MFA_REQUIRED", "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN",
]  # fmt: skip


def settings_of(**environment):
    read = f"from django.conf import settings; import json; print(json.dumps({{n: getattr(settings, n) for n in {NAMES}}}))"
    kept = {key: value for key, value in os.environ.items() if key not in ("STAFF_MFA_REQUIRED",)}
    done = subprocess.run(
        [sys.executable, "-c", read],
        env=kept | environment | {"DJANGO_SETTINGS_MODULE": "community_portal.settings"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)


def test_a_forged_form_is_refused_politely():
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/sign-in/", {"phone": "13812345678"})
    assert answer.status_code == 403
    assert "这个页面放得太久了" in answer.content.decode()


def test_a_token_from_the_command_opens_the_api_and_a_new_one_ends_it(capsys):
    cast = make_cast()

    def token(*options):
        call_command("api_token", "manager", *options)
        return capsys.readouterr().out.strip()

    def status(key):
        return Client().get("/api/v1/", headers={"Authorization": f"Token {key}"}).status_code

    first = token()
    assert token() == first
    assert status(first) == 200
    second = token("--new")
    assert (status(first), status(second)) == (401, 200)
    cast.manager.is_active = False
    cast.manager.save()
    assert status(second) == 401


def test_no_key_stands_in_the_maintainers_lists(client: Client) -> None:
    """Tokens have no list; a second factor may be taken away, its secret is nowhere to be read."""
    cast = make_cast()
    TOTP.activate(cast.manager, "JBSWY3DPEHPK3PXP")
    factor = Authenticator.objects.get(user=cast.manager)
    client.force_login(cast.admin)
    assert client.get("/admin/authtoken/tokenproxy/").status_code == 404
    page = f"/admin/mfa/authenticator/{factor.pk}/change/"
    shown = client.get(page).content.decode()
    assert "顾书记" in shown and factor.data["secret"] not in shown and "JBSWY3DPEHPK3PXP" not in shown
    assert client.post(page, {"data": "{}"}).status_code == 403
    assert client.post(f"/admin/mfa/authenticator/{factor.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Authenticator.objects.exists()


PERSONAL = ["/", "/my/", "/account/", "/help/", "/notices/", "/no/such/page/", "/api/v1/bookings/"]


@pytest.mark.parametrize("address", PERSONAL)
def test_what_is_personal_is_kept_by_no_browser(address: str, client: Client, cast: Cast) -> None:
    client.force_login(cast.elder_account)
    assert client.get(address)["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("address", ["/", "/book/", "/communities/", "/api/v1/communities/"])
def test_what_everybody_may_read_is_kept_as_before(address: str, client: Client, cast: Cast) -> None:
    assert "no-store" not in client.get(address).get("Cache-Control", "")


def test_the_page_of_a_secret_link_is_kept_by_no_browser(client: Client, cast: Cast) -> None:
    assert client.get(f"/b/{'x' * 24}/")["Cache-Control"] == "private, no-store"


def test_a_refused_form_is_there_on_the_way_back_until_the_session_ends(client: Client, cast: Cast) -> None:
    client.force_login(cast.elder_account)
    refused = client.post("/help/", {"words": "腿脚不便"})
    assert (refused.status_code, refused["Cache-Control"]) == (422, "private, no-cache")
    assert "Clear-Site-Data" not in refused
    assert client.post("/sign-out/")["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in client.get("/")


@pytest.mark.parametrize("path", ["/sw.js", "/offline/"])
def test_what_the_service_worker_fetches_takes_no_session_away(path: str, client: Client, db: None) -> None:
    """A session that ended at sign-in, while the fetch was under way: its answer must not delete the new one's cookie."""
    client.cookies["sessionid"] = "a" * 32
    assert client.get("/").cookies["sessionid"]["max-age"] == 0, "elsewhere a dead session's cookie goes"
    client.cookies["sessionid"] = "a" * 32
    assert "sessionid" not in client.get(path).cookies
