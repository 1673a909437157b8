"""A resident puts their bookings into the calendar of their phone, and takes the address back when it got out."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from community_portal import clock
from community_portal.bookings.actions import book
from tests.cast import make_cast
from tests.factories import make_session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no_script"])
def test_made_copied_subscribed_renewed_ended(
    script: bool, browse: Callable[..., Any], fresh_limits: None, live_server: Any
) -> None:
    cast = make_cast()
    book(session=make_session(community=cast.home), resident=cast.elder, by=None, at=clock.now())
    window = browse(cast.elder_account, java_script_enabled=script)
    if script:
        window.grant_permissions(["clipboard-read", "clipboard-write"])
    machine = browse(None).request
    page = window.new_page()
    page.goto("/account/")
    page.get_by_role("link", name="日历订阅").click()
    page.get_by_role("button", name="做一个日历地址").click()
    address = page.get_by_label("您的日历地址").input_value()
    assert page.get_by_role("link", name="订阅到日历").get_attribute("href") == f"webcal:{address.partition(':')[2]}"
    copy = page.get_by_role("button", name="复制")
    if script:
        copy.click()
        expect(page.get_by_role("button", name="复制好了")).to_be_visible()
        # Pages may write to the clipboard and not read it: it is pasted somewhere else.
        elsewhere = page.context.new_page()
        elsewhere.set_content("<textarea autofocus></textarea>")
        elsewhere.locator("textarea").press("Control+V")
        assert elsewhere.locator("textarea").input_value() == address
        elsewhere.close()
    else:
        expect(copy).to_be_hidden()

    path = address.removeprefix(settings.PORTAL_URL)
    assert "高龄津贴申领" in machine.get(f"{live_server.url}{path}").text()
    for deed, left in (("换一个新地址", "您的日历地址"), ("停用地址", "")):
        page.goto("/account/calendar/")
        page.locator("summary", has_text=deed).click()
        page.locator(".confirm-box").get_by_role("button", name=deed).click()
        assert machine.get(f"{live_server.url}{path}").status == 404
        if left:
            path = page.get_by_label(left).input_value().removeprefix(settings.PORTAL_URL)
            assert machine.get(f"{live_server.url}{path}").status == 200
    expect(page.get_by_role("status").filter(has_text="日历地址停用了")).to_be_visible()
