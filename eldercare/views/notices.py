"""The public notice, open to all and to be printed; objections to it, and the street's answers."""

from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.matters.queries import read_matter
from community_portal.people.models import Role
from community_portal.people.once import once
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff, open_to_all
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, refused
from eldercare.actions.public_notice import answer_objection, object_to
from eldercare.forms.noticing import AnswerForm, ObjectionForm
from eldercare.models import Adaptation
from eldercare.views.adaptations import ON_PAPER, PAGES
from eldercare.views.desk import MAY_TELL
from eldercare.workflow.states import State


def covered(name: str) -> str:
    """陈*: enough for a neighbour who knows, no more."""
    return f"{name[:1]}*"


@open_to_all
@once
def public_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is to have a home adapted, names covered, and until when one may object; anybody may, without a name."""
    rows = Adaptation.objects.filter(state=State.NOTICE).select_related(
        "community", "programme", "resident", "household__building__estate"
    )
    adaptation: Any = get_object_or_404(rows, pk=pk)
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if not ratelimit.consume(request, action="objection", key=f"notice:{pk}"):
                raise Refusal(_("意见写得太多了，请过几分钟再写，或打社区电话。"), code="too_many", status=429)
            object_to(adaptation, at=clock.now(), **form.cleaned_data)
            return done(request, _("收到了，街道会答复。"), "public_notice", pk)
        except Changed as changed:
            return refused(request, changed)
        except Refusal as refusal:
            beside(form, refusal)
    building = adaptation.household.building
    context = {
        "adaptation": adaptation,
        "name": covered(adaptation.resident.name),
        "estate": building.estate if building else "",
        "form": form,
        "is_over": clock.today() > adaptation.notice_until,
        "phone": adaptation.community.phone,
    }
    return answer_form(request, "eldercare/public_notice.html", context, form)


@for_staff(*MAY_TELL)
@require_POST
@once
def adaptation_objection(request: StaffRequest, number: str) -> HttpResponse:
    """What came on paper or by telephone, written down."""
    matter = read_matter(Adaptation, request.user, number)
    form = ObjectionForm(request.POST, prefix=ON_PAPER)
    if form.is_valid():
        try:
            object_to(matter, recorded_by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("已记下。"), "adaptation", number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=reverse("adaptation", args=[number]))
        except Refusal as refusal:
            beside(form, refusal)
    return PAGES.page(request, matter, status=422, objection_form=form)


@for_staff(Role.STREET_OFFICER)
@require_POST
@once
def adaptation_answer(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """The street's answer to one objection."""
    matter = read_matter(Adaptation, request.user, number)
    objection = get_object_or_404(matter.objections, pk=pk)
    objection.adaptation = matter
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            answer_objection(objection, words=form.cleaned_data["answer"], by=request.user, at=clock.now())
            return done(request, _("已答复。"), "adaptation", number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=reverse("adaptation", args=[number]))
        except Refusal as refusal:
            beside(form, refusal)
    return PAGES.page(request, matter, status=422, answer_form=form, open_objection=pk)
