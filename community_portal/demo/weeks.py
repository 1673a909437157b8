"""Some weeks of life, told through the actions of every app in the order of time, the past as of then.

Everything is a deed at a moment on one line of time; what would lie in the future is left undone, so that today's inboxes
hold what real ones would: things fresh, things due, and a few overdue.
"""

import datetime as dt
import functools
import heapq
import itertools
from collections.abc import Callable
from typing import Any

from appointments.models import HelpRequest, Outcome, Paper, PaperState, VisitFinding
from appointments.requests.actions import steps
from appointments.requests.actions.intake import register_request
from appointments.requests.actions.papers import check_paper
from appointments.workflow import State
from community_portal import clock
from community_portal.bookings.actions import book, check_in, mark_no_show, mark_served, open_session
from community_portal.bookings.models import Booking, Session, SessionKind
from community_portal.bookings.queries import free_times
from community_portal.casework.escalation import escalate_overdue
from community_portal.casework.models import Source
from community_portal.demo import words
from community_portal.demo.names import invent_name
from community_portal.demo.people_of_stories import Neighbours
from community_portal.demo.settle import Town, office_moment
from community_portal.matters.actions import ending, visits
from community_portal.matters.actions.steps import take
from community_portal.outbox.sweep import deliver_waiting
from community_portal.people.actions import register_resident
from community_portal.people.models import Resident, User
from community_portal.places.models import Room
from community_portal.places.working_time import WorkCalendar
from community_portal.refusals import Refusal

Deed = Callable[[dt.datetime], object]
SOLVED_IN_LONGTIAN = 8
ACTIVITY_COUNT = 21
HANDLED_WITHIN, SLOW = (
    (9, 40),
    (72, 90),
)  # hours of office time; the slow ones are certificates, promised within seven days
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


class Life:
    """The line of time: deeds are added at moments and done in order, until now."""

    def __init__(self, town: Town, neighbours: Neighbours, *, until: dt.datetime) -> None:
        self.town, self.neighbours, self.until = town, neighbours, until
        self.line: list[tuple[dt.datetime, int, Deed]] = []
        self.order = itertools.count()
        self.slow: set[int] = set()  # requests that took long, by id
        first = town.first_day
        self.calendar = WorkCalendar.load(first - DAY * 7, first + DAY * 400)

    def at(self, moment: dt.datetime, deed: Deed) -> None:
        """Plans a deed; what lies in the future stays undone."""
        if moment <= self.until:
            heapq.heappush(self.line, (moment, next(self.order), deed))

    def live(self) -> None:
        """Does everything in order, deeds planned on the way included."""
        while self.line:
            moment, _order, deed = heapq.heappop(self.line)
            deed(moment)

    def days(self) -> list[dt.date]:
        """From the first day to today."""
        days = (clock.local(self.until).date() - self.town.first_day).days + 1
        return [self.town.first_day + DAY * n for n in range(days)]

    def working_days(self) -> list[dt.date]:
        """Those of ``days`` on which officials work; the hall is open on Saturday mornings too."""
        return [day for day in self.days() if self.calendar.is_working(day)]


def plan_life(life: Life) -> None:
    """Fills the line: visits, requests, activities, and what the portal itself does every evening."""
    for code in life.town.communities:
        _plan_visits(life, code)
        _plan_requests(life, code)
        _plan_desk(life, code)
    _plan_activities(life)
    _plan_story(life)
    for day in life.working_days():
        for hour in (12, 18):
            life.at(clock.at_wall(day, dt.time(hour)), lambda at: escalate_overdue(at=at))
    for day in life.days():
        # Often enough that a reminder two hours ahead goes out before its visit; on days off there are none after noon. No
        # worker dies in the stories.
        for hour in range(8, 19, 2) if life.calendar.is_working(day) else (8, 10, 18):
            life.at(clock.at_wall(day, dt.time(hour)), lambda at: deliver_waiting(at=at))


# ---- visits -------------------------------------------------------------------------------------------------------
def _plan_visits(life: Life, code: str) -> None:
    luck, share = life.town.luck, life.town.plans[code].share
    for day in life.days():
        for _visit in range(luck.choice((1, 2, 2)) if share < 2 else luck.choice((4, 5, 6))):
            resident = luck.choice(life.neighbours.by_community[code])
            booked_at = office_moment(day - DAY * luck.choice((1, 1, 2, 3)), luck)
            life.at(
                max(booked_at, clock.at_wall(life.town.first_day, dt.time(8, 31))),
                _visit_deed(life, code, resident, day),
            )
    for ahead in range(1, 8):
        day = clock.local(life.until).date() + DAY * ahead
        for _visit in range(2 if share < 2 else 5):
            resident = luck.choice(life.neighbours.by_community[code])
            life.at(life.until - HOUR * luck.randrange(2, 30), _visit_deed(life, code, resident, day))


def _visit_deed(life: Life, code: str, resident: Resident, day: dt.date) -> Deed:
    def visit(at: dt.datetime) -> None:
        luck = life.town.luck
        start, end = clock.day_bounds(day)
        sessions = list(
            Session.objects.filter(
                community=life.town.communities[code],
                kind=SessionKind.VISIT,
                starts_at__gt=max(at + HOUR, start),
                starts_at__lt=end,
            ).bookable(at=at)[:60]
        )
        if not sessions:  # closed, as on Sundays and holidays
            return
        source = luck.choice(("desk", "phone", "phone"))
        try:
            booking = book(
                session=luck.choice(sessions), resident=resident, source=source, by=life.town.receptionists[code], at=at
            )
        except Refusal:  # already booked at that time: people change their minds
            return
        _plan_arrival(life, booking, life.town.receptionists[code])

    return visit


def _plan_arrival(life: Life, booking: Booking, by: User) -> None:
    luck = life.town.luck
    if luck.random() < 0.06:
        life.at(booking.ends_at, lambda at: _quietly(mark_no_show, booking=booking, by=by, at=at))
        return
    arrives = booking.starts_at - dt.timedelta(minutes=luck.randrange(0, 12))
    life.at(arrives, lambda at: _quietly(check_in, booking=booking, by=by, at=at))
    life.at(booking.ends_at, lambda at: _quietly(mark_served, booking=booking, by=by, at=at))


def _quietly(deed: Callable[..., Any], **kwargs: Any) -> None:
    """A mark on a booking that was cancelled meanwhile is no news."""
    try:
        deed(**kwargs)
    except Refusal:
        return


# ---- requests -----------------------------------------------------------------------------------------------------
def _plan_requests(life: Life, code: str) -> None:
    """Longtian solves exactly eight in these weeks; every community has some that end otherwise, and some under way."""
    luck, days = life.town.luck, life.working_days()
    is_longtian = code == "LT"
    solved = SOLVED_IN_LONGTIAN if is_longtian else luck.randrange(4, 8)
    ends = [Outcome.SOLVED] * solved + [Outcome.EXPLAINED] * (6 if is_longtian else 2) + [Outcome.PARTLY] * 2
    ends += [Outcome.NOT_ELIGIBLE] * (2 if is_longtian else 1) + [Outcome.NOT_POSSIBLE]
    luck.shuffle(ends)
    settled_until = max(len(days) - 9, 1)
    for outcome in ends:
        day = days[luck.randrange(0, settled_until)]
        life.at(office_moment(day, luck), _request_deed(life, code, outcome))
    # Some are half way: papers out, waiting for the resident, done and not yet called back.
    for back in range(2, 9 if is_longtian else 5):
        if back < len(days):
            end = Outcome.EXPLAINED if back % 2 else Outcome.PARTLY
            life.at(office_moment(days[-1 - back], luck), _request_deed(life, code, end))
    # Some took longer than promised, and one is late as we speak.
    for back in (7, 16, 22) if is_longtian else (7, 16):
        if back < len(days):
            day = days[-1 - back]
            life.at(office_moment(day, luck), _request_deed(life, code, Outcome.EXPLAINED, is_slow=True))
    # Lately some came to nothing: a condition was missing, or the family managed by itself.
    for end in [Outcome.NOT_ELIGIBLE] + [Outcome.WITHDRAWN] * (2 if is_longtian else 1):
        day = days[max(len(days) - luck.randrange(2, 6), 0)]
        life.at(office_moment(day, luck), _request_deed(life, code, end))
    for back in range(9 if is_longtian else 4):
        day = days[max(len(days) - 1 - back // 2, 0)]
        life.at(office_moment(day, luck), _request_deed(life, code, None))


def _plan_desk(life: Life, code: str) -> None:
    """What lies on the desk whatever the hour: a caller without an address, a decision to take, a call-back to make; and on the street's, what it must do."""
    lately = [day for day in life.working_days() if day < clock.local(life.until).date()][-2:]
    if len(lately) < 2:
        return

    def unknown_caller(at: dt.datetime) -> None:
        by, community, luck = life.town.receptionists[code], life.town.communities[code], life.town.luck
        name, phone = invent_name(luck, is_female=True, is_elder=False), f"1370{luck.randrange(10**7):07d}"
        caller = register_resident(community=community, name=name, phones=[phone], by=by, at=at)
        _register(life, code, luck.choice(("neighbours", "repair", "other")), caller, source=Source.PHONE, at=at)

    def seen_at_home(state: State, at: dt.datetime) -> None:
        resident = life.town.luck.choice(life.neighbours.by_community[code])
        category = "benefit" if state in (State.NOT_ELIGIBLE, State.WAITING) else "repair"
        request = _register(life, code, category, resident, source=Source.DESK, at=at)
        officer, desk = request.handler, life.town.receptionists[code]
        if officer is None:
            return
        take(request, "set_out", by=officer, at=at + HOUR)
        found, signed = words.FOUND[2], resident.name
        steps.verify(
            request, finding=VisitFinding.CONFIRMED, words=found, signed_by=signed, by=officer, at=at + HOUR * 1.5
        )
        _leave_at(state, request, officer, desk, at)

    before, yesterday = lately
    life.at(clock.at_wall(yesterday, dt.time(16, 40)), unknown_caller)
    for day, hour, state in (
        (yesterday, 14, State.VERIFIED),
        (yesterday, 9, State.NOT_ELIGIBLE),
        (before, 9, State.RESOLVED),
        (before, 9, State.STREET),
        (before, 14, State.WAITING),
    ):
        life.at(clock.at_wall(day, dt.time(hour, 10)), functools.partial(seen_at_home, state))


def _leave_at(state: State, request: HelpRequest, officer: User, desk: User, at: dt.datetime) -> None:
    if state == State.STREET:
        take(request, "pass_to_street", words=words.PASSED_ON, by=desk, at=at + HOUR * 2)
    elif state == State.WAITING:
        take(request, "ask_resident", words=words.LACKING["benefit"], by=desk, at=at + HOUR * 2)
    elif state == State.NOT_ELIGIBLE:
        steps.find_not_eligible(request, words=words.NOT_ELIGIBLE, by=desk, at=at + HOUR * 7)
    elif state == State.RESOLVED:
        steps.handle(request, by=desk, at=at + HOUR * 2)
        answer = words.ANSWERED[Outcome.PARTLY][0]
        steps.resolve(request, outcome=Outcome.PARTLY, words=answer, by=officer, at=at + HOUR * 7)


def _register(
    life: Life,
    code: str,
    category: str,
    resident: Resident,
    *,
    source: Source,
    at: dt.datetime,
    urgency: str = "normal",
) -> HelpRequest:
    return register_request(
        community=life.town.communities[code],
        category=life.town.categories[category],
        words=life.town.luck.choice(words.ASKED[category]),
        resident=resident,
        source=source,
        urgency=urgency,
        by=life.town.receptionists[code],
        at=at,
    )


def _request_deed(life: Life, code: str, outcome: Outcome | None, *, is_slow: bool = False) -> Deed:
    def ask(at: dt.datetime) -> None:
        luck = life.town.luck
        category = "certificate" if is_slow else luck.choice(_categories_for(outcome))
        resident = luck.choice(life.neighbours.by_community[code])
        source = luck.choice((Source.DESK, Source.PHONE, Source.GRID))
        urgency = luck.choice(("normal", "normal", "normal", "soon", "now"))
        request = _register(life, code, category, resident, source=source, urgency=urgency, at=at)
        if is_slow:
            life.slow.add(request.pk)
        if outcome == Outcome.WITHDRAWN:
            life.at(_later(life, at, 1, 6), lambda when: _withdraw(life, code, request, when))
        elif outcome is not None or luck.random() < 0.55:
            goes_at = _later(life, at, 2, 8)
            life.at(goes_at, lambda when: _go_and_see(life, code, request, outcome, when))
            if request.pk % 3 == 0:
                life.at(at + HOUR / 2, lambda when: _agree(request, goes_at + HOUR / 6, at=when))
        elif request.pk % 3:
            life.at(at + HOUR / 2, lambda when: _agree_ahead(life, request, at=when))

    return ask


def _categories_for(outcome: Outcome | None) -> list[str]:
    return list(words.CONDITIONAL if outcome == Outcome.NOT_ELIGIBLE else words.ASKED)


def _agree(request: HelpRequest, starts_at: dt.datetime, *, at: dt.datetime, wished: bool = False) -> None:
    """The officer telephones first; who has something else at that time is visited without an hour."""
    if request.state == State.ASSIGNED and starts_at > at:
        _quietly(visits.plan_visit, request=request, starts_at=starts_at, wished=wished, by=_officer(request), at=at)


def _agree_ahead(life: Life, request: HelpRequest, *, at: dt.datetime, as_soon_as_can_be: bool = False) -> None:
    """For a visit that has not come yet: one of the times still free, later than the limit when the resident wants it so."""
    if request.handler is not None:
        free = free_times(request.handler, request.case.resident, at=life.until)
        starts_at = free[0 if as_soon_as_can_be else request.pk % len(free)]
        _agree(request, starts_at, at=at, wished=request.due_at is None or starts_at > request.due_at)


def _later(life: Life, at: dt.datetime, least: int, most: int) -> dt.datetime:
    """So many hours of office time later."""
    return life.calendar.add_time(at, HOUR * life.town.luck.randrange(least, most))


def _go_and_see(life: Life, code: str, request: HelpRequest, outcome: Outcome | None, at: dt.datetime) -> None:
    luck, officer = life.town.luck, request.handler
    if officer is None:
        return
    take(request, "set_out", by=officer, at=at)
    knocks = at + dt.timedelta(minutes=luck.randrange(10, 40))
    if luck.random() < 0.12:
        life.at(knocks, lambda when: _not_home(life, code, request, outcome, when))
    else:
        life.at(knocks, lambda when: _verify(life, code, request, outcome, when))


def _not_home(life: Life, code: str, request: HelpRequest, outcome: Outcome | None, at: dt.datetime) -> None:
    steps.not_home(request, by=_officer(request), at=at)
    life.at(_later(life, at, 3, 7), lambda when: _go_and_see(life, code, request, outcome, when))


def _officer(request: HelpRequest) -> User:
    assert request.handler is not None
    return request.handler


def _verify(life: Life, code: str, request: HelpRequest, outcome: Outcome | None, at: dt.datetime) -> None:
    luck = life.town.luck
    steps.verify(
        request,
        finding=luck.choice((VisitFinding.CONFIRMED, VisitFinding.CONFIRMED, VisitFinding.PARTLY)),
        words=luck.choice(words.FOUND),
        signed_by=request.case.resident.name if request.case.resident else "家属",
        by=_officer(request),
        at=at,
    )
    life.at(_later(life, at, 1, 5), lambda when: _decide(life, code, request, outcome, when))


def _decide(life: Life, code: str, request: HelpRequest, outcome: Outcome | None, at: dt.datetime) -> None:
    desk, luck = life.town.receptionists[code], life.town.luck
    if outcome == Outcome.NOT_ELIGIBLE:
        steps.find_not_eligible(request, words=words.NOT_ELIGIBLE, by=desk, at=at)
        life.at(_later(life, at, 4, 12), lambda when: _call_back(life, code, request, when))
        return
    if outcome is None and request.category.code in words.LACKING:
        take(request, "ask_resident", words=words.LACKING[request.category.code], by=desk, at=at)
        return
    if request.category.code in words.CONDITIONAL:
        steps.apply(request, by=_officer(request), at=at)
        for paper in Paper.objects.filter(request=request).select_related("request__case")[:2]:
            check_paper(paper, state=PaperState.CHECKED, from_whom="本人", by=desk, at=at + HOUR / 2)
    elif outcome is None and luck.random() < 0.3:
        take(request, "pass_to_street", words=words.PASSED_ON, by=desk, at=at)
        return
    else:
        steps.handle(request, by=desk, at=at)
    if outcome is not None:
        takes = SLOW if request.pk in life.slow else HANDLED_WITHIN
        life.at(_later(life, at, *takes), lambda when: _resolve(life, code, request, outcome, when))


def _withdraw(life: Life, code: str, request: HelpRequest, at: dt.datetime) -> None:
    steps.withdraw(request, words=life.town.luck.choice(words.WITHDRAWN), by=life.town.receptionists[code], at=at)


def _resolve(life: Life, code: str, request: HelpRequest, outcome: Outcome, at: dt.datetime) -> None:
    answers = words.SOLVED[request.category.code] if outcome == Outcome.SOLVED else words.ANSWERED[outcome]
    answer = life.town.luck.choice(answers)
    steps.resolve(request, outcome=outcome, words=answer, by=_officer(request), at=at)
    life.at(_later(life, at, 3, 14), lambda when: _call_back(life, code, request, when))


def _call_back(life: Life, code: str, request: HelpRequest, at: dt.datetime) -> None:
    luck = life.town.luck
    score = luck.choice((5, 5, 5, 4, 4, 3, None)) if request.state == State.RESOLVED else luck.choice((4, 3, None))
    desk = life.town.receptionists[code]
    ending.call_back(request, satisfaction=score, words=luck.choice(words.THANKED), by=desk, at=at)


# ---- the living room ----------------------------------------------------------------------------------------------
def _plan_activities(life: Life) -> None:
    """Over twenty activities with over three hundred who came, and some still to come."""
    town, days = life.town, life.working_days()
    rooms = {room.name: room for room in Room.objects.filter(community=town.communities["LT"])}
    spread = [days[1 + n * (len(days) - 3) // ACTIVITY_COUNT] for n in range(ACTIVITY_COUNT)]
    for n, day in enumerate(spread):
        _plan_activity(life, rooms, n, day)
    for n in range(5):
        today = clock.local(life.until).date()
        _plan_activity(life, rooms, ACTIVITY_COUNT + n, today + DAY * (2 + 3 * n))


def _plan_activity(life: Life, rooms: dict[str, Room], n: int, day: dt.date) -> None:
    title, title_en, room, capacity = words.ACTIVITIES[n % len(words.ACTIVITIES)]
    starts = clock.at_wall(day, dt.time(15 if n % 2 else 9, 30))
    opens = min(starts - DAY * 5, life.until - HOUR)
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
            room=rooms[room],
            by=by,
            at=at,
        )
        guests = life.town.luck.sample(
            life.neighbours.by_community["LT"], min(life.town.luck.randrange(15, 20), capacity)
        )
        for guest in guests:
            life.at(at + dt.timedelta(minutes=life.town.luck.randrange(5, 50)), _guest_deed(life, session, guest))

    life.at(max(opens, clock.at_wall(life.town.first_day, dt.time(8, 35))), announce)


def _guest_deed(life: Life, session: Session, guest: Resident) -> Deed:
    by = life.town.receptionists["LT"]

    def sign_up(at: dt.datetime) -> None:
        try:
            booking = book(session=session, resident=guest, source="desk", by=by, at=at)
        except Refusal:
            return
        life.at(session.starts_at, lambda when: _quietly(mark_served, booking=booking, by=by, at=when))

    return sign_up


# ---- story 1: the husband -----------------------------------------------------------------------------------------
def _plan_story(life: Life) -> None:
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
        life.at(at + HOUR / 2, lambda when: _agree_ahead(life, request, at=when, as_soon_as_can_be=True))

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
