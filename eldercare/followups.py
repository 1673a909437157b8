"""回访: three calls after an adaptation was accepted, when the street's rule says; each a due item until somebody asked, or it
was waived with words."""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.departures import Departures, register_departures
from community_portal.dues.actions import put_turns, take_back
from community_portal.dues.kinds import DueKind, Last, Subject, Turn, months_after, register_dues
from community_portal.people.models import Role
from community_portal.rules.evaluation import limit_of
from eldercare.models import Adaptation
from eldercare.workflow.states import READERS, State

RULES = "adaptation_followups"
DEFAULTS = {"first": 1, "second": 3, "third": 12}
LABELS = {"first": _("第一次回访"), "second": _("第二次回访"), "third": _("第三次回访")}
EARLY = dt.timedelta(days=7)


def ref_of(adaptation: Adaptation) -> str:
    return f"adaptation:{adaptation.case.number}"


def months_of(which: str, *, street: Any, on: dt.date) -> int:
    return int(limit_of(RULES, which, street=street, on=on, default=DEFAULTS[which]))


def as_subject(adaptation: Adaptation, which: str, *, on: dt.date) -> Subject:
    """``since`` is the day of acceptance: the rule counts from it."""
    assert adaptation.accepted_at is not None
    months = months_of(which, street=adaptation.community.street, on=on)
    return Subject(
        ref_of(adaptation),
        str(adaptation.resident),
        adaptation.community_id,
        clock.local(adaptation.accepted_at).date(),
        grid_id=adaptation.grid_id,
        terms={"months": months},
    )


def _all(which: str, on: dt.date) -> Iterator[Subject]:
    rows = Adaptation.objects.filter(state=State.FOLLOW_UP, paused_at__isnull=True)
    for adaptation in rows.select_related("case", "resident", "community__street").iterator(2000):
        yield as_subject(adaptation, which, on=on)


def _turn(subject: Subject, last: Last | None, on: dt.date) -> Turn | None:
    """Once, and never again."""
    if last is not None and last.done_on is not None:
        return None
    due = months_after(subject.since, subject.terms["months"])
    return Turn(
        subject.since,
        max(subject.since, due - EARLY),
        due,
        str(_("验收后 %(n)s 个月")) % {"n": subject.terms["months"]},
    )


def _url(which: str, ref: str) -> str:
    return reverse("follow_up", args=[ref.partition(":")[2], which])


KINDS = {
    which: DueKind(
        f"adaptation_{which}",
        label,
        "telephone-outbound",
        Role.ELDERCARE,
        partial(_all, which),
        _turn,
        partial(_url, which),
        tags=frozenset({f"adaptation_{which}"}),
        readers=frozenset(map(str, READERS)),
        hue="green",
    )
    for which, label in LABELS.items()
}
register_dues(*KINDS.values())


def put_all(adaptation: Adaptation, *, at: dt.datetime) -> None:
    """All three stand in the register from the day of the settlement: nobody waits for the night."""
    today = clock.local(at).date()
    for which, kind in KINDS.items():
        put_turns(kind, [as_subject(adaptation, which, on=today)], on=today, at=at)


def nobody_is_called(resident: Any, *, at: dt.datetime, **_deed: Any) -> None:
    """Somebody died or moved away: nobody calls them about a rail."""
    refs = [ref_of(one) for one in resident.adaptations.select_related("case")]
    take_back(refs=refs, at=at, kinds=[kind.name for kind in KINDS.values()])


register_departures(Departures(on_closed=nobody_is_called))
