"""A hazard is among the things that anybody may report (front/reports.py)."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Source
from community_portal.front.reports import ReportKind, register_report_kinds
from community_portal.people.models import Resident, User
from community_portal.places.models import Community
from safety.actions.hazards import open_hazard
from safety.forms.hazards import HazardForm
from safety.models import Hazard, HazardSource

OTHER_SOURCES = {
    Source.GRID: HazardSource.GRID,
    Source.PATROL: HazardSource.STAFF,
    Source.HOTLINE: HazardSource.HOTLINE,
}


def report(
    *,
    community: Community,
    data: dict[str, Any],
    reporter: Resident | None,
    code: str,
    source: str,
    by: User | None,
    at: dt.datetime,
) -> Hazard:
    found = HazardSource.RESIDENT if reporter else OTHER_SOURCES.get(Source(source), HazardSource.RESIDENT)
    return open_hazard(
        community=community, kind=data["kind"], building=data["building"], place_text=data["place"],
        photos=data["photos"], words=data["words"], source=found, reporter=reporter, code=code, told=source, by=by,
        at=at,
    )  # fmt: skip


register_report_kinds(
    ReportKind(
        name="hazard",
        label=_("消防隐患"),
        sub=_("堵了楼道、灭火器坏了、有人烧东西……拍张照片就行"),
        icon="exclamation-triangle",
        hue="vermilion",
        form=HazardForm,
        create=report,
        anonymous=True,
        statement=_("着火、冒烟，先打 119，人先走。"),
        call="119",
    )
)
