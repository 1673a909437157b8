"""Who needs help to leave the house, by staircase, each with a named helper. Names and doors alone; each look is kept."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.matters.queries import read_matter
from community_portal.people.actions import note_views
from community_portal.people.models import Look, Resident
from community_portal.people.once import once
from community_portal.people.phones import read_phone
from community_portal.people.wording import read_name
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import beside
from community_portal.web.pages import done, refused, render_page
from community_portal.web.paging import is_row_number
from safety.actions.helping import ask_for_help, assign_helper, confirm_helper, drop_helped
from safety.forms.people import HelperForm
from safety.models import Drill, Helper
from safety.queries.helping import by_staircase, candidates
from safety.rights import must_plan
from safety.workflow.states import BEFORE, PLANNERS


@for_staff(*PLANNERS)
@once
def drill_helpers(request: StaffRequest, number: str) -> HttpResponse:
    """Those on the list, and those of the houses whose file says that they need help; one button puts them on it."""
    drill = read_matter(Drill, request.user, number)
    if request.method == "POST":
        return _ask(request, drill)
    rows, more = by_staircase(drill), list(candidates(drill))
    seen = [row.resident_id for _stairs, group in rows for row in group] + [one.pk for one in more]
    if seen:
        note_views(by=request.user, residents=seen, what=Look.CARE_TAGS, why=number, at=clock.now())
    context = {"matter": drill, "rows": rows, "candidates": more, "is_open": drill.state in BEFORE}
    return render_page(request, "safety/helpers.html", context)


def _ask(request: StaffRequest, drill: Drill) -> HttpResponse:
    number, wanted = drill.case.number, request.POST.get("resident", "")
    resident = Resident.objects.visible_to(request.user).filter(pk=wanted if is_row_number(wanted) else 0).first()
    try:
        must_plan(drill, request.user)
        if resident is None:
            raise Refusal(_("没有找到这位居民，请从名单里选。"), code="nobody")
        ask_for_help(drill, resident, by=request.user, at=clock.now())
    except Refusal as refusal:
        return refused(request, refusal, back=request.path)
    return done(request, _("已写上。"), "drill_helpers", number)


@for_staff(*PLANNERS)
@once
def drill_helper(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """Who helps this person; that they said yes; or that it is not needed."""
    drill = read_matter(Drill, request.user, number)
    row = get_object_or_404(
        Helper.objects.select_related("resident__household", "drill__case", "drill__community"), drill=drill, pk=pk
    )
    note_views(by=request.user, residents=[row.resident_id], what=Look.CARE_TAGS, why=number, at=clock.now())
    deed = request.POST.get("deed", "")
    form = HelperForm(
        request.POST if request.method == "POST" and not deed else None, drill=drill, initial=_initial(row)
    )
    try:
        if request.method == "POST" and (deed in DEEDS or form.is_valid()):
            return _done(request, row, deed, form)
    except (Changed, NotAllowed) as refusal:
        return refused(request, refusal, back=request.path)
    except Refusal as refusal:
        beside(form, refusal) if form.is_bound else None
    context = {"matter": drill, "row": row, "form": form}
    return render_page(request, "safety/helper.html", context, status=422 if form.errors else 200)


DEEDS = {"confirm": confirm_helper, "drop": drop_helped}


def _done(request: StaffRequest, row: Helper, deed: str, form: HelperForm) -> HttpResponse:
    number, at = row.drill.case.number, clock.now()
    if deed in DEEDS:
        DEEDS[deed](row, by=request.user, at=at)
    else:
        assign_helper(row, by=request.user, at=at, helper=_resident_of(row, form.cleaned_data), **form.cleaned_data)
    return done(request, _("已记下。"), "drill_helpers", number)


def _resident_of(row: Helper, typed: dict[str, Any]) -> Resident | None:
    """A neighbour of that name whose file has that number: somebody who needs help does not give it. The number alone says nobody:
    a daughter's telephone stands in her mother's file."""
    files = Resident.objects.current().filter(community=row.community_id, name=read_name(typed["name"]))
    return files.filter(contacts__phone=read_phone(typed["phone"])).first()


def _initial(row: Helper) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("name", "phone", "user", "backup_name", "backup_phone")}
