"""Writing a plan: its fields, and row by row what it consists of."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.matters.queries import read_matter
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside, seen_version
from community_portal.web.pages import done, refused, render_page
from safety.actions.plans import LATER, add_to_plan, change_plan, plan_drill, take_from_plan
from safety.forms.planning import PARTS, TITLES, NewDrillForm, PlanForm
from safety.models import Drill
from safety.workflow.states import PLANNED, PLANNERS, Drilling


@for_staff(*PLANNERS)
@once
def plan_new_drill(request: StaffRequest) -> HttpResponse:
    house = house_of(request)
    if house is None:
        raise Http404
    form = NewDrillForm(request.POST or None, community=house)
    form.begin_with(request.GET)
    if request.method == "POST" and form.is_valid():
        try:
            drill = plan_drill(house, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("已开头，接着把方案写全。"), "drill_plan", drill.case.number)
        except NotAllowed as refusal:
            return refused(request, refusal, back="/")
        except Refusal as refusal:
            beside(form, refusal)
    return answer_form(request, "safety/new_drill.html", {"form": form, "house": house}, form)


@for_staff(*PLANNERS)
@once
def drill_plan(request: StaffRequest, number: str) -> HttpResponse:
    drill = read_matter(Drill, request.user, number)
    form = PlanForm(request.POST or None, instance=drill, community=drill.community)
    if request.method == "POST" and form.is_valid():
        try:
            seen = seen_version(request)
            change_plan(
                read_matter(Drill, request.user, number),
                by=request.user,
                at=clock.now(),
                seen=seen,
                **form.cleaned_data,
            )
            return done(request, _("已保存。"), "drill_plan", number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=request.path)
        except Refusal as refusal:
            beside(form, refusal)
    return _page(request, drill, form=form)


def _page(request: StaffRequest, drill: Drill, **more: Any) -> HttpResponse:
    """All parts with their rows; ``more`` may hold a form of one that was refused."""
    drawn = read_matter(Drill, request.user, drill.case.number)
    form = more.pop("form", None) or PlanForm(instance=drawn, community=drawn.community)
    refused_part, part_form = more.pop("refused_part", ""), more.pop("part_form", None)
    parts = [
        {
            "name": name,
            "title": TITLES[name],
            "rows": list(_rows(drawn, name)),
            "form": part_form if name == refused_part else kind(drill=drawn, auto_id=f"id_{name}_%s"),
            "is_open": drawn.state == Drilling.DRAFT or name in LATER and drawn.state in PLANNED,
        }
        for name, kind in PARTS.items()
    ]
    wrong = bool(form.errors or part_form is not None)
    context = {"matter": drawn, "form": form, "parts": parts, "is_draft": drawn.state == Drilling.DRAFT}
    return render_page(request, "safety/plan.html", context, status=422 if wrong else 200)


def _rows(drill: Drill, part: str) -> Any:
    joins = {"houses": ("premises",), "members": ("user",)}.get(part, ())
    return getattr(drill, part).select_related(*joins)


@for_staff(*PLANNERS)
@require_POST
@once
def drill_plan_part(request: StaffRequest, number: str, part: str) -> HttpResponse:
    """A row more."""
    drill = read_matter(Drill, request.user, number)
    if part not in PARTS:
        raise Http404
    form = PARTS[part](request.POST, drill=drill, auto_id=f"id_{part}_%s")
    if form.is_valid():
        try:
            with transaction.atomic():
                add_to_plan(drill, form.save(commit=False), part=part, by=request.user, at=clock.now())
            return done(request, _("已加上。"), "drill_plan", number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=request.path)
        except (ValidationError, IntegrityError):
            form.add_error(None, _("已经有一样的了，或者这个组已经有组长。"))
    return _page(request, drill, refused_part=part, part_form=form)


@for_staff(*PLANNERS)
@require_POST
@once
def drill_plan_remove(request: StaffRequest, number: str, part: str, pk: int) -> HttpResponse:
    drill = read_matter(Drill, request.user, number)
    if part not in PARTS:
        raise Http404
    row = get_object_or_404(_rows(drill, part), pk=pk)
    try:
        take_from_plan(drill, row, part=part, by=request.user, at=clock.now())
    except Refusal as refusal:
        return refused(request, refusal, back=request.path)
    return done(request, _("已去掉。"), "drill_plan", number)
