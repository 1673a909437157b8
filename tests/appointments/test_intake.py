"""The sixty seconds at the desk: nobody gets a second file by accident, nothing is done by halves, consent is asked in passing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request, title_of
from community_portal import clock
from community_portal.people.models import Consent, Purpose, Resident, ToldApart
from community_portal.people.own_account.consents import give_consent, standings_of, withdraw_consent
from tests.cast import Cast
from tests.factories import make_category, make_resident


@pytest.fixture
def desk(cast: Cast, signed_in: Any) -> Client:
    return signed_in(cast.reception)


def post(desk: Client, **body: Any) -> Any:
    category = HelpRequest.objects.values_list("category", flat=True).first() or make_category().pk
    values = {"category": category, "words": "灯坏了", "urgency": "normal", "source": "desk"}
    return desk.post("/desk/intake/", values | body)


def test_a_request_that_is_refused_leaves_no_file_behind(desk: Client) -> None:
    before = Resident.objects.count()
    assert post(desk, name="新来的", words="x").status_code == 422
    assert Resident.objects.count() == before
    assert post(desk, name="新来的", words="灯坏了").status_code == 303
    assert Resident.objects.count() == before + 1


@pytest.mark.parametrize(("typed", "why"), [("陈平", "姓名相同"), ("cp", "拼音"), ("chenping", "拼音"), ("CP", "拼音")])
def test_a_name_on_file_or_its_letters_never_make_a_second_file_unasked(
    typed: str, why: str, desk: Client, cast: Cast
) -> None:
    before = Resident.objects.count()
    answer = post(desk, name=typed, phone="13911112222")
    page = answer.content.decode()
    assert answer.status_code == 409 and "先看看是不是同一个人" in page and why in page
    assert f"?resident={cast.elder.pk}" in page and "灯坏了" in page and "13911112222" in page
    assert Resident.objects.count() == before


def test_another_person_of_the_same_name_is_written_down_as_such(desk: Client, cast: Cast) -> None:
    desk.cookies["django_language"] = "en"
    assert post(desk, name="陈平", phone="13911112222", another_person="1").status_code == 303
    apart = ToldApart.objects.get()
    assert (apart.other, apart.resident.name, apart.by) == (cast.elder, "陈平", cast.reception)
    assert apart.resident != cast.elder
    assert apart.why == "登记求助时问过，不是同一个人", "kept as the source has it, read in one's own language"
    assert "Asked while taking in a request" in desk.get(f"/residents/{cast.elder.pk}/").content.decode()


def test_name_and_phone_of_a_file_take_that_file(desk: Client, cast: Cast) -> None:
    assert post(desk, name="陈平", phone="138 0000 2046").status_code == 303
    assert HelpRequest.objects.get().case.resident == cast.elder


def test_a_foreign_name_that_nobody_has_needs_no_second_look(desk: Client) -> None:
    assert post(desk, name="John Smith").status_code == 303


def test_what_he_agrees_to_is_kept_with_the_request_and_how_it_was_heard(desk: Client, cast: Cast) -> None:
    answer = post(desk, resident=cast.elder.pk, source="phone", consents=["sms", "health"])
    assert answer.status_code == 303
    rows = Consent.objects.order_by("purpose").values_list("purpose", "channel", "given_by", "withdrawn_at")
    assert list(rows) == [("health", "phone", cast.reception.pk, None), ("sms", "phone", cast.reception.pk, None)]


def test_only_what_was_never_asked_is_asked(desk: Client, cast: Cast) -> None:
    now = clock.now()
    version = standings_of(cast.elder)[0].wording.version
    give_consent(cast.elder, purpose=Purpose.SMS, version=version, channel="desk", by=cast.reception, at=now)
    withdraw_consent(cast.elder, purpose=Purpose.PHOTOS, by=cast.reception, at=now)
    page = desk.get(f"/desk/intake/?resident={cast.elder.pk}").content.decode()
    asked = [purpose for purpose in Purpose.values if f'name="consents" value="{purpose}"' in page]
    assert asked == ["health", "pass_on"]


def test_a_file_that_knows_no_address_is_told_it_in_passing_and_the_officer_is_found(desk: Client, cast: Cast) -> None:
    known = make_resident(community=cast.home, household=None)
    page = desk.get(f"/desk/intake/?resident={known.pk}").content.decode()
    assert 'name="address"' in page
    assert 'name="address"' not in desk.get(f"/desk/intake/?resident={cast.elder.pk}").content.decode()
    assert post(desk, resident=known.pk, address="龙田花苑 12幢503").status_code == 303
    known.refresh_from_db()
    assert (known.household, HelpRequest.objects.get().handler) == (cast.household, cast.officer)


def test_an_address_on_file_is_not_overwritten_in_passing(desk: Client, cast: Cast) -> None:
    assert post(desk, resident=cast.elder.pk, address="火星路 99幢").status_code == 303
    cast.elder.refresh_from_db()
    assert cast.elder.household == cast.household


def test_who_works_in_english_keeps_the_address_in_chinese_and_reads_it_in_his_own_way(
    desk: Client, cast: Cast
) -> None:
    cast.building.estate.name_en = "Longtian Garden"
    cast.building.estate.save()
    desk.cookies["django_language"] = "en"
    assert post(desk, name="新来的", address="Room 402, Building 12, Longtian Garden").status_code == 303
    made = HelpRequest.objects.get()
    assert made.case.address == "龙田花苑 12幢 402"
    assert made.handler == cast.officer, "the building was understood"
    file = desk.get(f"/residents/{made.case.resident_id}/").content.decode()
    assert "Longtian Garden 12-402" in file
    slip = desk.get(f"/requests/{made.case.number}/slip/").content.decode()
    assert "Longtian Community living room" in slip and "Registered at" in slip


def test_what_is_under_way_says_where_it_stands(desk: Client, cast: Cast) -> None:
    register_request(
        community=cast.home,
        category=make_category(),
        words="灯坏了",
        resident=cast.elder,
        by=cast.reception,
        at=clock.now(),
    )
    assert "已派网格员" in desk.get(f"/desk/intake/?resident={cast.elder.pk}").content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_whoever_types_at_once_loses_no_key(cast: Cast, browse: Callable[..., Any]) -> None:
    """The field has the focus as soon as the page is read. Left to the browser, it has it at the first painting, which may come
    when the page is long complete."""
    page = browse(cast.reception, width=1440).new_page()
    note = "addEventListener('DOMContentLoaded', () => { window.focused = document.activeElement.id; })"
    page.add_init_script(note)
    focused = []
    for _time in range(8):
        page.goto("/desk/intake/")
        focused.append(page.evaluate("window.focused"))
    assert focused == ["id_name"] * 8


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_enter_takes_the_first_found_and_the_arrows_walk(cast: Cast, browse: Callable[..., Any]) -> None:
    make_category()
    page = browse(cast.reception, width=1440).new_page()
    page.goto("/desk/intake/")
    page.keyboard.type("cp")
    page.keyboard.press("Enter")  # faster than the list
    expect(page.locator(".chosen")).to_contain_text("陈平")
    assert page.url.endswith("/desk/intake/") and not page.locator(".field-error").count()
    page.goto("/desk/")
    page.keyboard.press("/")
    page.keyboard.type("cp")
    expect(page.locator("#found a").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#found a").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#find")).to_be_focused()


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("老母亲摔了一跤。下床要人扶。", "老母亲摔了一跤"),
        ("楼道里的灯坏了好几天了晚上看不见路老人都不敢出门了", "楼道里的灯坏了好几天了晚上看不见路老人都不敢出…"),
        ("My mother fell. She needs help to get up.", "My mother fell"),
        ("The lamp is broken! Please come soon.", "The lamp is broken"),
        ("Mr. Li of No. 3 lost 3.5 kg within a week.", "Mr. Li of No. 3 lost 3.5 kg within a week"),
        (
            "The lamp in the stairwell of our building has been broken for several days and nobody came",
            "The lamp in the stairwell of our building has been broken…",
        ),
        ("x" * 70, "x" * 59 + "…"),
    ],
)
def test_a_title_is_the_first_sentence_and_cuts_no_word(words: str, title: str) -> None:
    assert title_of(words) == title
