"""Looking after sites: the sheet that goes along on paper, and what was found at one of them."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from charging.actions import patrols as deeds
from charging.actions.patrols import CHECKS
from charging.forms.ports import PatrolForm
from charging.models import Patrol, Site
from charging.queries.patrols import stops_of
from charging.workflow.roles import WIRE_READERS
from community_portal import clock
from community_portal.people.once import once
from community_portal.refusals import NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, refused, render_page


def _sites(request: StaffRequest) -> Any:
    rows = Site.objects.all()
    return rows if request.user.is_superuser else rows.filter(community__in=request.user.community_ids)


@for_staff(*WIRE_READERS)
def patrol_sheet(request: StaffRequest) -> HttpResponse:
    """One line a site, a box to tick for each thing, room for what is not fine."""
    context = {"stops": stops_of(_sites(request)), "checks": CHECKS.values(), "today": clock.today()}
    return render_page(request, "charging/patrol_sheet.html", context)


@for_staff(*WIRE_READERS)
@once
def record_patrol(request: StaffRequest, pk: int) -> HttpResponse:
    """Six things, looked at on the spot; what is not fine is tapped and said."""
    site = get_object_or_404(_sites(request).select_related("estate", "case", "community"), pk=pk)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = PatrolForm(*sent)
    if request.method == "POST" and form.is_valid():
        try:
            deeds.record_patrol(site, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("巡查记下了。"), "charge_ports", query={"site": site.pk})
        except NotAllowed as refusal:
            return refused(request, refusal)
        except Refusal as refusal:
            beside(form, refusal)
    last = Patrol.objects.filter(site=site).select_related("by").first()
    return answer_form(request, "charging/patrol.html", {"site": site, "form": form, "last": last}, form)
