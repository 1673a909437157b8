"""Drills and what they leave to be put right, as kinds of matters: what lists, look-up, search and API read."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.matters.columns import Column, MatterList, equals
from community_portal.matters.deeds import standard
from community_portal.matters.kinds import Deed, MatterKind, register_matters
from community_portal.people.models import Organisation, Role
from community_portal.web.spoken import plain_when
from safety.actions import campaigns, corrective, day, evaluation, plans
from safety.forms.campaigns import COUNTS, AskForm, CountsForm, MoveForm
from safety.forms.steps import CarryForm, ProveForm
from safety.hazard_matters import HAZARDS
from safety.models import CampaignSession, CorrectiveAction, Drill, DrillKind, Venue
from safety.retrofit_kind import RETROFIT_KIND
from safety.workflow.states import LEADERS, READERS


def _kinds(kinds: list[str] | None) -> str:
    return " · ".join(str(DrillKind(kind).label) for kind in kinds or [])


def _when(moment: dt.datetime | None) -> Any:
    return plain_when(moment) if moment else ""


def _day(day_due: dt.date | None) -> str:
    return f"{day_due:%Y-%m-%d}" if day_due else ""


def _late(due_on: dt.date | None, closed_at: dt.datetime | None) -> Any:
    return _("过期") if due_on and not closed_at and due_on < clock.today() else ""


def _companies(places: frozenset[int] | None) -> Any:
    return Organisation.objects.filter(kind=Role.PROPERTY).order_by("name").values_list("pk", "name")


register_matters(
    MatterKind(
        model=Drill,
        joins=("session", "commander", "deputy", "evaluator", "community__street"),
        hands=LEADERS,
        deeds=(
            Deed("submit", plans.submit),
            Deed("approve", plans.approve),
            Deed("send_back"),
            Deed("notify", plans.notify),
            Deed("make_ready"),
            Deed("start", day.start),
            Deed("end", day.end),
            Deed("abort", plans.abort),
            Deed("evaluate", evaluation.hand_in),
            Deed("close"),
            Deed("postpone", plans.postpone),
            Deed("cancel", plans.cancel),
            *standard("hand_over"),
        ),
        listed=MatterList(
            title=_("消防演练"),
            url_name="drills",
            who=_("地点"),
            none_yet=_("还没有演练。"),
            none_found=_("没有符合条件的演练。"),
            columns=(
                Column(_("时间"), ("starts_at",), _when),
                Column(_("练什么"), ("kinds",), _kinds),
                Column(_("到了几人"), ("participants",), is_shown=False),
                Column(_("没点到几人"), ("unaccounted",), is_shown=False),
            ),
            order=("state",),
        ),
    )
)

register_matters(
    MatterKind(
        model=CorrectiveAction,
        joins=("drill__case", "organisation", "retest_in__case", "observation"),
        hands=READERS,
        deeds=(
            Deed("prove", corrective.prove, ProveForm, ("photos",)),
            Deed("accept", corrective.accept),
            Deed("send_back", corrective.send_back),
            Deed("carry", corrective.carry, CarryForm, ("drill",)),
            Deed("retest_passed", corrective.pass_retest),
            Deed("retest_failed", corrective.fail_retest),
            *standard("hand_over"),
        ),
        listed=MatterList(
            title=_("演练整改"),
            url_name="correctives",
            who=_("地点"),
            none_yet=_("还没有整改。"),
            none_found=_("没有符合条件的整改。"),
            columns=(
                Column(_("期限"), ("due_on",), _day, is_shown=False),
                Column(_("责任单位"), ("organisation__name",)),
                Column(_("再验"), ("retest_in__case__number",)),
                Column(_("过期"), ("due_on", "closed_at"), lambda *_values: "", is_shown=False, flag=_late),
            ),
            filters=(equals("organisation", "organisation", label=_("责任单位"), choices=_companies),),
            order=("state", "organisation"),
        ),
    )
)

register_matters(
    MatterKind(
        model=CampaignSession,
        joins=("campaign", "host", "community__street"),
        hands=READERS,
        deeds=(
            Deed("ask", campaigns.ask, AskForm, ("contact_name", "contact_phone")),
            Deed("confirm", campaigns.confirm),
            Deed("move", campaigns.move, MoveForm, ("starts_at", "ends_at")),
            Deed("hold", campaigns.hold, CountsForm, COUNTS),
            Deed("correct", campaigns.correct, CountsForm, COUNTS),
            Deed("report"),
            Deed("miss", campaigns.miss),
            Deed("cancel", campaigns.cancel),
            *standard("hand_over"),
        ),
        listed=MatterList(
            title=_("宣传场次"),
            url_name="campaign_sessions",
            who=_("地点"),
            none_yet=_("还没有排场次。"),
            none_found=_("没有符合条件的场次。"),
            columns=(
                Column(_("时间"), ("starts_at",), _when),
                Column(_("哪一类地方"), ("venue",), lambda venue: Venue(venue).label),
                Column(_("来了几人"), ("heads",)),
                Column(_("发放材料"), ("leaflets",), is_shown=False),
            ),
            filters=(equals("venue", label=_("哪一类地方"), choices=lambda places: Venue.choices),),
            order=("state", "venue"),
        ),
    )
)

register_matters(RETROFIT_KIND)
register_matters(HAZARDS)
