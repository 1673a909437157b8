"""Settings: what estates and buildings are and where they lie."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal.people.models import RUNS, Role
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.people.staff.estate_forms import BoxForm, BuildingFactsForm, EstateForm
from community_portal.places.estates import set_box, set_building, set_estate
from community_portal.places.models import Building, Estate
from community_portal.refusals import Changed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.editions import edition_of
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, refused

KNOW_ESTATES = (*RUNS, Role.CHARGING, Role.SAFETY)


@for_staff(*KNOW_ESTATES)
@once
def settings_estates(request: StaffRequest) -> HttpResponse:
    """The estates of the house with their buildings; the street says where all of its places lie."""
    community: Any = house_of(request)
    form = BoxForm.of(community.street, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            set_box(community.street, form.box, by=request.user)
            return done(request, _("已保存。"), "settings_estates")
        except Refusal as refusal:
            if refusal.status == 403:
                return refused(request, refusal, back=reverse("settings_estates"))
            beside(form, refusal)
    user: Any = request.user
    context = {
        "estates": Estate.objects.filter(community=community).prefetch_related("buildings"),
        "community": community,
        "form": form,
        "may_set_box": user.is_superuser or community.street_id in user.streets_as(Role.STREET_OFFICER),
    }
    return answer_form(request, "people/settings_estates.html", context, form)


@for_staff(*KNOW_ESTATES)
@once
def edit_estate(request: StaffRequest, pk: int) -> HttpResponse:
    """Households, area, point and outline of an estate."""
    rows = Estate.objects.select_related("community__street").filter(community=house_of(request))
    estate = get_object_or_404(rows, pk=pk)
    return _answer(request, EstateForm, estate, set_estate, title=str(estate))


@for_staff(*KNOW_ESTATES)
@once
def edit_building(request: StaffRequest, pk: int) -> HttpResponse:
    """What rules ask of a building."""
    rows = Building.objects.select_related("estate__community__street").filter(estate__community=house_of(request))
    building = get_object_or_404(rows, pk=pk)
    return _answer(request, BuildingFactsForm, building, set_building, title=f"{building.estate} {building}")


def _answer(request: StaffRequest, form_of: Any, row: Any, deed: Any, *, title: str) -> HttpResponse:
    seen = request.POST.get("seen") or edition_of(row)
    form = form_of.of(row, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            deed(row, by=request.user, seen=request.POST.get("seen"), **form.facts)
            return done(request, _("已保存。"), "settings_estates")
        except Changed as changed:
            return refused(request, changed, back=request.path)
        except Refusal as refusal:
            beside(form, refusal)
    return answer_form(request, "people/edit_place.html", {"form": form, "title": title, "seen": seen}, form)
