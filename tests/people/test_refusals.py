"""Guards of the register and of accounts, behind forms that know it first."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model

from appointments.models import HelpRequest
from community_portal import clock
from community_portal.bookings.models import Booking
from community_portal.casework.models import Attachment, Case
from community_portal.outbox.actions import resolve_unsure
from community_portal.outbox.models import Channel, Message
from community_portal.people.authority import is_party, staff_authority
from community_portal.people.models import Membership, Organisation, Resident, Role
from community_portal.people.own_account.actions import want_messages
from community_portal.people.staff.memberships import end_membership
from community_portal.refusals import NotAllowed, Refusal
from tests.cast import Cast
from tests.factories import make_member, make_user


@pytest.mark.parametrize("model", [Attachment, Booking, Case, HelpRequest, Message, Resident])
def test_whoever_is_not_signed_in_sees_no_row(model: type[Model], cast: Cast) -> None:
    rows: Any = model._default_manager
    assert list(rows.visible_to(AnonymousUser())) == []


def test_nobody_in_particular_is_no_party_and_the_system_is_the_system(cast: Cast) -> None:
    assert not is_party(AnonymousUser(), resident=cast.elder, asker=None, scope="book", on=clock.today())
    assert staff_authority(None, community_id=cast.home.pk) == "system"
    with pytest.raises(NotAllowed):
        staff_authority(cast.elder_account, community_id=cast.home.pk)


def test_text_messages_to_a_number_are_switched_by_its_owner_alone(cast: Cast) -> None:
    contact = cast.elder.contacts.get()
    for somebody in (cast.stranger_account, cast.reception, make_user()):
        with pytest.raises(NotAllowed):
            want_messages(contact, wanted=False, by=somebody)
    contact.refresh_from_db()
    assert contact.wants_messages


def test_a_message_that_belongs_to_no_house_is_decided_by_an_administrator(cast: Cast) -> None:
    message = Message.objects.create(
        kind="notice", channel=Channel.SMS, address="+8613800000000", due_at=clock.now(), created_at=clock.now(),
        state="unsure", dedupe_key="of-no-house",
    )  # fmt: skip
    for somebody in (cast.manager, cast.street_officer, cast.reception):
        with pytest.raises(NotAllowed):
            resolve_unsure(message, resend=True, by=somebody, at=clock.now())
    resolve_unsure(message, resend=True, by=cast.admin, at=clock.now())
    assert Message.objects.get(pk=message.pk).state == "waiting"


def test_a_post_outside_the_communities_does_not_end_in_their_settings(cast: Cast) -> None:
    agency = Organisation.objects.create(name="安康护理", kind=Role.CARE_AGENCY)
    theirs = Membership.objects.get(user=make_member(Role.CARE_AGENCY, organisation=agency))
    of_the_street = Membership.objects.get(user=cast.street_officer)
    for membership in (theirs, of_the_street):
        with pytest.raises(NotAllowed):
            end_membership(membership, by=cast.manager, at=clock.now())
        assert Membership.objects.filter(pk=membership.pk, ends_on=None).exists()


def test_a_post_that_is_over_ends_once(cast: Cast) -> None:
    membership = Membership.objects.get(user=cast.reception)
    last = clock.today() - dt.timedelta(days=5)
    Membership.objects.filter(pk=membership.pk).update(ends_on=last)
    membership.refresh_from_db()
    end_membership(membership, by=cast.manager, at=clock.now())
    assert Membership.objects.get(pk=membership.pk).ends_on == last


def test_nobody_ends_their_own_post(cast: Cast) -> None:
    with pytest.raises(Refusal) as caught:
        end_membership(Membership.objects.get(user=cast.manager), by=cast.manager, at=clock.now())
    assert caught.value.code == "ends_himself"
