"""The tests of retrofits in the register of what comes due: of whoever manages the estate on that day."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal.dues.actions import put_turns
from community_portal.dues.kinds import DueKind, Last, Subject, Turn
from community_portal.people.models import ManagedEstate, Role
from safety.models import RetrofitCheck
from safety.workflow.retrofit_states import EARLY
from safety.workflow.states import READERS

TESTED = "retrofit_test"


def _subject(check: RetrofitCheck, company_id: int | None) -> Subject:
    retrofit = check.retrofit
    return Subject(
        ref=check.ref,
        label=_("%(what)s：%(n)s 天检查") % {"what": retrofit.case.title[:80], "n": check.after_days},
        community_id=check.community_id,
        since=check.since,
        grid_id=retrofit.grid_id,
        organisation_id=company_id,
        terms={"due": check.due_on},
    )


def _companies(on: dt.date) -> dict[int, int]:
    return dict(ManagedEstate.objects.in_force(on=on).values_list("estate", "organisation"))


def _subjects(on: dt.date) -> Iterator[Subject]:
    rows = RetrofitCheck.objects.filter(done_on__isnull=True).select_related("retrofit__case")
    companies = _companies(on)
    return (_subject(check, companies.get(check.retrofit.estate_id)) for check in rows.iterator())


def _turn(subject: Subject, last: Last | None, _on: dt.date) -> Turn | None:
    """The one there is."""
    if last and last.done_on:
        return None
    due: dt.date = subject.terms["due"]
    return Turn(subject.since, due - dt.timedelta(days=EARLY), due)


def _url(ref: str) -> str:
    return reverse("retrofit", args=[ref.split(":")[1]])


CHECKS = DueKind(
    name="retrofit_checks",
    label=gettext_lazy("改造后去试"),
    icon="tools",
    role=Role.SAFETY,
    subjects=_subjects,
    next_turn=_turn,
    url=_url,
    tags=frozenset({TESTED}),
    readers=READERS | {Role.PROPERTY},
    hue="vermilion",
)


def put_check(check: RetrofitCheck, *, on: dt.date, at: dt.datetime) -> None:
    put_turns(CHECKS, [_subject(check, _companies(on).get(check.retrofit.estate_id))], on=on, at=at)


def follow_manager(estate_id: int, *, on: dt.date, at: dt.datetime) -> None:
    """Another company manages it: what is due there is theirs from now on."""
    rows = RetrofitCheck.objects.filter(done_on__isnull=True, retrofit__estate=estate_id)
    company = _companies(on).get(estate_id)
    put_turns(CHECKS, [_subject(check, company) for check in rows.select_related("retrofit__case")], on=on, at=at)
