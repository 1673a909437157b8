"""What to mind about the day that was chosen."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.places.models import CalendarDay, DayKind
from safety.models import Drill
from safety.workflow.states import BEFORE

NIGHT_FROM, NIGHT_UNTIL = dt.time(20, 0), dt.time(7, 0)


def warnings_of(drill: Drill) -> list[Any]:
    """The eve of a holiday, a holiday, at night: allowed, but somebody should have meant it."""
    if drill.state not in BEFORE:
        return []
    local = clock.local(drill.starts_at)
    day = local.date()
    kinds = dict(CalendarDay.objects.filter(date__in=[day, day + dt.timedelta(days=1)]).values_list("date", "kind"))
    found = []
    if kinds.get(day) == DayKind.HOLIDAY:
        found.append(_("这一天是法定节假日，很多人不在家。"))
    elif kinds.get(day + dt.timedelta(days=1)) == DayKind.HOLIDAY:
        found.append(_("这一天是节假日前一天，很多人要出门。"))
    if local.time() >= NIGHT_FROM or local.time() < NIGHT_UNTIL:
        found.append(_("这个时间在夜里，街道批的时候会看到。"))
    return found
