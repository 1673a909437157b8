"""Story 1, the living room of Longtian: its activities, the man who comes in distress, and the daughter who books."""

import datetime as dt

from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.bookings.actions import book, cancel_session, mark_no_show, mark_served, open_session
from community_portal.bookings.models import Session, SessionKind
from community_portal.casework.models import Source
from community_portal.demo import words
from community_portal.demo.help_requests import agree_ahead
from community_portal.demo.life import DAY, HOUR, Deed, Life, quietly
from community_portal.outbox.sweep import deliver_waiting
from community_portal.people.models import Resident, User
from community_portal.places.models import Room
from community_portal.refusals import Refusal

HELD, PLANNED = 23, 5


def plan_activities(life: Life) -> None:
    """Over twenty activities since the room opened, with over three hundred who came; one that was called off, and some to come."""
    town, today = life.town, clock.local(life.until).date()
    rooms = {room.name: room for room in Room.objects.filter(community=town.communities["LT"])}
    days = life.working_days(since=town.opened_on)[2:]
    for n in range(HELD):
        _plan_activity(
            life, rooms, words.ACTIVITIES[n % len(words.ACTIVITIES)], _start(n, days[n * (len(days) - 2) // HELD])
        )
    fifteenth = next(day for day in days if day.day >= 15)
    _plan_activity(life, rooms, words.RECITAL, clock.at_wall(fifteenth, dt.time(14)))
    for n in range(HELD, HELD + PLANNED):
        day = today + DAY * (2 + 3 * (n - HELD))
        _plan_activity(life, rooms, words.ACTIVITIES[n % len(words.ACTIVITIES)], _start(n, day))
    _plan_activity(life, rooms, words.WALK, clock.at_wall(days[len(days) // 2], dt.time(8, 30)), called_off=True)


def _start(n: int, day: dt.date) -> dt.datetime:
    return clock.at_wall(day, dt.time(15 if n % 2 else 9, 30))


def _plan_activity(
    life: Life,
    rooms: dict[str, Room],
    activity: tuple[str, str, str, int],
    starts: dt.datetime,
    *,
    called_off: bool = False,
) -> None:
    title, title_en, room, capacity = activity
    opened = clock.at_wall(life.town.opened_on, dt.time(8, 35))
    opens = max(min(starts - DAY * 5, life.until - HOUR), opened)
    by = life.town.receptionists["LT"]

    def announce(at: dt.datetime) -> None:
        session = open_session(
            community=life.town.communities["LT"],
            kind=SessionKind.ACTIVITY,
            title=title,
            title_en=title_en,
            starts_at=starts,
            ends_at=starts + HOUR * 1.5,
            capacity=capacity,
            room=rooms.get(room),
            by=by,
            at=at,
        )
        guests = life.town.luck.sample(
            life.neighbours.by_community["LT"], min(life.town.luck.randrange(15, 20), capacity)
        )
        for guest in guests:
            life.at(at + dt.timedelta(minutes=life.town.luck.randrange(5, 50)), _guest_deed(life, session, guest))
        if called_off:
            life.at(starts - HOUR * 15, lambda when: cancel_session(session=session, reason=words.RAIN, by=by, at=when))

    life.at(opens, announce)
    # What is said of it goes out in time, also in the months before the weeks: at once, a day and some hours ahead.
    for moment in (opens + HOUR, starts - DAY, starts - HOUR * 14, starts - HOUR * 4 / 3):
        life.at(moment, lambda when: deliver_waiting(at=when))


def _guest_deed(life: Life, session: Session, guest: Resident) -> Deed:
    by = life.town.receptionists["LT"]

    def sign_up(at: dt.datetime) -> None:
        try:
            booking = book(session=session, resident=guest, source="desk", by=by, at=at)
        except Refusal:
            return
        came = life.town.luck.random() < 0.95
        life.at(
            session.starts_at,
            lambda when: quietly(mark_served if came else mark_no_show, booking=booking, by=by, at=when),
        )

    return sign_up


def plan_story(life: Life) -> None:
    """A man comes in distress: his wife lies in bed after a stroke. Registered yesterday, the officer is due today."""
    town, people = life.town, life.neighbours.by_code
    days = [day for day in life.working_days() if day < clock.local(life.until).date()]
    by = town.receptionists["LT"]

    def come_in(at: dt.datetime) -> None:
        request = register_request(
            community=town.communities["LT"],
            category=town.categories["care"],
            words="我跟老伴身体都不行了。上个月她中了风，到现在起不来床，翻身喂饭全靠我，我自己腰也直不起来。"
            "实在撑不住了，来问问有没有办法。",
            title="老伴中风卧床，申请上门照护",
            resident=people["wu"],
            asker=people["chen"],
            source=Source.DESK,
            urgency="soon",
            by=by,
            at=at,
        )
        life.at(at + HOUR / 2, lambda when: agree_ahead(life, request, at=when, as_soon_as_can_be=True))

    def elder_books(at: dt.datetime) -> None:
        sessions = Session.objects.filter(
            community=town.communities["LT"],
            kind=SessionKind.VISIT,
            service=town.services["allowance"],
            starts_at__gt=at + DAY,
        ).bookable(at=at)
        session = sessions.first()
        daughter = User.objects.get(resident=people["sun"])
        if session:
            book(session=session, resident=people["zhang"], source="online", by=daughter, at=at)

    if days:
        life.at(clock.at_wall(days[-1], dt.time(9, 42)), come_in)
    life.at(life.until - HOUR * 3, elder_books)
