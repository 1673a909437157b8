"""The steps of a help request that have rules of their own; all others are those of any matter (matters/actions).

``seen`` is the version that the page showed; an older one is refused, so nobody acts on a state that is gone.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appointments.models import HelpRequest, HomeVisit, Outcome, Paper, VisitFinding
from appointments.workflow import HELP, promise_of
from community_portal.captured import done_at, was_offline
from community_portal.casework.models import AttachmentKind
from community_portal.casework.uploads import ReadFile, keep_file, keep_photos
from community_portal.matters.actions import ending, hands
from community_portal.matters.actions.steps import take
from community_portal.matters.actions.visits import call_off_agreed_visit, take_at_visit
from community_portal.matters.notices import tell_manager
from community_portal.people.models import User
from community_portal.refusals import Refusal

NOT_HOME_LIMIT = 3


def assign(request: HelpRequest, *, officer: User | None, **given: Any) -> None:
    """By hand, to a grid officer of the community."""
    hands.assign(request, officer=officer, changes={"routed_by": "by_hand"}, tell="help_assigned", **given)


def hand_over_request(request: HelpRequest, **given: Any) -> None:
    """交接. Before the verification the new officer starts afresh (assign), with a new limit and without the time that the
    other had agreed; later the work goes on with the limits it has."""
    step = assign if request.state in HELP.by_name["assign"].sources else hands.hand_over
    step(request, **given)


@transaction.atomic
def not_home(request: HelpRequest, *, by: User, at: dt.datetime, seen: int | None = None, words: str = "") -> HomeVisit:
    """Nobody opened: counted; from the third time on the manager is told."""
    count = request.not_home_count + 1
    changes = {"not_home_count": count}
    take_at_visit(request, "not_home", met=False, by=by, at=at, seen=seen, words=words, changes=changes)
    if count >= NOT_HOME_LIMIT:
        tell_manager("help_never_home", request, at=at, count=count)
    return HomeVisit.objects.create(request=request, officer=by, was_home=False, words=words, **_when(at))


@transaction.atomic
def verify(
    request: HelpRequest,
    *,
    finding: str | None,
    words: str,
    by: User,
    at: dt.datetime,
    seen: int | None = None,
    signed_by: str | None = "",
    signature: ReadFile | None = None,
    photos: list[ReadFile] | None = None,
) -> HomeVisit:
    """What was seen and heard at the door, with photos and the resident's signature (or the name of who confirmed)."""
    signed_by = (signed_by or "").strip()
    if finding not in VisitFinding.values:
        raise Refusal(_("请选核实结果。"), code="no_finding", field="finding")
    if signature is None and not signed_by:
        raise Refusal(_("请居民签名；签不了的，写下由谁当面确认。"), code="no_signature", field="signed_by")
    detail = {"finding": finding}
    event = take_at_visit(request, "verify", met=True, by=by, at=at, seen=seen, words=words, detail=detail)
    keep_photos(request.case, photos or [], by=by, at=at, event=event, is_public=False)
    kept = (
        keep_file(request.case, signature, kind=AttachmentKind.SIGNATURE, by=by, at=at, event=event, is_public=False)
        if signature
        else None
    )
    return HomeVisit.objects.create(
        request=request,
        officer=by,
        was_home=True,
        finding=finding,
        words=words,
        signed_by=signed_by[:50],
        signature=kept,
        **_when(at),
    )


def _when(at: dt.datetime) -> dict[str, Any]:
    """At the door, whenever it reached us."""
    return {"visited_at": done_at(at), "was_offline": was_offline()}


@transaction.atomic
def return_to_desk(
    request: HelpRequest, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None
) -> None:
    """退单: the officer hands it back, saying why."""
    event = take(request, "return_to_desk", by=by, at=at, seen=seen, words=words, changes={"handler": None})
    call_off_agreed_visit(request, authority=event.authority, by=by, at=at)


@transaction.atomic
def apply(request: HelpRequest, *, by: User, at: dt.datetime, seen: int | None = None, words: str = "") -> None:
    """帮办代办: applied for on the resident's behalf; the category's papers become the checklist."""
    changes = {"is_errand": True, "handler": request.handler or by}
    take(request, "apply", by=by, at=at, seen=seen, words=words, changes=changes)
    Paper.objects.bulk_create(
        [Paper(request=request, name=name, changed_by=by, changed_at=at) for name in request.category.papers],
        ignore_conflicts=True,
    )


def handle(request: HelpRequest, *, by: User, **given: Any) -> None:
    """The community does it itself."""
    take(request, "handle", by=by, changes={"handler": request.handler or by}, **given)


def find_not_eligible(request: HelpRequest, *, words: str, at: dt.datetime, **given: Any) -> None:
    """Not eligible, with a reason that the resident reads."""
    changes = {"outcome": Outcome.NOT_ELIGIBLE, "answer": words, "resolved_at": at}
    take(request, "find_not_eligible", words=words, at=at, changes=changes, **given)


def resolve(request: HelpRequest, *, outcome: str | None, words: str, at: dt.datetime, **given: Any) -> None:
    """Done, and what came of it; the words are what the resident is told."""
    if outcome not in {Outcome.SOLVED, Outcome.PARTLY, Outcome.EXPLAINED, Outcome.NOT_POSSIBLE}:
        raise Refusal(_("请选结果。"), code="no_outcome", field="outcome")
    changes = {"outcome": outcome, "answer": words, "resolved_at": at}
    take(request, "resolve", words=words, at=at, changes=changes, **given)


def reopen(request: HelpRequest, *, at: dt.datetime, **given: Any) -> None:
    """Not done after all. The answer was of the first round; the second has a promise of its own."""
    promise = promise_of(request.category, at=at)
    changes = {"outcome": "", "answer": "", "resolved_at": None, "promised_at": promise}
    ending.reopen(request, at=at, changes=changes, **given)


def withdraw(request: HelpRequest, **given: Any) -> None:
    """The resident does not want it any more."""
    ending.withdraw(request, changes={"outcome": Outcome.WITHDRAWN}, **given)
