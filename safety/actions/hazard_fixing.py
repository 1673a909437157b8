"""A hazard is given to somebody with a day, money and what is done meanwhile; mended, looked at by somebody else, signed off, or not."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.captured import done_at
from community_portal.casework.actions import end_commission
from community_portal.casework.deadlines import extended, moved
from community_portal.casework.uploads import ReadFile
from community_portal.matters.actions.ending import reopen as reopen_matter
from community_portal.matters.actions.steps import authority_in, must_work_here, take
from community_portal.matters.notices import tell_officer
from community_portal.people.models import Organisation, Role, User
from community_portal.people.wording import read_text
from community_portal.places.working_time import WorkCalendar
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.signing.actions import Signer, sign
from community_portal.signing.models import Means, Relation, Signing
from community_portal.web.spoken import long_day
from safety.actions.hazard_photos import keep_hazard_photos, must_be_fit
from safety.actions.hazard_telling import tell_company
from safety.actions.hazards import mended, must_be_guarded, must_have_photos, tell_of_the_first
from safety.models import Hazard, Reinspection, ReinspectionLine, Side
from safety.queries.hazards import asked_now
from safety.rights import give_to, has_one_of
from safety.workflow.hazards import limit_on
from safety.workflow.states import LEADERS

LONGEST, CLOSING = 15, "hazard_close"
MOST_MONEY = Decimal("9999999.99")
FRESH: dict[str, Any] = {"rectified": "", "rectified_at": None, "rectifier": None, "reinspector": None}


@transaction.atomic
def assign(
    hazard: Hazard,
    *,
    officer: User | None,
    due_on: dt.date | None,
    organisation: Organisation | None = None,
    cost: Decimal | None = None,
    paid_by: str = "",
    interim: str = "",
    by: User | None,
    at: dt.datetime,
    **given: Any,
) -> None:
    """To an organisation, with one of us who sees to it, or to one of us: by when, for how much, and what is done meanwhile.

    Raises Refusal beside ``officer``, ``organisation``, ``due_on``, ``cost``, ``interim``."""
    handler = must_work_here(officer, hazard)
    _must_be_a_company_here(organisation, hazard)
    must_be_guarded(hazard, hazard.level, interim := read_text(interim or "", field="interim", longest=200), given=True)
    _must_be_a_day(hazard, due_on, at=at)
    _must_be_money(cost)
    changes = {
        "handler": handler,
        "organisation": organisation,
        "due_on": due_on,
        "cost": cost,
        "paid_by": read_text(paid_by or "", field="paid_by", longest=40),
        "interim": interim,
        "assigned_at": at,
        **FRESH,
    }
    take(hazard, "assign", by=by, at=at, changes=changes, **given)
    if organisation is not None:
        give_to(hazard, organisation, by=by, at=at)
    put_in_hand(hazard, at=at)


def _must_be_a_company_here(organisation: Organisation | None, hazard: Hazard) -> None:
    if organisation is None:
        return
    here = Organisation.objects.filter(pk=organisation.pk, kind=Role.PROPERTY).working_in(hazard.community.street)
    if not here.exists():
        raise Refusal(_("请选在本街道的物业公司。"), code="no_company", field="organisation")


def _must_be_a_day(hazard: Hazard, due_on: dt.date | None, *, at: dt.datetime) -> None:
    """A day that is worked, from today on and within the longest time."""
    if due_on is None:
        raise Refusal(_("请选期限。"), code="no_day", field="due_on")
    today = clock.local(at).date()
    longest = limit_on(hazard.community.street, "fix_days_longest", LONGEST, on=today)
    calendar = calendar_from(today)
    if due_on < today:
        raise Refusal(_("期限不能是过去的日子。"), code="bad_day", field="due_on")
    if due_on > last_day(calendar, today, longest):
        sentence = _("最长 %(days)s 个工作日，再长要申请延期。")
        raise Refusal(sentence % {"days": longest}, code="too_long", field="due_on")
    if not calendar.is_working(due_on):
        raise Refusal(_("那天不上班，请选工作日。"), code="day_off", field="due_on")


def calendar_from(since: dt.date) -> WorkCalendar:
    """As far as any limit reaches."""
    return WorkCalendar.load(since, since + dt.timedelta(days=90))


def last_day(calendar: WorkCalendar, since: dt.date, days: int) -> dt.date:
    """So many working days later; the first day is not counted."""
    return clock.local(calendar.add_days(clock.at_wall(since, dt.time(12)), days)).date()


def _must_be_money(cost: Decimal | None) -> None:
    if cost is not None and not 0 <= cost <= MOST_MONEY:
        raise Refusal(_("请写多少钱，不能是负数。"), code="bad_cost", field="cost")


def put_in_hand(hazard: Hazard, *, at: dt.datetime) -> None:
    """The task is that of the organisation that mends it, where there is one; whoever has to do something hears of it."""
    if hazard.organisation is not None:
        hazard.open_tasks().update(assignee=None, role=hazard.organisation.kind)
        tell_company("hazard_given", hazard, hazard.organisation, at=at)
    elif hazard.handler is not None:
        tell_officer("hazard_assigned", hazard, hazard.handler, at=at)


@transaction.atomic
def begin(hazard: Hazard, *, by: User | None, at: dt.datetime, **given: Any) -> None:
    """The day stays the one that was agreed, also where it has passed."""
    _must_mend(hazard, by)
    kept = {"due_at": hazard.due_at, "due_why": hazard.due_why}
    take(hazard, "begin", by=by, at=at, **given)
    hazard.due_at, hazard.due_why = kept["due_at"], kept["due_why"]
    Hazard.objects.filter(pk=hazard.pk).update(**kept)
    theirs = {"assignee": None, "role": hazard.organisation.kind} if hazard.organisation else {}
    hazard.open_tasks().update(due_at=hazard.due_at, **theirs)


def _must_mend(hazard: Hazard, by: User | None) -> None:
    """Whoever has it in hand, the organisation that was given it, or those who answer for safety."""
    theirs = by is None or by.pk == hazard.handler_id or bool(hazard.roles_given(by))
    if not theirs and not has_one_of(by, hazard.community_id, LEADERS):
        raise NotAllowed(_("这一步要由责任人来办。"))


@transaction.atomic
def submit(
    hazard: Hazard, *, words: str, photos: Sequence[ReadFile] | None = None, by: User, at: dt.datetime, **given: Any
) -> None:
    """Mended: how, with photos taken since. Raises Refusal beside ``photos``: none, an old one, the one of before."""
    _must_mend(hazard, by)
    must_have_photos(photos)
    must_be_fit(hazard, photos, Side.AFTER)
    event = take(hazard, "submit", by=by, at=at, words=words, changes=mended(words, by=by, at=at), **given)
    keep_hazard_photos(hazard, photos, Side.AFTER, by=by, at=at, event=event)


def _asked(hazard: Hazard, answers: dict[str, bool] | None) -> dict[str, bool]:
    """What was answered of what is asked now; whatever else came along is nothing."""
    told = answers if isinstance(answers, dict) else {}
    return {question: told[question] for question in asked_now(hazard) if isinstance(told.get(question), bool)}


def _look(
    hazard: Hazard, answers: dict[str, bool], *, round: int, passed: bool, words: str, by: User, at: dt.datetime
) -> None:
    """What was asked on the spot, and what it was like."""
    look = Reinspection.objects.create(hazard=hazard, round=round, by=by, at=done_at(at), passed=passed, words=words)
    ReinspectionLine.objects.bulk_create(
        ReinspectionLine(reinspection=look, question=question[:60], ok=ok) for question, ok in answers.items()
    )


def _must_be_another(hazard: Hazard, by: User | None) -> None:
    if by is None or by.pk == hazard.rectifier_id:
        raise NotAllowed(_("谁改的，要由别人来复查。"))


@transaction.atomic
def pass_look(
    hazard: Hazard,
    *,
    answers: dict[str, bool] | None = None,
    photos: Sequence[ReadFile] | None = None,
    signature: ReadFile | None = None,
    by: User,
    at: dt.datetime,
    words: str = "",
    seen: int | None = None,
) -> None:
    """复查通过，签字销号: everything that is asked is answered with yes, and whoever looked signs. Raises Refusal beside ``signature``,
    ``answers``; NotAllowed for whoever mended it."""
    _must_be_another(hazard, by)
    answers = _asked(hazard, answers)
    if len(answers) < len(asked_now(hazard)):
        raise Refusal(_("请把每一项都答了。"), code="not_all_asked", field="answers")
    if not all(answers.values()):
        raise Refusal(_("还有不合格的，不能销号。请退回。"), code="not_all_well", field="answers")
    must_be_fit(hazard, photos, Side.LOOKED)
    signed = _sign(hazard, answers, signature, by=by, at=at)
    changes = {"reinspector": by, "closed_signing": signed}
    event = take(hazard, "pass", by=by, at=at, seen=seen, words=words, changes=changes)
    _look(hazard, answers, round=hazard.reopened_count, passed=True, words=words, by=by, at=at)
    keep_hazard_photos(hazard, photos, Side.LOOKED, by=by, at=at, event=event)
    tell_of_the_first(hazard, "hazard_closed", words=words, at=at)


def content_of(hazard: Hazard, answers: dict[str, bool]) -> dict[str, Any]:
    """What is signed: which hazard, how it was mended, what was asked."""
    return {
        "number": hazard.case.number,
        "title": hazard.case.title,
        "round": hazard.reopened_count,
        "rectified": hazard.rectified,
        "photos": list(hazard.photos.filter(side=Side.AFTER, round=hazard.round).values_list("sha256", flat=True)),
        "answers": {str(question): ok for question, ok in answers.items()},
    }


def _sign(
    hazard: Hazard, answers: dict[str, bool], signature: ReadFile | None, *, by: User, at: dt.datetime
) -> Signing:
    return sign(
        hazard,
        document=CLOSING,
        content=content_of(hazard, answers),
        signer=Signer(str(by), Relation.COMMUNITY),
        means=Means.FINGER,
        signature=signature,
        by=by,
        at=at,
        authority=authority_in(hazard, by, at=at),
    )


@transaction.atomic
def fail_look(
    hazard: Hazard,
    *,
    words: str,
    due_on: dt.date | None,
    answers: dict[str, bool] | None = None,
    photos: Sequence[ReadFile] | None = None,
    by: User,
    at: dt.datetime,
    seen: int | None = None,
) -> None:
    """Not gone: back to whoever mends it, until another day. The next look asks what was answered with no."""
    _must_be_another(hazard, by)
    _must_be_a_day(hazard, due_on, at=at)
    answers, round = _asked(hazard, answers), hazard.reopened_count
    again = {"due_on": due_on, "assigned_at": at, "reopened_count": round + 1, **FRESH}
    event = take(hazard, "fail", by=by, at=at, seen=seen, words=words, changes=again)
    _look(hazard, answers, round=round, passed=False, words=words, by=by, at=at)
    keep_hazard_photos(hazard, photos, Side.BEFORE, by=by, at=at, event=event)
    put_in_hand(hazard, at=at)


@transaction.atomic
def fail_spot(
    hazard: Hazard,
    *,
    words: str,
    answers: dict[str, bool] | None = None,
    photos: Sequence[ReadFile] | None = None,
    by: User,
    at: dt.datetime,
    seen: int | None = None,
) -> None:
    """What was mended on the spot is not gone after all: it is given to somebody."""
    _must_be_another(hazard, by)
    answers, round = _asked(hazard, answers), hazard.reopened_count
    again = {"fixed_on_spot": False, "reopened_count": round + 1, **FRESH}
    event = take(hazard, "fail_spot", by=by, at=at, seen=seen, words=words, changes=again)
    _look(hazard, answers, round=round, passed=False, words=words, by=by, at=at)
    keep_hazard_photos(hazard, photos, Side.BEFORE, by=by, at=at, event=event)


@transaction.atomic
def reopen(hazard: Hazard, *, by: User | None, at: dt.datetime, **given: Any) -> None:
    """It is there again: the same number, looked at and given anew. More time is asked for once in its whole life."""
    changes = {
        "closed_signing": None,
        "fixed_on_spot": False,
        "organisation": None,
        "extension_count": hazard.extension_count,
        **FRESH,
    }
    firm = hazard.organisation
    reopen_matter(hazard, by=by, at=at, changes=changes, **given)
    if firm is not None:
        end_commission(hazard, organisation=firm, by=None, at=at)


@transaction.atomic
def grant(hazard: Hazard, *, by: User | None, at: dt.datetime, words: str = "", seen: int | None = None) -> None:
    """The day moves by the working days that were asked for."""
    if hazard.due_on is None or hazard.due_at is None:
        raise Changed(_("情况有变：这件事没有期限。"))
    days = hazard.extension_asked_days
    until = last_day(calendar_from(hazard.due_on), hazard.due_on, days)
    due_at = extended(hazard.due_at, days=(until - hazard.due_on).days, why=hazard.due_why)
    changes = {
        "extension_asked_days": 0,
        "extension_count": hazard.extension_count + 1,
        "due_on": until,
        "due_at": due_at,
        "due_why": moved(hazard.due_why, to=due_at) | {"extended_days": days},
    }
    detail = {"day": str(long_day(until))}
    take(hazard, "grant_extension", by=by, at=at, seen=seen, words=words, changes=changes, detail=detail)
    if hazard.organisation is not None:
        tell_company("hazard_extended", hazard, hazard.organisation, at=at, day=detail["day"])
    elif hazard.handler is not None:
        tell_officer("hazard_extended", hazard, hazard.handler, at=at, day=detail["day"])
