"""Asking for help on the phone: who has a file without an address is asked where they live, so that somebody comes."""

from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client
from PIL import Image

from appointments.models import Category, HelpRequest
from appointments.workflow import State
from community_portal.casework.models import Attachment
from community_portal.people.actions import say_own_address
from community_portal.people.models import Resident
from community_portal.refusals import NotAllowed
from tests.casework.photos import as_bytes, upload
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.factories import make_category, make_resident, make_resident_account


@pytest.fixture
def category(db: None) -> Category:
    return make_category()


@pytest.fixture
def newcomer(cast: Cast) -> Resident:
    """They came to a poetry reading: name and phone, nothing more."""
    return make_resident(community=cast.home, name="林小雨")


def test_a_file_without_an_address_gets_one_and_the_officer_of_that_door(
    cast: Cast, category: Category, newcomer: Resident, signed_in: SignedIn
) -> None:
    client = signed_in(make_resident_account(newcomer))
    assert "您的住址" in client.get("/help/").content.decode()
    body: dict[str, Any] = {"category": category.pk, "words": "灯坏了"}
    assert client.post("/help/", body | {"address": "龙田花苑 12幢601"}).status_code == 303
    newcomer.refresh_from_db()
    request = HelpRequest.objects.get()
    assert str(newcomer.household) == "龙田花苑 12幢 601"
    assert (request.state, request.handler) == (State.ASSIGNED, cast.officer)
    assert "您的住址" not in client.get("/help/").content.decode(), "asked once"


def test_who_says_no_address_is_heard_all_the_same(category: Category, newcomer: Resident, signed_in: SignedIn) -> None:
    client = signed_in(make_resident_account(newcomer))
    assert client.post("/help/", {"category": category.pk, "words": "灯坏了", "address": ""}).status_code == 303
    assert HelpRequest.objects.get().state == State.REGISTERED


def test_nobody_moves_himself_or_others_by_it(cast: Cast, newcomer: Resident) -> None:
    for resident, by in ((cast.elder, cast.elder_account), (newcomer, cast.elder_account)):
        with pytest.raises(NotAllowed):
            say_own_address(resident, address="龙田花苑 12幢601", by=by)
    assert str(Resident.objects.get(pk=cast.elder.pk).household) == "龙田花苑 12幢 503"


def test_one_account_asks_so_often_a_day_and_then_hears_whom_to_call(
    cast: Cast, category: Category, signed_in: SignedIn, settings: Any, fresh_limits: None
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"ask": "2/d/user"}
    body: dict[str, Any] = {"category": category.pk, "words": "灯又坏了", "name": "李玲"}
    elder, desk = signed_in(cast.elder_account), signed_in(cast.reception)
    assert elder.post("/help/", {"category": category.pk}).status_code == 422, "what was refused is not counted"
    assert [elder.post("/help/", body).status_code for _ in range(3)] == [303, 303, 422]
    page = elder.post("/help/", body).content.decode()
    assert (
        f"今天您已经登记了好几件，网上先到这里。还有事请打电话给我们：{cast.home.phone}。" in page
        and "灯又坏了" in page
    )
    assert HelpRequest.objects.count() == 2
    assert [desk.post("/help/", body).status_code for _ in range(3)] == [303] * 3


@pytest.mark.parametrize(("chosen", "kept"), [("now", "now"), ("", "normal"), (None, "normal")])
def test_how_urgent_it_is_says_the_resident_himself(
    chosen: str | None, kept: str, cast: Cast, category: Category, client: Client, signed_in: SignedIn
) -> None:
    body = {"category": category.pk, "words": "水管爆了"} | ({} if chosen is None else {"urgency": chosen})
    assert signed_in(cast.elder_account).post("/help/", body).status_code == 303
    assert HelpRequest.objects.get().urgency == kept
    client.post("/help/", body)  # not signed in yet
    draft = client.get("/help/").context["form"]["urgency"].initial
    assert draft == kept
    assert signed_in(cast.elder_account).post("/help/", body | {"urgency": "yesterday"}).status_code == 422


def test_a_matter_may_be_asked_for_with_six_photos(cast: Cast, signed_in: SignedIn) -> None:
    caches["default"].clear()
    files = [upload(as_bytes(Image.new("RGB", (40, 30 + n)), "PNG"), f"{n}.png") for n in range(6)]
    given = {"category": make_category().pk, "words": "灯坏了", "urgency": "normal", "photos": files}
    assert signed_in(cast.elder_account).post("/help/", given).status_code == 303
    assert Attachment.objects.count() == 6
