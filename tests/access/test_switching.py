"""Language and elder mode, switched on a page that holds words: they stay where they stand, and nothing is done with them."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from community_portal import clock
from tests.cast import Cast, make_cast
from tests.factories import make_category

WORDS = "灯坏了，<b>晚上</b>看不见台阶"


def switch(client: Client, page: Any, kind: str) -> Any:
    """Presses a switch of the page as a browser without script does."""
    words = page.content.decode()
    button = next(tag for tag in re.findall(r"<button[^>]*>", words) if f'data-switch="{kind}=' in tag)
    forms = re.findall(r"<form.*?</form>", words, re.S)
    form = next(form for form in forms if ('id="with-words"' in form if "form=" in button else button in form))
    fields: dict[str, list[str]] = {}
    for tag in [*re.findall(r"<input[^>]*>", form), button]:
        said = {name: html.unescape(value) for name, value in re.findall(r'([a-z-]+)="([^"]*)"', tag)}
        if "name" in said:
            fields.setdefault(said["name"], []).append(said["value"])
    action = re.search(r'action="([^"]*)"', form)
    assert action
    return client.post(html.unescape(action[1]), fields)


def test_what_a_refused_form_held_stands_in_the_other_language(cast: Cast, signed_in: Any) -> None:
    category, client = make_category(name="维修", code="repair"), signed_in(cast.reception)
    body = {
        "name": "王",
        "address": "12幢 402",
        "words": WORDS,
        "category": category.pk,
        "urgency": "soon",
        "once": "k" * 20,
    }
    headers = {"Referer": "http://localhost/desk/intake/"}
    refused = client.post("/desk/intake/", body | {"name": "12", "source": "phone"}, headers=headers)
    assert refused.status_code == 422
    page = switch(client, refused, "language")
    words = page.content.decode()
    assert page.status_code == 200 and '<html lang="en"' in words and client.cookies["django_language"].value == "en"
    assert html.escape(WORDS) in words and 'value="12幢 402"' in words and 'value="12"' in words
    for chosen in (category.pk, "soon", "phone"):
        assert re.search(rf'value="{chosen}"[^>]*checked', words), chosen
    again = switch(client, page, "elder").content.decode()
    assert "data-elder" in again and html.escape(WORDS) in again and '<html lang="en"' in again
    assert not HelpRequest.objects.exists() and 'name="once" value="' + "k" * 20 not in words
    cast.reception.refresh_from_db()
    assert cast.reception.elder_mode and cast.reception.language == "en"


def test_of_several_forms_only_the_refused_one_is_filled(cast: Cast, signed_in: Any) -> None:
    made = register_request(
        community=cast.home, category=make_category(), words="灯坏了", resident=cast.elder, by=cast.reception,
        at=clock.now(),
    )  # fmt: skip
    client, page = signed_in(cast.elder_account), f"/my/requests/{made.case.number}/"
    client.post("/elder-mode/", {"on": "0"})
    headers = {"Referer": f"http://localhost{page}"}
    refused = client.post(f"{page}words/", {"words": "字" * 2001}, headers=headers)
    assert refused.status_code == 422
    shown = switch(client, refused, "elder").content.decode()
    assert re.search(r'id="id_more_words"[^>]*>\s*字{2001}', shown) and shown.count("字" * 2001) == 2, (
        "and to be taken along once more"
    )
    assert not re.search(r'id="id_withdraw_words"[^>]*>\s*字', shown)


def test_words_of_a_stale_form_stand_beside_it_and_overwrite_nothing(cast: Cast, signed_in: Any) -> None:
    client, page = signed_in(cast.reception), f"/residents/{cast.elder.pk}/edit/"
    body = {"name": "陈平安", "note": "耳背，请大声", "seen": 99}
    refused = client.post(page, body, headers={"Referer": f"http://localhost{page}"})
    assert refused.status_code == 409
    shown = switch(client, refused, "language").content.decode()
    assert '<blockquote class="typed">' in shown and "耳背，请大声" in shown
    assert re.search(r'<input[^>]*value="陈平"[^>]*id="id_name"', shown) and 'name="seen" value="99" id' not in shown
    again = switch(client, switch(client, refused, "language"), "elder").content.decode()
    assert '<blockquote class="typed">' in again and "data-elder" in again


def test_without_words_the_switch_is_what_it_was(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.elder_account)
    page = switch(client, client.get("/help/?category=1"), "elder")
    assert (page.status_code, page.url) == (303, "/help/?category=1")


def test_no_password_and_no_words_of_another_site_come_along(cast: Cast) -> None:
    body = {"login": "reception", "password": "Secret Words", "words": WORDS, "switch": "language=en"}
    page = Client().post("/staff/sign-in/", body).content.decode()
    assert "Secret Words" not in page and 'value="reception"' in page
    page = Client().post("/help/", body, headers={"Origin": "https://evil.example"}).content.decode()
    assert html.escape(WORDS) not in page
    assert Client(enforce_csrf_checks=True).post("/help/", body).status_code == 403


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_words_not_sent_yet_come_along_too(browse: Callable[..., Any]) -> None:
    make_category(name="维修", code="repair")
    page = browse(make_cast().elder_account, width=390).new_page()
    page.goto("/help/")
    page.get_by_role("radio", name="维修").check()
    page.get_by_label("说说遇到的难处").fill(WORDS)
    page.get_by_role("button", name="长辈版").first.click()
    expect(page.locator("html[data-elder]")).to_be_visible()
    expect(page.get_by_label("说说遇到的难处")).to_have_value(WORDS)
    page.get_by_role("button", name="English").click()
    expect(page.locator("html[lang=en]")).to_be_visible()
    expect(page.locator("textarea[name=words]")).to_have_value(WORDS)
    expect(page.locator("#main input[name=category]").first).to_be_checked()
    page.reload()
    expect(page.locator("textarea[name=words]")).to_have_value(WORDS)
    assert not HelpRequest.objects.exists()
