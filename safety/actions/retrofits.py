"""A retrofit from the first word to the last: opened by the property company or by the staff, asked about, met about, agreed, built,
accepted by others, or given up."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.casework.actions import commission, commission_with
from community_portal.casework.models import Source
from community_portal.deliberations.actions.meetings import call_off_meeting
from community_portal.deliberations.models import Survey
from community_portal.deliberations.standing import meetings_of
from community_portal.matters.actions.opening import open_at
from community_portal.matters.actions.steps import take
from community_portal.people.models import Organisation, Role, User
from community_portal.people.staff.managing import manager_of
from community_portal.people.wording import read_text
from community_portal.places.models import Building, Estate
from community_portal.refusals import NotAllowed, Refusal
from safety.actions.retrofit_checks import begin_checks
from safety.actions.retrofit_news import tell_company, tell_safety
from safety.models import Retrofit
from safety.rights import may_start_at, started_as
from safety.workflow.retrofit_missing import joint_meetings, sides_missing


@transaction.atomic
def open_retrofit(
    estate: Estate | None,
    *,
    place: str,
    words: str,
    by: User | None,
    at: dt.datetime,
    building: Building | None = None,
    title: str = "",
) -> Retrofit:
    """By the company that manages the estate, or by the staff for it; it is in the hands of whoever manages it, then and later.

    Raises NotAllowed, and Refusal beside ``estate``, ``building``, ``place`` and ``words``."""
    if estate is None:
        raise Refusal(_("请选一个小区。"), code="no_estate", field="estate")
    if not may_start_at(by, estate):
        raise NotAllowed(_("改造由管这个小区的物业公司，或者社区的安全专员来提。"))
    place, words = read_text(place, field="place", longest=60), read_text(words, field="words")
    _must_be_sound(estate, building, place, words, at)
    retrofit = Retrofit(estate=estate, building=building, place=place)
    authority = started_as(by, estate.community_id)
    is_company = authority == f"role:{Role.PROPERTY}"
    open_at(
        estate.community, retrofit, title=title.strip() or _("%(where)s改造") % {"where": f"{estate.name}{place}"}, words=words,
        authority=authority, by=by, at=at, address=f"{estate.name}{place}", grid=building.grid if building else None,
        source=Source.PROPERTY if is_company else Source.PATROL,
    )  # fmt: skip
    commission_with(retrofit, estate=estate, by=by, at=at, authority=authority)
    if not is_company:
        tell_company("retrofit_yours", retrofit, at=at)
    return retrofit


def _must_be_sound(estate: Estate, building: Building | None, place: str, words: str, at: dt.datetime) -> None:
    if building and building.estate_id != estate.pk:
        raise Refusal(_("这一幢不在这个小区。"), code="other_estate", field="building")
    if len(place) < 2:
        raise Refusal(_("请写哪里，如“架空层”。"), code="no_place", field="place")
    if len(words) < 2:
        raise Refusal(_("请写为什么要改。"), code="no_words", field="words")
    if manager_of(estate, on=clock.local(at).date()) is None:
        raise Refusal(_("这个小区还没登记哪家物业在管，请书记先登记。"), code="no_manager", field="estate")


@transaction.atomic
def count_survey(retrofit: Retrofit, *, survey: Survey | None, choice: str, **deed: Any) -> None:
    """What came of the survey: of how many households, how many answered, how many said ``choice``. Both rates follow from it."""
    if survey is None or (survey.flow, survey.matter_id) != (retrofit.flow.name, retrofit.pk):
        raise Refusal(_("请选这个项目的问卷。"), code="no_survey", field="survey")
    code = next((one["code"] for one in survey.questions if choice in one["choices"]), None)
    if code is None:
        raise Refusal(_("请选问卷里的一个回答。"), code="no_choice", field="choice")
    told = list(survey.answers.values_list("answers", flat=True))
    changes = {
        "survey": survey, "asked": survey.base_count, "answered": len(told), "surveyed_at": deed["at"],
        "reported": sum(one.get(code) == choice for one in told), "reported_what": choice[:120],
    }  # fmt: skip
    if not told:
        raise Refusal(_("还没有一户答过。"), code="nobody_answered", field="survey")
    take(retrofit, "count_survey", changes=changes, **deed)


@transaction.atomic
def agree(retrofit: Retrofit, **deed: Any) -> None:
    """By the newest joint meeting to which all four sides came and that decided something."""
    found = (one for one in joint_meetings(retrofit) if not sides_missing(one) and one.decisions.all())
    take(retrofit, "agree", changes={"meeting": next(found, None)}, **deed)


@transaction.atomic
def start(
    retrofit: Retrofit, *, started_on: dt.date | None = None, contractor: Organisation | None = None, **deed: Any
) -> None:
    """From that day the days of the calendar count. Raises Refusal beside ``started_on`` and ``contractor``."""
    today = clock.local(deed["at"]).date()
    day = started_on or today
    if not clock.local(retrofit.opened_at).date() <= day <= today:
        raise Refusal(_("开工的日子要在提出之后，不能在将来。"), code="bad_day", field="started_on")
    if contractor is not None and contractor.kind != Role.CONTRACTOR:
        raise Refusal(_("请选一家施工单位。"), code="no_contractor", field="contractor")
    changes = {"started_on": day, "contractor": contractor, "company": manager_of(retrofit.estate_id, on=today)}
    take(retrofit, "start", changes=changes, **deed)
    if contractor is not None:
        commission(retrofit, organisation=contractor, by=None, at=deed["at"])


@transaction.atomic
def report_done(retrofit: Retrofit, **deed: Any) -> None:
    company = manager_of(retrofit.estate_id, on=clock.local(deed["at"]).date())
    take(retrofit, "report_done", changes={"done_by": deed["by"], "accepted_by": None, "company": company}, **deed)
    tell_safety("retrofit_to_accept", retrofit, at=deed["at"])


@transaction.atomic
def accept(retrofit: Retrofit, *, accepted_on: dt.date | None = None, **deed: Any) -> None:
    """By somebody who works neither for the company nor for the contractor, and did not say that it is done. The tests of the next
    90 days stand in the register from now on. Raises NotAllowed, Refusal beside ``accepted_on``."""
    by, today = deed["by"], clock.local(deed["at"]).date()
    _must_be_an_outsider(retrofit, by)
    day = accepted_on or today
    begun = clock.local(retrofit.state_since).date() if retrofit.round > 1 else retrofit.started_on
    if begun and not begun <= day <= today:
        raise Refusal(_("验收的日子要在开工之后，不能在将来。"), code="bad_day", field="accepted_on")
    changes: dict[str, Any] = {"accepted_by": by}
    if retrofit.accepted_on is None:  # what a failed test opened again was done once, and in so many days
        changes |= {"accepted_on": day, "accepted_at": deed["at"]}
    rows, changes["next_check_on"] = begin_checks(retrofit, since=day)
    take(retrofit, "accept", changes=changes, **deed)
    rows.put(at=deed["at"])


def _must_be_an_outsider(retrofit: Retrofit, by: User | None) -> None:
    if by is None:
        return
    own = {retrofit.company_id, retrofit.contractor_id} - {None}
    if by.pk == retrofit.done_by_id or own & {firm for _role, firm in by.organisation_posts}:
        raise NotAllowed(_("施工和物业的人不能自己验收，请社区或街道来验。"))


@transaction.atomic
def send_back(retrofit: Retrofit, *, words: str, **deed: Any) -> None:
    take(retrofit, "send_back", words=words, changes={"done_by": None}, **deed)
    tell_company("retrofit_back", retrofit, at=deed["at"], words=words)


@transaction.atomic
def cancel(retrofit: Retrofit, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None) -> None:
    """Nothing comes of it: what is called is called off."""
    take(retrofit, "cancel", by=by, at=at, seen=seen, words=words)
    for meeting in meetings_of(retrofit):
        if meeting.is_open:
            call_off_meeting(meeting, words=words, by=by, at=at)
