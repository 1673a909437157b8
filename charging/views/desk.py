"""Charging today, for whoever carries it."""

from typing import Any

from django.http import HttpResponse

from charging.models import Round, RoundState
from charging.queries.demand import ranked_estates, weights_of
from charging.queries.desk import groups_for
from charging.views.sites import READERS
from community_portal import clock
from community_portal.people.shell import house_of
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.pages import render_page


@for_staff(*READERS)
def desk(request: StaffRequest) -> HttpResponse:
    community: Any = house_of(request)
    today = clock.today()
    context = {
        "groups": groups_for(request.user, on=today),
        "ranks": ranked_estates(community, on=today) if community else [],
        "weights": weights_of(community, on=today) if community else None,
        "running": Round.objects.filter(community=community, state=RoundState.RUNNING).first(),
        "today": today,
    }
    return render_page(request, "charging/desk.html", context)
