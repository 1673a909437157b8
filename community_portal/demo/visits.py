"""Visits to the hall: booked at the desk or by phone, kept or not."""

import datetime as dt

from community_portal import clock
from community_portal.bookings.actions import book, check_in, mark_no_show, mark_served
from community_portal.bookings.models import Booking, Session, SessionKind
from community_portal.demo.life import DAY, HOUR, Deed, Life, office_moment, quietly
from community_portal.people.models import Resident, User
from community_portal.refusals import Refusal


def plan_visits(life: Life, code: str) -> None:
    luck, pace = life.town.luck, life.town.plans[code].pace
    for day in life.days():
        for _visit in range(luck.choice(pace.visits)):
            resident = luck.choice(life.neighbours.by_community[code])
            booked_at = office_moment(day - DAY * luck.choice((1, 1, 2, 3)), luck)
            life.at(
                max(booked_at, clock.at_wall(life.town.first_day, dt.time(8, 31))),
                _visit_deed(life, code, resident, day),
            )
    for ahead in range(1, 8):
        day = clock.local(life.until).date() + DAY * ahead
        for _visit in range(pace.visits_ahead):
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
        life.at(booking.ends_at, lambda at: quietly(mark_no_show, booking=booking, by=by, at=at))
        return
    arrives = booking.starts_at - dt.timedelta(minutes=luck.randrange(0, 12))
    life.at(arrives, lambda at: quietly(check_in, booking=booking, by=by, at=at))
    life.at(booking.ends_at, lambda at: quietly(mark_served, booking=booking, by=by, at=at))
