"""What lies on each desk whatever the hour: a caller without an address, a decision to take, a call-back to make."""

import datetime as dt
import functools

from appointments.models import HelpRequest, Outcome, VisitFinding
from appointments.requests.actions import steps
from appointments.workflow import State
from community_portal import clock
from community_portal.casework.models import Source
from community_portal.demo import words
from community_portal.demo.help_requests import register_words
from community_portal.demo.life import HOUR, Life
from community_portal.demo.names import invent_name
from community_portal.matters.actions.steps import take
from community_portal.people.actions import register_resident
from community_portal.people.models import User


def plan_desk(life: Life, code: str) -> None:
    """What lies on the desk whatever the hour: a caller without an address, a decision to take, a call-back to make; and on the street's, what it must do."""
    if not life.town.plans[code].pace.desk:
        return
    lately = [day for day in life.working_days() if day < clock.local(life.until).date()][-2:]
    if len(lately) < 2:
        return

    def unknown_caller(at: dt.datetime) -> None:
        by, community, luck = life.town.receptionists[code], life.town.communities[code], life.town.luck
        name, phone = invent_name(luck, is_female=True, is_elder=False), f"1370{luck.randrange(10**7):07d}"
        caller = register_resident(community=community, name=name, phones=[phone], by=by, at=at)
        register_words(life, code, luck.choice(("neighbours", "repair", "other")), caller, source=Source.PHONE, at=at)

    def seen_at_home(state: State, at: dt.datetime) -> None:
        resident = life.town.luck.choice(life.neighbours.by_community[code])
        category = "benefit" if state in (State.NOT_ELIGIBLE, State.WAITING) else "repair"
        request = register_words(life, code, category, resident, source=Source.DESK, at=at)
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
