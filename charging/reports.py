"""A wire and a socket that fails are among the things that anybody may report (front/reports.py)."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from charging.actions.faults import report_fault
from charging.actions.wires import report_wire
from charging.forms.faults import PortReportForm
from charging.forms.wires import WireForm
from charging.models import Fault, WireReport
from community_portal.front.reports import ReportKind, register_report_kinds
from community_portal.people.models import Resident, User
from community_portal.places.models import Community
from community_portal.refusals import Refusal


def report(
    *,
    community: Community,
    data: dict[str, Any],
    reporter: Resident | None,
    code: str,
    source: str,
    by: User | None,
    at: dt.datetime,
) -> WireReport:
    return report_wire(asker=reporter, code=code, source=source, by=by, at=at, **data)


@transaction.atomic
def report_port(
    *,
    community: Community,
    data: dict[str, Any],
    reporter: Resident | None,
    code: str,
    source: str,
    by: User | None,
    at: dt.datetime,
) -> Fault:
    """By its code, from anywhere. Of one that is being repaired the code of a second report would open nothing."""
    port = data["socket"]
    code = code or (reporter.contacts.values_list("phone", flat=True).first() or "")[-4:] if reporter else code
    made = report_fault(port, reason=data["reason"], words=data["words"], source=source, code=code, by=by, at=at)
    if made.joined:
        raise Refusal(_("这个插座已经有人报了，正在修。"), code="reported", field="socket", status=409)
    return made.fault


register_report_kinds(
    ReportKind(
        name="wire",
        label=_("看见飞线，告诉我们"),
        sub=_("从楼上拉线下来充电，就叫飞线。"),
        icon="lightning-charge",
        hue="amber",
        form=WireForm,
        create=report,
        anonymous=True,
        statement=_("冒烟、打火花，先打 119，人离远些，别用手碰。"),
        call="119",
        template="charging/report_wire.html",
    ),
    ReportKind(
        name="socket",
        label=_("充电插座坏了"),
        sub=_("站在插座前面的，扫它的码更快。"),
        icon="plug",
        hue="amber",
        form=PortReportForm,
        create=report_port,
        anonymous=True,
        statement=_("烫手、冒烟的，先拔掉，人离远些。"),
    ),
)
