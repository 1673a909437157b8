"""How many e-bikes an estate has: counted again and again, each count stays."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from charging.models import EstateFacts, HowCounted
from charging.workflow.roles import CHARGE, WIRE_READERS
from community_portal import clock
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.places.models import Estate
from community_portal.refusals import NotAllowed, Refusal
from community_portal.web.spoken import long_day

MOST = 100_000


@transaction.atomic
def count_estate(
    *,
    estate: Estate,
    ebikes: int | None,
    how: str,
    counted_on: dt.date | None,
    counted_by: str,
    by: User | None,
    at: dt.datetime,
    plates: int | None = None,
    homes_without_garage: int | None = None,
) -> EstateFacts:
    """Raises Refusal beside the field that is wrong, NotAllowed for who does not work there."""
    if by is not None and not by.is_superuser and not by.has_role_at(estate.community_id, *(WIRE_READERS | CHARGE)):
        raise NotAllowed(_("清点由社区的人来登记。"))
    if ebikes is None or not 0 <= ebikes <= MOST:
        raise Refusal(_("请写有几辆电动车。"), code="no_count", field="ebikes")
    if how not in HowCounted.values:
        raise Refusal(_("请选怎么数的。"), code="no_how", field="how")
    if counted_on is None or counted_on > clock.local(at).date():
        raise Refusal(_("请写哪天数的，不能晚于今天。"), code="bad_day", field="counted_on")
    if plates is not None and plates > ebikes:
        raise Refusal(_("登记了牌照的不会比电动车还多。"), code="too_many_plates", field="plates")
    before = _newest(estate)
    if before and counted_on < before.counted_on:
        said = _("%(day)s 已经有一次更新的清点了。") % {"day": long_day(before.counted_on)}
        raise Refusal(said, code="older_count", field="counted_on")
    counted_by = read_text(counted_by, field="counted_by", longest=60)
    if not counted_by:
        raise Refusal(_("请写谁数的。"), code="nobody", field="counted_by")
    return EstateFacts.objects.create(
        estate=estate,
        community=estate.community,
        ebikes=ebikes,
        how=how,
        counted_on=counted_on,
        counted_by=counted_by,
        plates=plates,
        homes_without_garage=homes_without_garage,
        ebikes_change=ebikes - (before.ebikes if before else 0),
        plates_change=(plates or 0) - ((before.plates if before else 0) or 0),
        recorded_by=by,
        recorded_at=at,
    )


def _newest(estate: Estate) -> EstateFacts | None:
    """What was counted last; the estate stays locked until this count is kept."""
    Estate.objects.select_for_update().get(pk=estate.pk)
    return EstateFacts.objects.filter(estate=estate).first()
