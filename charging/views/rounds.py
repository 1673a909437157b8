"""Rounds: all of a house, one with its places and what became of the wires, and where to go next."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from charging.actions import estates, rounds
from charging.forms.rounds import ChangeRoundForm, CountForm, RoundForm
from charging.models import EstateFacts, Round
from charging.queries.demand import ranked_estates, weights_of
from charging.queries.rounds import change_of, progress_of, rounds_for, sites_of
from charging.views.sites import CHARGE, READERS
from community_portal import clock
from community_portal.people.models import Role
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.places.models import Estate
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, refused, render_page

COUNTERS = (*READERS, Role.GRID_OFFICER, Role.RECEPTIONIST)
TOLD = ("target_ports", "budget", "source", "decision", "opens_on", "closes_on")


@for_staff(*READERS)
def all_rounds(request: StaffRequest) -> HttpResponse:
    return render_page(request, "charging/rounds.html", {"rounds": rounds_for(request.user)})


@for_staff(*READERS)
def one_round(request: StaffRequest, pk: int) -> HttpResponse:
    """Targets, places, wires before and after, and the estates that come next."""
    found = get_object_or_404(rounds_for(request.user), pk=pk)
    places, today = sites_of(found), clock.today()
    context = {
        "round": found,
        "sites": places,
        "progress": progress_of(places),
        "change": change_of(places, on=today),
        "ranks": ranked_estates(found.community, on=today),
        "weights": weights_of(found.community, on=today),
    }
    return render_page(request, "charging/round.html", context)


@for_staff(*CHARGE, Role.STREET_OFFICER)
@once
def new_round(request: StaffRequest) -> HttpResponse:
    community: Any = house_of(request)
    last = Round.objects.filter(community=community).first()
    form = RoundForm(
        request.POST or None, initial={"number": last.number + 1 if last else 1, "opens_on": clock.today()}
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = rounds.plan_round(community=community, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("已定下，开始的时候按一下“开始”。"), "round", made.pk)
        except NotAllowed as refusal:
            return refused(request, refusal)
        except Refusal as refusal:
            beside(form, refusal)
    return answer_form(request, "charging/round_form.html", {"form": form, "community": community, "round": None}, form)


@for_staff(*CHARGE, Role.STREET_OFFICER)
@once
def change_round(request: StaffRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(rounds_for(request.user), pk=pk)
    form = ChangeRoundForm(request.POST or None, initial={name: getattr(found, name) for name in TOLD})
    if request.method == "POST" and form.is_valid():
        try:
            rounds.change_round(found, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("已记下。"), "round", pk)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal)
        except Refusal as refusal:
            beside(form, refusal)
    return answer_form(request, "charging/round_form.html", {"form": form, "round": found}, form)


@for_staff(*CHARGE, Role.STREET_OFFICER)
@require_POST
@once
def start_round(request: StaffRequest, pk: int) -> HttpResponse:
    return _turned(request, pk, rounds.start_round, _("这一批开始了。"))


@for_staff(*CHARGE, Role.STREET_OFFICER)
@require_POST
@once
def close_round(request: StaffRequest, pk: int) -> HttpResponse:
    return _turned(request, pk, rounds.close_round, _("这一批结束了。"))


def _turned(request: StaffRequest, pk: int, deed: Any, said: str) -> HttpResponse:
    found = get_object_or_404(rounds_for(request.user), pk=pk)
    try:
        deed(found, by=request.user, at=clock.now())
    except Refusal as refusal:
        return refused(request, refusal)
    return done(request, said, "round", pk)


@for_staff(*COUNTERS)
@once
def count_estate(request: StaffRequest, pk: int) -> HttpResponse:
    """How many e-bikes there are, counted once more; what was counted before stands below."""
    rows = (
        Estate.objects.filter(community__in=request.user.community_ids)
        if not request.user.is_superuser
        else Estate.objects
    )
    estate = get_object_or_404(rows.select_related("community"), pk=pk)
    form = CountForm(request.POST or None, initial={"counted_on": clock.today(), "counted_by": str(request.user)})
    if request.method == "POST" and form.is_valid():
        try:
            estates.count_estate(estate=estate, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("清点记下了。"), "charging_desk")
        except NotAllowed as refusal:
            return refused(request, refusal)
        except Refusal as refusal:
            beside(form, refusal)
    history = EstateFacts.objects.filter(estate=estate)[:20]
    return answer_form(
        request, "charging/count_estate.html", {"form": form, "estate": estate, "history": history}, form
    )
