"""Eldercare today: what waits for a decision, a signature, a visit; what is half accepted; what nobody has seen."""

from django.http import HttpResponse

from community_portal import clock
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.pages import render_page
from eldercare.queries.today import groups_for
from eldercare.workflow.states import READERS


@for_staff(*READERS)
def today(request: StaffRequest) -> HttpResponse:
    groups = groups_for(request.user, on=clock.today())
    return render_page(request, "eldercare/today.html", {"groups": groups, "today": clock.today()})
