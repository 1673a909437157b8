"""Addresses typed by hand and filled with nonsense get a page, never a trace; what people type comes out as words."""

import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.matters.forms.fields import MOST_PHOTOS
from community_portal.people.actions import register_resident
from community_portal.people.models import Household
from community_portal.people.wording import LONGEST_TEXT
from community_portal.refusals import Refusal
from tests.cast import Cast
from tests.factories import make_category, make_service, make_session

NONSENSE = (
    "²",
    "٣",
    "9" * 30,
    "9" * 5000,  # more digits than Python reads as a number
    "-1",
    "9999-12-31",
    "0001-01-01",
    "2026-02-30",
    "0x1",
    "' OR 1=1",
    "<script>",
    "\x07",
    "\0",
    "%00",
)
PARAMETERS = {
    "/requests/": (
        "state",
        "category",
        "grid",
        "handler",
        "community",
        "place",
        "urgency",
        "overdue",
        "errand",
        "from",
        "to",
        "outcome",
        "q",
        "before",
        "after",
        "as",
    ),
    "/residents/": ("q", "grid", "tag", "before", "after"),
    "/find/": ("q",),
    "/desk/visits/": ("day", "state", "q"),
    "/desk/book/": ("resident", "service", "day", "q"),
    "/desk/intake/": ("resident",),
    "/desk/intake/route/": ("address",),
    "/inbox/": ("q",),
    "/messages/": ("q", "before", "after", "kind", "state"),
    "/dashboard/": ("place", "period", "from", "to", "as"),
    "/dashboard/rows/visits/": ("place", "period", "label", "before", "after"),
    "/settings/calendar/": ("year",),
    "/book/": ("channel",),
    "/book/allowance/": ("first", "day", "channel", "move"),
    "/activities/": ("page", "picked"),
    "/look-up/": ("number",),
    "/my/": ("before", "after"),
    "/communities/": ("q",),
    "/charging/": ("from", "free", "all", "code"),
    "/charging/ports/": ("site", "after"),
    "/charging/ports/labels/": ("site", "point"),
    "/charging/faults/": ("state", "reason", "port", "q", "before", "after"),
    "/api/v1/charge-sites/": ("community",),
    "/api/v1/sessions/": ("community", "kind", "date_from", "date_to", "limit", "offset"),
    "/api/v1/figures/": ("place", "period"),
    "/api/v1/help-requests/": ("state", "urgency", "limit", "offset"),
}


@pytest.fixture
def client(cast: Cast, signed_in: Any) -> Client:
    make_service(code="allowance")
    make_session(community=cast.home)
    client = signed_in(cast.admin)
    client.cookies["community"] = "LT"
    return client


@pytest.mark.parametrize("path", PARAMETERS)
def test_nonsense_in_an_address_is_a_page(path: str, client: Client) -> None:
    bad = []
    for name in PARAMETERS[path]:
        for value in NONSENSE:
            status = client.get(path, {name: value}).status_code
            if status >= 500:
                bad.append((name, value, status))
    assert bad == []


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_in_a_form_is_a_page(value: str, client: Client, cast: Cast) -> None:
    session = make_session(community=cast.home)
    posts = {
        "/desk/book/": {"resident": value, "session": value, "party_size": value, "name": value, "phone": value},
        "/desk/intake/": {"resident": value, "category": value, "words": value, "phone": value},
        f"/book/hold/{session.pk}/": {"move": value, "seen": value},
        f"/residents/{cast.elder.pk}/contacts/": {"remove": value, "primary": value},
        f"/residents/{cast.elder.pk}/merge/": {"other": value, "unmerge": value},
        f"/residents/{cast.elder.pk}/edit/": {"name": value, "born_on": value, "id_number": value, "seen": value},
        "/settings/closures/": {"remove": value, "first_on": value, "last_on": value, "reason": value},
        "/settings/bookings/call-off/": {"booking": [value, f"{value}:{value}"]},
        "/settings/services/new/": {"papers": value, "minutes": value, "seen": value},
        f"/residents/{cast.elder.pk}/consents/": {"purpose": value, "version": value, "channel": value, "give": value},
        f"/residents/{cast.elder.pk}/close/": {"reopen": "1", "seen": value},
        "/settings/staff/": {"end": value, "form": value},
        "/settings/openings/new/": {"weekday": value, "seen": value, "capacity": value},
        f"/residents/{cast.elder.pk}/delegations/": {"revoke": value},
        "/notices/": {"newest": value},
        "/account/calendar/": {"deed": value},
        "/filters/": {"forget": value, "name": value, "page": value, "query": value},
        "/look-up/": {"number": value, "tail": value},
    }
    assert [path for path, body in posts.items() if client.post(path, body).status_code >= 500] == []


def test_twenty_thousand_characters_come_back_with_a_sentence_and_all_of_them(cast: Cast, signed_in: Any) -> None:
    long = "长" * 20_000
    body = {
        "category": make_category().pk,
        "words": long,
        "resident": cast.elder.pk,
        "urgency": "normal",
        "source": "desk",
    }
    answer = signed_in(cast.reception).post("/desk/intake/", body)
    assert answer.status_code == 422
    assert long in answer.content.decode() and str(LONGEST_TEXT) in answer.content.decode()


def test_what_an_anonymous_asker_wrote_survives_the_way_through_sign_in(cast: Cast) -> None:
    long, client, category = "长" * 20_000, Client(HTTP_HOST="localhost"), make_category()
    wrong = client.post("/help/", {"words": long, "category": category.pk})
    assert wrong.status_code == 422 and long in wrong.content.decode()
    answer = client.post("/help/", {"words": "灯坏了", "category": category.pk})
    assert answer.status_code == 303 and answer.url.startswith("/sign-in/")
    assert client.session["draft"]["words"] == "灯坏了"


def test_scripts_and_control_characters_are_kept_as_words(cast: Cast, signed_in: Any) -> None:
    words = "<script>alert(1)</script>\x07\x00 看看"
    made = register_request(
        community=cast.home, category=make_category(), words=words, resident=cast.elder, by=cast.reception,
        at=clock.now(),
    )  # fmt: skip
    assert made.case.words == "<script>alert(1)</script> 看看"
    for path in (
        f"/requests/{made.case.number}/",
        "/requests/",
        "/inbox/",
        "/desk/",
        f"/requests/{made.case.number}/slip/",
    ):
        page = signed_in(cast.officer).get(path).content.decode()
        assert "<script>alert(1)" not in page, path


def test_too_many_photos_and_one_that_is_none_are_named(cast: Cast, signed_in: Any) -> None:
    body = {
        "category": make_category().pk,
        "words": "灯坏了",
        "resident": cast.elder.pk,
        "urgency": "normal",
        "source": "desk",
    }
    client = signed_in(cast.reception)
    none = client.post("/desk/intake/", body | {"photos": io.BytesIO(b"no photo")})
    assert none.status_code == 422 and "不是能打开的照片" in none.content.decode() and "灯坏了" in none.content.decode()
    many = client.post("/desk/intake/", body | {"photos": [io.BytesIO(b"x") for _n in range(MOST_PHOTOS + 1)]})
    assert many.status_code == 422 and "最多 6 张" in many.content.decode()


def test_an_address_loses_what_cannot_be_seen_and_a_list_of_it_still_goes_out(cast: Cast, signed_in: Any) -> None:
    resident = register_resident(
        community=cast.home, name="王五", address="老街\x07 7 号", by=cast.reception, at=clock.now()
    )
    assert resident.line == "老街 7 号"
    Household.objects.filter(pk=resident.household_id).update(address="老街\x0b 7 号")  # as older rows may have it
    resident.refresh_from_db()
    register_request(
        community=cast.home,
        category=make_category(),
        words="漏水",
        resident=resident,
        by=cast.reception,
        at=clock.now(),
    )
    answer = signed_in(cast.reception).get("/requests/?as=xlsx")
    assert answer.status_code == 200
    assert load_workbook(io.BytesIO(answer.content)).active.max_row == 2


@pytest.mark.parametrize("number", ["P" * 31, "E12\x0034"])
def test_another_paper_has_at_most_thirty_letters(number: str, cast: Cast) -> None:
    with pytest.raises(Refusal) as refused:
        register_resident(
            community=cast.home, name="史密斯", id_type="passport", id_number=number, by=cast.reception, at=clock.now()
        )
    assert refused.value.field == "id_number"
