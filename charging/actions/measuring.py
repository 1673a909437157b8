"""What was measured on the spot, by whom and how."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from charging.models import HowMeasured, Measurement, Site
from charging.workflow.clearance import asked_facts, is_a_truth
from charging.workflow.sites import BEFORE_WORKS
from community_portal.casework.actions import authority_over
from community_portal.casework.models import AttachmentKind
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, Refusal

FARTHEST = Decimal("9999.99")


@transaction.atomic
def measure(
    site: Site,
    *,
    parameter: str,
    value: Decimal | bool | None,
    how: str,
    measured_by: str,
    by: User,
    at: dt.datetime,
    note: str = "",
    photo: ReadFile | None = None,
) -> Measurement:
    """One fact that a rule asks for, as a number or a plain yes or no. What was measured before stays. Raises Refusal beside the
    parameter, Changed when the place is past measuring."""
    if site.state not in BEFORE_WORKS:
        raise Changed(_("情况有变：这里不再是在选址了。"))
    authority = authority_over(site, by)
    rule = next((rule for rule in asked_facts(site) if rule.parameter == parameter), None)
    if rule is None:
        raise Refusal(_("没有规定要量这一项。"), code="no_such_fact", field=parameter)
    measured_by = read_text(measured_by, field="measured_by", longest=60)
    if not measured_by:
        raise Refusal(_("请写谁量的。"), code="nobody_measured", field="measured_by")
    if how not in HowMeasured.values:
        raise Refusal(_("请选怎么量的。"), code="no_how", field="how")
    said = _read_value(rule, value)
    event = site.write("measured", by=by, at=at, authority=authority, detail={"what": rule.title})
    kept = keep_file(site.case, photo, kind=AttachmentKind.PHOTO, by=by, at=at, event=event) if photo else None
    return Measurement.objects.create(
        site=site,
        parameter=parameter,
        how=how,
        measured_by=measured_by,
        note=read_text(note, field="note", longest=120),
        photo=kept,
        at=at,
        recorded_by=by,
        **said,
    )


def _read_value(rule: Any, value: Any) -> dict[str, Any]:
    if is_a_truth(rule):
        if not isinstance(value, bool):
            raise Refusal(_("请选是还是不是。"), code="no_truth", field=rule.parameter)
        return {"holds": value}
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise Refusal(_("请写量到多少。"), code="no_number", field=rule.parameter)
    number = Decimal(str(value))
    if not (number.is_finite() and 0 <= number <= FARTHEST):
        raise Refusal(_("写 0 到 9999.99。"), code="bad_distance", field=rule.parameter)
    return {"metres": number.quantize(Decimal("0.01"))}
