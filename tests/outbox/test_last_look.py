"""Still wanted? What changed between the deed and the moment of sending."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from community_portal import clock
from community_portal.outbox.actions import Recipient, queue_message, resident_recipients
from community_portal.outbox.models import Channel, Message
from community_portal.outbox.sweep import deliver_due
from community_portal.people.models import Contact, Delegation, DelegationScope
from tests.cast import Cast
from tests.factories import make_resident, make_user
from tests.outbox import recording, words
from tests.race import all_at_once

NOON = clock.at_wall(dt.date(2026, 11, 24), dt.time(12))


@pytest.fixture(autouse=True)
def provider(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert words
    monkeypatch.setenv(recording.PLACE, str(tmp_path / "calls.db"))
    settings.SMS_BACKEND = "tests.outbox.recording.Idempotent"


def tell(to: Recipient, *, dedupe: str = "one") -> Message:
    queue_message("test_word", to=to, at=NOON, dedupe=dedupe, context={"n": 1})
    return Message.objects.latest("pk")


def settled(message: Message) -> tuple[str, str]:
    deliver_due(at=NOON)
    message.refresh_from_db()
    return message.state, message.reason


def changes_his_mind(cast: Cast) -> None:
    Contact.objects.filter(resident=cast.elder).update(wants_messages=False)


def dies(cast: Cast) -> None:
    cast.elder.deceased_on = NOON.date()
    cast.elder.save()


@pytest.mark.django_db
@pytest.mark.parametrize(("happens", "word"), [(changes_his_mind, "不再接收短信"), (dies, "已去世")])
def test_who_wants_no_messages_any_more_gets_none(cast: Cast, happens: Callable[[Cast], None], word: str) -> None:
    (text, _screen) = resident_recipients(cast.elder)
    message = tell(text)
    happens(cast)
    state, reason = settled(message)
    assert state == "cancelled" and word in reason
    assert recording.calls() == []


@pytest.mark.django_db
def test_a_disabled_account_hears_nothing(cast: Cast) -> None:
    message = tell(Recipient(Channel.SCREEN, "", cast.elder_account, cast.elder))
    cast.elder_account.is_active = False
    cast.elder_account.save()
    assert settled(message) == ("cancelled", "账号已停用")


@pytest.mark.django_db
def test_a_reminder_follows_the_resident_to_his_new_number(cast: Cast) -> None:
    message = tell(resident_recipients(cast.elder)[0])
    Contact.objects.filter(resident=cast.elder).update(phone="+8613811110000")
    assert settled(message)[0] == "sent"
    assert message.address == "+8613811110000"


@pytest.mark.django_db
def test_a_reminder_follows_a_merged_file(cast: Cast) -> None:
    double = make_resident(community=cast.home, name="陈平", phone="+8613811112222")
    message = tell(resident_recipients(double)[0])
    Contact.objects.filter(resident=double).delete()
    double.merged_into = cast.elder
    double.save()
    assert settled(message)[0] == "sent"
    assert message.address == "+8613800002046"


@pytest.mark.django_db
@pytest.mark.parametrize("revoked", [True, False])
def test_whoever_no_longer_acts_for_the_resident_hears_nothing(cast: Cast, revoked: bool) -> None:
    daughter = make_user(phone="+8613911112222")
    Delegation.objects.create(
        principal=cast.elder, agent=daughter, relation="女儿", scopes=[DelegationScope.BOOK], proof="当面",
        starts_on=NOON.date() - dt.timedelta(days=30), created_by=cast.reception, created_at=NOON,
        revoked_at=NOON if revoked else None,
    )  # fmt: skip
    message = tell(Recipient(Channel.SMS, "+8613911112222", daughter, cast.elder))
    assert settled(message)[0] == ("cancelled" if revoked else "sent")


@pytest.mark.django_db(transaction=True)
def test_the_cap_holds_when_workers_write_to_one_number_at_once(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("community_portal.outbox.sweep.BATCH", 2)
    settings.MESSAGES_PER_PERSON_PER_DAY = 3
    for n in range(12):
        tell(Recipient(Channel.SMS, "+8613800000000"), dedupe=str(n))
    all_at_once([lambda: deliver_due(at=NOON)] * 4)
    assert len(recording.calls()) <= 3
    held_back = Message.objects.filter(state="waiting")
    assert {message.due_at for message in held_back} == {clock.at_wall(dt.date(2026, 11, 25), dt.time(8))}
    assert all("够多" in message.reason and message.attempts == 0 for message in held_back)
