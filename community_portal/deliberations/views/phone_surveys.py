"""Answering a survey from one's phone, by the link or the code that hangs on the board."""

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.deliberations.actions.opinions import answer_survey
from community_portal.deliberations.forms import OwnHouseholdForm
from community_portal.deliberations.surveys import survey_behind
from community_portal.people.once import once
from community_portal.people.shell import show_house
from community_portal.refusals import Refusal
from community_portal.web.access import open_to_all
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import render_page


@open_to_all
@once
def survey_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The questions, and which household it is; what others said stands nowhere here."""
    survey, at = survey_behind(token), clock.now()
    if survey is None:
        return render_page(request, "answers/gone.html", status=404)
    show_house(request, survey.community)
    form = OwnHouseholdForm(request.POST if request.method == "POST" else None, survey=survey)
    if request.method == "POST" and form.is_valid():
        try:
            if not ratelimit.consume(request, action="survey"):
                raise Refusal(_("答得太多了，请过一会儿再答，或打社区电话。"), code="too_many", status=429)
            answer_survey(survey, by=None, at=at, **form.told)
            return HttpResponseRedirect(f"{reverse('survey_by_link', args=[token])}?answered=1", status=303)
        except Refusal as refusal:
            beside(form, refusal)
    context = {
        "survey": survey,
        "form": form,
        "is_open": survey.opens_on <= clock.today() <= survey.closes_on,
        "was_answered": request.GET.get("answered") == "1",
    }
    return answer_form(request, "deliberations/survey_by_link.html", context, form)
