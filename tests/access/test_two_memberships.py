"""Who is two things is each of them where it is: a second membership never widens what somebody sees at the first place."""

import datetime as dt
from typing import Any

import pytest

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.bookings.actions import agree_time, cancel_booking
from community_portal.bookings.models import Booking, BookingEvent
from community_portal.bookings.visits import visits_on
from community_portal.casework.actions import authority_over, commission, end_commission
from community_portal.casework.models import Attachment, AttachmentKind, Case, Task
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.outbox.models import Message
from community_portal.people.actions import register_resident
from community_portal.people.models import Membership, Organisation, Resident, User
from community_portal.people.reach import as_one_of, sees_sensitive_at
from community_portal.people.sign_in.codes import landing_for
from community_portal.refusals import NotAllowed
from tests.cast import Cast
from tests.factories import Role, make_building, make_category, make_grid, make_household, make_member, make_resident


def also(user: User, role: str, **place: Any) -> User:
    """The account as the next request knows it, with one membership more."""
    Membership.objects.create(user=user, role=role, starts_on=clock.today() - dt.timedelta(days=1), **place)
    return User.objects.get(pk=user.pk)


@pytest.fixture
def firm(db: None) -> Organisation:
    return Organisation.objects.create(name="安居工程", kind=Role.CONTRACTOR)


def ask(cast: Cast, *, of: Resident | None = None, **over: Any) -> HelpRequest:
    resident = of or cast.elder
    by = cast.reception if resident.community_id == cast.home.pk else cast.stranger
    given = {"category": make_category(), "words": "灯坏了", "resident": resident, "by": by, "at": clock.now()} | over
    return register_request(community=resident.community, **given)


def far_away(cast: Cast) -> Resident:
    """In another grid of the same community."""
    grid = make_grid(community=cast.home, number=8)
    return make_resident(household=make_household(building=make_building(grid=grid)))


def seen_by(user: User) -> set[HelpRequest]:
    return set(HelpRequest.objects.visible_to(user))


def test_a_grid_officer_who_works_for_a_contractor_sees_their_grid_and_what_was_given(
    cast: Cast, firm: Organisation, signed_in: Any
) -> None:
    mine, others, given, next_door = (
        ask(cast),
        ask(cast, of=far_away(cast)),
        ask(cast, of=far_away_too(cast)),
        ask(cast, of=cast.stranger_resident),
    )
    before = seen_by(cast.officer)
    assert before == {mine}
    both = also(cast.officer, Role.CONTRACTOR, organisation=firm)
    assert seen_by(both) == before and set(Case.objects.visible_to(both)) == {mine.case}
    commission(given, organisation=firm, by=cast.manager, at=clock.now())
    commission(next_door, organisation=firm, by=cast.stranger, at=clock.now())
    assert seen_by(both) == {mine, given, next_door}
    assert set(Case.objects.visible_to(both)) == {mine.case}, "not what else hangs on the cases"
    assert {row.number for row in signed_in(both).get("/requests/").context["rows"]} == {
        r.case.number for r in (mine, given, next_door)
    }
    assert [signed_in(both).get(f"/requests/{r.case.number}/").status_code for r in (mine, others)] == [200, 404]
    assert landing_for(both) == "/field/", "the day of an officer"


def far_away_too(cast: Cast) -> Resident:
    grid = make_grid(community=cast.home, number=9)
    return make_resident(household=make_household(building=make_building(grid=grid)))


def test_the_day_of_an_officer_stays_theirs_with_another_membership(cast: Cast, firm: Organisation) -> None:
    both = also(cast.officer, Role.CONTRACTOR, organisation=firm)
    starts = clock.at_wall(clock.today() + dt.timedelta(days=1), dt.time(10))
    about: dict[str, Any] = {"minutes": 30, "title": "上门", "wished": True, "by": cast.reception, "at": clock.now()}
    mine = agree_time(host=cast.officer, resident=cast.elder, starts_at=starts, **about)
    agree_time(host=cast.manager, resident=far_away(cast), starts_at=starts, **about)
    for officer in (cast.officer, both):
        assert list(visits_on(officer, clock.local(starts).date())) == [mine]


def test_a_receptionist_whose_firm_was_given_a_matter_elsewhere_sees_it_as_the_firm(
    cast: Cast, firm: Organisation, signed_in: Any
) -> None:
    here, there, other = ask(cast), ask(cast, of=cast.stranger_resident), ask(cast, of=cast.stranger_resident)
    commission(there, organisation=firm, by=cast.stranger, at=clock.now())
    both = also(cast.reception, Role.CONTRACTOR, organisation=firm)
    assert seen_by(both) == {here, there}
    client = signed_in(both)
    assert [client.get(f"/requests/{r.case.number}/").status_code for r in (here, there, other)] == [200, 200, 404]
    assert authority_over(here, both) == "role:receptionist" and authority_over(there, both) == "role:contractor"
    open_there = {step.name for step in HelpRequest.flow.open_steps(there, both)}
    assert not open_there and "assign" in {step.name for step in HelpRequest.flow.open_steps(here, both)}
    assert client.get(f"/residents/{cast.stranger_resident.pk}/").status_code == 404, "a matter is no register"
    end_commission(there, organisation=firm, by=cast.stranger, at=clock.now())
    assert seen_by(User.objects.get(pk=both.pk)) == {here}


def test_the_steps_of_an_officer_are_those_of_their_grid_and_of_what_their_firm_was_given(
    cast: Cast, firm: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A grid officer elsewhere in the community is nobody there, but for what the firm has to do."""
    far = ask(cast, of=far_away(cast), by=cast.reception)
    both = also(cast.officer, Role.CONTRACTOR, organisation=firm)
    assert HelpRequest.flow.open_steps(far, both) == []
    commission(far, organisation=firm, by=cast.manager, at=clock.now())
    assert HelpRequest.flow.open_steps(far, both) == [], "the firm has no step in a request"
    assert far.roles_given(both) == {Role.CONTRACTOR}


def test_a_specialist_here_who_is_receptionist_there_is_each_where_they_are(cast: Cast, signed_in: Any) -> None:
    care, bikes = ask(cast), ask(cast, category=make_category(readers=[Role.CHARGING]))
    there = ask(cast, of=cast.stranger_resident)
    charger = make_member(Role.CHARGING, community=cast.home)
    assert seen_by(charger) == {bikes}
    both = also(charger, Role.RECEPTIONIST, community=cast.next_door)
    assert seen_by(both) == {bikes, there}
    assert sees_sensitive_at(both, cast.next_door.pk) and not sees_sensitive_at(both, cast.home.pk)
    client = signed_in(both)
    assert client.get(f"/requests/{care.case.number}/").status_code == 404
    for page in ("edit", "contacts", "merge", "delegations", "care"):
        codes = [client.get(f"/residents/{r.pk}/{page}/").status_code for r in (cast.elder, cast.stranger_resident)]
        assert codes == [404, 200], page
    # Both files may be opened; the one here masks the telephone and says nothing of care.
    Resident.objects.update(care_tags=["bedridden"])
    here, over_there = (
        client.get(f"/residents/{r.pk}/").content.decode() for r in (cast.elder, cast.stranger_resident)
    )
    assert "138****2046" in here and "13800002046" not in here
    pages = [f"/residents/{r.pk}/care/" for r in (cast.elder, cast.stranger_resident)]
    assert pages[0] not in here and pages[1] in over_there
    rows = client.get("/residents/?tag=bedridden").content.decode()
    assert "外人" in rows and "陈平" not in rows
    ledger = client.get("/messages/").content.decode()
    assert there.case.number in ledger and bikes.case.number not in ledger and care.case.number not in ledger


def test_the_files_of_a_case_are_of_the_matters_that_one_reads(cast: Cast) -> None:
    bikes, care = ask(cast, category=make_category(readers=[Role.CHARGING])), ask(cast)
    charger = make_member(Role.CHARGING, community=cast.home)

    def keep(request: HelpRequest, number: int, **event: Any) -> Attachment:
        file = ReadFile(b"%%PDF-1.4 %d" % number, "证明.pdf", "application/pdf", "pdf")
        about: dict[str, Any] = {"kind": AttachmentKind.PAPER, "by": cast.reception, "at": clock.now()}
        return keep_file(request.case, file, **about, **event)

    mine, of_case = keep(bikes, 1, event=bikes.case.events.get(kind="opened")), keep(bikes, 2)
    keep(care, 3), keep(care, 4, event=care.case.events.get(kind="opened"))
    assert set(Attachment.objects.visible_to(charger)) == {mine, of_case}


def test_a_resident_who_works_for_a_firm_reads_their_own_case_as_a_resident(cast: Cast, firm: Organisation) -> None:
    request = ask(cast)
    file = ReadFile(b"%PDF-1.4 inner", "内部.pdf", "application/pdf", "pdf")
    about: dict[str, Any] = {"kind": AttachmentKind.PAPER, "by": cast.reception, "at": clock.now(), "is_public": False}
    keep_file(request.case, file, **about)
    assert not Attachment.objects.visible_to(cast.elder_account).exists()
    both = also(cast.elder_account, Role.CONTRACTOR, organisation=firm)
    assert not Attachment.objects.visible_to(both).exists() and seen_by(both) == {request}


def test_who_acts_for_the_family_is_told_whatever_they_work_elsewhere(cast: Cast, firm: Organisation) -> None:
    """A receptionist of another house who books for her mother hears of it like any daughter."""
    mother = register_resident(community=cast.home, name="母亲", by=cast.reception, at=clock.now())
    daughter = cast.stranger
    cast.elder.delegations.model.objects.create(
        principal=mother, agent=daughter, relation="女儿", scopes=["book"], proof="当面", starts_on=clock.today(),
        created_by=cast.reception, created_at=clock.now(),
    )  # fmt: skip
    starts = clock.at_wall(clock.today() + dt.timedelta(days=1), dt.time(10))
    agree_time(
        host=cast.officer, resident=mother, starts_at=starts, minutes=30, title="上门", wished=True, by=cast.officer,
        at=clock.now(),
    )  # fmt: skip
    Message.objects.all().delete()
    booking = Booking.objects.get()
    cancel_booking(booking=booking, reason="no_time", by=daughter, at=clock.now())
    assert Message.objects.filter(kind="home_visit_cancelled", user=daughter).exists()


def test_a_firm_agrees_times_for_what_it_was_given_and_for_nothing_else(cast: Cast, firm: Organisation) -> None:
    given, other = ask(cast), ask(cast)
    builder = make_member(Role.CONTRACTOR, organisation=firm, name="王师傅")
    rival = make_member(Role.CONTRACTOR, organisation=Organisation.objects.create(name="乐居", kind=Role.CONTRACTOR))
    commission(given, organisation=firm, by=cast.manager, at=clock.now())
    day = clock.today() + dt.timedelta(days=1)
    about: dict[str, Any] = {
        "host": builder,
        "resident": cast.elder,
        "minutes": 60,
        "title": "上门测量",
        "wished": True,
    }

    def agree(request: HelpRequest, by: User, hour: int, **over: Any) -> Booking:
        authority = authority_over(request, by)
        starts = clock.at_wall(day, dt.time(hour))
        return agree_time(starts_at=starts, authority=authority, by=by, at=clock.now(), **about | over)

    first = agree(given, builder, 9)
    second = agree(given, builder, 14, instead_of=first)
    assert second.authority == "role:contractor" and second.moved_from == first
    assert {event.authority for event in BookingEvent.objects.filter(actor=builder)} == {"role:contractor"}
    for request, by in ((other, builder), (given, rival)):
        with pytest.raises(NotAllowed):
            agree(request, by, 16)
    with pytest.raises(NotAllowed):
        agree_time(starts_at=clock.at_wall(day, dt.time(16)), by=builder, at=clock.now(), **about)


def test_a_commission_says_as_what(cast: Cast, firm: Organisation) -> None:
    """The firm assesses this matter, whatever it usually does; its members act in that role for it alone."""
    given = ask(cast)
    builder = make_member(Role.CONTRACTOR, organisation=firm)
    commission(given, organisation=firm, role=Role.ASSESSOR, by=cast.manager, at=clock.now())
    assert given.roles_given(builder) == {Role.ASSESSOR} and authority_over(given, builder) == "role:assessor"
    for role, is_theirs in ((Role.ASSESSOR, True), (Role.CONTRACTOR, False)):
        Task.objects.filter(matter_id=given.pk).update(assignee=None, role=role)
        assert Task.objects.inbox_of(builder).exists() == is_theirs, role


def test_who_leaves_one_post_keeps_the_other(cast: Cast, firm: Organisation) -> None:
    """Rights end with the membership that gave them, also of what is still in somebody's hands."""
    request, there = ask(cast), ask(cast, of=cast.stranger_resident)
    both = also(cast.officer, Role.RECEPTIONIST, community=cast.next_door)
    assert seen_by(both) == {request, there} and request.handler == cast.officer
    Membership.objects.filter(user=both, role=Role.GRID_OFFICER).update(ends_on=clock.today() - dt.timedelta(days=1))
    assert seen_by(User.objects.get(pk=both.pk)) == {there}


def test_narrowed_to_a_role_somebody_is_only_that(cast: Cast) -> None:
    both = also(cast.street_officer, Role.CHARGING, community=cast.next_door)
    assert both.community_ids == {cast.home.pk, cast.next_door.pk}
    for role, places in ((Role.CHARGING, {cast.next_door.pk}), (Role.STREET_OFFICER, {cast.home.pk})):
        narrowed = as_one_of(both, {role})
        assert (narrowed.roles, narrowed.community_ids, narrowed.pk) == ({role}, places, both.pk)
    assert as_one_of(both, both.roles) is both and as_one_of(cast.admin, {Role.CHARGING}) is cast.admin
    assert both.community_ids == {cast.home.pk, cast.next_door.pk}, "the account itself stays as it is"
