"""Help requests among all kinds of matters: their deeds, their list, their own page for residents."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.models import Category, HelpRequest, Urgency
from appointments.requests.actions import steps
from appointments.requests.forms import ResolveForm, VerifyForm
from community_portal.matters.columns import Column, Filter, MatterList, equals
from community_portal.matters.deeds import standard
from community_portal.matters.forms.steps import AssignForm
from community_portal.matters.kinds import Deed, MatterKind, register_matters
from community_portal.places.models import Community, in_reader_language


def _categories(places: frozenset[int] | None) -> list[tuple[str, str]]:
    """Of everyone and of the streets of these communities, by code."""
    rows = Category.objects.filter(is_active=True)
    if places is not None:
        streets = Community.objects.filter(pk__in=places).values("street")
        rows = rows.filter(Q(street=None) | Q(street__in=streets))
    return [(code, in_reader_language(*names)) for code, *names in rows.values_list("code", "name", "name_en")]


def _warning(urgency: str) -> Any:
    return Urgency(urgency).label if urgency == Urgency.NOW else ""


register_matters(
    MatterKind(
        model=HelpRequest,
        joins=("category",),
        my_url="my_request",
        hand_over=steps.hand_over_request,
        personal=("answer", "home_visits__words", "home_visits__signed_by", "papers__from_whom"),
        deeds=(
            Deed("assign", steps.assign, AssignForm, ("officer",)),
            Deed("set_out"),
            Deed("not_home", steps.not_home),
            Deed("verify", steps.verify, VerifyForm, ("finding", "photos", "signature", "signed_by")),
            Deed("return_to_desk", steps.return_to_desk),
            Deed("apply", steps.apply),
            Deed("handle", steps.handle),
            Deed("pass_to_street"),
            Deed("return_to_community"),
            Deed("find_not_eligible", steps.find_not_eligible),
            Deed("resolve", steps.resolve, ResolveForm, ("outcome",)),
            Deed("reopen", steps.reopen),
            Deed("withdraw", steps.withdraw),
            *standard("plan_visit", "call_off_visit", "hand_over", "ask_resident", "answer", "call_back"),
            *standard("ask_extension", "grant_extension", "refuse_extension"),
        ),
        listed=MatterList(
            title=_("求助与帮办"),
            url_name="help_requests",
            none_yet=_("还没有求助。"),
            none_found=_("没有符合条件的求助。"),
            none_of_theirs=_("没有求助过。"),
            columns=(
                Column(_("类别"), ("category__name", "category__name_en"), in_reader_language),
                Column(_("急不急"), ("urgency",), lambda one: Urgency(one).label, is_shown=False, flag=_warning),
            ),
            filters=(
                equals("category", "category__code", label=_("类别"), choices=_categories),
                equals("urgency", label=_("急不急"), choices=lambda places: Urgency.choices),
                equals("outcome"),
                Filter("errand", lambda rows, value: rows.filter(is_errand=True)),
            ),
            order=("state", "category", "grid", "urgency"),
        ),
    )
)
