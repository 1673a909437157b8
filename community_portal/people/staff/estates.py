"""Settings: what estates and buildings are and where they lie."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.models import RUNS, Organisation, Role
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.people.staff.estate_forms import BoxForm, BuildingFactsForm, EstateForm
from community_portal.people.staff.managing import end_management, give_estate
from community_portal.places.estates import set_box, set_building, set_estate
from community_portal.places.models import Building, Estate, Street
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.editions import edition_of
from community_portal.web.forms import answer_form, beside
from community_portal.web.inputs import DayField, end_of_year, start_of_year
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


class ManagerForm(forms.Form):
    """A contract with a property company."""

    organisation = forms.ModelChoiceField(label=_("物业公司"), queryset=Organisation.objects.none())
    since = DayField(label=_("从哪天起"), initial=clock.today, earliest=start_of_year(-50), latest=end_of_year(5))
    until = DayField(label=_("到哪天为止"), required=False, earliest=start_of_year(-50), latest=end_of_year(50))

    def __init__(self, *args: Any, street: Street, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        firms = Organisation.objects.working_in(street).filter(kind=Role.PROPERTY).distinct()
        self.fields["organisation"].queryset = firms.order_by("name")  # type: ignore[attr-defined]


class LastDayForm(forms.Form):
    on = DayField(label=_("最后一天"), earliest=start_of_year(-50), latest=end_of_year(5))


@for_staff(*RUNS)
@once
def estate_managers(request: StaffRequest, pk: int) -> HttpResponse:
    """Which property company manages an estate, and which did: another one, or (``end``) the last day of this one."""
    rows = Estate.objects.select_related("community__street").filter(community=house_of(request))
    estate = get_object_or_404(rows, pk=pk)
    ends = "end" in request.POST
    form = ManagerForm(None if ends else request.POST or None, street=estate.community.street)
    last = LastDayForm(request.POST if ends else None, prefix="last", initial={"on": clock.today()})
    contracts = list(estate.managers.select_related("organisation"))
    bound = last if ends else form
    if bound.is_bound and bound.is_valid():
        try:
            _contract(request, estate, contracts, bound, ends=ends)
            return done(request, _("已登记。"), "estate_managers", pk)
        except NotAllowed as refusal:
            return refused(request, refusal, back=reverse("settings_estates"))
        except Refusal as refusal:
            beside(bound, refusal)
    running = [one.pk for one in contracts if one.until is None or one.until >= clock.today()]
    context = {"estate": estate, "contracts": contracts, "form": form, "last": last, "running": running}
    return answer_form(request, "people/estate_managers.html", context, bound)


def _contract(request: StaffRequest, estate: Estate, contracts: list[Any], form: Any, *, ends: bool) -> None:
    deed: dict[str, Any] = {"by": request.user, "at": clock.now()}
    if not ends:
        give_estate(estate, **form.cleaned_data, **deed)
        return
    found = next((one for one in contracts if str(one.pk) == request.POST["end"]), None)
    if found is None:
        raise Http404
    end_management(found, on=form.cleaned_data["on"], **deed)


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
