"""A decision of a meeting stands in the due items of whoever carries it out, until they have."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.deliberations.models import Decision
from community_portal.dues.actions import put_turns, settle_dues
from community_portal.dues.kinds import DueKind, Last, Subject, Turn, register_dues
from community_portal.people.models import Role

CARRIED_OUT = "decision"


def _ref(decision: Decision) -> str:
    """With its meeting, so that a list of due items knows the address of each."""
    return f"decision:{decision.meeting_id}:{decision.pk}"


def _subject(decision: Decision) -> Subject:
    meeting = decision.meeting
    return Subject(
        ref=_ref(decision),
        label=decision.words[:120],
        community_id=meeting.community_id,
        since=clock.local(meeting.made_at).date(),
        assignee_id=decision.owner_id,
        organisation_id=decision.organisation_id,
        terms={"due": decision.due_on},
    )


def _subjects(_on: dt.date) -> Iterator[Subject]:
    rows = Decision.objects.filter(done_at__isnull=True).select_related("meeting")
    return (_subject(decision) for decision in rows.iterator())


def _turn(subject: Subject, last: Last | None, _on: dt.date) -> Turn | None:
    """The one there is."""
    if last and last.done_on:
        return None
    return Turn(subject.since, subject.since, subject.terms["due"])


def _url(ref: str) -> str:
    return reverse("meeting", args=[int(ref.split(":")[1])])


DECISIONS = DueKind(
    name="decisions",
    label=_("会上定的事"),
    icon="people",
    role=Role.MANAGER,
    subjects=_subjects,
    next_turn=_turn,
    url=_url,
    tags=frozenset({CARRIED_OUT}),
    hue="plum",
)
register_dues(DECISIONS)


def put_due(decision: Decision, *, at: dt.datetime) -> None:
    put_turns(DECISIONS, [_subject(decision)], on=clock.local(at).date(), at=at)


def settle_due(decision: Decision, *, by: object, at: dt.datetime) -> None:
    ref = _ref(decision)
    settle_dues(tags=[CARRIED_OUT], refs=[ref], on=clock.local(at).date(), ref=ref, by=by, at=at)  # type: ignore[arg-type]
