"""What pages ask about a matter of any kind, and how one is found."""

import datetime as dt
from collections import defaultdict
from typing import Any, NamedTuple, TypeVar

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from community_portal.bookings.models import BookingState
from community_portal.bookings.queries import AgreedVisit, agreed_shown
from community_portal.casework.flow import FLOWS
from community_portal.casework.models import Case, Event, Matter, Task, reads_all_at
from community_portal.casework.queries import told_elsewhere
from community_portal.matters.kinds import KINDS, kind_of
from community_portal.matters.models import Visited
from community_portal.people.models import STAFF, Membership, Resident, User
from community_portal.people.staff.memberships import staff_at

M = TypeVar("M", bound=Matter)


def read_matter(model: type[M], user: Any, number: str) -> M:
    """The matter of that number with what its page reads, if this user may see it; else 404."""
    rows = kind_of(model).read().select_related("case__resident__household__building__estate", "case__asker")
    found: M = get_object_or_404(rows.select_related("grid", "community").visible_to(user), case__number=number)
    return found


def read_my_matter(model: type[M], user: Any, number: str) -> M:
    """The matter of that number if it is this person's own, or of somebody they may ask or read for; else 404."""
    rows = kind_of(model).read().filter(case__in=Case.objects.concerning(user))
    found: M = get_object_or_404(rows.select_related("case__asker", "community"), case__number=number)
    return found


def agreed_visit(matter: Matter, *, at: dt.datetime) -> AgreedVisit | None:
    """What was last agreed, while it matters: until the visit took place or the matter went another way."""
    if not isinstance(matter, Visited) or matter.planned_visit is None or matter.state not in matter.visits.waits_in:
        return None
    booking = matter.planned_visit
    if booking.state != BookingState.BOOKED and booking.session.host_id != matter.handler_id:
        return None
    return agreed_shown(booking, at=at)


def is_in_nobodys_hands(matter: Matter, *, on: dt.date) -> bool:
    """It waits for whoever has it in hand, and they do not work here any more."""
    if matter.state not in matter.flow.handled or matter.handler_id is None:
        return False
    works_here = staff_at(matter.community_id, *kind_of(matter).hands, on=on).filter(pk=matter.handler_id)
    return not works_here.exists()


def colleagues_for(matter: Matter, *, on: dt.date) -> QuerySet[User]:
    """Who may have it in hand."""
    return staff_at(matter.community_id, *kind_of(matter).hands, on=on)


def loads_of(people: QuerySet[User], community_id: int, *, on: dt.date) -> dict[int, list[str]]:
    """Of each colleague the grids they look after there and how much of every kind they have in hand, in words; two queries."""
    words: dict[int, list[str]] = defaultdict(list)
    memberships = Membership.objects.in_force(on=on).filter(user__in=people, grid__community=community_id)
    for membership in memberships.select_related("grid__community").order_by("grid__number"):
        words[membership.user_id].append(str(membership.grid))
    in_hand = Task.objects.open().filter(assignee__in=people, community=community_id).order_by()
    for officer, count in in_hand.values_list("assignee").annotate(Count("pk")):
        words[officer].append(_("手上 %(n)s 件") % {"n": count})
    return words


def visitor_of(matter: Visited, by: User | None) -> User | None:
    """Who comes at a time that is agreed now: whoever was given the matter comes themselves, else who has it in hand."""
    step = matter.flow.by_name.get("plan_visit")
    is_staff = by is None or by.is_superuser or by.has_role_at(matter.community_id, *STAFF)
    return by if not is_staff and step and step.roles & matter.roles_given(by) else matter.handler


def subject_for(matter: Matter, reader: User) -> str:
    """What it is about, as far as this reader may know: the subject of its case may be that of another matter."""
    return str(matter.flow.label) if told_elsewhere([matter.case], reader) else matter.case.title


class UnderWay(NamedTuple):
    """What is already being done for a resident, by any service: ``lines`` of what the reader reads, ``others`` only counted."""

    lines: list[dict[str, Any]]
    others: int


def under_way_for(resident: Resident, *, reader: User) -> UnderWay:
    """Shown at intake, so nobody tells the story twice."""
    under_way = Q(pk__in=[])
    for flow in FLOWS.values():
        under_way |= Q(flow=flow.name, state__in=flow.under_way)
    tasks = Task.objects.open().filter(under_way, case__resident=resident)
    is_read = ExpressionWrapper(Q(pk__in=tasks.visible_to(reader).values("pk")), output_field=BooleanField())
    found = list(tasks.annotate(is_read=is_read).select_related("case").order_by("-case", "-id"))
    read = [task for task in found if task.is_read]
    shown = read[:5]
    untold = told_elsewhere((task.case for task in shown), reader)
    lines = [
        {
            "url": KINDS[task.flow].url_of(task.case.number),
            "number": task.case.number,
            "title": FLOWS[task.flow].label if task.case_id in untold else task.case.title,
            "spec": FLOWS[task.flow].states[task.state],
        }
        for task in shown
    ]
    return UnderWay(lines, 0 if reads_all_at(reader, resident.community_id) else len(found) - len(read))


def question_to_resident(matter: Matter) -> str:
    """What was last asked of the resident."""
    asked = Event.objects.filter(
        case=matter.case_id, flow=matter.flow.name, matter_id=matter.pk, kind="ask_resident"
    ).order_by("-sequence")
    return asked.values_list("words", flat=True).first() or ""
