"""What people think of a matter, or of something of the house: alike ones together, one answer for all of them."""

from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.deliberations.actions import opinions as deeds
from community_portal.deliberations.forms import AnswerOpinionForm, MergeForm, OpinionForm
from community_portal.deliberations.models import Opinion
from community_portal.deliberations.topics import Topic, topic_again, topic_of
from community_portal.deliberations.views.shared import READ, answer_deed, matter_asked, new_topic, place_of, sent_as
from community_portal.matters.kinds import kind_of
from community_portal.people.once import once
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.pages import render_page

MOST = 200


@for_staff(*READ)
@once
def opinions(request: StaffRequest) -> HttpResponse:
    """Each with how many say the same."""
    matter = matter_asked(request)
    rows = Opinion.objects.visible_to(request.user)
    rows = rows.of(matter) if matter else rows.filter(flow="", community=place_of(request, None))
    firsts = rows.filter(merged_into__isnull=True)
    bound = request.POST.get("form", "")
    forms: dict[str, Any] = {
        "say": OpinionForm(**sent_as(request, "say")),
        "merge": MergeForm(rows=firsts, **sent_as(request, "merge")),
        "answer": AnswerOpinionForm(rows=firsts, **sent_as(request, "answer")),
    }
    if request.method == "POST" and (answer := _take(request, matter, bound, forms)):
        return answer
    context = {
        "rows": firsts.annotate(others=Count("merged")).order_by("-others", "id")[:MOST],
        "forms": forms,
        "matter": matter,
        "place": place_of(request, matter),
        "back": kind_of(matter).url_of(matter.case.number) if matter else reverse("deliberations"),
    }
    wrong = any(form.is_bound and form.errors for form in forms.values())
    return render_page(request, "deliberations/opinions.html", context, status=422 if wrong else 200)


def _topic(request: StaffRequest, matter: Any, about: str) -> Topic:
    """The matter; of the house what was said about the same before, so that one thing has one number."""
    if matter:
        return topic_of(matter)
    alone = Opinion.objects.filter(flow="", community=place_of(request, None), topic=about).select_related("case")
    before = alone.first()
    return topic_again(before) if before else new_topic(request, None, about)


def _take(request: StaffRequest, matter: Any, bound: str, forms: dict[str, Any]) -> HttpResponse | None:
    form = forms.get(bound)
    if form is None or not form.is_valid():
        return None
    by: Any = request.user
    data, at = dict(form.cleaned_data), clock.now()

    def say() -> None:
        deeds.take_opinion(_topic(request, matter, data["about"]), by=by, at=at, **data)

    deed = {
        "say": say,
        "merge": lambda: deeds.merge_opinion(data["opinion"], into=data["into"], by=by, at=at),
        "answer": lambda: deeds.answer_opinion(data["opinion"], reply=data["reply"], by=by, at=at, publish=True),
    }[bound]
    here = request.get_full_path()
    asked = {"flow": matter.flow.name, "number": matter.case.number} if matter else None
    return answer_deed(request, deed, said=_("已记下。"), to=("opinions",), back=here, form=form, query=asked)
