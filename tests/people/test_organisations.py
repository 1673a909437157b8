"""Third parties have members who sign in and see only what they were given; bodies such as a school have no accounts."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from community_portal import clock
from community_portal.casework.models import Case
from community_portal.people.models import THIRD_PARTIES, Body, Membership, Organisation, Resident, Role
from community_portal.people.sign_in.codes import landing_for
from tests.cast import Cast
from tests.factories import make_community, make_member, make_street, make_user

pytestmark = pytest.mark.django_db


def make_organisation(kind: str, name: str = "一家单位") -> Organisation:
    return Organisation.objects.create(name=name, kind=kind)


def test_kinds_are_those_who_may_take_part() -> None:
    kinds = {value for value, _label in Organisation._meta.get_field("kind").choices or ()}
    assert kinds == {
        *("assessor", "contractor", "care_agency", "property", "operator", "duty_desk"),
        *("police", "fire", "utility", "school", "hospital", "company", "association"),
    }


@pytest.mark.parametrize("role", sorted(THIRD_PARTIES))
def test_each_third_party_has_a_first_page_and_sees_nothing_else(
    role: str, cast: Cast, signed_in: Callable[[Any], Client]
) -> None:
    user = make_member(role, organisation=make_organisation(role))
    client = signed_in(user)
    answer = client.get(landing_for(user))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert str(Role(role).label) in page and "一家单位" in page
    assert "派给你们单位的事" in client.get("/desk/").content.decode()
    assert not Resident.objects.visible_to(user).exists() and not Case.objects.visible_to(user).exists()
    assert client.get("/residents/").status_code == 403


@pytest.mark.parametrize("body", Body.values)
def test_a_body_has_no_accounts(body: str) -> None:
    organisation, user, today = make_organisation(body), make_user(), clock.today()
    for role in (Role.PROPERTY, Role.RECEPTIONIST):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.create(user=user, role=role, organisation=organisation, starts_on=today)
        with pytest.raises(ValidationError) as error:
            Membership(user=user, role=role, organisation=organisation, starts_on=today).full_clean()
        assert "没有账号" in str(error.value)


def test_a_member_is_what_the_organisation_is() -> None:
    organisation, user, today = make_organisation(Role.CONTRACTOR), make_user(), clock.today()
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=user, role=Role.ASSESSOR, organisation=organisation, starts_on=today)
    with pytest.raises(ValidationError) as error:
        Membership(user=user, role=Role.ASSESSOR, organisation=organisation, starts_on=today).full_clean()
    assert "施工单位" in str(error.value)
    held = Membership.objects.create(user=user, role=Role.CONTRACTOR, organisation=organisation, starts_on=today)
    held.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.filter(pk=held.pk).update(role=Role.ASSESSOR)
    held.ends_on = today
    held.save()


def test_a_third_party_calls_the_house_of_a_street_it_works_for(signed_in: Callable[[Any], Client]) -> None:
    make_community(name="第一社区", phone="0513-80000001")
    there = make_community(name="源兴社区", phone="0513-80000002", street=make_street())
    desk = make_organisation(Role.DUTY_DESK)
    client = signed_in(make_member(Role.DUTY_DESK, organisation=desk))
    assert "0513-80000001" in client.get("/desk/").content.decode()
    desk.streets.add(there.street)
    page = client.get("/desk/").content.decode()
    assert "0513-80000002" in page and "0513-80000001" not in page
