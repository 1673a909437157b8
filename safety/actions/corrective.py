"""What has to become better: owned, done with proof, checked by another, tried in the next drill."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.actions import commission, open_part, start_matter
from community_portal.casework.models import Source
from community_portal.casework.uploads import ReadFile, keep_photos
from community_portal.matters.actions.steps import authority_in, must_work_here, take
from community_portal.matters.notices import tell_officer
from community_portal.people.models import Organisation, User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, NotAllowed, Refusal
from safety.actions.telling import remind_owner
from safety.models import CorrectiveAction, Drill, Observation
from safety.rights import has_one_of, must_evaluate
from safety.workflow.states import HELD, LEADERS, PLANNED, Drilling

LONGEST = dt.timedelta(days=366)


@transaction.atomic
def open_action(
    observation: Observation,
    *,
    title: str,
    officer: User | None,
    due_on: dt.date,
    organisation: Organisation | None = None,
    by: User | None,
    at: dt.datetime,
) -> CorrectiveAction:
    """By the evaluator, out of an observation: what, who of us sees to it, which organisation does it, by when.

    Raises Refusal ``no_title``, ``not_an_officer`` (field ``officer``), ``bad_day`` (field ``due_on``)."""
    drill = observation.drill
    must_evaluate(drill, by)
    if drill.state not in (Drilling.ENDED, Drilling.ACTIONS):
        raise Changed(_("情况有变：现在不能再加整改了。"))
    title = read_text(title, field="title")[:80]
    if len(title) < 2:
        raise Refusal(_("请写要改什么。"), code="no_title", field="title")
    today = clock.local(at).date()
    if not today <= due_on <= today + LONGEST:
        raise Refusal(_("期限要在今天以后、一年以内。"), code="bad_day", field="due_on")
    case = open_part(drill.case, title=title, words=observation.words, source=Source.DRILL, by=by, at=at)
    action = CorrectiveAction(
        case=case, community=drill.community, drill=drill, observation=observation, organisation=organisation,
        due_on=due_on, state=CorrectiveAction.flow.start, state_since=at,
    )  # fmt: skip
    action.handler = must_work_here(officer, action)
    start_matter(action, by=by, at=at, authority=authority_in(drill, by, at=at))
    if organisation is not None:
        commission(action, organisation=organisation, by=by, at=at)
    tell_officer("action_yours", action, action.handler, at=at)
    remind_owner(action, at=at)
    return action


@transaction.atomic
def prove(
    action: CorrectiveAction,
    *,
    words: str,
    photos: list[ReadFile] | None = None,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
) -> None:
    """Whoever owns it, or the organisation that was given it, says what they did."""
    _must_own(action, by)
    changes: dict[str, Any] = {"proof": read_text(words, field="words"), "done_by": by}
    event = take(action, "prove", by=by, at=at, seen=seen, words=words, changes=changes)
    keep_photos(action.case, photos or [], by=by, at=at, event=event, is_public=False)


def _must_own(action: CorrectiveAction, by: User | None) -> None:
    is_owner = by is None or by.is_superuser or by.pk == action.handler_id or bool(action.roles_given(by))
    if not is_owner and not has_one_of(by, action.community_id, LEADERS):
        raise NotAllowed(_("这一步要由责任人来办。"))


@transaction.atomic
def accept(
    action: CorrectiveAction, *, by: User | None, at: dt.datetime, seen: int | None = None, words: str = ""
) -> None:
    """Looked at by another than who did it."""
    if by is not None and by.pk == action.done_by_id:
        raise NotAllowed(_("谁改的，要由别人来看。"))
    take(action, "accept", by=by, at=at, seen=seen, words=words, changes={"checked_by": by})


@transaction.atomic
def send_back(
    action: CorrectiveAction, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None
) -> None:
    take(action, "send_back", by=by, at=at, seen=seen, words=words, changes={"done_by": None, "proof": ""})
    _tell_owner(action, at=at)


def _tell_owner(action: CorrectiveAction, *, at: dt.datetime) -> None:
    if action.handler:
        tell_officer("matter_reopened", action, action.handler, at=at)


@transaction.atomic
def carry(
    action: CorrectiveAction,
    *,
    drill: Drill | None,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
    words: str = "",
) -> None:
    """It is tried in a drill that has a name and lies ahead."""
    if drill is None or drill.pk == action.drill_id or drill.community_id != action.community_id:
        raise Refusal(_("请选本社区后面的一场演练。"), code="no_drill", field="drill")
    if drill.state in HELD or drill.state not in (Drilling.DRAFT, Drilling.APPROVING, Drilling.RUNNING, *PLANNED):
        raise Refusal(_("那场演练已经办过或取消了，请另选一场。"), code="over", field="drill")
    take(action, "carry", by=by, at=at, seen=seen, words=words, changes={"retest_in": drill})


@transaction.atomic
def pass_retest(
    action: CorrectiveAction, *, by: User | None, at: dt.datetime, seen: int | None = None, words: str = ""
) -> None:
    """Tried in that drill, by its evaluator: it works."""
    _retest(action, "retest_passed", True, by=by, at=at, seen=seen, words=words)


@transaction.atomic
def fail_retest(
    action: CorrectiveAction, *, words: str, by: User | None, at: dt.datetime, seen: int | None = None
) -> None:
    """It does not: back to its owner, to be done anew within as long as before."""
    _retest(action, "retest_failed", False, by=by, at=at, seen=seen, words=words)
    _tell_owner(action, at=at)
    remind_owner(action, at=at)


def _retest(action: CorrectiveAction, step: str, passed: bool, **deed: Any) -> None:
    drill = action.retest_in
    if drill is None:
        raise Refusal(_("还没定在哪场演练验。"), code="not_now", status=409)
    must_evaluate(drill, deed["by"])
    if drill.alarm_at is None:
        raise Refusal(_("那场演练还没办。"), code="too_early", status=409)
    changes: dict[str, Any] = {"retested_at": deed["at"], "retest_passed": passed}
    if not passed:
        again = clock.local(deed["at"]).date() + dt.timedelta(days=14)
        changes |= {
            "done_by": None,
            "checked_by": None,
            "proof": "",
            "retest_in": None,
            "due_on": again,
            "closed_at": None,
        }
    take(action, step, changes=changes, **deed)
