"""Who waits for a place gets it in the deed that frees it: nobody comes in between, and nobody is forgotten."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from community_portal import clock
from community_portal.bookings import actions
from community_portal.bookings.models import Booking, BookingState, Session, SessionKind, Waiting
from community_portal.bookings.seats import miscounted_sessions
from community_portal.bookings.tasks import release_expired_holds
from community_portal.outbox.models import Message
from community_portal.people.actions import close_file
from community_portal.people.register.merging import merge_residents
from community_portal.refusals import Changed, Refusal
from tests.cast import Cast
from tests.factories import make_resident, make_session
from tests.race import all_at_once


def full(cast: Cast, capacity: int = 1) -> tuple[Session, Booking]:
    session = make_session(community=cast.home, kind=SessionKind.ACTIVITY, title="读书会", capacity=capacity)
    first = make_resident(community=cast.home)
    booked = actions.book(session=session, resident=first, party_size=capacity, by=cast.reception, at=clock.now())
    return session, booked


def wait(session: Session, resident: Any, size: int = 1) -> Waiting:
    return actions.wait_for_place(session=session, resident=resident, party_size=size, by=None, at=clock.now())


def give_up(booking: Booking) -> Booking:
    return actions.cancel_booking(booking=booking, reason="not_needed", by=None, at=clock.now())


def ends() -> list[str]:
    return list(Waiting.objects.order_by("id").values_list("ended_as", flat=True))


@pytest.mark.django_db
def test_the_first_who_fits_gets_the_place_in_the_deed_that_frees_it(cast: Cast) -> None:
    session, booked = full(cast)
    family = wait(session, make_resident(community=cast.home)) if session.capacity > 1 else None
    assert family is None
    first, second = wait(session, cast.elder), wait(session, make_resident(community=cast.home))
    give_up(booked)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.booking is not None and first.booking.resident == cast.elder and second.ended_at is None
    assert first.booking.events.get().kind == "from_queue"
    session.refresh_from_db()
    assert session.taken == 1 and miscounted_sessions() == []
    told = Message.objects.filter(subject=f"booking:{first.booking_id}", kind="place_free", channel="sms")
    assert "/b/" in told.get().context["link"]
    kinds = set(Message.objects.filter(subject=f"booking:{first.booking_id}").values_list("kind", flat=True))
    assert kinds == {"place_free", "booking_reminder_day", "booking_reminder_hours"}


@pytest.mark.django_db
def test_a_family_too_large_is_passed_over_and_stays_first(cast: Cast) -> None:
    session, booked = full(cast, capacity=3)
    family = wait(session, cast.elder, size=3)
    single = wait(session, make_resident(community=cast.home))
    actions.change_party(booking=booked, party_size=2, by=cast.reception, at=clock.now())
    assert ends() == ["", "booked"]
    give_up(booked)
    family.refresh_from_db()
    single.refresh_from_db()
    assert family.ended_at is None  # two are free, three want to come
    give_up(Booking.objects.get(waited=single))
    assert ends() == ["booked", "booked"]


@pytest.mark.django_db
def test_more_places_and_moved_bookings_give_places_too(cast: Cast) -> None:
    session, booked = full(cast)
    wait(session, cast.elder)
    wait(session, make_resident(community=cast.home))
    actions.change_session(session=session, title="读书会", capacity=2, by=cast.manager, at=clock.now())
    assert ends() == ["booked", ""]
    other = make_session(community=cast.home, kind=SessionKind.ACTIVITY, title="读书会", capacity=2)
    Session.objects.filter(pk=other.pk).update(
        starts_at=session.starts_at + dt.timedelta(days=1), ends_at=session.ends_at + dt.timedelta(days=1)
    )
    other.refresh_from_db()
    actions.move_booking(booking=booked, to=other, by=cast.reception, at=clock.now())
    assert ends() == ["booked", "booked"] and miscounted_sessions() == []


@pytest.mark.django_db
def test_a_form_that_nobody_finished_gives_its_place_to_who_waits_and_to_nobody_else(cast: Cast) -> None:
    session = make_session(community=cast.home, kind=SessionKind.ACTIVITY, title="读书会", capacity=1)
    held = actions.hold_session(session=session, hold_token="t" * 30, by=None, at=clock.now())
    wait(session, cast.elder)
    Booking.objects.filter(pk=held.pk).update(held_until=clock.now() - dt.timedelta(seconds=1))
    with pytest.raises(Refusal) as refused:
        actions.book(session=session, resident=make_resident(community=cast.home), by=None, at=clock.now())
    assert refused.value.code == "session_full"
    release_expired_holds()
    assert ends() == ["booked"] and miscounted_sessions() == []


@pytest.mark.django_db
def test_who_may_wait_for_what(cast: Cast) -> None:
    session, booked = full(cast)
    roomy = make_session(community=cast.home, kind=SessionKind.ACTIVITY, title="诗会", capacity=2)
    for one, resident, code in (
        (roomy, cast.elder, "has_places"),
        (session, booked.resident, "already_booked"),
        (make_session(community=cast.home), cast.elder, "closed"),
    ):
        with pytest.raises(Refusal) as refused:
            wait(one, resident)
        assert refused.value.code == code
    wait(session, cast.elder)
    with pytest.raises(Refusal, match="已经在排队"), transaction.atomic():
        wait(session, cast.elder)
    with pytest.raises(Refusal):
        actions.wait_for_place(session=session, resident=cast.elder, by=cast.stranger, at=clock.now())
    with pytest.raises(IntegrityError, match="says_how"), transaction.atomic():
        Waiting.objects.update(ended_at=clock.now())
    with pytest.raises(IntegrityError, match="has_its_booking"), transaction.atomic():
        Waiting.objects.update(ended_at=clock.now(), ended_as="booked")


@pytest.mark.django_db
def test_leaving_and_calling_off_end_the_queue(cast: Cast) -> None:
    session, booked = full(cast)
    mine, other = wait(session, cast.elder), wait(session, make_resident(community=cast.home))
    actions.leave_queue(waiting=mine, by=cast.elder_account, at=clock.now())
    with pytest.raises(Changed):
        actions.leave_queue(waiting=mine, by=cast.elder_account, at=clock.now())
    with pytest.raises(Refusal):
        actions.leave_queue(waiting=other, by=cast.elder_account, at=clock.now())
    actions.cancel_session(session=session, by=cast.manager, at=clock.now())
    assert ends() == ["left", "off"]
    assert Message.objects.filter(kind="waiting_off", resident=other.resident).exists()
    assert not Message.objects.filter(kind="waiting_off", resident=cast.elder).exists()


@pytest.mark.django_db
def test_who_has_something_else_by_then_or_is_gone_is_passed_over(cast: Cast) -> None:
    session, booked = full(cast)
    busy = make_resident(community=cast.home)
    gone, kept = make_resident(community=cast.home), make_resident(community=cast.home)
    wait(session, busy)
    wait(session, gone)
    wait(session, cast.elder)
    visit = make_session(community=cast.home, starts_at=session.starts_at)
    actions.book(session=visit, resident=busy, by=cast.reception, at=clock.now())
    close_file(gone, why="deceased", on=clock.today(), by=cast.manager, at=clock.now(), seen=gone.version)
    give_up(booked)
    assert ends() == ["busy", "closed", "booked"]
    wait(session, kept)
    other = make_resident(community=cast.home, name=kept.name)
    merge_residents(kept=other, merged=kept, statement="看了身份证", by=cast.manager, at=clock.now())
    assert Waiting.objects.standing().get().resident == other


@pytest.mark.django_db(transaction=True)
def test_places_that_are_freed_at_once_are_given_once_each(cast: Cast) -> None:
    """Five give up while five others press on the same places and one of those who wait books elsewhere: everybody who waits gets
    one, nobody comes in between, nothing is oversold, and no deed waits for ever."""
    session = make_session(community=cast.home, kind=SessionKind.ACTIVITY, title="读书会", capacity=5)
    booked = [
        actions.book(session=session, resident=make_resident(community=cast.home), by=None, at=clock.now())
        for _ in range(5)
    ]
    waiting = [wait(session, make_resident(community=cast.home)) for _ in range(5)]
    pushy = [make_resident(community=cast.home) for _ in range(5)]
    at = clock.now()
    deeds: list[Any] = [
        lambda b=b: give_up(Booking.objects.select_related("session", "resident").get(pk=b.pk)) for b in booked
    ]
    deeds += [lambda p=p: actions.book(session=session, resident=p, by=None, at=at) for p in pushy]
    deeds += [lambda w=w: actions.book(session=session, resident=w.resident, by=None, at=at) for w in waiting[:2]]
    answers = all_at_once(deeds)
    assert all(isinstance(one, Booking | Refusal) for one in answers), answers
    assert not any(isinstance(one, Booking) for one in answers[5:10])
    actions.promote_all(at=clock.now())
    session.refresh_from_db()
    assert session.taken == 5 and miscounted_sessions() == []
    there = set(session.bookings.filter(state=BookingState.BOOKED).values_list("resident", flat=True))
    assert there == {one.resident_id for one in waiting}


@pytest.mark.django_db
def test_a_resident_queues_up_on_the_phone(cast: Cast, signed_in: Any) -> None:
    session, booked = full(cast)
    phone, url = signed_in(cast.elder_account), f"/activities/{session.pk}/wait/"
    assert url in phone.get("/activities/").content.decode()
    assert "名额满了" in phone.get(url).content.decode()
    assert phone.post(url, {"party_size": 0}).status_code == 422
    assert phone.post(url, {"party_size": 1})["Location"] == url
    assert "排在第 1 位" in phone.get(url).content.decode()
    mine = Waiting.objects.get()
    assert phone.post(url, {"leave": mine.pk}).status_code == 303 and ends() == ["left"]
