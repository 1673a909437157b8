"""The lines of the first page of eldercare, constant in queries however much there is."""

import datetime as dt
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from community_portal.dues.models import DueItem
from community_portal.matters.groups import Group, Line
from community_portal.web.spoken import short_day
from eldercare.models import AcceptanceLine, Adaptation
from eldercare.queries.works import first_of, seen_by_nobody
from eldercare.workflow.states import State

MOST = 8


def groups_for(user: Any, *, on: dt.date) -> list[Group]:
    read = Adaptation.objects.visible_to(user)
    visits = DueItem.objects.visible_to(user).overdue(on=on).filter(kind__in=["welfare_visit"])
    unseen = seen_by_nobody(user)
    return [
        _of(_("等街道定"), "hand-thumbs-up", _("没有要定的。"), read.filter(state__in=[State.REVIEWED, State.CHANGING])),
        _of(_("等家里签字"), "pen", _("没有等签字的。"), read.filter(state=State.CONFIRMING)),
        _half(read),
        Group(_("派出还没人看"), "eye-slash", _("派出的单子都有人看过。"), unseen.count(), [
            Line(_url(one.adaptation), str(one.adaptation.resident), f"{one.adaptation.case.number} · {one.contractor}",
                 str(short_day(one.ordered_on)), "warn") for one in first_of(unseen, MOST)
        ]),
        Group(_("探访过期"), "door-open", _("没有过期的探访。"), visits.count(), [
            Line(item.url, str(item), item.clause, str(short_day(item.due_on)), "late") for item in visits[:MOST]
        ]),
    ]  # fmt: skip


def _of(title: str, icon: str, empty: str, rows: Any) -> Group:
    lines = [
        Line(_url(one), str(one.resident), one.case.number, str(one.spec.label), str(one.spec.tone))
        for one in _first(rows)
    ]
    return Group(title, icon, empty, rows.count(), lines)


def _first(rows: Any) -> Any:
    """Those that wait longest. They are found before anything is joined to them, however many wait behind."""
    order = ("state_since", "pk")
    first = rows.order_by(*order).values("pk")[:MOST]
    return Adaptation.objects.filter(pk__in=first).select_related("case", "resident").order_by(*order)


def _half(read: Any) -> Group:
    """In acceptance: how many lines are decided, of how many."""
    rows = read.filter(state=State.ACCEPTING)
    shown = list(_first(rows))
    counted = _counted([one.pk for one in shown])
    lines = [_half_line(one, *counted.get(one.pk, (0, 0))) for one in shown]
    return Group(_("待验收"), "list-check", _("没有等验收的。"), rows.count(), lines)


def _counted(adaptations: list[int]) -> dict[int, tuple[int, int]]:
    """Lines of the open round, and those that are decided, by number of the adaptation."""
    lines = AcceptanceLine.objects.filter(visit__adaptation__in=adaptations, visit__decided_at=None).order_by()
    rows = lines.values_list("visit__adaptation").annotate(all=Count("pk"), decided=Count("pk", filter=~Q(result="")))
    return {pk: (count, decided) for pk, count, decided in rows}


def _half_line(one: Adaptation, count: int, decided: int) -> Line:
    url = reverse("acceptance", args=[one.case.number]) if count else _url(one)
    words = _("验了 %(n)s / %(all)s 项") % {"n": decided, "all": count}
    return Line(url, str(one.resident), one.case.number, words, "warn" if decided else "plain")


def _url(adaptation: Adaptation) -> str:
    return reverse("adaptation", args=[adaptation.case.number])
