"""Consent, purpose by purpose: given and withdrawn by oneself or at the desk, with text, version, when and by whom."""

import pytest
from django.db import IntegrityError, transaction

from community_portal import clock
from community_portal.outbox.actions import resident_recipients
from community_portal.outbox.kinds import Kind
from community_portal.outbox.last_look import last_look
from community_portal.outbox.models import Message
from community_portal.people.models import Consent, Contact, Purpose
from community_portal.people.own_account.consents import (
    WORDINGS,
    give_consent,
    numbers_for_messages,
    standings_of,
    withdraw_consent,
)
from community_portal.people.register.merging import merge_residents
from community_portal.refusals import Changed, Refusal
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.factories import make_resident

pytestmark = pytest.mark.django_db
NOON = clock.at_wall(clock.today(), clock.dt.time(12))
VERSION = WORDINGS[Purpose.SMS].version


def give(cast: Cast, purpose: str = "sms", version: str = VERSION, channel: str = "desk") -> Consent:
    return give_consent(
        cast.elder, purpose=purpose, version=version, channel=channel, by=cast.reception, at=clock.now()
    )


def sms_standing(cast: Cast):
    return next(standing for standing in standings_of(cast.elder) if standing.purpose == "sms")


def test_every_purpose_has_its_words_and_a_version() -> None:
    assert set(WORDINGS) == set(Purpose)
    assert all(str(wording.words) and wording.version for wording in WORDINGS.values())


def test_given_twice_is_given_once(cast: Cast) -> None:
    assert give(cast) == give(cast)
    assert sms_standing(cast).live.given_by == cast.reception


def test_under_a_new_text_it_is_asked_again(cast: Cast) -> None:
    Consent.objects.create(
        resident=cast.elder, purpose="sms", text_version="2020-01", channel="desk", given_at=clock.now()
    )
    assert sms_standing(cast).is_outdated
    give(cast)
    standing = sms_standing(cast)
    assert not standing.is_outdated and [row.text_version for row in standing.past] == ["2020-01"]


def test_the_database_holds_one_live_consent_per_purpose(cast: Cast) -> None:
    give(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(resident=cast.elder, purpose="sms", channel="desk", given_at=clock.now())


@pytest.mark.parametrize(
    ("over", "error"),
    [({"purpose": "x"}, Refusal), ({"channel": "x"}, Refusal), ({"version": "2020-01"}, Changed)],
)
def test_what_cannot_be(cast: Cast, over: dict[str, str], error: type) -> None:
    with pytest.raises(error):
        give(cast, **over)
    assert not Consent.objects.exists()


def waits(cast: Cast) -> Message:
    return Message(kind="n", channel="sms", resident=cast.elder, address="+8613800002046", due_at=NOON, created_at=NOON)


def test_text_messages_follow_it(cast: Cast) -> None:
    kind = Kind("n", "n", "n")

    def reached() -> tuple[bool, bool]:
        by_sms = any(one.channel == "sms" for one in resident_recipients(cast.elder))
        return by_sms, last_look(waits(cast), kind, at=NOON) is None

    assert reached() == (True, True), "nobody was asked yet: the law of serving them carries it"
    withdraw_consent(cast.elder, purpose="sms", by=cast.elder_account, at=clock.now())
    assert reached() == (False, False)
    give(cast)
    assert reached() == (True, True)
    withdraw_consent(cast.elder, purpose="health", by=cast.elder_account, at=clock.now())
    assert reached() == (True, True), "each purpose on its own"


@pytest.mark.parametrize("phone", ["+85291234567", "+14155552671", "+8651385551234", "+861065551234", "+864008205555"])
def test_text_messages_go_to_mobiles_of_the_mainland_only(cast: Cast, phone: str) -> None:
    """Foreign numbers invite toll fraud, a landline shows nothing: somebody has to ring."""
    resident = make_resident(community=cast.home, phone=phone)
    assert numbers_for_messages(resident) == [] and resident_recipients(resident) == []
    Contact.objects.create(resident=resident, phone="+8613911112222")
    assert numbers_for_messages(resident) == ["+8613911112222"]


def test_what_was_refused_on_a_merged_file_counts(cast: Cast) -> None:
    other = make_resident(household=cast.household, name="陈平")
    withdraw_consent(other, purpose="sms", by=cast.reception, at=clock.now())
    merge_residents(kept=cast.elder, merged=other, by=cast.reception, at=clock.now())
    assert not any(one.channel == "sms" for one in resident_recipients(cast.elder))


def test_on_my_own_account(cast: Cast, signed_in: SignedIn) -> None:
    client = signed_in(cast.elder_account)
    page = client.get("/account/").content.decode()
    assert all(str(wording.words) in page for wording in WORDINGS.values())
    for _click in range(2):
        client.post("/account/consents/", {"purpose": "sms", "give": "1", "version": VERSION, "once": "a"})
    row = Consent.objects.get()
    assert (row.given_by, row.channel) == (cast.elder_account, "self")
    assert "收回同意" in client.get("/account/").content.decode()
    client.post("/account/consents/", {"purpose": "sms", "once": "b"})
    assert Consent.objects.get().withdrawn_by == cast.elder_account
    assert client.post("/account/consents/", {"purpose": "x", "once": "c"}).status_code == 422
    assert client.post("/account/consents/", {"purpose": "sms", "give": "1", "version": "old"}).status_code == 409


def test_in_the_file_at_the_desk(cast: Cast, signed_in: SignedIn) -> None:
    client, path = signed_in(cast.reception), f"/residents/{cast.elder.pk}/"
    client.post(f"{path}consents/", {"purpose": "pass_on", "give": "1", "version": VERSION, "channel": "paper"})
    page = client.get(path).content.decode()
    assert "同意（书面，李玲 记，2026-11 版）" in page
    client.post(f"{path}consents/", {"purpose": "pass_on"})
    assert "收回（李玲 记）" in client.get(path).content.decode()
