"""A wire is one of the things that anybody may report (front/reports.py)."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from charging.actions.wires import report_wire
from charging.forms.wires import WireForm
from charging.models import WireReport
from community_portal.front.reports import ReportKind, register_report_kinds
from community_portal.people.models import Resident, User
from community_portal.places.models import Community


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
        template="charging/report_wire.html",
    )
)
