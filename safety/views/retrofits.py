"""Retrofits on the pages of the staff and of the company that manages the estate."""

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.casework.queries import progress
from community_portal.matters.pages import MatterPages
from community_portal.matters.queries import read_matter
from community_portal.people.models import ManagedEstate, Role
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.people.staff.managing import manager_of
from community_portal.places.models import Estate
from community_portal.refusals import NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, refused, render_page
from community_portal.web.spoken import short_day
from safety.actions import retrofit_rows as rows
from safety.actions.retrofits import open_retrofit
from safety.forms.retrofits import ContributionForm, HazardJoinForm, MeasureForm, OpenRetrofitForm, ZoneForm
from safety.models import Retrofit
from safety.queries.retrofits import joint, panels_of
from safety.workflow.retrofit import STARTERS
from safety.workflow.retrofit_states import CHANGING
from safety.workflow.states import READERS

WORKERS = tuple(sorted(STARTERS))
FORMS: dict[str, Any] = {
    "measure": MeasureForm,
    "zone": ZoneForm,
    "contribution": ContributionForm,
    "hazard": HazardJoinForm,
}
DEEDS: dict[str, Any] = {
    "measure": rows.add_measure,
    "zone": rows.add_zone,
    "contribution": rows.contribute,
    "hazard": rows.join_hazard,
}
RELATED = {"measure": "measures", "zone": "zones", "contribution": "contributions", "hazard": "hazards"}


def _panels(retrofit: Retrofit) -> dict[str, Any]:
    found = panels_of(retrofit)
    notes = {place: str(short_day(day)) for place, day in found["days_passed"].items()}
    found["progress"] = progress(retrofit, notes=notes)
    found["company"] = manager_of(retrofit.estate_id, on=clock.today())
    found["joint"] = joint(found["meetings"], retrofit)
    found["is_changing"] = retrofit.state in CHANGING
    found["here"] = f"?flow=retrofit&number={retrofit.case.number}"
    for name, form in FORMS.items():
        found[f"{name}_form"] = form(retrofit=retrofit, auto_id=f"id_{name}_%s")
    return found


class RetrofitPages(MatterPages):
    """Beside what any page shows: what may still be added is offered to whoever may."""

    def page(self, request: StaffRequest, matter: Any, *, status: int = 200, **more: Any) -> HttpResponse:
        told = {"may_work": rows.may_work(matter, request.user)}
        return super().page(request, matter, status=status, **told, **more)


RETROFITS = RetrofitPages(Retrofit, "safety/retrofit.html", _panels, third_parties=(Role.PROPERTY, Role.CONTRACTOR))


def _estates(request: StaffRequest) -> Any:
    """Those of the house, or those that their company manages."""
    user: Any = request.user
    found = Estate.objects.select_related("community__street")
    if user.is_superuser or user.community_ids:
        return found.filter(community=house_of(request))
    return found.filter(pk__in=ManagedEstate.objects.held_by(user, on=clock.today()).values("estate"))


@for_staff(*WORKERS)
@once
def new_retrofit(request: StaffRequest) -> HttpResponse:
    form = OpenRetrofitForm(request.POST or None, estates=_estates(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = open_retrofit(**form.cleaned_data, by=request.user, at=clock.now())
            return done(request, _("提出来了。接着问住户。"), "retrofit", made.case.number)
        except NotAllowed as refusal:
            return refused(request, refusal, back=reverse("workbench"))
        except Refusal as refusal:
            beside(form, refusal)
    return answer_form(request, "safety/new_retrofit.html", {"form": form}, form)


@for_staff(*WORKERS)
@require_POST
@once
def retrofit_row(request: StaffRequest, number: str, part: str) -> HttpResponse:
    """One more measure, zone, or contribution."""
    retrofit = read_matter(Retrofit, request.user, number)
    if part not in FORMS:
        raise Http404
    form = FORMS[part](request.POST, retrofit=retrofit, auto_id=f"id_{part}_%s")
    return _answer(request, retrofit, form, partial(DEEDS[part], retrofit), part)


def _answer(request: StaffRequest, retrofit: Retrofit, form: Any, deed: Any, part: str) -> HttpResponse:
    """A rule that is not met is said beside its field, with the clause."""
    if form.is_valid():
        try:
            deed(**form.cleaned_data, by=request.user, at=clock.now())
            return done(request, _("已记下。"), "retrofit", retrofit.case.number)
        except Refusal as refusal:
            if refusal.is_lost_race or refusal.status == 403:
                return refused(request, refusal, back=reverse("retrofit", args=[retrofit.case.number]))
            beside(form, refusal)
    return RETROFITS.page(request, retrofit, status=422, **{f"{part}_form": form})


@for_staff(*WORKERS)
@require_POST
@once
def finish_measure(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    retrofit = read_matter(Retrofit, request.user, number)
    row = get_object_or_404(retrofit.measures.select_related("retrofit__case"), pk=pk)
    return _plain(request, retrofit, partial(rows.finish_measure, row))


@for_staff(*WORKERS)
@require_POST
@once
def drop_row(request: StaffRequest, number: str, part: str, pk: int) -> HttpResponse:
    retrofit = read_matter(Retrofit, request.user, number)
    if part not in RELATED:
        raise Http404
    row = get_object_or_404(getattr(retrofit, RELATED[part]).select_related("retrofit__case"), pk=pk)
    return _plain(request, retrofit, partial(rows.drop_row, row))


def _plain(request: StaffRequest, retrofit: Retrofit, deed: Any) -> HttpResponse:
    try:
        deed(by=request.user, at=clock.now())
    except Refusal as refusal:
        return refused(request, refusal, back=reverse("retrofit", args=[retrofit.case.number]))
    return done(request, _("已记下。"), "retrofit", retrofit.case.number)


@for_staff(*READERS, Role.PROPERTY)
def retrofit_sheet(request: StaffRequest, number: str) -> HttpResponse:
    """打印一项一档: all of it on paper."""
    retrofit = read_matter(Retrofit, request.user, number)
    return render_page(
        request, "safety/retrofit_sheet.html", {"matter": retrofit, "may_work": False, **_panels(retrofit)}
    )
