"""The ledger, the demo's outbox and one's own notices, as people see them."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community_portal import clock
from community_portal.outbox.actions import Recipient, queue_message
from community_portal.outbox.models import Channel, Message, MessageState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.outbox import words

pytestmark = pytest.mark.django_db
LINK = "http://localhost:8000/b/secret-token-1/"


@pytest.fixture(autouse=True)
def in_demo(settings: Any) -> None:
    assert words
    settings.PORTAL_DEMO = True


def row(cast: Cast, n: int, **over: Any) -> Message:
    at = clock.now()
    to = over.pop("to", None) or Recipient(Channel.SMS, f"+86138{n:08d}", None, cast.elder)
    kind = over.pop("kind", "test_word")
    queue_message(kind, to=to, at=at, dedupe=f"p{n}", context={"n": n, "code": f"77{n:04d}"}, community_id=cast.home.pk)
    message = Message.objects.latest("pk")
    for name, value in over.items():
        setattr(message, name, value)
    message.save()
    return message


def page(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def test_the_demo_shows_codes_words_and_reasons_newest_first(client: Any, cast: Cast) -> None:
    row(cast, 1, state=MessageState.CANCELLED, reason="夜里不打扰，到早上已过时")
    row(cast, 2, kind="login_code", state=MessageState.SENT, sent_at=clock.now(), body="您的验证码是 770002")
    row(cast, 3, state=MessageState.SENT, sent_at=clock.now(), body=f"see {LINK}")
    shown = page(client, "/demo/outbox/")
    assert "770002" in shown and "夜里不打扰" in shown and "138 0000 0002" in shown
    assert f'href="{LINK}"' in shown
    assert shown.index(LINK) < shown.index("770002") < shown.index("夜里不打扰")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=13800000001", {1}),
        ("q=138 0000 0002", {2}),
        ("q=0003", {3}),
        ("q=登录验证码", {2}),
        ("q=pear", {3}),
        ("q=770002", {2}),
        ("state=cancelled", {1}),
        ("channel=sms", {1, 2, 3}),
        ("channel=email", set()),
        ("q=%20&state=nonsense&before=99999999999999999999", {1, 2, 3}),
    ],
)
def test_the_demo_is_searched_and_filtered(client: Any, cast: Cast, query: str, found: set[int]) -> None:
    row(cast, 1, state=MessageState.CANCELLED, body="apple")
    row(cast, 2, kind="login_code", body="plum")
    row(cast, 3, body="pear")
    shown = page(client, f"/demo/outbox/?{query}")
    assert {n for n, word in ((1, "apple"), (2, "plum"), (3, "pear")) if word in shown} == found


def test_pages_follow_one_another_by_key_and_cost_the_same(client: Any, cast: Cast) -> None:
    row(cast, 0)
    page(client, "/demo/outbox/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        page(client, "/demo/outbox/")
    for n in range(1, 45):
        row(cast, n)
    with CaptureQueriesContext(connection) as many:
        shown = page(client, "/demo/outbox/")
    assert len(many) == len(few)
    assert "word 44" in shown and "word 4<" not in shown
    oldest_here = Message.objects.order_by("-pk")[39].pk
    assert "word 4<" in page(client, f"/demo/outbox/?before={oldest_here}")


def test_staff_see_their_place_with_the_unsure_first_and_no_keys(signed_in: SignedIn, cast: Cast) -> None:
    row(cast, 1, state=MessageState.SENT, sent_at=clock.now(), body=f"later {LINK}")
    row(cast, 2, kind="login_code", body="您的验证码是 770002")
    doubt = row(cast, 3, state=MessageState.UNSURE, body=f"doubt {LINK}", reason="不知道对方收到没有")
    client = signed_in(cast.reception)
    shown = page(client, "/messages/")
    assert shown.index("doubt") < shown.index("later")
    assert "secret-token" not in shown and "770002" not in shown
    assert "doubt" not in page(signed_in(cast.stranger), "/messages/")
    assert signed_in(cast.stranger).post(f"/messages/{doubt.pk}/", {"resend": "1"}).status_code == 404
    assert signed_in(cast.elder_account).get("/messages/").status_code == 403

    assert client.post(f"/messages/{doubt.pk}/", {"resend": "1"}).status_code in (302, 303)
    doubt.refresh_from_db()
    assert doubt.state == MessageState.WAITING and "李玲" in doubt.reason
    assert client.post(f"/messages/{doubt.pk}/", {"resend": "0"}).status_code == 409, "somebody decided already"
    Message.objects.filter(pk=doubt.pk).update(state=MessageState.UNSURE)
    client.post(f"/messages/{doubt.pk}/", {"resend": "0"})
    doubt.refresh_from_db()
    assert doubt.state == MessageState.SENT and doubt.sent_at


def test_notices_are_marked_read_as_far_as_they_were_shown(signed_in: SignedIn, cast: Cast) -> None:
    to = Recipient(Channel.SCREEN, "", cast.elder_account, cast.elder)
    sent = {"state": MessageState.SENT, "sent_at": clock.now(), "to": to}
    shown_one = row(cast, 1, body="first notice", **sent)
    came_since = row(cast, 2, body="second notice", **sent)
    tomorrow = row(cast, 3, to=to, due_at=clock.now() + dt.timedelta(days=1))
    row(cast, 4, body="not mine", **sent | {"to": Recipient(Channel.SCREEN, "", cast.stranger_account)})
    client = signed_in(cast.elder_account)
    shown = page(client, "/notices/")
    assert shown.index("second notice") < shown.index("first notice") and "not mine" not in shown
    client.post("/notices/", {"newest": str(shown_one.pk)})
    for message in (shown_one, came_since, tomorrow):
        message.refresh_from_db()
    assert shown_one.read_at and not came_since.read_at and not tomorrow.read_at
    client.post("/notices/", {"newest": "nonsense"})
    came_since.refresh_from_db()
    tomorrow.refresh_from_db()
    assert came_since.read_at and not tomorrow.read_at
