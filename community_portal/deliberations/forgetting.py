"""Names on the roll of a vote are kept for five years after its count; units, areas and ballots stay."""

import datetime as dt
from typing import Any

from django.db.models import CharField, F, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from community_portal.deliberations.models import RollEntry
from community_portal.people.register.retention import Rule, register_retention

KEPT = dt.timedelta(days=5 * 365)
NOBODY = "—"


def _counted_long_ago(before: dt.datetime) -> QuerySet[Any]:
    return RollEntry.objects.filter(vote__confirmed_at__lt=before).exclude(voter=NOBODY)


def _without_names(rows: QuerySet[Any]) -> int:
    count, ids = len(rows), [row.pk for row in rows]
    nobody = {"owners": "", "voter": NOBODY, "phone": "", "voter_key": Cast(F("pk"), CharField())}
    RollEntry.objects.filter(pk__in=ids).update(**nobody)
    return count


register_retention(Rule("rolls", _("五年以前的表决：名册上的姓名、电话"), KEPT, _counted_long_ago, _without_names))
