"""A passkey in a real browser: added, used instead of the password, used as the second factor; under the strict policy."""

import pytest
from django.core.cache import caches

from community_portal.people.models import User
from tests.factories import make_member, make_street

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a-long-enough-password"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def by_password(page):
    page.fill("[name=login]", "li")
    page.fill("[name=password]", PASSWORD)
    page.click("main form button.btn-primary")


def test_a_passkey_is_added_and_opens_both_doors(browse, live_server):
    caches["default"].clear()
    make_member("street_officer", street=make_street(), username="li", name="李玲", password=PASSWORD)
    # Passkeys belong to a name, not to a number.
    home = live_server.url.replace("127.0.0.1", "localhost")
    page = browse(service_workers="block").new_page()
    page.set_default_timeout(10_000)
    errors = []
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.goto(f"{home}/staff/sign-in/?next=/account/")
    by_password(page)
    page.wait_for_url(f"{home}/account/")
    page.goto(f"{home}/account/security/passkeys/add/")
    page.fill("[name=password]", PASSWORD)
    page.click("main form button.btn-primary")
    page.fill("[name=name]", "办公室电脑")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/account/security/codes/")
    assert User.objects.get(username="li").authenticator_set.filter(type="webauthn").exists()

    page.context.clear_cookies()
    page.goto(f"{home}/staff/sign-in/?next=/account/")
    page.click("#passkey_login")
    page.wait_for_url(f"{home}/account/")

    page.context.clear_cookies()
    page.goto(f"{home}/staff/sign-in/?next=/account/")
    by_password(page)
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(f"{home}/account/")
    assert errors == []
