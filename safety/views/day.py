"""The day on a phone, with a network or without; and the wall, with numbers only."""

import secrets
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.matters.queries import read_matter
from community_portal.people.actions import note_views
from community_portal.people.models import Look, User
from community_portal.people.once import once
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import beside
from community_portal.web.pages import done, go_on, refused, render_page
from safety.actions import day as deeds
from safety.forms.day import CorrectForm, CountForm, PressForm
from safety.models import AssemblyPoint, Drill, DrillMark
from safety.queries.day import Missing, day_of, red_list, trail_of, wall_of
from safety.rights import sees_names
from safety.workflow.states import READERS

NOTHING_REFUSED: dict[str, Any] = {"problem": "", "ask_words": "", "refused_point": None, "count_form": None}


def _read(request: StaffRequest, number: str) -> Drill:
    return read_matter(Drill, request.user, number)


def whom_to_find(request: StaffRequest, drill: Drill) -> list[Missing]:
    """The red list as this reader sees it; a look at the names is kept, once for a page."""
    people = red_list(drill, request.user)
    if people and "HX-Request" not in request.headers:
        ids = [one.row.resident_id for one in people]
        note_views(by=request.user, residents=ids, what=Look.CARE_TAGS, why=drill.case.number, at=clock.now())
    return people


def draw(request: StaffRequest, drill: Drill, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page, or what of it changes, for a phone that looks again every few seconds."""
    people = whom_to_find(request, drill)
    context = (
        {
            "matter": drill,
            "now": clock.now(),
            "day": day_of(drill, request.user, people),
        }
        | NOTHING_REFUSED
        | more
    )
    return render_page(request, "safety/day.html", context, fragment="safety/parts/day_now.html", status=status)


@for_staff(*READERS)
def drill_day(request: StaffRequest, number: str) -> HttpResponse:
    return draw(request, _read(request, number))


@for_staff(*READERS)
@require_POST
@once
def drill_press(request: StaffRequest, number: str) -> HttpResponse:
    """A button. Pressed a second time, by whomever, the first time is the answer."""
    drill = _read(request, number)
    form = PressForm(request.POST, drill=drill)
    if not form.is_valid():
        return draw(request, drill, status=422, problem=_("按的这个时刻不对，请再看一眼。"))
    data = form.cleaned_data
    try:
        deeds.press(
            drill, _scope(data), key=_key(request), by=request.user, at=clock.now(), words=data["words"],
            device_at=data["device_at"],
        )  # fmt: skip
    except (Changed, NotAllowed) as refusal:
        return refused(request, refusal, back=request.path.removesuffix("press/"))
    except Refusal as refusal:
        return draw(request, drill, status=422, problem=refusal.sentence, ask_words=data["kind"])
    return go_on(request, "drill_day", number)


def _key(request: StaffRequest) -> str:
    """By which a press counts once; a form that brings none is one of its own."""
    return request.POST.get("once", "")[:76] or secrets.token_hex(16)


def _scope(data: dict[str, Any]) -> deeds.Scope:
    return deeds.Scope(data["kind"], data["house"], data["floor"], data["helper"])


@for_staff(*READERS)
@once
def drill_correct(request: StaffRequest, number: str) -> HttpResponse:
    """按错了: another time with words, or taken back; what was pressed stays in the trail."""
    drill = _read(request, number)
    form = CorrectForm(request.POST if request.method == "POST" else None, drill=drill)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            deeds.correct(
                drill, _scope(data), happened_at=data["happened_at"], words=data["words"], key=_key(request),
                by=request.user, at=clock.now(),
            )  # fmt: skip
            return done(request, _("已改正，原来按的还留着。"), "drill_day", number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=request.path)
        except Refusal as refusal:
            beside(form, refusal)
    context = {
        "matter": drill,
        "form": form,
        "trail": [(mark, _whose(drill, mark, request.user), form.is_about(mark)) for mark in trail_of(drill)],
        "may_correct": drill.state in deeds.TAKES_MARKS,
    }
    return render_page(request, "safety/correct.html", context, status=422 if form.errors else 200)


def _whose(drill: Drill, mark: DrillMark, user: User) -> str:
    """Who was met or found, for those who read names on the day as well."""
    if mark.helper is None or not (sees_names(drill, user) or mark.helper.user_id == user.pk):
        return ""
    return mark.helper.resident.name


@for_staff(*READERS)
@require_POST
@once
def drill_count(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """Heads at one assembly point."""
    drill = _read(request, number)
    point = get_object_or_404(AssemblyPoint.objects.select_related("drill"), drill=drill, pk=pk)
    form = CountForm(request.POST, auto_id=f"id_count{pk}_%s")
    if form.is_valid():
        try:
            deeds.count_heads(point, key=_key(request), by=request.user, at=clock.now(), **form.cleaned_data)
            return go_on(request, "drill_day", number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=request.path.rsplit("count/", 1)[0])
        except Refusal as refusal:
            beside(form, refusal)
    return draw(request, drill, status=422, refused_point=pk, count_form=form)


@for_staff(*READERS)
def drill_wall(request: StaffRequest, number: str) -> HttpResponse:
    """To be read from thirty metres, by everybody: numbers, no names."""
    drill = _read(request, number)
    context = {"matter": drill, "now": clock.now(), "wall": wall_of(drill)}
    return render_page(request, "safety/wall.html", context, fragment="safety/parts/wall_now.html")
