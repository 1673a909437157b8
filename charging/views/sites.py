"""A charging site for staff: all of them as a list, each on its page, and what is typed about it."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charging.actions import deciding, measuring, sites, works
from charging.forms.deciding import WaiveForm
from charging.forms.sites import MeasureForm, PlanForm, ProposeForm
from charging.forms.works import GasPlanForm, PartForm, SignForm
from charging.models import Measurement, Site
from charging.queries.site_page import page_of_site
from charging.views.rows import answer_on_page, sent
from charging.workflow.clearance import asked_facts
from community_portal import clock
from community_portal.matters.pages import MatterPages
from community_portal.matters.queries import read_matter
from community_portal.people.models import Role
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.refusals import NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside, seen_version
from community_portal.web.pages import done, refused, render_page

PAGES = MatterPages(Site, "charging/site.html", page_of_site, third_parties=("contractor", "property"))
CHARGE = (Role.CHARGING, Role.MANAGER)
READERS = (*CHARGE, Role.STREET_OFFICER)


def read_site(request: StaffRequest, number: str) -> Site:
    site: Site = read_matter(Site, request.user, number)
    return site


@for_staff(*CHARGE, Role.PROPERTY)
@once
def propose_site(request: StaffRequest) -> HttpResponse:
    """A new place, in one of the estates of the house."""
    community: Any = house_of(request)
    form = ProposeForm(*sent(request), community=community, initial={"estate": request.GET.get("estate", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = sites.propose_site(by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("位置登记好了，接着去量。"), "charge_site", made.case.number)
        except NotAllowed as refusal:
            return refused(request, refusal)
        except Refusal as refusal:
            beside(form, refusal)
    return answer_form(request, "charging/propose_site.html", {"form": form, "community": community}, form)


@for_staff(*CHARGE, Role.PROPERTY)
@once
def plan_site(request: StaffRequest, number: str) -> HttpResponse:
    """How large, how many, in which round, and its drawing."""
    site = read_site(request, number)
    form = PlanForm(*sent(request), site=site)
    deed = partial(sites.plan_site, site, seen=seen_version(request))
    return answer_on_page(request, site, form, deed, title=_("位置、个数和批次"), button=_("保存"))


@for_staff(*CHARGE, Role.PROPERTY)
@once
def measure_site(request: StaffRequest, number: str) -> HttpResponse:
    """What its rules ask for, as it was measured; only what is typed is kept."""
    site = read_site(request, number)
    form = MeasureForm(*sent(request), site=site)

    def keep(*, facts: dict[str, Any], how: str, measured_by: str, photo: Any, by: Any, at: Any, **_typed: Any) -> str:
        told: dict[str, Any] = {"how": how, "measured_by": measured_by, "photo": photo, "by": by, "at": at}
        for parameter, value in facts.items():
            measuring.measure(site, parameter=parameter, value=value, **told)
        return _("记下了 %(n)s 项。") % {"n": len(facts)}

    return answer_on_page(request, site, form, keep, title=_("现场量了多少"), button=_("记下"), anchor="rules")


@for_staff(*READERS)
def measurements(request: StaffRequest, number: str) -> HttpResponse:
    """Everything that was ever measured there, by whom and how."""
    site = read_site(request, number)
    titles = {rule.parameter: str(rule) for rule in asked_facts(site)}
    rows = list(Measurement.objects.filter(site=site).order_by("-id"))
    named = [(titles.get(one.parameter, one.parameter), one) for one in rows]
    return render_page(request, "charging/measurements.html", {"site": site, "rows": named, "number": number})


@for_staff(Role.STREET_OFFICER)
@once
def waive_rule(request: StaffRequest, number: str, code: str) -> HttpResponse:
    site = read_site(request, number)
    form = WaiveForm(*sent(request))
    deed = partial(deciding.waive_rule, site, rule=code)
    return answer_on_page(
        request, site, form, deed, title=_("街道书面通融"), button=_("通融这一条"), anchor=f"rule-{code}"
    )


@for_staff(*CHARGE, Role.CONTRACTOR)
@require_POST
@once
def gas_plan(request: StaffRequest, number: str) -> HttpResponse:
    """The protection plan signed with the gas company."""
    site = read_site(request, number)
    form = GasPlanForm(*sent(request))
    if not form.is_valid():
        return PAGES.page(request, site, status=422, gas_form=form)
    try:
        works.hand_in_gas_plan(site, by=request.user, at=clock.now(), **form.cleaned_data)
    except Refusal as refusal:
        return refused(request, refusal)
    return done(request, _("方案收到了。"), "charge_site", number)


@for_staff(*READERS)
@once
def acceptance_part(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """One part of the acceptance."""
    site = read_site(request, number)
    acceptance: Any = site.acceptances.last()
    part = get_object_or_404(acceptance.parts if acceptance else site.acceptances.none(), pk=pk)
    part.acceptance.site = site
    form = PartForm(*sent(request))
    form.initial = {"note": part.note}
    deed = partial(works.look_at_part, part)
    return answer_on_page(request, site, form, deed, title=str(part), button=_("记下"), anchor="acceptance")


@for_staff(*READERS)
@once
def sign_site(request: StaffRequest, number: str) -> HttpResponse:
    """A name under the acceptance."""
    site = read_site(request, number)
    form = SignForm(*sent(request), site=site)
    deed = partial(works.sign_acceptance, site)
    return answer_on_page(request, site, form, deed, title=_("验收签字"), button=_("签字"), anchor="acceptance")
