"""Every step of a help request. Each checks its own rule, then takes the step of the table (workflow.py) and says it.

``seen`` is the version that the page showed; an older one is refused, so nobody acts on a state that is gone.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appointments.models import HelpRequest, HomeVisit, Outcome, Paper, PaperState, VisitFinding
from appointments.notices import tell_manager, tell_officer, tell_resident
from appointments.requests.actions.agreed_visits import call_off_agreed_visit, lock_request, settle_agreed_visit
from appointments.workflow import HELP, State, promise_of
from community_portal import clock
from community_portal.bookings.actions import agree_time
from community_portal.bookings.models import Booking, BookingState
from community_portal.bookings.queries import was_cancelled_by_resident
from community_portal.casework.actions import in_source_words, take_step, write_event
from community_portal.casework.deadlines import extended, for_appointment, moved
from community_portal.casework.models import AttachmentKind, Event, asked_by_delegation
from community_portal.casework.uploads import ReadFile, keep_file, keep_photos
from community_portal.people.authority import authority_for, is_party, staff_authority
from community_portal.people.models import COMMUNITY_STAFF, STAFF, DelegationScope, Resident, User
from community_portal.people.wording import read_text
from community_portal.refusals import NotAllowed, Refusal
from community_portal.web.editions import must_be

NOT_HOME_LIMIT = 3
LONGEST_EXTENSION = 15
VISIT_MINUTES = 30


def _step(
    request: HelpRequest,
    name: str,
    *,
    by: User | None,
    at: dt.datetime,
    seen: int | None,
    words: str = "",
    changes: dict[str, Any] | None = None,
    detail: dict[str, Any] | None = None,
) -> Event:
    """One step of the table with authority and notices; the words are asked for where the table says so."""
    step = HELP.by_name[name]
    words = read_text(words, field="words")
    if step.needs_words and len(words) < 2:
        raise Refusal(_("请写一句说明。"), code="no_words", field="words")
    party = by is not None and acts_as_party(request, by, at=at)
    authority = _authority(request, by, party=party, at=at)
    event = take_step(
        request,
        step,
        flow=HELP,
        by=by,
        at=at,
        authority=authority,
        is_party=party,
        seen=seen,
        words=words,
        detail=detail,
        changes=changes,
        on_behalf_of=request.case.resident if not authority.startswith("self") else None,
    )
    for kind in step.notices:
        tell_resident(kind, request, at=at, words=words)
    return event


def acts_as_party(request: HelpRequest, user: User, *, at: dt.datetime) -> bool:
    """Is this the resident concerned, who asked, or a delegate of theirs?"""
    return is_party(
        user,
        resident=request.case.resident,
        asker=_asker_in_his_own_right(request),
        scope=DelegationScope.REQUEST,
        on=clock.local(at).date(),
    )


def speaks_for_himself(request: HelpRequest, user: User) -> bool:
    """The person it is about, or who asked in his own right: nobody's delegate."""
    people = filter(None, (request.case.resident, _asker_in_his_own_right(request)))
    return user.resident_id in {person.present_file.pk for person in people}


def _asker_in_his_own_right(request: HelpRequest) -> Resident | None:
    case = request.case
    return None if case.asker_id and asked_by_delegation(case).exists() else case.asker


def _authority(request: HelpRequest, by: User | None, *, party: bool, at: dt.datetime) -> str:
    """``self`` or the delegation of a party, else the role."""
    if by is None or not party:
        return staff_authority(by, community_id=request.community_id)
    if speaks_for_himself(request, by):
        return "self"
    return authority_for(
        by,
        resident=request.case.resident,
        community_id=request.community_id,
        scope=DelegationScope.REQUEST,
        at=at,
    )


@transaction.atomic
def assign(
    request: HelpRequest, *, officer: User, by: User | None, at: dt.datetime, seen: int | None = None, words: str = ""
) -> None:
    """By hand, to a grid officer of the community."""
    _must_work_here(officer, request)
    before = request.handler
    event = _step(
        request,
        "assign",
        by=by,
        at=at,
        seen=seen,
        words=words,
        changes={"handler": officer, "routed_by": "by_hand"},
        detail={"officer": str(officer), "why": "by_hand"},
    )
    if before != officer:
        call_off_agreed_visit(request, authority=event.authority, by=by, at=at)
    tell_officer(request, officer, at=at)


def _must_work_here(officer: User, request: HelpRequest) -> None:
    if not officer.is_active or not officer.has_role_at(request.community_id, *COMMUNITY_STAFF):
        raise Refusal(_("请选本社区的工作人员。"), code="not_an_officer", field="officer")


@transaction.atomic
def hand_over(
    request: HelpRequest, *, officer: User, by: User | None, at: dt.datetime, seen: int | None = None, words: str = ""
) -> None:
    """交接: what is under way goes on in other hands, with its limits; whoever takes it over is told."""
    _must_work_here(officer, request)
    if request.handler == officer:
        raise Refusal(_("这件事已经在他（她）手上。"), code="same_officer", field="officer")
    detail = {"officer": str(officer), "from": str(request.handler or "")}
    _step(request, "hand_over", by=by, at=at, seen=seen, words=words, changes={"handler": officer}, detail=detail)
    tell_officer(request, officer, at=at, kind="help_handed_over")


@transaction.atomic
def plan_visit(
    request: HelpRequest,
    *,
    starts_at: dt.datetime | None,
    minutes: int | None = None,
    wished: bool = False,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
    words: str = "",
) -> Booking:
    """The officer comes at this time, both calendars permitting; a time agreed before is moved. ``words`` for the resident.

    ``wished``: the resident asked for it; then the limit follows (casework/deadlines.py). Raises as ``agree_time`` does.
    """
    if starts_at is None:
        raise Refusal(_("请选一个上门时间。"), code="no_time", field="starts_at")
    lock_request(request)
    before, officer = request.planned_visit, request.handler
    resident = request.case.resident.present_file if request.case.resident else None
    if resident is None or officer is None:
        raise Refusal(_("还没有派人，或者没有登记居民，约不了时间。"), code="nobody_to_visit", field="starts_at")
    visit = agree_time(
        host=officer,
        resident=resident,
        starts_at=starts_at,
        minutes=VISIT_MINUTES if minutes is None else minutes,
        title="上门核实",
        title_en="Home verification",
        what=request.case.title,
        words=read_text(words, field="words"),
        wished=wished,
        tell=[request.case.asker] if request.case.asker else [],
        instead_of=before,
        by=by,
        at=at,
    )
    limit = for_appointment(
        request.due_at,
        request.due_why,
        starts_at=starts_at,
        wished=wished,
        promised_at=request.promised_at,
        again=before is not None and was_cancelled_by_resident(before),
    )
    changes: dict[str, Any] = {"planned_visit": visit}
    if limit:
        changes |= {"due_at": limit.at, "due_why": limit.why}
    agreed = {"at": starts_at.isoformat(), "with": str(officer), "wished": wished}
    _step(request, "plan_visit", by=by, at=at, seen=seen, words=words, changes=changes, detail={"agreed": agreed})
    return visit


@transaction.atomic
def call_off_visit(
    request: HelpRequest, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None
) -> None:
    """The agreed visit does not take place, saying why; the resident is told and it may be planned again."""
    lock_request(request)
    agreed = request.planned_visit
    if agreed is None or agreed.state != BookingState.BOOKED:
        raise Refusal(_("现在没有约好的上门时间。"), code="no_visit", field="words")
    detail = {"agreed": {"at": agreed.starts_at.isoformat()}}
    event = _step(request, "call_off_visit", by=by, at=at, seen=seen, words=words, detail=detail)
    call_off_agreed_visit(request, authority=event.authority, by=by, at=at, in_journal=True)


@transaction.atomic
def set_out(request: HelpRequest, *, by: User | None, at: dt.datetime, seen: int | None = None) -> None:
    """The officer leaves for the door; the resident is told."""
    _step(request, "set_out", by=by, at=at, seen=seen)


@transaction.atomic
def record_not_home(
    request: HelpRequest, *, by: User, at: dt.datetime, seen: int | None = None, words: str = ""
) -> HomeVisit:
    """Nobody opened: counted; from the third time on the manager is told."""
    count = request.not_home_count + 1
    event = _step(request, "not_home", by=by, at=at, seen=seen, words=words, changes={"not_home_count": count})
    settle_agreed_visit(request, met=False, authority=event.authority, by=by, at=at)
    if count >= NOT_HOME_LIMIT:
        tell_manager("help_never_home", request, at=at)
    return HomeVisit.objects.create(request=request, officer=by, visited_at=at, was_home=False, words=words)


@transaction.atomic
def record_visit(
    request: HelpRequest,
    *,
    finding: str,
    words: str,
    by: User,
    at: dt.datetime,
    seen: int | None = None,
    signed_by: str = "",
    signature: ReadFile | None = None,
    photos: list[ReadFile] | None = None,
) -> HomeVisit:
    """What was seen and heard at the door, with photos and the resident's signature (or the name of who confirmed)."""
    if finding not in VisitFinding.values:
        raise Refusal(_("请选核实结果。"), code="no_finding", field="finding")
    if signature is None and not signed_by.strip():
        raise Refusal(_("请居民签名；签不了的，写下由谁当面确认。"), code="no_signature", field="signed_by")
    event = _step(request, "verify", by=by, at=at, seen=seen, words=words, detail={"finding": finding})
    settle_agreed_visit(request, met=True, authority=event.authority, by=by, at=at)
    keep_photos(request.case, photos or [], by=by, at=at, event=event, is_public=False)
    kept = (
        keep_file(request.case, signature, kind=AttachmentKind.SIGNATURE, by=by, at=at, event=event, is_public=False)
        if signature
        else None
    )
    return HomeVisit.objects.create(
        request=request,
        officer=by,
        visited_at=at,
        was_home=True,
        finding=finding,
        words=words,
        signed_by=signed_by.strip()[:50],
        signature=kept,
    )


@transaction.atomic
def return_to_desk(
    request: HelpRequest, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None
) -> None:
    """退单: the officer hands it back, saying why."""
    event = _step(request, "return_to_desk", by=by, at=at, seen=seen, words=words, changes={"handler": None})
    call_off_agreed_visit(request, authority=event.authority, by=by, at=at)


@transaction.atomic
def apply_for(request: HelpRequest, *, by: User, at: dt.datetime, seen: int | None = None, words: str = "") -> None:
    """帮办代办: applied for on the resident's behalf; the category's papers become the checklist."""
    changes = {"is_errand": True, "handler": request.handler or by}
    _step(request, "apply", by=by, at=at, seen=seen, words=words, changes=changes)
    Paper.objects.bulk_create(
        [Paper(request=request, name=name, changed_by=by, changed_at=at) for name in request.category.papers],
        ignore_conflicts=True,
    )


@transaction.atomic
def check_paper(
    paper: Paper,
    *,
    state: str,
    by: User,
    at: dt.datetime,
    from_whom: str = "",
    file: ReadFile | None = None,
    seen: str | None = None,
) -> None:
    """A line of the checklist: missing, received, checked; with who brought it and the paper itself.

    ``seen`` is the edition that the page showed (editions.py).
    """
    if state not in PaperState.values:
        raise Refusal(_("请选材料的状态。"), code="bad_paper_state", field="state")
    authority = staff_authority(by, community_id=paper.request.community_id)
    must_be(seen, Paper.objects.select_for_update().get(pk=paper.pk))
    if file:
        paper.attachment = keep_file(paper.request.case, file, kind=AttachmentKind.PAPER, by=by, at=at, is_public=False)
    paper.state, paper.from_whom, paper.changed_by, paper.changed_at = state, from_whom[:50], by, at
    paper.save(update_fields=["state", "from_whom", "changed_by", "changed_at", "attachment"])
    write_event(
        paper.request.case,
        "paper",
        by=by,
        at=at,
        authority=authority,
        words=f"{paper.name}：{in_source_words(PaperState(state).label)}",
        flow=HELP.name,
        matter_id=paper.request_id,
    )


@transaction.atomic
def handle(request: HelpRequest, *, by: User, at: dt.datetime, seen: int | None = None, words: str = "") -> None:
    """The community does it itself."""
    _step(request, "handle", by=by, at=at, seen=seen, words=words, changes={"handler": request.handler or by})


@transaction.atomic
def pass_to_street(
    request: HelpRequest, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None
) -> None:
    """Beyond the community's power: to the street, with what it needs to know."""
    _step(request, "pass_to_street", by=by, at=at, seen=seen, words=words)


@transaction.atomic
def return_to_community(
    request: HelpRequest, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None
) -> None:
    """The street hands it back, saying why."""
    _step(request, "return_to_community", by=by, at=at, seen=seen, words=words)


@transaction.atomic
def find_not_eligible(
    request: HelpRequest, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None
) -> None:
    """Not eligible, with a reason that the resident reads."""
    changes = {"outcome": Outcome.NOT_ELIGIBLE, "answer": words, "resolved_at": at}
    _step(request, "find_not_eligible", by=by, at=at, seen=seen, words=words, changes=changes)


@transaction.atomic
def ask_resident(
    request: HelpRequest, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None
) -> None:
    """Something is missing: the resident is asked and the clock stops."""
    _step(request, "ask_resident", by=by, at=at, seen=seen, words=words)


@transaction.atomic
def answer(
    request: HelpRequest,
    *,
    words: str,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
    photos: list[ReadFile] | None = None,
) -> None:
    """What was missing is here; the clock goes on with what was left."""
    event = _step(request, "answer", by=by, at=at, seen=seen, words=words)
    keep_photos(request.case, photos or [], by=by, at=at, event=event)


@transaction.atomic
def ask_extension(
    request: HelpRequest, *, days: int, words: str, by: User | None, at: dt.datetime, seen: int | None = None
) -> None:
    """More time, once, in working days; the manager decides."""
    if request.extension_count or request.extension_asked_days:
        raise Refusal(_("这件事已经申请过一次延期。"), code="extended_before", field="days")
    if not 1 <= days <= LONGEST_EXTENSION:
        raise Refusal(
            _("延期 1 到 %(most)s 个工作日。") % {"most": LONGEST_EXTENSION}, code="bad_extension", field="days"
        )
    _step(request, "ask_extension", by=by, at=at, seen=seen, words=words, changes={"extension_asked_days": days})
    tell_manager("help_extension_asked", request, at=at)


@transaction.atomic
def grant_extension(
    request: HelpRequest, *, by: User, at: dt.datetime, seen: int | None = None, words: str = ""
) -> None:
    """The manager agrees: the limit and the promise move by so many working days, and the resident is told."""
    days = request.extension_asked_days
    if not days:
        raise Refusal(_("没有待批的延期申请。"), code="no_extension_asked")
    changes: dict[str, Any] = {"extension_asked_days": 0, "extension_count": request.extension_count + 1}
    if request.due_at:
        changes["due_at"] = extended(request.due_at, days=days, why=request.due_why)
        changes["due_why"] = moved(request.due_why, to=changes["due_at"]) | {"extended_days": days}
    if request.promised_at:
        changes["promised_at"] = extended(request.promised_at, days=days)
    _step(request, "grant_extension", by=by, at=at, seen=seen, words=words, changes=changes)


@transaction.atomic
def refuse_extension(request: HelpRequest, *, words: str, by: User, at: dt.datetime, seen: int | None = None) -> None:
    """The manager says no, and why."""
    if not request.extension_asked_days:
        raise Refusal(_("没有待批的延期申请。"), code="no_extension_asked")
    changes = {"extension_asked_days": 0, "extension_count": request.extension_count + 1}
    _step(request, "refuse_extension", by=by, at=at, seen=seen, words=words, changes=changes)


@transaction.atomic
def resolve(
    request: HelpRequest,
    *,
    outcome: str,
    words: str,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
) -> None:
    """Done, and what came of it; the words are what the resident is told."""
    if outcome not in {Outcome.SOLVED, Outcome.PARTLY, Outcome.EXPLAINED, Outcome.NOT_POSSIBLE}:
        raise Refusal(_("请选结果。"), code="no_outcome", field="outcome")
    changes = {"outcome": outcome, "answer": words, "resolved_at": at}
    _step(request, "resolve", by=by, at=at, seen=seen, words=words, changes=changes)


@transaction.atomic
def call_back(
    request: HelpRequest,
    *,
    satisfaction: int | None,
    by: User,
    at: dt.datetime,
    seen: int | None = None,
    words: str = "",
) -> None:
    """回访: staff telephoned and wrote down the resident's own word (1–5, None when nobody could be reached)."""
    changes: dict[str, Any] = {"called_back_at": at}
    if satisfaction is not None:
        changes["satisfaction"] = _score(satisfaction)
    _step(request, "call_back", by=by, at=at, seen=seen, words=words, changes=changes, detail={"score": satisfaction})


@transaction.atomic
def rate(request: HelpRequest, *, satisfaction: int, by: User, at: dt.datetime, words: str = "") -> None:
    """The resident's own rating. A delegate may not rate for him."""
    if not speaks_for_himself(request, by):
        raise NotAllowed(_("评价要由本人来做。"))
    if request.state not in {State.RESOLVED, State.NOT_ELIGIBLE, State.CLOSED}:
        raise Refusal(_("事情办完以后再评价。"), code="too_early")
    score = _score(satisfaction)
    HelpRequest.objects.filter(pk=request.pk).update(satisfaction=score)
    request.satisfaction = score
    write_event(
        request.case,
        "rated",
        by=by,
        at=at,
        authority="self",
        words=read_text(words, field="words"),
        detail={"score": score},
        is_public=True,
        flow=HELP.name,
        matter_id=request.pk,
    )


def _score(satisfaction: int) -> int:
    if not 1 <= satisfaction <= 5:
        raise Refusal(_("请选 1 到 5 分。"), code="bad_score", field="satisfaction")
    return satisfaction


@transaction.atomic
def reopen(request: HelpRequest, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None) -> None:
    """Not done after all: back on the desk of who handled it, with its number and history; of reception when he has left.

    Answer, call-back and rating were of the first round and stay in the journal; the second has a promise of its own.
    """
    handler = request.handler
    if handler and not (handler.is_active and handler.has_role_at(request.community_id, *STAFF)):
        handler = None
    changes = {
        "handler": handler,
        "reopened_count": request.reopened_count + 1,
        "outcome": "",
        "answer": "",
        "resolved_at": None,
        "called_back_at": None,
        "satisfaction": None,
        "extension_count": 0,
        "extension_asked_days": 0,
        "promised_at": promise_of(request.category, at=at),
    }
    detail = {"promised_before": request.promised_at.isoformat()} if request.promised_at else {}
    _step(request, "reopen", by=by, at=at, seen=seen, words=words, changes=changes, detail=detail)
    if handler:
        tell_officer(request, handler, at=at, kind="help_reopened")


@transaction.atomic
def withdraw(request: HelpRequest, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None) -> None:
    """The resident does not want it any more."""
    event = _step(request, "withdraw", by=by, at=at, seen=seen, words=words, changes={"outcome": Outcome.WITHDRAWN})
    call_off_agreed_visit(request, authority=event.authority, by=by, at=at, by_house=False)


@transaction.atomic
def add_words(
    request: HelpRequest,
    *,
    words: str,
    by: User,
    at: dt.datetime,
    photos: list[ReadFile] | None = None,
    is_public: bool = True,
) -> Event:
    """More to the story at any time, by the resident or by staff; ``is_public`` False is a note among staff."""
    words = read_text(words, field="words")
    if not words and not photos:
        raise Refusal(_("写几个字，或者加一张照片。"), code="no_words", field="words")
    party = acts_as_party(request, by, at=at)
    authority = _authority(request, by, party=party, at=at)
    event = write_event(
        request.case,
        "note",
        by=by,
        at=at,
        authority=authority,
        words=words,
        is_public=is_public or party,
        on_behalf_of=request.case.resident if authority.startswith("delegation:") else None,
        flow=HELP.name,
        matter_id=request.pk,
    )
    keep_photos(request.case, photos or [], by=by, at=at, event=event, is_public=is_public or party)
    return event
