"""Two files of one person: merging, looking first, taking back."""

import datetime as dt

import pytest

from community_portal import clock
from community_portal.bookings.actions import book, cancel_booking, confirm_hold, hold_session, undo_cancel
from community_portal.bookings.models import Booking, BookingState
from community_portal.bookings.queries import bookings_of
from community_portal.bookings.seats import miscounted_sessions
from community_portal.people import actions
from community_portal.people.models import Resident, User
from community_portal.people.register.differences import preview
from community_portal.people.register.merging import merge_residents, unmerge
from community_portal.people.register.queries import file_ids, people_of, told_apart_from
from community_portal.refusals import Changed, NotAllowed, Refusal
from tests.cast import make_cast
from tests.factories import make_resident, make_resident_account, make_session, make_user
from tests.people.id_numbers import number_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    people = make_cast()
    people.kept = make_resident(community=people.home, name="孙桂兰", born_on=None, phone="+8613500000001")
    people.other = actions.register_resident(
        community=people.home,
        name="孙桂兰",
        phones=["13500000002", "13500000001"],
        address="12幢 601",
        id_number=number_for(born="19380216", serial="002"),
        care_tags=["lives_alone"],
        by=people.reception,
        at=clock.now(),
    )
    people.daughter = make_user(phone="+8613500000003")
    actions.grant_delegation(
        principal=people.other,
        agent=people.daughter,
        relation="女儿",
        scopes=["read"],
        proof="当面",
        by=people.reception,
        at=clock.now(),
    )
    return people


def merge(people, **over):
    given = {"kept": people.kept, "merged": people.other, "by": people.reception, "at": clock.now()}
    return merge_residents(**given | over)


def picture(resident):
    resident = Resident.objects.get(pk=resident.pk)
    return (
        resident.name,
        resident.sex,
        resident.born_on,
        resident.id_number,
        resident.id_hash,
        resident.household_id,
        resident.door,
        resident.care_tags,
        sorted(c.phone for c in resident.contacts.all()),
        resident.merged_into_id,
        [d.pk for d in resident.delegations.in_force(on=clock.today())],
    )


def test_preview_says_what_will_be_and_writes_nothing(people):
    before = picture(people.kept), picture(people.other)
    lines = {str(line.label): line for line in preview(people.kept, people.other, sees_sensitive=True)}
    assert (picture(people.kept), picture(people.other)) == before
    assert lines["出生日期"].becomes == "1938-02-16"
    assert lines["电话"].becomes == "135 0000 0001、135 0000 0002"
    assert lines["需要关照"].becomes == "独居"
    assert number_for(born="19380216", serial="002") not in str(lines)
    assert not lines["姓名"].is_conflict
    assert "需要关照" not in {str(line.label) for line in preview(people.kept, people.other, sees_sensitive=False)}


def test_merging_fills_blanks_and_taking_back_empties_them_again(people):
    before = picture(people.kept), picture(people.other)
    row = merge(people)
    kept = Resident.objects.get(pk=people.kept.pk)
    assert (kept.born_on, kept.sex, kept.door) == (dt.date(1938, 2, 16), "f", "12-601")
    assert kept.contacts.count() == 2 and kept.contacts.get(is_primary=True).phone == "+8613500000001"
    assert kept.care_tags == ["lives_alone"]
    assert [d.agent for d in kept.delegations.in_force(on=clock.today())] == [people.daughter]
    assert file_ids(kept) == [people.kept.pk, people.other.pk]
    assert people.other not in Resident.objects.current()
    unmerge(row, by=people.reception, at=clock.now())
    assert (picture(people.kept), picture(people.other)) == before
    assert file_ids(kept) == [people.kept.pk]


def test_what_was_written_since_stays(people):
    row = merge(people)
    kept = Resident.objects.get(pk=people.kept.pk)
    actions.edit_resident(kept, by=people.reception, at=clock.now(), seen=kept.version, changes={"address": "12幢 602"})
    unmerge(row, by=people.reception, at=clock.now())
    assert Resident.objects.get(pk=people.kept.pk).door == "12-602"


def test_the_account_goes_along_and_back(people):
    account = make_resident_account(people.other)
    row = merge(people)
    account.refresh_from_db()
    assert account.resident_id == people.kept.pk
    unmerge(row, by=people.reception, at=clock.now())
    account.refresh_from_db()
    assert account.resident_id == people.other.pk


def test_of_two_accounts_of_one_person_the_second_acts_for_the_kept_file_until_taken_back(people):
    make_resident_account(people.kept, phone="+8613500000001")
    second = make_resident_account(people.other, phone="+8613500000002")
    row = merge(people)
    second = User.objects.get(pk=second.pk)
    assert second.resident is None
    assert people_of(second, scope="book", on=clock.today()) == [people.kept]
    session = make_session(community=people.home)
    assert book(session=session, resident=people.kept, by=second, at=clock.now()).authority.startswith("delegation:")
    unmerge(row, by=people.reception, at=clock.now())
    second = User.objects.get(pk=second.pk)
    assert people_of(second, scope="book", on=clock.today()) == [people.other]


def test_chains_of_merges_are_read_together(people):
    third = make_resident(community=people.home, name="孙桂兰", phone=None, born_on=None)
    merge(people)
    merge(people, kept=third, merged=people.kept)
    assert set(file_ids(third)) == {third.pk, people.kept.pk, people.other.pk}


def test_no_taking_back_after_thirty_days(people):
    row = merge(people)
    with pytest.raises(Refusal) as refusal:
        unmerge(row, by=people.reception, at=clock.now() + dt.timedelta(days=31))
    assert refusal.value.code == "too_late_to_unmerge"


def test_neither_twice(people):
    row = merge(people)
    with pytest.raises(Changed):
        merge(people)
    unmerge(row, by=people.reception, at=clock.now())
    with pytest.raises(Changed):
        unmerge(row, by=people.reception, at=clock.now())
    assert merge(people).pk != row.pk, "and again, if it was right after all"


def test_two_people_with_two_numbers_are_two_people(people):
    actions.edit_resident(
        people.kept, by=people.reception, at=clock.now(), seen=people.kept.version, changes={"id_number": number_for()}
    )
    with pytest.raises(Refusal) as refusal:
        merge(people)
    assert refusal.value.code == "ids_differ"


@pytest.mark.parametrize("which", ["same", "elsewhere"])
def test_what_cannot_be_merged(people, which):
    other = people.kept if which == "same" else people.stranger_resident
    with pytest.raises(Refusal) as refusal:
        merge(people, merged=other)
    assert refusal.value.code == "cannot_merge"


def test_permissions(people):
    for by in (people.stranger, people.elder_account):
        with pytest.raises(NotAllowed):
            merge(people, by=by)
    row = merge(people)
    for by in (people.stranger, people.elder_account):
        with pytest.raises(NotAllowed):
            unmerge(row, by=by, at=clock.now())


def test_bookings_of_the_other_file_come_along_and_back(people):
    session = make_session(community=people.home)
    booking = book(session=session, resident=people.other, by=people.reception, at=clock.now())
    assert list(bookings_of(people.kept)) == []
    row = merge(people)
    assert list(bookings_of(people.kept)) == [booking]
    unmerge(row, by=people.reception, at=clock.now())
    assert list(bookings_of(people.kept)) == []
    assert list(bookings_of(people.other)) == [booking]


def test_one_person_is_in_one_place_at_a_time_after_a_merge_too(people):
    at = clock.now()
    first = make_session(community=people.home)
    book(session=first, resident=people.other, by=people.reception, at=at)
    merge(people)
    beside = make_session(community=people.home, starts_at=first.starts_at + dt.timedelta(minutes=10))
    with pytest.raises(Refusal) as refused:
        book(session=beside, resident=people.kept, by=people.reception, at=at)
    assert refused.value.code == "already_booked"
    with pytest.raises(Changed):
        book(session=beside, resident=Resident.objects.get(pk=people.other.pk), by=people.reception, at=at)


def test_who_was_read_before_the_merge_books_nothing_after_it(people):
    at, stale = clock.now(), Resident.objects.get(pk=people.other.pk)
    session, other = make_session(community=people.home), make_session(community=people.home)
    held = hold_session(session=other, hold_token="browser", by=people.reception, at=at)
    given_up = book(session=session, resident=stale, by=people.reception, at=at)
    cancel_booking(booking=given_up, reason="no_time", by=people.reception, at=at)
    merge(people)
    assert stale.merged_into_id is None
    for deed in (
        lambda: book(session=session, resident=stale, by=people.reception, at=at),
        lambda: confirm_hold(booking=held, hold_token="browser", resident=stale, by=people.reception, at=at),
        lambda: undo_cancel(booking=given_up, by=people.reception, at=at),
    ):
        with pytest.raises(Changed, match="已经合并"):
            deed()
    assert not Booking.objects.filter(state=BookingState.BOOKED).exists()
    assert miscounted_sessions() == []


def test_two_files_with_bookings_at_one_time_are_not_merged_until_one_is_moved(people):
    at, session = clock.now(), make_session(community=people.home)
    book(session=session, resident=people.kept, by=people.reception, at=at)
    theirs = book(session=session, resident=people.other, by=people.reception, at=at)
    with pytest.raises(Refusal) as refused:
        merge(people)
    assert (refused.value.code, refused.value.status) == ("both_booked", 409)
    assert Resident.objects.get(pk=people.other.pk).merged_into is None
    cancel_booking(booking=theirs, reason="no_time", by=people.reception, at=at)
    merge(people)


def test_the_past_of_a_merged_file_stays_where_it_was(people):
    long_ago = clock.now() - dt.timedelta(days=9)
    session = make_session(community=people.home, starts_at=long_ago + dt.timedelta(days=1))
    past = book(session=session, resident=people.other, by=people.reception, at=long_ago)
    merge(people)
    past.refresh_from_db()
    assert past.resident == people.other


def test_the_page_offers_the_files_that_look_alike(people, signed_in):
    make_resident(community=people.home, name="孙桂香", born_on=None, phone="+8613500000009")
    page = signed_in(people.reception).get(f"/residents/{people.kept.pk}/merge/").content.decode()
    assert "看起来像同一个人" in page and f"?other={people.other.pk}" in page and "姓名和电话相同" in page
    assert page.count("?other=") == 1, "nobody else, and not themselves"
    alone = make_resident(community=people.home, name="钱独一", born_on=None)
    assert "看起来像同一个人" not in signed_in(people.reception).get(f"/residents/{alone.pk}/merge/").content.decode()


def namesake(people) -> Resident:
    """A neighbour of the same name, who was told apart."""
    return actions.register_resident(
        community=people.home,
        name="孙桂兰",
        apart_from=[people.kept],
        apart_because="同名的邻居",
        by=people.reception,
        at=clock.now(),
    )


def test_that_it_was_another_person_is_untrue_while_merged(people, signed_in):
    other = namesake(people)
    third = make_resident(community=people.home, name="孙桂兰")
    assert told_apart_from(other) == [(people.kept, "同名的邻居")]
    assert told_apart_from(people.kept) == [(other, "同名的邻居")]
    page = signed_in(people.reception).get(f"/residents/{people.kept.pk}/merge/?other={other.pk}").content.decode()
    assert "同名的邻居" in page, "whoever merges sees what was said"
    merge_residents(kept=other, merged=third, by=people.reception, at=clock.now())
    assert told_apart_from(other), "another merge says nothing about it"
    row = merge_residents(kept=people.kept, merged=other, by=people.reception, at=clock.now())
    assert told_apart_from(people.kept) == []
    unmerge(row, by=people.reception, at=clock.now())
    assert told_apart_from(people.kept) == [(other, "同名的邻居")]


def test_a_file_that_moved_to_another_house_is_named_and_not_linked(people, signed_in):
    other = namesake(people)
    desk, link = signed_in(people.manager), f'href="/residents/{other.pk}/"'
    assert link in desk.get(f"/residents/{people.kept.pk}/").content.decode()
    Resident.objects.filter(pk=other.pk).update(community=people.next_door)
    page = desk.get(f"/residents/{people.kept.pk}/").content.decode()
    assert "同名的邻居" in page and link not in page
