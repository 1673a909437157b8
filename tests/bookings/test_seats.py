"""The last place: exactly one wins, and the tables agree with themselves afterwards, whatever happened."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from community_portal import clock
from community_portal.bookings import actions, seats
from community_portal.bookings.models import Booking, BookingEvent, BookingState, Session
from community_portal.bookings.tasks import verify_seats
from community_portal.outbox.models import Message
from community_portal.places.models import Room
from community_portal.refusals import Changed, Refusal
from tests.factories import make_community, make_member, make_resident, make_session, make_user
from tests.race import all_at_once

CROWD = 50


def crowd(session: Session, size: int = CROWD) -> list:
    people = [make_resident(community=session.community) for _ in range(size)]
    at = clock.now()
    return [lambda p=p: actions.book(session=session, resident=p, by=None, at=at) for p in people]


def codes(answers: list) -> list[str]:
    return sorted(a.code if isinstance(a, Refusal) else type(a).__name__ for a in answers)


@pytest.mark.django_db(transaction=True)
def test_fifty_people_at_the_last_place_one_wins():
    session = make_session(capacity=1)
    answers = all_at_once(crowd(session))
    assert codes(answers) == ["Booking"] + ["session_full"] * (CROWD - 1)
    session.refresh_from_db()
    assert session.taken == 1
    assert Booking.objects.count() == BookingEvent.objects.count() == 1
    assert set(Message.objects.values_list("kind", flat=True)) == {
        "booking_confirmed",
        "booking_reminder_day",
        "booking_reminder_hours",
    }
    assert seats.miscounted_sessions() == []


@pytest.mark.django_db(transaction=True)
def test_families_never_take_more_places_than_there_are():
    session = make_session(capacity=10)
    people = [make_resident(community=session.community) for _ in range(12)]
    at = clock.now()
    answers = all_at_once(
        [lambda p=p: actions.book(session=session, resident=p, party_size=3, by=None, at=at) for p in people]
    )
    assert codes(answers).count("Booking") == 3
    assert seats.miscounted_sessions() == []


@pytest.mark.django_db
def test_a_count_that_went_wrong_is_told_to_the_log(caplog):
    session = make_session(capacity=3)
    assert verify_seats() == 0
    type(session).objects.filter(pk=session.pk).update(taken=2)
    assert verify_seats() == 1 and f"session {session.pk} says 2 places taken" in caplog.text


# ---- two ways that look right and oversell; the harness must see it ------------------------------------------------
COUNT_GUARD = """
INSERT INTO bookings_booking (session_id, community_id, resident_id, party_size, state, starts_at, ends_at, hold_hash,
    link_hash, source, note, authority, created_at, cancel_reason, version)
SELECT s.id, s.community_id, %(resident)s, 1, 'booked', s.starts_at, s.ends_at, '', '', 'desk', '', 'system', now(), '', 1
FROM bookings_session s WHERE s.id = %(session)s
    AND (SELECT count(*) FROM bookings_booking b WHERE b.session_id = s.id AND b.state = 'booked') < s.capacity
RETURNING id
"""
LOCKED_COUNT_GUARD = """
WITH locked AS (SELECT * FROM bookings_session WHERE id = %(session)s FOR UPDATE)
INSERT INTO bookings_booking (session_id, community_id, resident_id, party_size, state, starts_at, ends_at, hold_hash,
    link_hash, source, note, authority, created_at, cancel_reason, version)
SELECT s.id, s.community_id, %(resident)s, 1, 'booked', s.starts_at, s.ends_at, '', '', 'desk', '', 'system', now(), '', 1
FROM locked s
WHERE (SELECT count(*) FROM bookings_booking b WHERE b.session_id = s.id AND b.state = 'booked') < s.capacity
RETURNING id
"""


def rush(statement: str, *, rounds: int = 5, size: int = 20) -> int:
    """How many places were sold above capacity in a few rounds at one place each."""
    over = 0
    for _ in range(rounds):
        session = make_session(capacity=1)
        people = [make_resident(community=session.community).pk for _ in range(size)]

        def sell(resident: int, session_id: int = session.pk) -> bool:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement, {"resident": resident, "session": session_id})
                sold = cursor.fetchone() is not None
                cursor.execute("SELECT pg_sleep(0.02)")
                return sold

        answers = all_at_once([lambda p=p: sell(p) for p in people])
        over += max(0, sum(answer is True for answer in answers) - 1)
    return over


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mutant", [COUNT_GUARD, LOCKED_COUNT_GUARD], ids=["count", "count under lock in one CTE"])
def test_counting_in_the_same_statement_oversells_and_the_race_sees_it(mutant):
    assert rush(mutant) > 0


GUARDED = """
UPDATE bookings_session SET taken = taken + 1
WHERE id = %(session)s AND taken + 1 <= capacity AND %(resident)s > 0 RETURNING id
"""


@pytest.mark.django_db(transaction=True)
def test_the_guarded_update_does_not_oversell_in_the_same_race():
    assert rush(GUARDED) == 0


# ---- two swap, others come and go -----------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_who_swap_their_times_do_not_wait_for_each_other():
    community, at = make_community(), clock.now()
    for _ in range(10):
        start = at + dt.timedelta(days=2)
        one = make_session(community=community, capacity=2, starts_at=start)
        two = make_session(community=community, capacity=2, starts_at=start + dt.timedelta(hours=1))
        a = actions.book(session=one, resident=make_resident(community=community), by=None, at=at)
        b = actions.book(session=two, resident=make_resident(community=community), by=None, at=at)
        answers = all_at_once(
            [
                lambda a=a, two=two: actions.move_booking(booking=a, to=two, by=None, at=at),
                lambda b=b, one=one: actions.move_booking(booking=b, to=one, by=None, at=at),
            ]
        )
        assert codes(answers) == ["Booking", "Booking"]
    assert seats.miscounted_sessions() == []


@pytest.mark.django_db(transaction=True)
def test_one_booking_moved_twice_at_once_moves_once():
    session, at = make_session(capacity=3), clock.now()
    others = [
        make_session(community=session.community, starts_at=session.starts_at + dt.timedelta(hours=h)) for h in (1, 2)
    ]
    booking = actions.book(session=session, resident=make_resident(community=session.community), by=None, at=at)
    same = [Booking.objects.select_related("session", "community", "resident").get(pk=booking.pk) for _ in others]
    answers = all_at_once(
        [
            lambda b=b, to=to: actions.move_booking(booking=b, to=to, by=None, at=at)
            for b, to in zip(same, others, strict=True)
        ]
    )
    assert codes(answers) == ["Booking", "changed"]
    assert Booking.objects.filter(state=BookingState.BOOKED).count() == 1
    assert seats.miscounted_sessions() == []


@pytest.mark.django_db(transaction=True)
def test_confirming_and_the_sweep_race_without_a_lost_place():
    community, at = make_community(), clock.now()
    later = at + dt.timedelta(minutes=10)
    for _ in range(8):
        session = make_session(community=community, capacity=1)
        hold = actions.hold_session(session=session, hold_token="mine", by=None, at=at)
        resident = make_resident(community=community)

        def sweep() -> int:
            with transaction.atomic():
                return seats.release_expired(at=later)

        answers = all_at_once(
            [
                lambda h=hold, r=resident: actions.confirm_hold(
                    booking=h, hold_token="mine", resident=r, by=None, at=later - dt.timedelta(seconds=1)
                ),
                sweep,
            ]
        )
        hold.refresh_from_db()
        won = isinstance(answers[0], Booking)
        assert hold.state == (BookingState.BOOKED if won else BookingState.EXPIRED), answers
    assert seats.miscounted_sessions() == []


@pytest.mark.django_db(transaction=True)
def test_one_resident_cannot_be_in_two_places_even_at_once():
    community = make_community()
    resident, at = make_resident(community=community), clock.now()
    start = at + dt.timedelta(days=1)
    spans = [(0, 60), (15, 30), (-15, 30), (30, 90)]  # containing, inside, overlapping on either side
    sessions = [
        make_session(
            community=community,
            starts_at=start + dt.timedelta(minutes=m),
            ends_at=start + dt.timedelta(minutes=m + length),
        )
        for m, length in spans
    ]
    answers = all_at_once([lambda s=s: actions.book(session=s, resident=resident, by=None, at=at) for s in sessions])
    assert codes(answers)[0] == "Booking"
    assert set(codes(answers)[1:]) <= {"already_booked", "Booking"}
    live = list(Booking.objects.order_by("starts_at"))
    assert all(one.ends_at <= other.starts_at for one, other in zip(live, live[1:], strict=False))
    assert seats.miscounted_sessions() == []


@pytest.mark.django_db
def test_adjacent_times_are_fine():
    community = make_community()
    resident, at = make_resident(community=community), clock.now()
    first = make_session(community=community)
    second = make_session(community=community, starts_at=first.ends_at)
    actions.book(session=first, resident=resident, by=None, at=at)
    actions.book(session=second, resident=resident, by=None, at=at)
    assert Booking.objects.count() == 2


@pytest.mark.django_db
def test_a_place_held_by_somebody_who_walked_away_is_free_again_at_once():
    session, at = make_session(capacity=1), clock.now()
    actions.hold_session(session=session, hold_token="gone", by=None, at=at)
    resident = make_resident(community=session.community)
    with pytest.raises(Refusal) as full:
        actions.book(session=session, resident=resident, by=None, at=at + dt.timedelta(minutes=9))
    assert (full.value.code, full.value.status) == ("session_full", 409)
    actions.book(session=session, resident=resident, by=None, at=at + dt.timedelta(minutes=10))
    assert seats.miscounted_sessions() == []


# ---- below Python ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_database_itself_holds_the_three_truths():
    """Rows written past every action: one place too many, one resident, one colleague, one room in two places at once."""
    community, at = make_community(), clock.now()
    full, other = make_session(community=community, capacity=1), make_session(community=community)
    booked = actions.book(session=full, resident=make_resident(community=community), by=None, at=at)
    host, room = make_user(), Room.objects.create(community=community, name="大厅", capacity=9)
    held = make_session(community=community, host=host, room=room)
    again = {"session": other, "community": community, "resident": booked.resident, "source": "desk", "created_at": at}
    later = {"starts_at": held.starts_at + dt.timedelta(minutes=29), "ends_at": held.ends_at + dt.timedelta(hours=1)}
    deeds = {
        "session_is_never_oversold": lambda: Session.objects.filter(pk=full.pk).update(taken=2),
        "resident_is_in_one_booking_at_a_time": lambda: Booking.objects.create(
            **again, starts_at=booked.starts_at, ends_at=booked.ends_at
        ),
        "staff_member_is_in_one_session_at_a_time": lambda: make_session(community=community, host=host, **later),
        "room_is_in_one_session_at_a_time": lambda: make_session(community=community, room=room, **later),
    }
    for truth, deed in deeds.items():
        with pytest.raises(IntegrityError, match=truth), transaction.atomic():
            deed()


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_too_long_for_others_is_asked_to_press_again():
    session, at = make_session(), clock.now()
    resident = make_resident(community=session.community)
    with transaction.atomic():
        seats.lock_sessions(session.pk)
        answers = all_at_once([lambda: actions.book(session=session, resident=resident, by=None, at=at)])
    assert codes(answers) == ["busy"] and answers[0].status == 409
    assert actions.book(session=session, resident=resident, by=None, at=at).state == BookingState.BOOKED


@pytest.mark.django_db
def test_who_books_while_the_room_changes_looks_again_instead_of_hearing_the_old_one():
    """Both the booking in one go and the confirmation of a hold were worded by the session as it was read."""
    session, at = make_session(capacity=5), clock.now()
    resident = make_resident(community=session.community)
    held = actions.hold_session(session=session, hold_token="browser", by=None, at=at)
    read = Booking.objects.select_related("session__community", "session__service").get(pk=held.pk)
    manager = make_member("manager", community=session.community)
    actions.change_session(session=Session.objects.get(pk=session.pk), title="换了教室", capacity=5, by=manager, at=at)
    with pytest.raises(Refusal) as stale_book:
        actions.book(session=session, resident=resident, by=None, at=at)
    with pytest.raises(Refusal) as stale_hold:
        actions.confirm_hold(booking=read, hold_token="browser", resident=resident, by=None, at=at)
    assert stale_book.value.code == stale_hold.value.code == Changed("").code
    assert not Message.objects.exists()
    assert actions.book(session=Session.objects.get(pk=session.pk), resident=resident, by=None, at=at).state == "booked"
