"""Booking, holding, moving, cancelling: what is allowed to whom, what is said, and every way to get it wrong."""

import datetime as dt

import pytest
from django.db import transaction

from community_portal import clock
from community_portal.bookings import actions, notices, seats
from community_portal.bookings.actions.attendance import open_marks
from community_portal.bookings.models import Booking, BookingEvent, BookingState, Session, SessionKind
from community_portal.bookings.tasks import release_expired_holds
from community_portal.outbox.channels import ConsoleSms
from community_portal.outbox.kinds import KINDS
from community_portal.outbox.models import Message, MessageState
from community_portal.outbox.sweep import deliver_due, words_of
from community_portal.people.models import Contact, Delegation
from community_portal.places.models import Closure, Room
from community_portal.refusals import Changed, NotAllowed, Refusal
from tests.cast import Cast, make_cast
from tests.factories import make_grid, make_opening, make_resident, make_service, make_session, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> Cast:
    return make_cast()


def wanted(people: Cast, **over) -> Session:
    return make_session(community=people.home, service=over.pop("service", None) or make_service(), **over)


def refused(deed, **kwargs) -> Refusal:
    with pytest.raises(Refusal) as caught:
        deed(**kwargs)
    return caught.value


def waiting(booking: Booking) -> set[str]:
    found = Message.objects.filter(subject=f"booking:{booking.pk}", state=MessageState.WAITING)
    return set(found.values_list("kind", flat=True))


ALL_THREE = {"booking_confirmed", "booking_reminder_day", "booking_reminder_hours"}


# ---- who may --------------------------------------------------------------------------------------------------------
def test_permissions_book(people):
    at = clock.now()
    delegate = make_user(phone="+8613911110000")
    Delegation.objects.create(
        principal=people.elder, agent=delegate, relation="女儿", scopes=["book"], proof="当面",
        starts_on=clock.today(), created_by=people.reception, created_at=at,
    )  # fmt: skip
    reader = make_user()
    Delegation.objects.create(
        principal=people.elder, agent=reader, relation="儿子", scopes=["read"], proof="当面",
        starts_on=clock.today(), created_by=people.reception, created_at=at,
    )  # fmt: skip
    allowed = {people.elder_account: "self", delegate: "delegation", people.reception: "role:receptionist"}
    for n, (user, authority) in enumerate(allowed.items()):
        session = wanted(people, starts_at=at + dt.timedelta(days=2, hours=n))
        booking = actions.book(session=session, resident=people.elder, by=user, at=at)
        assert booking.authority.startswith(authority)
    for user in (people.stranger, people.stranger_account, reader):
        error = refused(actions.book, session=wanted(people), resident=people.elder, by=user, at=at)
        assert isinstance(error, NotAllowed)
    assert (
        refused(
            actions.book, session=wanted(people), resident=people.stranger_resident, by=people.reception, at=at
        ).code
        == "other_community"
    )


@pytest.mark.parametrize("deed", [actions.cancel_booking, actions.move_booking, actions.check_in, actions.mark_served])
def test_permissions_of_strangers_over_a_booking(people, deed):
    at = clock.now()
    booking = actions.book(session=wanted(people), resident=people.elder, by=people.reception, at=at)
    more = {"reason": "no_time"} if deed is actions.cancel_booking else {}
    more |= {"to": wanted(people, starts_at=at + dt.timedelta(days=5))} if deed is actions.move_booking else {}
    for user in (people.stranger, people.stranger_account):
        with pytest.raises(NotAllowed):
            deed(booking=booking, by=user, at=booking.starts_at, **more)
    booking.refresh_from_db()
    assert booking.state == BookingState.BOOKED


def test_permissions_a_resident_marks_no_attendance(people):
    booking = actions.book(session=wanted(people), resident=people.elder, by=people.elder_account, at=clock.now())
    with pytest.raises(NotAllowed):
        actions.check_in(booking=booking, by=people.elder_account, at=booking.starts_at)


# ---- what cannot be ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("size", "code"), [(0, "party_size"), (5, "party_size"), (1000, "party_size"), (-1, "party_size")]
)
def test_impossible_parties(people, size, code):
    session = wanted(people, capacity=200)
    error = refused(
        actions.book, session=session, resident=people.elder, party_size=size, by=people.elder_account, at=clock.now()
    )
    assert (error.code, error.status, error.field) == (code, 422, "party_size")


def test_past_cancelled_and_twice(people):
    session, at = wanted(people), clock.now()
    assert refused(actions.book, session=session, resident=people.elder, by=None, at=session.starts_at).code == "past"
    Session.objects.filter(pk=session.pk).update(state="cancelled")
    error = refused(actions.book, session=session, resident=people.elder, by=None, at=at)
    assert (error.code, error.status) == ("closed", 422)


def test_twice_is_already_booked(people):
    session, at = wanted(people), clock.now()
    actions.book(session=session, resident=people.elder, by=None, at=at)
    error = refused(actions.book, session=session, resident=people.elder, by=None, at=at)
    assert (error.code, error.status) == ("already_booked", 409)
    assert Booking.objects.count() == 1, "what the database refused leaves the transaction of the caller whole"
    assert Session.objects.get(pk=session.pk).taken == 1


def test_too_late_for_residents_not_for_staff(people):
    at = clock.now()
    session = wanted(people, starts_at=at + dt.timedelta(minutes=20))
    error = refused(actions.book, session=session, resident=people.elder, by=people.elder_account, at=at)
    assert (error.code, error.status) == ("too_late", 422)
    assert actions.book(session=session, resident=people.elder, by=people.reception, at=at).state == "booked"


def test_a_day_closed_after_its_sessions_were_made(people):
    opening = make_opening(community=people.home)
    session = wanted(people, opening=opening)
    day = clock.local(session.starts_at).date()
    Closure.objects.create(community=people.home, first_on=day, last_on=day, reason="装修")
    error = refused(actions.book, session=session, resident=people.elder, by=people.elder_account, at=clock.now())
    assert error.code == "closed" and "装修" in str(error)


def test_a_grid_s_home_visits_are_for_its_people(people):
    other = make_grid(community=people.home)
    error = refused(
        actions.book, session=wanted(people, grid=other), resident=people.elder, by=people.reception, at=clock.now()
    )
    assert error.code == "other_grid"
    assert actions.book(session=wanted(people, grid=people.grid), resident=people.elder, by=None, at=clock.now())


# ---- what is said -----------------------------------------------------------------------------------------------------
def test_booking_says_three_things_in_the_reader_s_words(people):
    service = make_service(papers=["身份证"])
    Contact.objects.filter(resident=people.elder).update(wants_messages=True)
    booking = actions.book(session=wanted(people, service=service), resident=people.elder, by=None, at=clock.now())
    assert waiting(booking) == ALL_THREE
    first = Message.objects.get(subject=f"booking:{booking.pk}", kind="booking_confirmed", channel="sms")
    words = words_of(first)
    assert "请带：身份证。" in words and f"/b/{booking.link_token}/" in words
    assert len(booking.link_token) >= 22 and booking.link_token not in booking.link_hash
    assert first.expires_at == booking.starts_at
    day = Message.objects.get(subject=f"booking:{booking.pk}", kind="booking_reminder_day", channel="sms")
    assert day.due_at == booking.starts_at - dt.timedelta(days=1)


def test_the_link_is_said_but_stands_in_no_row(people, monkeypatch):
    """Whoever reads the tables, or a copy of them, cannot cancel anybody's booking with what they find."""
    told = []
    monkeypatch.setattr(ConsoleSms, "send", lambda self, message, words: told.append(words) or "")
    at = clock.at_wall(clock.today() + dt.timedelta(days=1), dt.time(12))
    booking = actions.book(
        session=wanted(people, starts_at=at + dt.timedelta(days=3)), resident=people.elder, by=None, at=at
    )
    deliver_due(at=at)
    assert Message.objects.filter(state=MessageState.SENT).exists() and told
    assert any(f"/b/{booking.link_token}/" in words for words in told)
    assert booking.link_token not in str(list(Message.objects.values()))


def test_a_visit_tomorrow_morning_gets_no_reminder_a_day_before(people):
    at = clock.now()
    session = wanted(people, starts_at=at + dt.timedelta(hours=10))
    booking = actions.book(session=session, resident=people.elder, by=None, at=at)
    assert waiting(booking) == {"booking_confirmed", "booking_reminder_hours"}


def test_cancelling_withdraws_the_reminders_and_speaks_two_minutes_later(people):
    at = clock.now()
    booking = actions.book(session=wanted(people), resident=people.elder, by=None, at=at)
    actions.cancel_booking(booking=booking, reason="no_time", by=people.elder_account, at=at)
    assert waiting(booking) == {"booking_cancelled"}
    message = Message.objects.filter(kind="booking_cancelled").first()
    assert message.due_at == at + dt.timedelta(minutes=2)
    assert KINDS["booking_cancelled"].untrue_because(message, at) == ""
    assert booking.session.__class__.objects.get(pk=booking.session_id).taken == 0


def test_an_undone_cancellation_says_nothing(people):
    at = clock.now()
    booking = actions.book(session=wanted(people), resident=people.elder, by=None, at=at)
    actions.cancel_booking(booking=booking, reason="no_time", by=people.elder_account, at=at)
    actions.undo_cancel(booking=booking, by=people.elder_account, at=at + dt.timedelta(minutes=1))
    assert waiting(booking) == ALL_THREE
    reminder = Message.objects.filter(kind="booking_reminder_day").first()
    assert KINDS[reminder.kind].untrue_because(reminder, at) == ""
    assert seats.miscounted_sessions() == []
    with pytest.raises(Changed):
        actions.undo_cancel(booking=booking, by=people.elder_account, at=at)


def test_undo_too_late_and_undo_after_the_place_went(people):
    at, session = clock.now(), wanted(people, capacity=1)
    booking = actions.book(session=session, resident=people.elder, by=None, at=at)
    actions.cancel_booking(booking=booking, reason="no_time", by=people.elder_account, at=at)
    late = at + dt.timedelta(minutes=3)
    assert refused(actions.undo_cancel, booking=booking, by=people.elder_account, at=late).code == "too_late"
    actions.book(session=session, resident=make_resident(community=people.home), by=None, at=at)
    assert refused(actions.undo_cancel, booking=booking, by=people.elder_account, at=at).code == "session_full"


def test_a_reminder_claimed_before_the_move_is_untrue_when_it_is_sent(people):
    at, session = clock.now(), wanted(people)
    booking = actions.book(session=session, resident=people.elder, by=None, at=at)
    claimed = Message.objects.filter(subject=f"booking:{booking.pk}", kind="booking_reminder_day").first()
    Message.objects.filter(pk=claimed.pk).update(state="claimed", claimed_at=at)
    new = actions.move_booking(
        booking=booking, to=wanted(people, starts_at=session.starts_at + dt.timedelta(days=1)), by=None, at=at
    )
    assert KINDS[claimed.kind].untrue_because(claimed, at) != ""
    assert waiting(booking) == set()
    assert waiting(new) == {"booking_moved", "booking_reminder_day", "booking_reminder_hours"}
    assert new.moved_from_id == booking.pk and new.version > 1
    assert seats.miscounted_sessions() == []


def test_a_family_member_who_books_is_told_too(people):
    at = clock.now()
    daughter = make_user(phone="+8613911112222")
    Delegation.objects.create(
        principal=people.elder, agent=daughter, relation="女儿", scopes=["book"], proof="当面",
        starts_on=clock.today(), created_by=people.reception, created_at=at,
    )  # fmt: skip
    Contact.objects.filter(resident=people.elder).delete()
    booking = actions.book(session=wanted(people), resident=people.elder, by=daughter, at=at)
    said = Message.objects.filter(subject=f"booking:{booking.pk}", kind="booking_confirmed")
    assert said.filter(channel="sms", address=daughter.phone).exists()
    assert said.filter(channel="screen", user=daughter).exists()
    Contact.objects.create(resident=people.elder, phone="+8613800002099", is_primary=True)
    actions.cancel_booking(booking=booking, reason="not_needed", by=people.reception, at=at)
    heard = Message.objects.filter(subject=f"booking:{booking.pk}", kind="booking_cancelled")
    assert set(heard.values_list("channel", "address")) >= {("sms", "+8613800002099"), ("screen", "")}
    assert heard.filter(channel="screen", user=daughter).count() == 1, "though staff called it off"
    assert not heard.filter(address=daughter.phone).exists(), "the elder now has a phone of their own"


# ---- cut-offs, moves, parties -----------------------------------------------------------------------------------------
def test_cut_offs_bind_residents_and_links_not_staff(people):
    service = make_service(cancel_cutoff_minutes=60, move_cutoff_minutes=120)
    booking = actions.book(
        session=wanted(people, service=service), resident=people.elder, by=people.elder_account, at=clock.now()
    )
    soon = booking.starts_at - dt.timedelta(minutes=59)
    error = refused(actions.cancel_booking, booking=booking, reason="no_time", by=people.elder_account, at=soon)
    assert error.code == "too_late" and people.home.phone in str(error)
    assert refused(actions.cancel_booking, booking=booking, reason="no_time", by=None, by_link=True, at=soon)
    in_two_hours = booking.starts_at - dt.timedelta(minutes=119)
    other = wanted(people, service=service, starts_at=booking.starts_at + dt.timedelta(days=1))
    assert refused(actions.move_booking, booking=booking, to=other, by=people.elder_account, at=in_two_hours)
    assert (
        refused(actions.cancel_booking, booking=booking, reason="因为", by=people.reception, at=soon).field == "reason"
    )
    actions.cancel_booking(booking=booking, reason="by_house", by=people.reception, at=soon)
    with pytest.raises(Changed):
        actions.cancel_booking(booking=booking, reason="no_time", by=people.reception, at=soon)


def test_a_move_to_a_full_session_leaves_the_old_one(people):
    at, session = clock.now(), wanted(people)
    full = wanted(people, capacity=1, starts_at=session.starts_at + dt.timedelta(hours=2))
    actions.book(session=full, resident=make_resident(community=people.home), by=None, at=at)
    booking = actions.book(session=session, resident=people.elder, by=None, at=at)
    assert refused(actions.move_booking, booking=booking, to=full, by=None, at=at).code == "session_full"
    assert Booking.objects.get(pk=booking.pk).state == BookingState.BOOKED
    assert waiting(booking) == ALL_THREE
    assert seats.miscounted_sessions() == []


def test_a_move_to_an_overlapping_time_of_one_s_own_works(people):
    at, session = clock.now(), wanted(people)
    half_over = wanted(people, starts_at=session.starts_at + dt.timedelta(minutes=15))
    booking = actions.book(session=session, resident=people.elder, by=None, at=at)
    assert actions.move_booking(booking=booking, to=half_over, by=None, at=at).starts_at == half_over.starts_at


def test_party_changes_take_and_free_places(people):
    at, session = clock.now(), wanted(people, capacity=4)
    booking = actions.book(session=session, resident=people.elder, party_size=2, by=None, at=at)
    actions.change_party(booking=booking, party_size=4, by=people.elder_account, at=at)
    assert (
        refused(actions.book, session=session, resident=make_resident(community=people.home), by=None, at=at).code
        == "session_full"
    )
    actions.change_party(booking=booking, party_size=1, by=people.elder_account, at=at)
    assert Session.objects.get(pk=session.pk).taken == 1
    reminder = Message.objects.filter(kind="booking_reminder_day").first()
    assert notices.still_booked(reminder, at) == ""
    assert seats.miscounted_sessions() == []


# ---- holds ------------------------------------------------------------------------------------------------------------
def test_hold_then_confirm(people):
    at, session = clock.now(), wanted(people, capacity=3)
    hold = actions.hold_session(session=session, hold_token="mine", by=people.elder_account, at=at)
    assert (hold.state, hold.held_until) == (BookingState.HELD, at + dt.timedelta(minutes=10))
    booking = actions.confirm_hold(
        booking=hold,
        hold_token="mine",
        resident=people.elder,
        party_size=3,
        note="老年证",
        by=people.elder_account,
        at=at,
    )
    assert (booking.state, booking.party_size, booking.note) == (BookingState.BOOKED, 3, "老年证")
    assert waiting(booking) == ALL_THREE
    kinds = list(BookingEvent.objects.filter(booking=booking).values_list("kind", flat=True))
    assert kinds == ["held", "booked"]
    assert seats.miscounted_sessions() == []


def test_a_hold_belongs_to_its_browser_and_ends(people):
    at, session = clock.now(), wanted(people)
    hold = actions.hold_session(session=session, hold_token="mine", by=None, at=at)
    confirm = {"booking": hold, "resident": people.elder, "by": people.elder_account}
    assert refused(actions.confirm_hold, hold_token="guessed", at=at, **confirm).code == "hold_expired"
    over = at + dt.timedelta(minutes=10)
    assert refused(actions.confirm_hold, hold_token="mine", at=over, **confirm).code == "hold_expired"


def test_a_browser_holds_one_session_at_a_time(people):
    at, one = clock.now(), wanted(people)
    two = wanted(people, starts_at=one.starts_at + dt.timedelta(hours=1))
    for session in (one, two, two):
        actions.hold_session(session=session, hold_token="mine", by=None, at=at)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.taken, two.taken) == (0, 1)
    assert seats.miscounted_sessions() == []


def test_the_sweep_frees_expired_holds_once(people):
    long_ago = clock.now() - dt.timedelta(hours=1)
    hold = actions.hold_session(session=wanted(people), hold_token="mine", by=None, at=long_ago)
    assert release_expired_holds() == 1
    assert release_expired_holds() == 0
    hold.refresh_from_db()
    assert hold.state == BookingState.EXPIRED
    assert seats.miscounted_sessions() == []


# ---- who came ---------------------------------------------------------------------------------------------------------
def test_who_was_served_early_is_free_again_and_taking_that_back_is_refused_when_he_is_not(people):
    begins = clock.now() + dt.timedelta(days=2)
    first = actions.book(session=wanted(people, starts_at=begins), resident=people.elder, by=None, at=clock.now())
    later = wanted(people, starts_at=begins + dt.timedelta(minutes=15))
    again = {"session": later, "resident": people.elder, "by": None, "at": begins + dt.timedelta(minutes=10)}
    actions.check_in(booking=first, by=people.reception, at=begins)
    with transaction.atomic():
        assert refused(actions.book, **again).code == "already_booked"
    actions.mark_served(booking=first, by=people.reception, at=begins + dt.timedelta(minutes=9))
    assert actions.book(**again).state == BookingState.BOOKED
    with transaction.atomic():
        undo = refused(actions.undo_mark, booking=first, by=people.reception, at=begins + dt.timedelta(minutes=11))
    assert undo.code == "already_booked"


def test_marks_and_their_undo(people):
    booking = actions.book(session=wanted(people), resident=people.elder, by=None, at=clock.now())
    begun = booking.starts_at + dt.timedelta(minutes=1)
    early = booking.starts_at - dt.timedelta(days=1)
    assert open_marks(booking, at=early) == []
    assert refused(actions.check_in, booking=booking, by=people.reception, at=early).code == "too_early"
    assert refused(actions.mark_no_show, booking=booking, by=people.reception, at=early).code == "too_early"
    actions.check_in(booking=booking, by=people.reception, at=begun)
    actions.mark_served(booking=booking, by=people.reception, at=begun + dt.timedelta(minutes=9))
    actions.undo_mark(booking=booking, by=people.reception, at=begun)
    assert booking.state == BookingState.ARRIVED
    actions.undo_mark(booking=booking, by=people.reception, at=begun)
    assert booking.state == BookingState.BOOKED
    actions.mark_no_show(booking=booking, by=people.reception, at=begun)
    with pytest.raises(Changed):
        actions.check_in(booking=booking, by=people.reception, at=begun)
    week_later = begun + dt.timedelta(days=7)
    assert refused(actions.undo_mark, booking=booking, by=people.reception, at=week_later).code == "too_late"
    assert seats.miscounted_sessions() == []


def test_a_stale_page_marks_nothing(people):
    booking = actions.book(session=wanted(people), resident=people.elder, by=None, at=clock.now())
    with pytest.raises(Changed):
        actions.check_in(booking=booking, by=people.reception, at=booking.starts_at, seen=booking.version + 1)


def test_in_the_evening_who_did_not_come_is_noted_once(people):
    booking = actions.book(session=wanted(people), resident=people.elder, by=None, at=clock.now())
    came = actions.book(session=wanted(people), resident=make_resident(community=people.home), by=None, at=clock.now())
    actions.check_in(booking=came, by=people.reception, at=came.starts_at)
    evening = booking.ends_at + dt.timedelta(hours=5)
    assert actions.close_visits(at=evening) == 1
    assert actions.close_visits(at=evening) == 0
    booking.refresh_from_db()
    came.refresh_from_db()
    assert (booking.state, came.state) == (BookingState.NO_SHOW, BookingState.ARRIVED)


# ---- single sessions ---------------------------------------------------------------------------------------------------
def ad_hoc(people: Cast, **over):
    at = clock.now()
    values = {
        "community": people.home, "kind": SessionKind.ACTIVITY, "title": "读书会", "capacity": 10,
        "starts_at": at + dt.timedelta(days=4), "ends_at": at + dt.timedelta(days=4, hours=2),
        "by": people.reception, "at": at,
    }  # fmt: skip
    return values | over


def test_permissions_open_session(people):
    assert actions.open_session(**ad_hoc(people)).title == "读书会"
    for user in (people.stranger, people.elder_account):
        with pytest.raises(NotAllowed):
            actions.open_session(**ad_hoc(people, by=user))
        with pytest.raises(NotAllowed):
            actions.cancel_session(session=Session.objects.get(), by=user, at=clock.now())


def test_a_room_and_an_officer_are_in_one_place_at_a_time(people):
    room = Room.objects.create(community=people.home, name="议事厅", capacity=20)
    actions.open_session(**ad_hoc(people, room=room, host=people.officer))
    error = refused(actions.open_session, **ad_hoc(people, room=room))
    assert (error.code, error.field, error.status) == ("room_busy", "room", 409)


def test_an_officer_is_in_one_place_at_a_time(people):
    actions.open_session(**ad_hoc(people, host=people.officer))
    error = refused(actions.open_session, **ad_hoc(people, host=people.officer))
    assert (error.code, error.field, error.status) == ("host_busy", "host", 409)


def test_impossible_sessions(people):
    at = clock.now()
    backwards = ad_hoc(people, ends_at=at + dt.timedelta(days=1))
    assert refused(actions.open_session, **backwards).code == "times"
    past = ad_hoc(people, starts_at=at - dt.timedelta(hours=3))
    assert refused(actions.open_session, **past).code == "past"
    assert refused(actions.open_session, **ad_hoc(people, capacity=0)).code == "capacity"


def test_a_session_that_has_begun_is_not_changed(people):
    session = actions.open_session(**ad_hoc(people))
    late = {"session": session, "title": "换个名字", "capacity": 20, "by": people.reception, "at": session.starts_at}
    assert refused(actions.change_session, **late).code == "over"
    actions.change_session(**late | {"at": session.starts_at - dt.timedelta(minutes=1)})
    assert Session.objects.get().title == "换个名字"


def test_calling_a_session_off_tells_everybody(people):
    at, session = clock.now(), wanted(people, capacity=5)
    booking = actions.book(session=session, resident=people.elder, party_size=2, by=None, at=at)
    actions.hold_session(session=session, hold_token="x", by=None, at=at)
    session.refresh_from_db()
    told = actions.cancel_session(session=session, reason="停电", by=people.reception, at=at)
    assert [one.pk for one in told] == [booking.pk]
    assert (session.state, session.taken) == ("cancelled", 0)
    assert waiting(booking) == {"booking_cancelled_by_house"}
    message = Message.objects.filter(kind="booking_cancelled_by_house").first()
    assert KINDS[message.kind].untrue_because(message, at) == ""
    assert seats.miscounted_sessions() == []
    with pytest.raises(Changed):
        actions.cancel_session(session=session, by=people.reception, at=at)
