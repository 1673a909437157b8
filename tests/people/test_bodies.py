"""Bodies without accounts, and whom one asks for there."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from community_portal import clock
from community_portal.people.models import Membership, Organisation, OrganisationContact, Role
from community_portal.people.staff.bodies import add_contact, end_contact, save_body
from community_portal.refusals import NotAllowed, Refusal
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def school(cast: Cast, **over: Any) -> Organisation:
    return save_body(cast.home.street, by=cast.manager, **{"name": "花桥幼儿园", "kind": "school"} | over)


def test_a_body_is_known_by_name_and_has_no_members(cast: Cast) -> None:
    made = school(cast)
    assert list(made.streets.all()) == [cast.home.street]
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(user=cast.reception, role=Role.CONTRACTOR, organisation=made, starts_on=clock.today())
    for over, code in (({}, "twice"), ({"name": "x"}, "no_name"), ({"name": "施工队", "kind": "contractor"}, "kind")):
        with pytest.raises(Refusal) as refused:
            school(cast, **over)
        assert refused.value.code == code
    with pytest.raises(NotAllowed):
        save_body(cast.home.street, name="别家", kind="school", by=cast.stranger)


def test_contacts_come_and_go(cast: Cast) -> None:
    made, at = school(cast), clock.now()
    one = add_contact(made, cast.home.street, name="周园长", phone="13906210001", by=cast.manager, at=at)
    assert one.phone == "+8613906210001"
    with pytest.raises(Refusal, match="已经登记"):
        add_contact(made, cast.home.street, name="别人", phone="13906210001", by=cast.manager, at=at)
    with pytest.raises(Refusal):
        add_contact(made, cast.home.street, name="别人", phone="12", by=cast.manager, at=at)
    end_contact(one, cast.home.street, by=cast.manager, at=at)
    assert OrganisationContact.objects.get().until == clock.today()
    add_contact(made, cast.home.street, name="新园长", phone="13906210001", by=cast.manager, at=at)


def test_the_pages(cast: Cast, signed_in: Any) -> None:
    desk = signed_in(cast.manager)
    assert desk.post("/settings/bodies/", {"name": "", "kind": "school"}).status_code == 422
    page = desk.post("/settings/bodies/", {"name": "花桥幼儿园", "kind": "school", "phone": "0513-1"})["Location"]
    assert desk.post(page, {"name": "周园长", "phone": "13906210001"}).status_code == 303
    assert desk.post(page, {"name": "周园长", "phone": "x"}).status_code == 422
    assert "周园长" in desk.get("/settings/bodies/").content.decode()
    contact = OrganisationContact.objects.get()
    assert desk.post(page, {"end": contact.pk}).status_code == 303
    assert "还没有联系人" in desk.get(page).content.decode()
    assert desk.post(page, {"end": "x"}).status_code == 404
