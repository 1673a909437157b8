"""Sending: once, still true, not at night, not too much; and what a killed worker leaves behind."""

import datetime as dt
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from community_portal import clock
from community_portal.outbox import sweep
from community_portal.outbox.actions import Recipient, cancel_unsent, queue_message, resolve_unsure
from community_portal.outbox.models import Channel, Message, MessageState
from community_portal.outbox.sweep import CLAIM_LASTS, claim, deliver_due, take_back_lost_claims
from community_portal.refusals import NotAllowed
from tests.cast import Cast
from tests.factories import make_community
from tests.outbox import recording, words
from tests.outbox.processes import sweep_in_another_process
from tests.race import all_at_once

NOON = clock.at_wall(dt.date(2026, 11, 24), dt.time(12))
assert words  # importing it registers the kinds


def say(n: int = 1, *, kind: str = "test_word", at: dt.datetime = NOON, phone: str = "", **over: Any) -> Message:
    to = Recipient(Channel.SMS, phone or f"+86138{n:08d}")
    queue_message(kind, to=to, at=at, dedupe=f"{kind}:{n}", context={"n": n}, **over)
    return Message.objects.latest("pk")


@pytest.fixture
def provider(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(recording.PLACE, str(tmp_path / "calls.db"))
    settings.SMS_BACKEND = "tests.outbox.recording.Idempotent"


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    for state in Message.objects.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


@pytest.mark.django_db
def test_sweeping_twice_sends_once(provider: None) -> None:
    for n in range(5):
        say(n)
    say(3)  # the same again is no new message
    assert (deliver_due(at=NOON), deliver_due(at=NOON)) == (5, 0)
    assert len(recording.calls()) == 5
    assert states() == {"sent": 5}
    assert Message.objects.first().body == "word 0"


@pytest.mark.django_db
def test_what_is_no_longer_true_or_wanted_is_not_said(provider: None) -> None:
    say(1, kind="test_untrue")
    say(2, expires_at=NOON)
    say(3, subject="booking:7")
    assert cancel_unsent("booking:7", reason="moved") == 1
    assert deliver_due(at=NOON) == 0
    assert states() == {"cancelled": 3}
    assert recording.calls() == []


@pytest.mark.django_db
def test_nobody_is_woken_at_night_except_for_what_cannot_wait(provider: None) -> None:
    night = clock.at_wall(dt.date(2026, 11, 24), dt.time(22, 30))
    later, worthless, urgent = (
        say(1, at=night),
        say(2, at=night, expires_at=night + dt.timedelta(hours=3)),
        say(3, kind="test_urgent", at=night),
    )
    assert deliver_due(at=night) == 1
    for message in (later, worthless, urgent):
        message.refresh_from_db()
    assert urgent.state == MessageState.SENT and worthless.state == MessageState.CANCELLED
    assert later.due_at == clock.at_wall(dt.date(2026, 11, 25), dt.time(8))
    assert deliver_due(at=later.due_at) == 1


@pytest.mark.django_db
def test_a_person_gets_no_more_than_the_cap_a_day(provider: None, settings: Any) -> None:
    settings.MESSAGES_PER_PERSON_PER_DAY = 3
    for n in range(6):
        say(n, phone="+8613800000000")
    assert deliver_due(at=NOON) == 3
    assert states() == {"sent": 3, "waiting": 3}
    assert deliver_due(at=NOON + dt.timedelta(days=1)) == 3


@pytest.mark.django_db
def test_sign_in_codes_and_the_like_use_up_nobodys_cap(provider: None, settings: Any) -> None:
    settings.MESSAGES_PER_PERSON_PER_DAY = 3
    for n in range(6):
        say(n, kind="test_urgent" if n < 3 else "test_word", phone="+8613800000000")
    assert deliver_due(at=NOON) == 6


@pytest.mark.django_db
def test_one_that_fails_stops_nobody_and_gives_up_in_the_end(settings: Any) -> None:
    settings.SMS_BACKEND = "tests.outbox.recording.Broken"
    for n in range(6):
        say(n)
    say(99, kind="test_urgent").__class__.objects.filter(kind="test_urgent").update(kind="unknown_kind")
    assert deliver_due(at=NOON) >= 3
    at = NOON
    for _try in range(8):
        at += dt.timedelta(hours=1)
        deliver_due(at=at)
    assert set(states()) == {"sent", "failed"}
    assert all(m.attempts == 5 for m in Message.objects.filter(state="failed"))


@pytest.mark.django_db
def test_without_idempotency_a_lost_claim_is_unsure_and_a_person_decides(
    provider: None, settings: Any, cast: Cast
) -> None:
    settings.SMS_BACKEND = "tests.outbox.recording.Forgetful"
    message = say(1, community_id=cast.home.pk)
    claim(at=NOON, size=50)
    Message.objects.update(handed_at=NOON)
    after = NOON + CLAIM_LASTS + dt.timedelta(seconds=1)
    assert take_back_lost_claims(at=after) == 1
    assert deliver_due(at=after) == 0, "never sent again by itself"
    message.refresh_from_db()
    assert message.state == MessageState.UNSURE
    with pytest.raises(NotAllowed):
        resolve_unsure(message, resend=True, by=cast.stranger, at=after)
    resolve_unsure(message, resend=True, by=cast.reception, at=after)
    assert deliver_due(at=after) == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_share_the_work(provider: None) -> None:
    for n in range(60):
        say(n)
    found = all_at_once([lambda: deliver_due(at=NOON)] * 4)
    assert sum(found) == 60, found
    assert len(recording.calls()) == 60


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("backend", ["Idempotent", "Forgetful"])
def test_a_worker_killed_around_the_provider_loses_and_doubles_nothing(
    moment: str, backend: str, provider: None, settings: Any
) -> None:
    settings.SMS_BACKEND = f"tests.outbox.recording.{backend}"
    now = clock.now()
    for n in range(10):
        say(n, kind="test_urgent", at=now)
    assert sweep_in_another_process(dies=moment) == -9
    assert states() == {"claimed": 10}
    wait_until_disconnected(Message.objects.values_list("claimed_by", flat=True)[0])
    after = Message.objects.latest("claimed_at").claimed_at  # nobody waits for its claim to end
    already = 1 if moment == "after" else 0
    if backend == "Idempotent":
        assert deliver_due(at=after) == 10
        assert states() == {"sent": 10}
        assert len(recording.calls()) == 10 + already, "the repetition carried the same id"
    else:
        assert deliver_due(at=after) == 9, "only the one in hand is in doubt"
        assert states() == {"sent": 9, "unsure": 1}
        assert len(recording.calls()) == 9 + already
        assert deliver_due(at=after + CLAIM_LASTS * 2) == 0, "never sent again by itself"
    assert len(set(recording.calls())) == (10 if backend == "Idempotent" else 9 + already)
    assert Message.objects.filter(attempts=1).count() >= 9, "those behind it are not charged for its death"


def wait_until_disconnected(backend: int) -> None:
    """The server notices the end of a process by its socket, a moment later."""
    gives_up = time.monotonic() + 30
    with connection.cursor() as cursor:
        while cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [backend]) or cursor.fetchone():
            assert time.monotonic() < gives_up
            time.sleep(0.05)


@pytest.mark.django_db
@pytest.mark.parametrize("connection_is_known", [True, False])
def test_the_claim_of_a_worker_that_is_connected_ends_by_the_clock_only(
    connection_is_known: bool, provider: None
) -> None:
    say(1)
    claim(at=NOON, size=50)
    if not connection_is_known:  # claimed by the release before this one
        Message.objects.update(claimed_by=None)
    assert take_back_lost_claims(at=NOON + CLAIM_LASTS) == 0
    assert take_back_lost_claims(at=NOON + CLAIM_LASTS + dt.timedelta(seconds=1)) == 1


@pytest.mark.django_db
def test_what_is_withdrawn_after_the_claim_is_not_sent(provider: None) -> None:
    for n in range(3):
        say(n, subject="booking:7")
    batch = claim(at=NOON, size=50)
    assert sweep._take_in_hand(batch[0], NOON)
    assert cancel_unsent("booking:7", reason="moved") == 2
    assert [sweep._take_in_hand(message, NOON) for message in batch[1:]] == [False, False]


@pytest.mark.django_db
def test_a_slow_worker_whose_claim_ran_out_stays_silent(provider: None) -> None:
    say(1)
    (slow,) = claim(at=NOON, size=50)
    later = NOON + CLAIM_LASTS * 2
    take_back_lost_claims(at=later)
    (quick,) = claim(at=later, size=50)
    assert not sweep._take_in_hand(slow, later), "the row is claimed, but by another"
    assert sweep._deliver(quick, Counter(), later)
    assert not sweep._take_in_hand(slow, later)
    assert len(recording.calls()) == 1


@pytest.mark.django_db
def test_the_yes_of_a_slow_provider_settles_what_was_given_up(provider: None, settings: Any) -> None:
    settings.SMS_BACKEND = "tests.outbox.recording.Forgetful"
    say(1)
    (message,) = claim(at=NOON, size=50)
    sweep._take_in_hand(message, NOON)
    take_back_lost_claims(at=NOON + CLAIM_LASTS * 2)
    assert states() == {"unsure": 1}
    assert sweep._hand_over(message, "word", Counter(), NOON)
    assert states() == {"sent": 1}


@pytest.mark.django_db
def test_a_provider_that_is_down_rests_and_the_other_ways_go_on(settings: Any) -> None:
    settings.SMS_BACKEND = "tests.outbox.recording.Down"
    for n in range(30):
        say(n)
    queue_message("test_word", to=Recipient(Channel.EMAIL, "a@example.org"), at=NOON, dedupe="mail", context={"n": 1})
    assert deliver_due(at=NOON) == 1
    tried = Message.objects.filter(channel=Channel.SMS, attempts=1)
    assert tried.count() == sweep.TIRED_AFTER, "the rest was not charged for the provider's outage"
    assert set(tried.values_list("reason", flat=True)) == {"ConnectionError"}


@pytest.mark.django_db(transaction=True)
def test_an_error_after_the_provider_said_yes_sends_nothing_twice(provider: None, settings: Any) -> None:
    settings.SMS_BACKEND = "tests.outbox.recording.Odd"
    say(1)
    say(2)
    deliver_due(at=NOON)
    deliver_due(at=NOON)
    assert len(recording.calls()) == 2
    assert states() == {"claimed": 2}
    deliver_due(at=NOON + CLAIM_LASTS * 2)
    assert states() == {"unsure": 2} and len(recording.calls()) == 2


@pytest.mark.django_db
def test_long_keys_that_differ_at_their_end_are_two_messages(provider: None) -> None:
    for n in range(2):
        to = Recipient(Channel.EMAIL, f"{'long' * 20}{n}@example.org")
        for _twice in range(2):
            queue_message("test_word", to=to, at=NOON, dedupe="k" * 60, context={"n": n})
    assert Message.objects.count() == 2


@pytest.mark.django_db
def test_the_demo_outbox_exists_in_demo_only(client: Any, settings: Any) -> None:
    make_community()
    settings.PORTAL_DEMO = False
    assert client.get("/demo/outbox/").status_code == 404
    settings.PORTAL_DEMO = True
    say(1)
    assert "word 1" in client.get("/demo/outbox/").content.decode()
