"""Evaluating a drill, by somebody else, with the plan beside it."""

from functools import partial
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.matters.queries import read_matter
from community_portal.people.once import once
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import beside
from community_portal.web.pages import done, refused, render_page
from safety.actions.corrective import open_action
from safety.actions.evaluation import observe, rate
from safety.actions.practice import count_answers, count_practice
from safety.forms.evaluating import ActionForm, AnswersForm, ObserveForm, PracticeForm, RateForm
from safety.models import Drill, DrillStation, Objective, Observation, Question
from safety.queries.outcome import newest_counts, sums_of
from safety.workflow.states import READERS, Drilling


def _draw(request: StaffRequest, drill: Drill, *, refused_row: str = "", form: Any = None) -> HttpResponse:
    """The page; a form that was refused stands where it was (``refused_row`` names it)."""

    def shown(name: str, fresh: Any) -> Any:
        return form if form is not None and name == refused_row else fresh

    points = newest_counts(drill)
    context = {
        "matter": drill,
        "objectives": [
            (
                one,
                shown(
                    f"objective-{one.pk}",
                    RateForm(initial={"rating": one.rating, "why": one.why}, auto_id=f"id_o{one.pk}_%s"),
                ),
            )
            for one in drill.objectives.all()
        ],
        "stations": [
            (one, shown(f"station-{one.pk}", PracticeForm(instance=one, auto_id=f"id_s{one.pk}_%s")))
            for one in drill.stations.all()
        ],
        "questions": [
            (one, shown(f"question-{one.pk}", AnswersForm(instance=one, auto_id=f"id_q{one.pk}_%s")))
            for one in drill.questions.all()
        ],
        "observations": list(drill.observations.prefetch_related("actions__case")),
        "observe_form": shown("observe", ObserveForm(auto_id="id_observe_%s")),
        "retests": list(drill.retests.select_related("case").order_by("pk")),
        "houses": list(drill.houses.select_related("premises")),
        "sums": sums_of(points),
        "is_open": drill.state == Drilling.ENDED,
        "may_count": drill.state in (Drilling.RUNNING, Drilling.ENDED),
        "is_evaluator": request.user.pk == drill.evaluator_id,
    }
    return render_page(request, "safety/evaluation.html", context, status=422 if form is not None else 200)


@for_staff(*READERS)
def drill_evaluation(request: StaffRequest, number: str) -> HttpResponse:
    return _draw(request, read_matter(Drill, request.user, number))


def _answer(request: StaffRequest, drill: Drill, row: str, form: BaseForm, deed: Any) -> HttpResponse:
    """A row of the page: done and back to it, or drawn again with what was typed."""
    if form.is_valid():
        try:
            deed(by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("已记下。"), "drill_evaluation", drill.case.number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=request.path.split("evaluation/")[0] + "evaluation/")
        except Refusal as refusal:
            beside(form, refusal)
    return _draw(request, drill, refused_row=row, form=form)


@for_staff(*READERS)
@require_POST
@once
def drill_rate(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    drill = read_matter(Drill, request.user, number)
    row = get_object_or_404(Objective, drill=drill, pk=pk)
    row.drill = drill
    return _answer(
        request, drill, f"objective-{pk}", RateForm(request.POST, auto_id=f"id_o{pk}_%s"), partial(rate, row)
    )


@for_staff(*READERS)
@require_POST
@once
def drill_practice(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    drill = read_matter(Drill, request.user, number)
    row = get_object_or_404(DrillStation, drill=drill, pk=pk)
    row.drill = drill
    form = PracticeForm(request.POST, auto_id=f"id_s{pk}_%s")
    return _answer(request, drill, f"station-{pk}", form, partial(count_practice, row))


@for_staff(*READERS)
@require_POST
@once
def drill_answers(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    drill = read_matter(Drill, request.user, number)
    row = get_object_or_404(Question, drill=drill, pk=pk)
    row.drill = drill
    form = AnswersForm(request.POST, auto_id=f"id_q{pk}_%s")
    return _answer(request, drill, f"question-{pk}", form, partial(count_answers, row))


@for_staff(*READERS)
@require_POST
@once
def drill_observe(request: StaffRequest, number: str) -> HttpResponse:
    drill = read_matter(Drill, request.user, number)
    form = ObserveForm(request.POST, auto_id="id_observe_%s")
    return _answer(request, drill, "observe", form, partial(observe, drill))


@for_staff(*READERS)
@once
def drill_action(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """An action out of an observation."""
    drill = read_matter(Drill, request.user, number)
    row = get_object_or_404(Observation, drill=drill, pk=pk)
    row.drill = drill
    form = ActionForm(request.POST or None, drill=drill, initial={"title": row.words[:80]})
    if request.method == "POST" and form.is_valid():
        try:
            open_action(row, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("已派出，责任人会收到。"), "drill_evaluation", number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=request.path)
        except Refusal as refusal:
            beside(form, refusal)
    context = {"matter": drill, "row": row, "form": form}
    return render_page(request, "safety/new_action.html", context, status=422 if form.errors else 200)
