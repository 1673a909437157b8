"""Objections: written down, and answered."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.deliberations.actions.opinions import answer_objection, take_objection
from community_portal.deliberations.forms import ObjectionForm, ReplyForm
from community_portal.deliberations.models import Objection
from community_portal.deliberations.topics import CONVENERS, topic_of
from community_portal.deliberations.views.shared import READ, WRITE, answer_deed, back_of, matter_asked, may
from community_portal.matters.kinds import kind_of
from community_portal.people.once import once
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.pages import render_page


@for_staff(*WRITE)
@once
def new_objection(request: StaffRequest) -> HttpResponse:
    """Somebody said at the desk, by telephone or on paper what they have against a matter."""
    matter = matter_asked(request)
    if matter is None:
        raise Http404
    form = ObjectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data, by = form.cleaned_data, request.user

        def deed() -> None:
            take_objection(topic_of(matter), by=by, at=clock.now(), **data)

        url_name, number = kind_of(matter).flow.url_name, matter.case.number
        back = reverse(url_name, args=[number])
        if answer := answer_deed(request, deed, said=_("已记下。"), to=(url_name, number), back=back, form=form):
            return answer
    context = {"form": form, "title": _("记一条异议"), "matter": matter, "place": matter.community}
    return render_page(request, "deliberations/form.html", context, status=422 if form.errors else 200)


@for_staff(*READ)
@once
def objection(request: StaffRequest, pk: int) -> HttpResponse:
    """What was said, and the answer."""
    rows = Objection.objects.visible_to(request.user).select_related("case", "community", "replied_by")
    row = get_object_or_404(rows, pk=pk)
    form = ReplyForm(request.POST or None)
    url, crumb = back_of(row)
    if request.method == "POST" and form.is_valid():
        by: Any = request.user

        def deed() -> None:
            answer_objection(row, by=by, at=clock.now(), **form.cleaned_data)

        here = reverse("objection", args=[row.pk])
        if answer := answer_deed(request, deed, said=_("答复了。"), to=("objection", row.pk), back=here, form=form):
            return answer
    context = {
        "objection": row,
        "form": form,
        "back": url or reverse("deliberations"),
        "crumb": crumb or _("议事与表决"),
        "may_answer": row.is_open and may(row, request.user, CONVENERS),
    }
    return render_page(request, "deliberations/objection.html", context, status=422 if form.errors else 200)
