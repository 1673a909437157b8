"""The application at the desk: opened for a resident or out of a help request, and what is put right on it before the street decides."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.casework.models import Case, Source
from community_portal.casework.uploads import read_paper
from community_portal.matters.queries import read_matter
from community_portal.people.models import Resident, Role
from community_portal.people.once import once
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside, seen_version
from community_portal.web.pages import done, refused
from eldercare.actions.applications import apply_for, keep_paper, say_yes, tell_about_home
from eldercare.actions.programmes import open_programmes
from eldercare.forms.applying import NewAdaptationForm, PaperForm, StaffHomeForm
from eldercare.models import Adaptation
from eldercare.views.adaptations import PAGES
from eldercare.workflow.states import OPEN

OPENERS = (Role.GRID_OFFICER, Role.RECEPTIONIST, Role.ELDERCARE, Role.MANAGER)
MAY_TELL = (*OPENERS, Role.STREET_OFFICER)


@for_staff(*OPENERS)
@once
def adapt_for(request: StaffRequest) -> HttpResponse:
    """For the resident whose file was open (``?resident=``)."""
    given = request.POST.get("resident") or request.GET.get("resident", "")
    if not given.isdecimal():
        return HttpResponseRedirect(reverse("residents"), status=303)
    rows = Resident.objects.visible_to(request.user).select_related("community__street", "household__building__estate")
    return _open(request, get_object_or_404(rows, pk=int(given)), case=None)


@for_staff(*OPENERS)
@once
def adapt_from(request: StaffRequest, number: str) -> HttpResponse:
    """Out of a request for help: the same case, its words and its photos; nothing is told twice."""
    rows = Case.objects.visible_to(request.user).filter(resident__isnull=False)
    case: Any = get_object_or_404(
        rows.select_related("resident__community__street", "resident__household__building__estate"), number=number
    )
    return _open(request, case.resident, case=case)


def _open(request: StaffRequest, resident: Any, *, case: Case | None) -> HttpResponse:
    if known := _under_way(request, resident):
        return HttpResponseRedirect(reverse("adaptation", args=[known.case.number]), status=303)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = NewAdaptationForm(*sent, programmes=open_programmes(resident.community.street, on=clock.today()))
    if request.method == "POST" and form.is_valid():
        try:
            number = _opened(request, resident, case, dict(form.cleaned_data))
            return done(request, _("已开始申请，编号 %(number)s。") % {"number": number}, "adaptation", number)
        except NotAllowed as refusal:
            return refused(request, refusal, back=reverse("resident_file", args=[resident.pk]))
        except Refusal as refusal:
            beside(form, refusal)
    context = {"form": form, "resident": resident, "case": case}
    return answer_form(request, "eldercare/adapt_for.html", context, form)


def _under_way(request: StaffRequest, resident: Resident) -> Any:
    """What is being done in that home already."""
    here = Adaptation.objects.visible_to(request.user).filter(household=resident.household_id, state__in=OPEN)
    return here.select_related("case").first() if resident.household_id else None


def _opened(request: StaffRequest, resident: Resident, case: Case | None, data: dict[str, Any]) -> str:
    at, wants = clock.now(), data.pop("wants")
    made = apply_for(resident, case=case, source=Source.DESK, words=data["needs"], by=request.user, at=at, **data)
    if wants:
        say_yes(made, by=request.user, at=at)
    return made.case.number


@for_staff(*MAY_TELL)
@once
def adaptation_home(request: StaffRequest, number: str) -> HttpResponse:
    """What was told of the home, put right."""
    matter = read_matter(Adaptation, request.user, number)
    initial = {name: getattr(matter, name) for name in StaffHomeForm.base_fields}
    form = StaffHomeForm(request.POST or None, initial=initial)
    back = reverse("adaptation", args=[number])
    if request.method == "POST" and form.is_valid():
        try:
            seen = seen_version(request)
            tell_about_home(matter, by=request.user, at=clock.now(), seen=seen, **form.cleaned_data)
            return done(request, _("已记下。"), "adaptation", number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=back)
        except Refusal as refusal:
            beside(form, refusal)
    context = {"form": form, "matter": matter, "back": back, "seen": matter.version}
    return answer_form(request, "eldercare/adaptation_home.html", context, form)


@for_staff(*MAY_TELL)
@require_POST
@once
def adaptation_paper(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """One of its papers: its picture, or that somebody saw it."""
    matter = read_matter(Adaptation, request.user, number)
    paper = get_object_or_404(matter.papers, pk=pk)
    paper.adaptation = matter
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            file = form.cleaned_data["file"]
            read = read_paper(file) if file else None
            keep_paper(paper, file=read, was_seen=form.cleaned_data["was_seen"], by=request.user, at=clock.now())
            return done(request, _("已记下。"), "adaptation", number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=reverse("adaptation", args=[number]))
        except Refusal as refusal:
            beside(form, refusal)
    return PAGES.page(request, matter, status=422, paper_form=form, open_paper=paper.pk)


@for_staff(*MAY_TELL)
@require_POST
@once
def adaptation_consent(request: StaffRequest, number: str) -> HttpResponse:
    """Staff heard from the elder, or the guardian, that they want it."""
    matter = read_matter(Adaptation, request.user, number)
    try:
        say_yes(matter, by=request.user, at=clock.now())
    except Refusal as refusal:
        return refused(request, refusal, back=reverse("adaptation", args=[number]))
    return done(request, _("已记下。"), "adaptation", number)
