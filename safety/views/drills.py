"""A drill on the pages of staff: the whole of it, its check-list, its papers for the staircase."""

from functools import partial
from typing import Any

import segno
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.bookings.queries import signed_up
from community_portal.bookings.seats import FULL
from community_portal.matters.pages import MatterPages, answer_row
from community_portal.matters.queries import read_matter
from community_portal.people.models import Role
from community_portal.people.once import once
from community_portal.refusals import Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import beside
from community_portal.web.pages import done, render_page
from safety.actions.checks import check
from safety.actions.sign_up import queue_group, sign_up_group
from safety.forms.day import CheckForm
from safety.forms.people import GroupForm
from safety.models import CheckItem, CorrectiveAction, Drill
from safety.queries.outcome import newest_counts, sums_of
from safety.queries.plans import warnings_of
from safety.workflow.states import ANNOUNCED, HELD, PLANNED, READERS

A_PAGE_OF_PEOPLE = 100


def _panels(drill: Drill) -> dict[str, Any]:
    points = newest_counts(drill)
    helpers = list(drill.helpers.values_list("assigned_at", "confirmed_at"))
    return {
        "objectives": list(drill.objectives.all()),
        "houses": list(drill.houses.select_related("premises")),
        "members": list(drill.members.select_related("user")),
        "stations": list(drill.stations.all()),
        "refused_check": None,
        "signed": drill.session.taken if drill.session else 0,
        "checks": list(drill.checks.select_related("done_by", "photo")),
        "check_form": CheckForm(auto_id="id_check_%s"),
        "points": points,
        "sums": sums_of(points),
        "helped": len(helpers),
        "helped_by": sum(assigned is not None for assigned, _confirmed in helpers),
        "actions": list(drill.actions.select_related("case", "handler", "organisation").order_by("pk")),
        "retests": list(drill.retests.select_related("case").order_by("pk")),
        "warnings": warnings_of(drill),
        "is_planned": drill.state in PLANNED,
        "is_announced": drill.state in ANNOUNCED,
        "is_held": drill.state in HELD,
    }


DRILLS = MatterPages(Drill, "safety/drill.html", _panels)
ACTIONS = MatterPages(CorrectiveAction, "safety/corrective.html", third_parties=(Role.PROPERTY,))


@for_staff(*READERS)
@require_POST
@once
def drill_check(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    drill = read_matter(Drill, request.user, number)
    item = get_object_or_404(CheckItem.objects.select_related("drill__case"), drill=drill, pk=pk)
    form = CheckForm(request.POST, request.FILES, auto_id="id_check_%s")
    return answer_row(request, drill, form, partial(check, item), page=DRILLS.page, check_form=form, refused_check=pk)


@for_staff(*READERS)
@once
def drill_people(request: StaffRequest, number: str) -> HttpResponse:
    """Who signed up; a company signs up here."""
    drill = read_matter(Drill, request.user, number)
    form = GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        deed, sentence = (queue_group, _("排上队了。")) if data.pop("waits") else (sign_up_group, _("报好名了。"))
        try:
            deed(drill, by=request.user, at=clock.now(), **data)
            return done(request, sentence, "drill_people", number)
        except Refusal as refusal:
            if refusal.code == FULL:
                form.ask_whether_they_wait()
            refusal.field = {"party_size": "heads", "session": "heads", "group_name": "group"}.get(
                refusal.field or "", refusal.field
            )
            beside(form, refusal)
    rows = signed_up(drill.session)[:A_PAGE_OF_PEOPLE] if drill.session else []
    queue = drill.session.waiting.standing().select_related("resident") if drill.session else []
    context = {"matter": drill, "form": form, "rows": rows, "queue": queue, "is_open": drill.state in ANNOUNCED}
    context["signed"] = drill.session.taken if drill.session else 0
    context["is_day"] = bool(drill.session) and clock.local(drill.starts_at).date() == clock.today()
    return render_page(request, "safety/people.html", context, status=422 if form.errors else 200)


@for_staff(*READERS)
def drill_poster(request: StaffRequest, number: str) -> HttpResponse:
    """For the staircase, A4 or A3: what, when, where, and a code to sign up. Not without a place."""
    return _paper(request, number, "safety/poster.html")


@for_staff(*READERS)
def drill_notice(request: StaffRequest, number: str) -> HttpResponse:
    """通知: what will be heard and smelt, what to do, whom to ring."""
    return _paper(request, number, "safety/notice.html")


def _paper(request: StaffRequest, number: str, template: str) -> HttpResponse:
    drill = read_matter(Drill, request.user, number)
    address = settings.PORTAL_URL + reverse("drill_join", args=[number])
    context = {
        "matter": drill,
        "houses": list(drill.houses.select_related("premises")),
        "stations": list(drill.stations.all()),
        "points": list(drill.points.all()),
        "address": address,
        "qr": segno.make(address, error="m").svg_inline(scale=6, border=2),
        "why_not": "" if drill.place else _("还没写在哪里集合，海报印出来没人找得到。"),
    }
    return render_page(request, template, context, status=200 if drill.place else 422)
