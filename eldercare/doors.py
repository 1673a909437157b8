"""The doors of elders on whom somebody should look in these days."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_portal import clock
from community_portal.dues.models import DueItem
from community_portal.front.doors import Door, DoorDeed
from community_portal.people.models import Resident, User
from community_portal.web.spoken import short_day
from eldercare.dues import WELFARE_VISIT

AHEAD = 2  # days: nobody knocks a week early because a list is short


def doors_to_look_in(user: User, *, at: dt.datetime, most: int) -> list[Door]:
    """Due today, tomorrow or late already, the latest first."""
    today = clock.local(at).date()
    mine = DueItem.objects.waiting_for(user).filter(kind=WELFARE_VISIT.name).coming(on=today, days=AHEAD)
    due = {int(item.subject_ref.partition(":")[2]): item for item in mine.order_by("due_on", "id")[:most]}
    if not due:
        return []
    people = Resident.objects.select_related("household__building__estate").prefetch_related("contacts").in_bulk(due)
    return [_door(item, people[pk], today) for pk, item in due.items() if pk in people]


def _door(item: DueItem, resident: Resident, today: dt.date) -> Door:
    late = (today - item.due_on).days
    visit: Any = reverse("record_welfare_visit", args=[resident.pk], query={"from": "field"})
    return Door(
        key=item.subject_ref,
        resident=resident,
        title=str(WELFARE_VISIT.label),
        label=_("到期") if late <= 0 else _("超期"),
        url=reverse("elder_file", args=[resident.pk]),
        time=None,
        limit=clock.at_wall(item.due_on, dt.time(23, 59)),
        chip=_("超期 %(n)s 天") % {"n": late} if late > 0 else short_day(item.due_on),
        tone="late" if late > 0 else "plain",
        deeds=[DoorDeed(gettext_lazy("探访"), "pen", visit, "primary")],
    )
