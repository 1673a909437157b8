"""Retrofits among all kinds of matters: their deeds and their list."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal.matters.columns import Column, MatterList, equals
from community_portal.matters.deeds import standard
from community_portal.matters.kinds import Deed, MatterKind
from community_portal.places.estates import estates_to_choose
from community_portal.web.spoken import short_day
from safety.actions import retrofit_checks, retrofits
from safety.forms.retrofits import AcceptForm, CountSurveyForm, StartForm, TestForm
from safety.models import Retrofit
from safety.workflow.states import LEADERS


def _day(day: dt.date | None) -> Any:
    return short_day(day) if day else ""


RETROFIT_KIND = MatterKind(
    model=Retrofit,
    joins=("estate", "building", "contractor", "community__street", "meeting", "survey"),
    hands=LEADERS,
    deeds=(
        Deed("count_survey", retrofits.count_survey, CountSurveyForm, ("survey", "choice")),
        Deed("agree", retrofits.agree),
        Deed("start", retrofits.start, StartForm, ("started_on", "contractor")),
        Deed("report_done", retrofits.report_done),
        Deed("accept", retrofits.accept, AcceptForm, ("accepted_on",)),
        Deed("send_back", retrofits.send_back),
        Deed("pass_test", retrofit_checks.pass_test, TestForm, ("tested", "working")),
        Deed("fail_test", retrofit_checks.fail_test, TestForm, ("tested", "working")),
        Deed("close"),
        Deed("cancel", retrofits.cancel),
        *standard("hand_over"),
    ),
    listed=MatterList(
        title=_("改造项目"),
        url_name="retrofits",
        who=_("地点"),
        none_yet=_("还没有改造项目。"),
        none_found=_("没有符合条件的改造项目。"),
        columns=(
            Column(_("小区"), ("estate__name",)),
            Column(_("开工到验收"), ("days",), lambda days: "" if days is None else _("%(n)s 天") % {"n": days}),
            Column(_("下次去试"), ("next_check_on",), _day),
            Column(_("住户反映"), ("reported",), is_shown=False),
        ),
        filters=(equals("estate", "estate", label=_("小区"), choices=estates_to_choose),),
        order=("state", "estate"),
    ),
)
