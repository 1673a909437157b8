"""验收日: several homes in the order of the way; and a maker's recall."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.models import Role
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.places.models import Street
from community_portal.refusals import NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import beside
from community_portal.web.pages import done, refused, render_page
from eldercare.actions.days import plan_day, tell_of_recall
from eldercare.forms.days import DayForm, RecallForm
from eldercare.models import AcceptanceDay
from eldercare.queries.days import days_of, homes_of, recalled
from eldercare.views.acceptance import PARTY


@for_staff(*PARTY)
@once
def days(request: StaffRequest) -> HttpResponse:
    """Those that are planned, and a new one by the street."""
    form = DayForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            day = plan_day(_street_of(request), by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("排好了。"), "acceptance_day", day.pk)
        except NotAllowed as refusal:
            return refused(request, refusal, back=request.path)
        except Refusal as refusal:
            beside(form, refusal)
    may_plan = request.user.is_superuser or Role.STREET_OFFICER in request.user.roles
    context = {"days": days_of(request.user), "form": form, "may_plan": may_plan}
    return render_page(request, "eldercare/days.html", context, status=422 if form.errors else 200)


def _street_of(request: StaffRequest) -> Any:
    """The one for which they work; the administrator's is that of the house at which they look."""
    mine = Street.objects.filter(communities__in=request.user.communities_as(Role.STREET_OFFICER)).first()
    house = house_of(request)
    return mine or (house.street if house else Street.objects.first())


@for_staff(*PARTY)
def day(request: StaffRequest, pk: int) -> HttpResponse:
    """One, to walk by and to print; 404 where one reads none of its homes."""
    found = get_object_or_404(AcceptanceDay, pk=pk)
    homes = homes_of(found, request.user)
    if not homes:
        found = get_object_or_404(AcceptanceDay.objects.none(), pk=pk)
    return render_page(request, "eldercare/day.html", {"day": found, "homes": homes})


@for_staff(Role.STREET_OFFICER, Role.ELDERCARE)
@once
def recall(request: StaffRequest) -> HttpResponse:
    """Which homes have it, and telling them."""
    given = request.POST or request.GET or None
    form = RecallForm(given)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {"maker": "", "model": "", "serials": ""}
    rows = recalled(request.user, **{name: asked[name] for name in ("maker", "model", "serials")})
    is_sent = request.method == "POST" and "look" not in request.POST  # looking is posted too: no token in an address
    if is_sent and not form.errors and rows:
        try:
            homes = tell_of_recall(rows, words=form.cleaned_data["words"], by=request.user, at=clock.now())
            return done(request, _("通知了 %(n)s 户和施工单位。") % {"n": homes}, "recall")
        except Refusal as refusal:
            beside(form, refusal)
    context = {"form": form, "rows": rows, "is_asked": form.is_bound}
    return render_page(request, "eldercare/recall.html", context, status=422 if form.errors else 200)
