"""限期整改通知: what is wrong, by which clause, who mends it by when, what is done meanwhile, and that we come back."""

from typing import NamedTuple

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.dossier.sections import Facts, Pair, Section
from community_portal.web.spoken import long_day
from safety.hazard_brief import Sides
from safety.models import Hazard, Side
from safety.workflow.states import HAZARD_GIVEN


class Notice(NamedTuple):
    title: str
    sub: str
    to: str
    sections: list[Section]


def why_no_notice(hazard: Hazard) -> str:
    """Only what is to be mended has a notice."""
    return "" if hazard.state in HAZARD_GIVEN else _("派了单、还没改好的，才有整改通知。")


def notice_of(hazard: Hazard) -> Notice:
    to = str(hazard.organisation or hazard.handler or "")
    facts = [
        (_("地点"), hazard.case.address),
        (_("隐患"), f"{hazard.get_kind_display()}。{hazard.case.words}"),
        (_("级别"), hazard.get_level_display()),
        (_("依据"), hazard.clause),
        (_("什么时候改好"), str(long_day(hazard.due_on)) if hazard.due_on else ""),
        (_("改好以前"), hazard.interim),
        (_("费用"), _cost(hazard)),
        (_("社区谁负责"), str(hazard.handler or "")),
        (_("社区电话"), hazard.community.phone),
    ]
    sections: list[Section] = [Facts(_("请你们整改"), [(label, text) for label, text in facts if text])]
    if photos := list(hazard.photos.filter(side=Side.BEFORE).select_related("attachment")[:4]):
        sections.append(Sides(_("整改前"), [Pair("", photo.attachment, None) for photo in photos]))
    sections.append(Facts(_("改好以后"), [(_("怎么交"), _("拍下整改后的照片交给社区，我们三个工作日内来复查。"))]))
    day = long_day(clock.local(hazard.assigned_at).date()) if hazard.assigned_at else ""
    return Notice(_("限期整改通知"), f"{hazard.case.number} · {hazard.community} · {day}", to, sections)


def _cost(hazard: Hazard) -> str:
    if hazard.cost is None:
        return hazard.paid_by
    return " · ".join(filter(None, [_("约 %(n)s 元") % {"n": floatformat(hazard.cost, -2)}, hazard.paid_by]))
