"""The desk of safety: what must be done this week, the month at a glance, what comes next; and the premises that it is about."""

import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.dues.queries import month_of
from community_portal.people.models import Organisation, Role
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.places.models import Building, Community, Grid
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.editions import edition_of
from community_portal.web.forms import answer_form, beside
from community_portal.web.inputs import DayField, end_of_year, start_of_year
from community_portal.web.pages import done, refused, render_page
from safety.actions.premises import save_premises
from safety.models import Premises
from safety.queries.duties import FIVE, coming_after, numbers_of, of_the_week, our_dues, week_of
from safety.workflow.states import PLANNERS, READERS

A_PAGE = 30


@for_staff(*READERS)
def duties_desk(request: StaffRequest) -> HttpResponse:
    """本周必须做的五件事."""
    today = clock.today()
    five, finished, owed = of_the_week(request.user, on=today)
    first = (clock.read_day(f"{request.GET.get('month', '')}-01") or today).replace(day=1)
    context: dict[str, Any] = {
        "five": five,
        "is_five": finished + owed >= FIVE,
        "finished": finished,
        "owed": owed,
        "week": week_of(today),
        "first": first,
        "weeks": month_of(our_dues(request.user), first, on=today),
        "before": f"{first - dt.timedelta(days=1):%Y-%m}",
        "after": f"{first + dt.timedelta(days=32):%Y-%m}",
        "coming": coming_after(request.user, on=today, shown=five),
        "numbers": numbers_of(request.user, on=today),
    }
    return render_page(request, "safety/duties.html", context)


class PremisesForm(forms.ModelForm):  # type: ignore[type-arg]
    floors = forms.IntegerField(label=_("几层"), min_value=1, max_value=120, initial=1)
    height_m = forms.IntegerField(label=_("高度（米）"), min_value=0, max_value=1000, required=False)
    heads = forms.IntegerField(label=_("平时多少人"), min_value=0, max_value=100_000, initial=0)
    since = DayField(label=_("从哪天起"), initial=clock.today, earliest=start_of_year(-50), latest=end_of_year(1))
    until = DayField(label=_("到哪天为止"), required=False, earliest=start_of_year(-50), latest=end_of_year(10))

    class Meta:
        model = Premises
        fields = (
            "kind", "name", "name_en", "grid", "building", "floors", "height_m", "heads", "is_key_unit", "contact_name",
            "contact_phone", "property_company", "since", "until",
        )  # fmt: skip

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["grid"].queryset = Grid.objects.filter(community=community)
        fields["building"].queryset = Building.objects.filter(estate__community=community).select_related("estate")
        firms = Organisation.objects.working_in(community.street).filter(kind=Role.PROPERTY)
        fields["property_company"].queryset = firms.distinct().order_by("name")

    def _post_clean(self) -> None:
        """Into the row, but without its truths: the deed says them beside their fields."""
        for name, value in self.cleaned_data.items():
            setattr(self.instance, name, value)


@for_staff(*READERS)
def premises_list(request: StaffRequest) -> HttpResponse:
    rows = Premises.objects.visible_to(request.user).select_related("property_company", "community")
    page = Paginator(rows.order_by("community_id", "name"), A_PAGE).get_page(request.GET.get("page"))
    return render_page(request, "safety/premises_list.html", {"page": page})


@for_staff(*PLANNERS)
@once
def edit_premises(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A new one in the house, or one that changes; what is due for it follows."""
    house = house_of(request)
    if pk:
        row = get_object_or_404(Premises.objects.visible_to(request.user).select_related("community"), pk=pk)
    elif house is None:
        raise Http404
    else:
        row = Premises(community=house)
    now = edition_of(row) if pk else ""
    form = PremisesForm(request.POST or None, instance=row, community=row.community)
    if request.method == "POST" and form.is_valid():
        try:
            save_premises(row, by=request.user, at=clock.now(), seen=request.POST.get("seen"), now=now)
            return done(request, _("已保存，到期的事跟着改了。"), "premises_list")
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=reverse("premises_list"))
        except Refusal as refusal:
            beside(form, refusal)
    context = {"form": form, "seen": request.POST.get("seen") or now, "is_new": not pk}
    return answer_form(request, "safety/premises.html", context, form)
