"""A survey: its questions, what a household answers, and both rates of every choice."""

from typing import Any

import segno
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.deliberations.actions import opinions as deeds
from community_portal.deliberations.forms import HouseholdForm, SurveyForm
from community_portal.deliberations.models import Survey
from community_portal.deliberations.surveys import result_of, token_of
from community_portal.deliberations.topics import RECORDERS
from community_portal.deliberations.views.shared import (
    CALL,
    READ,
    answer_deed,
    back_of,
    matter_asked,
    may,
    new_topic,
    place_of,
)
from community_portal.people.once import once
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.pages import render_page


@for_staff(*CALL)
@once
def open_survey(request: StaffRequest) -> HttpResponse:
    """Questions about a matter, or about something of the house, and to how many households."""
    matter = matter_asked(request)
    form = SurveyForm(request.POST or None, initial={"opens_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        def deed() -> Survey:
            topic = new_topic(request, matter, data["title"])
            return deeds.open_survey(topic, by=request.user, at=clock.now(), **data)

        told: dict[str, Any] = {"said": _("问卷开始了。"), "to": lambda made: ("survey_answers", made.pk)}
        if answer := answer_deed(request, deed, back=reverse("deliberations"), form=form, **told):
            return answer
    context = {"form": form, "title": _("做一份问卷"), "matter": matter, "place": place_of(request, matter)}
    return render_page(request, "deliberations/form.html", context, status=422 if form.errors else 200)


@for_staff(*READ)
@once
def survey(request: StaffRequest, pk: int) -> HttpResponse:
    """What came of it so far, and one household more."""
    row = get_object_or_404(Survey.objects.visible_to(request.user).select_related("case", "community"), pk=pk)
    form = HouseholdForm(request.POST or None, survey=row)
    if request.method == "POST" and form.is_valid():
        by: Any = request.user

        def deed() -> None:
            deeds.answer_survey(row, by=by, at=clock.now(), **form.told)

        here = reverse("survey_answers", args=[row.pk])
        if answer := answer_deed(
            request, deed, said=_("已记下。"), to=("survey_answers", row.pk), back=here, form=form
        ):
            return answer
    url, crumb = back_of(row)
    link = settings.PORTAL_URL + reverse("survey_by_link", args=[token_of(row)])
    context = {
        "survey": row,
        "form": form,
        "result": result_of(row),
        "link": link,
        "qr": segno.make(link, error="m").svg_inline(scale=4, border=2),
        "is_open": row.opens_on <= clock.today() <= row.closes_on,
        "may_write": may(row, request.user, RECORDERS),
        "back": url or reverse("deliberations"),
        "crumb": crumb or _("议事与表决"),
    }
    return render_page(request, "deliberations/survey.html", context, status=422 if form.errors else 200)
