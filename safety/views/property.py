"""The page of a property company: its estates' duties and drills."""

from django.http import HttpResponse

from community_portal import clock
from community_portal.people.models import Role
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.pages import render_page
from safety.queries.property import estates_of


@for_staff(Role.PROPERTY)
def property_desk(request: StaffRequest) -> HttpResponse:
    context = {"estates": estates_of(request.user, on=clock.today())}
    return render_page(request, "safety/property.html", context)
