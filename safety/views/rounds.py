"""Rounds: on the phone, piece after piece, with a network or without; their end, and what they came to."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.casework.uploads import ReadFile
from community_portal.matters.forms.fields import PhotosField
from community_portal.people.once import once
from community_portal.people.reach import at_places_of
from community_portal.people.shell import keeps_forms
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, go_on, refused, render_page
from community_portal.web.paging import is_row_number, page_by_id
from safety.actions.equipment import Place
from safety.actions.inspections import Found, inspect, not_found
from safety.actions.rounds import end_round as end
from safety.actions.rounds import start_round as start
from safety.equipment_dues import places_with_equipment
from safety.forms.equipment import EndForm, RoundForm
from safety.models import Equipment, InspectionRound, Premises
from safety.queries.round_page import report_of, round_page
from safety.queries.rounds import rounds_shown
from safety.workflow.equipment import INSPECTORS
from safety.workflow.states import READERS

PAGE = 30


@for_staff(*READERS)
def inspection_rounds(request: StaffRequest) -> HttpResponse:
    rows = rounds_shown(request.user)
    page = page_by_id(rows, size=PAGE, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    return render_page(request, "safety/rounds.html", {"page": page})


def _premises_for(user: Any) -> Any:
    """Where something stands, within the places of whoever goes round; a grid officer's are those of the own grids."""
    rows = places_with_equipment(clock.today())
    return (rows if user.is_superuser else rows.filter(at_places_of(user, INSPECTORS))).order_by("community_id", "name")


@for_staff(*INSPECTORS)
@once
def start_round(request: StaffRequest) -> HttpResponse:
    wanted = [pk for pk in request.GET.getlist("premises") if is_row_number(pk)]
    premises = _premises_for(request.user)
    form = RoundForm(request.POST or None, premises=premises, initial={"premises": wanted})
    if request.method == "POST" and form.is_valid():
        try:
            made = start(by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("开始了。一件一件来，没有网络也能记。"), "inspection_round", made.pk)
        except NotAllowed as refusal:
            return refused(request, refusal, back=reverse("inspection_rounds"))
        except Refusal as refusal:
            beside(form, refusal)
    return answer_form(request, "safety/start_round.html", {"form": form}, form)


def _round(request: StaffRequest, pk: int) -> InspectionRound:
    rows = InspectionRound.objects.visible_to(request.user).select_related(
        "community__street", "started_by", "ended_by"
    )
    found: InspectionRound = get_object_or_404(rows, pk=pk)
    return found


@for_staff(*READERS)
def inspection_round(request: StaffRequest, pk: int) -> HttpResponse:
    """The phone page. Where the phone may keep forms every card stands on it; else the nearest alone."""
    return _draw(request, _round(request, pk))


def _code_of(text: str) -> str:
    """As typed, or the address of a sticker as a scanner reads it."""
    return text.strip().rstrip("/").rpartition("/")[2].upper()[:16]


def _draw(
    request: StaffRequest,
    round_: InspectionRound,
    *,
    status: int = 200,
    wanted: str = "",
    typed: Any = None,
    **more: Any,
) -> HttpResponse:
    wanted = wanted or _code_of(request.GET.get("piece", ""))
    context = round_page(round_, request.user, wanted=wanted, all_cards=keeps_forms(request), typed=typed)
    context["may_look"] = request.user.is_superuser or request.user.has_role_at(round_.community_id, *INSPECTORS)
    return render_page(request, "safety/round.html", {"refusal": None} | context | more, status=status)


@for_staff(*INSPECTORS)
@require_POST
@once
def round_look(request: StaffRequest, pk: int, code: str) -> HttpResponse:
    """One card: what was seen, or that it was not found."""
    round_ = _round(request, pk)
    pieces = Equipment.objects.visible_to(request.user).filter(community=round_.community_id)
    piece = get_object_or_404(pieces.select_related("premises"), code=code.upper())
    deed: dict[str, Any] = {"key": _key(request), "by": request.user, "at": clock.now(), "round": round_}
    try:
        if request.POST.get("result") == "not_found":
            not_found(piece, words=request.POST.get("place_words", ""), **deed)
            return _next(request, round_, _("记下了：没找到。"))
        look, is_new = inspect(piece, _found(request, round_), **deed)
    except (Changed, NotAllowed) as refusal:
        return refused(request, refusal, back=reverse("inspection_round", args=[pk]))
    except Refusal as refusal:
        return _draw(request, round_, status=refusal.status, refusal=refusal, wanted=piece.code, typed=request.POST)
    if is_new:
        return _next(request, round_, "")
    when = f"{clock.local(look.ended_at):%H:%M}"
    return _next(request, round_, _("今天查过了（%(when)s），只算一次。") % {"when": when})


def _key(request: StaffRequest) -> str:
    return request.POST.get("once", "")[:76] or f"{clock.now():%Y%m%d%H%M%S%f}"


def _next(request: StaffRequest, round_: InspectionRound, said: Any) -> HttpResponse:
    if said:
        return done(request, said, "inspection_round", round_.pk)
    return go_on(request, "inspection_round", round_.pk)


def _found(request: StaffRequest, round_: InspectionRound) -> Found:
    """As typed: answers begin with ``a-``, words with ``w-``, photos with ``p-``, each by the code of its item."""
    photos: dict[str, ReadFile] = {}
    for name in request.FILES:
        if name.startswith("p-"):
            kept = PhotosField().clean(request.FILES.getlist(name)[:1])
            photos |= {name[2:]: kept[0]} if kept else {}
    template = request.POST.get("template", "")
    return Found(
        answers=_by_item(request, "a-"),
        words=_by_item(request, "w-"),
        photos=photos,
        seconds=_seconds(request),
        place=_place(request, round_),
        template=int(template) if is_row_number(template) else None,
    )


def _by_item(request: StaffRequest, begins: str) -> dict[str, str]:
    return {name.removeprefix(begins): str(value) for name, value in request.POST.items() if name.startswith(begins)}


def _seconds(request: StaffRequest) -> int:
    """As the phone measured; without its script, since the page was drawn."""
    told = request.POST.get("seconds", "")
    if is_row_number(told):
        return int(told)
    try:
        opened = dt.datetime.fromisoformat(request.POST.get("opened_at", ""))
        return max(0, int((clock.now() - opened).total_seconds()))
    except (ValueError, TypeError):
        return 0


def _place(request: StaffRequest, round_: InspectionRound) -> Place | None:
    """Where it stands, when somebody said that it stands elsewhere."""
    spot, floor, premises = (request.POST.get(f"to_{name}", "").strip() for name in ("spot", "floor", "premises"))
    if not spot:
        return None
    rows = Premises.objects.filter(community=round_.community_id)
    where = rows.filter(pk=premises).first() if is_row_number(premises) else None
    if where is None:
        raise Refusal(_("请选它现在在哪个场所。"), code="no_premises", field="to_premises")
    if floor and not floor.removeprefix("-").isdecimal():
        raise Refusal(_("几层要写数字。"), code="no_floor", field="to_floor")
    return Place(where, int(floor[:4]) if floor else None, spot)


@for_staff(*INSPECTORS)
@once
def end_round(request: StaffRequest, pk: int) -> HttpResponse:
    """What was not found, not gone to and moved, before it is ended."""
    round_ = _round(request, pk)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            end(round_, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("这次巡查结束了。"), "round_report", pk)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=reverse("round_report", args=[pk]))
        except Refusal as refusal:
            beside(form, refusal)
    return answer_form(request, "safety/end_round.html", {"form": form, **report_of(round_)}, form)


@for_staff(*READERS)
def round_report(request: StaffRequest, pk: int) -> HttpResponse:
    """To be read and printed: how many, what failed and became of it, what was not found and what was moved."""
    return render_page(request, "safety/round_report.html", report_of(_round(request, pk)))
