"""Help requests on their way: asked for, visited, decided, answered, called back; each community has some of every kind."""

import datetime as dt

from appointments.models import HelpRequest, Outcome, Paper, PaperState, VisitFinding
from appointments.requests.actions import steps
from appointments.requests.actions.intake import register_request
from appointments.requests.actions.papers import check_paper
from appointments.workflow import State
from community_portal.bookings.queries import free_times
from community_portal.casework.models import Source
from community_portal.demo import words
from community_portal.demo.life import HOUR, Deed, Life, office_moment, quietly
from community_portal.matters.actions import ending, visits
from community_portal.matters.actions.steps import take
from community_portal.people.models import Resident, User

HANDLED_WITHIN, SLOW = (
    (9, 40),
    (72, 90),
)  # hours of office time; the slow ones are certificates, promised within seven days


def plan_requests(life: Life, code: str) -> None:
    """Every community has some that are solved and some that end otherwise, some late, and some under way."""
    luck, pace, days = life.town.luck, life.town.plans[code].pace, life.working_days()
    settled_until = max(len(days) - 9, 1)
    for outcome in _ends(life, code):
        day = days[luck.randrange(0, settled_until)]
        life.at(office_moment(day, luck), _request_deed(life, code, outcome))
    # Some are half way: papers out, waiting for the resident, done and not yet called back.
    for back in range(2, 2 + pace.half_way):
        if back < len(days):
            end = Outcome.EXPLAINED if back % 2 else Outcome.PARTLY
            life.at(office_moment(days[-1 - back], luck), _request_deed(life, code, end))
    # Some took longer than promised, and one is late as we speak.
    for back in pace.slow:
        if back < len(days):
            day = days[-1 - back]
            life.at(office_moment(day, luck), _request_deed(life, code, Outcome.EXPLAINED, is_slow=True))
    # Lately some came to nothing: a condition was missing, or the family managed by itself.
    for end in [Outcome.NOT_ELIGIBLE] * pace.desk + [Outcome.WITHDRAWN] * pace.withdrawn:
        day = days[max(len(days) - luck.randrange(2, 6), 0)]
        life.at(office_moment(day, luck), _request_deed(life, code, end))
    for back in range(pace.fresh):
        day = days[max(len(days) - 1 - back // 2, 0)]
        life.at(office_moment(day, luck), _request_deed(life, code, None))


def _ends(life: Life, code: str) -> list[Outcome]:
    """What comes of the requests of the first weeks, in any order."""
    luck, pace = life.town.luck, life.town.plans[code].pace
    ends = [Outcome.SOLVED] * luck.choice(pace.solved) + [Outcome.EXPLAINED] * pace.explained
    ends += [Outcome.PARTLY] * pace.partly + [Outcome.NOT_ELIGIBLE] * pace.not_eligible
    ends += [Outcome.NOT_POSSIBLE] * pace.not_possible
    luck.shuffle(ends)
    return ends


def register_words(
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
        request = register_words(life, code, category, resident, source=source, urgency=urgency, at=at)
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
            life.at(at + HOUR / 2, lambda when: agree_ahead(life, request, at=when))

    return ask


def _categories_for(outcome: Outcome | None) -> list[str]:
    return list(words.CONDITIONAL if outcome == Outcome.NOT_ELIGIBLE else words.ASKED)


def _agree(request: HelpRequest, starts_at: dt.datetime, *, at: dt.datetime, wished: bool = False) -> None:
    """The officer telephones first; who has something else at that time is visited without an hour."""
    if request.state == State.ASSIGNED and starts_at > at:
        quietly(visits.plan_visit, matter=request, starts_at=starts_at, wished=wished, by=officer_of(request), at=at)


def agree_ahead(life: Life, request: HelpRequest, *, at: dt.datetime, as_soon_as_can_be: bool = False) -> None:
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
    steps.not_home(request, by=officer_of(request), at=at)
    life.at(_later(life, at, 3, 7), lambda when: _go_and_see(life, code, request, outcome, when))


def officer_of(request: HelpRequest) -> User:
    assert request.handler is not None
    return request.handler


def _verify(life: Life, code: str, request: HelpRequest, outcome: Outcome | None, at: dt.datetime) -> None:
    luck = life.town.luck
    steps.verify(
        request,
        finding=luck.choice((VisitFinding.CONFIRMED, VisitFinding.CONFIRMED, VisitFinding.PARTLY)),
        words=luck.choice(words.FOUND),
        signed_by=request.case.resident.name if request.case.resident else "家属",
        by=officer_of(request),
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
        steps.apply(request, by=officer_of(request), at=at)
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
    steps.resolve(request, outcome=outcome, words=answer, by=officer_of(request), at=at)
    life.at(_later(life, at, 3, 14), lambda when: _call_back(life, code, request, when))


def _call_back(life: Life, code: str, request: HelpRequest, at: dt.datetime) -> None:
    luck = life.town.luck
    score = luck.choice((5, 5, 5, 4, 4, 3, None)) if request.state == State.RESOLVED else luck.choice((4, 3, None))
    desk = life.town.receptionists[code]
    ending.call_back(request, satisfaction=score, words=luck.choice(words.THANKED), by=desk, at=at)
