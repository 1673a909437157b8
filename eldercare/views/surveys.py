"""Looking at a home on a phone: which rooms, what is in the way, how much, a picture."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.matters.queries import read_matter
from community_portal.people.actions import note_view
from community_portal.people.models import Look, Role
from community_portal.people.once import once
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import beside
from community_portal.web.pages import done, refused, render_page
from eldercare.actions import surveys as deeds
from eldercare.forms.assessments import FindingForm, RoomsForm
from eldercare.models import SCORE_READERS, Adaptation, HomeSurvey, RoomKind, SurveyFinding

SURVEYORS = (Role.ELDERCARE, Role.GRID_OFFICER, Role.ASSESSOR)
LOOKERS = (*SCORE_READERS, Role.ASSESSOR)


def _get(request: StaffRequest, number: str) -> Adaptation:
    """Of one's place, or given to assess: to a builder a home is an address and a list of lines."""
    matter = read_matter(Adaptation, request.user, number)
    reads = request.user.has_role_at(matter.community_id, *SCORE_READERS)
    if not reads and Role.ASSESSOR not in matter.roles_given(request.user):
        raise Http404
    return matter


@for_staff(*LOOKERS)
@once
def survey(request: StaffRequest, number: str) -> HttpResponse:
    """The rooms that were looked at with what is in the way there; while somebody looks, more is added."""
    matter = _get(request, number)
    form = RoomsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            deeds.name_rooms(matter, form.cleaned_data["rooms"], by=request.user, at=clock.now())
            return done(request, _("看了哪些房间，记下了。"), "survey", number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=reverse("survey", args=[number]))
        except Refusal as refusal:
            beside(form, refusal)
    status = 422 if request.method == "POST" else 200
    return _page(request, matter, status=status, **({"rooms_form": form} if status == 422 else {}))


def _page(request: StaffRequest, matter: Adaptation, *, status: int = 200, **more: Any) -> HttpResponse:
    surveys = list(
        HomeSurvey.objects.filter(case=matter.case_id).prefetch_related("findings__photo").select_related("by")
    )
    made = next((one for one in surveys if one.closed_at is None), None)
    may = deeds.may_survey(request.user, matter) and matter.state in deeds.LOOKED_AT_IN
    if surveys:
        resident, why = matter.resident, matter.case.number
        note_view(by=request.user, resident=resident, what=Look.HEALTH, why=why, at=clock.now())
    context = {
        "matter": matter,
        "surveys": [(one, _by_room(one)) for one in surveys],
        "open_survey": made,
        "may_survey": may,
        "rooms_form": RoomsForm(initial={"rooms": made.rooms if made else []}),
        "finding_form": FindingForm(auto_id="finding_%s"),
        "back": reverse("adaptation", args=[matter.case.number]),
    }
    return render_page(request, "eldercare/survey.html", context | more, status=status)


def _by_room(made: HomeSurvey) -> list[tuple[Any, list[SurveyFinding]]]:
    findings = list(made.findings.all())
    return [(RoomKind(room).label, [one for one in findings if one.room == room]) for room in made.rooms]


@for_staff(*SURVEYORS)
@require_POST
@once
def add_finding(request: StaffRequest, number: str) -> HttpResponse:
    """One thing in the way."""
    matter = _get(request, number)
    form = FindingForm(request.POST, request.FILES, auto_id="finding_%s")
    if form.is_valid():
        try:
            deeds.add_finding(matter, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("记下了一处。"), "survey", number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=reverse("survey", args=[number]))
        except Refusal as refusal:
            beside(form, refusal)
    return _page(request, matter, status=422, finding_form=form)


@for_staff(*SURVEYORS)
@require_POST
@once
def drop_finding(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """Written down by mistake."""
    matter = _get(request, number)
    finding = get_object_or_404(SurveyFinding, pk=pk, survey__case=matter.case_id)
    try:
        deeds.drop_finding(finding, matter=matter, by=request.user, at=clock.now())
    except Refusal as refusal:
        return refused(request, refusal, back=reverse("survey", args=[number]))
    return done(request, _("删掉了这一处。"), "survey", number)
