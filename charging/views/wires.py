"""A wire for staff and for whoever reported it, all of them as a list, and the form by which one is reported."""

from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from charging.actions.wires import report_wire
from charging.forms.wires import WireForm
from charging.models import WireReport
from charging.workflow.wires import FIELD
from community_portal import clock
from community_portal.casework.models import Source
from community_portal.matters.pages import MatterPages
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.refusals import Refusal
from community_portal.web.access import StaffRequest, for_staff, open_to_all
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, render_page


def wire_panels(wire: WireReport) -> dict[str, Any]:
    """What staff see of it beside what they see of any matter."""
    return {
        "joined": wire.joined.select_related("case"),
        "first": wire.join_of,
        "danger_words": [label for value, label in _dangers() if value in wire.dangers],
        "near_site": wire.site,
    }


def _dangers() -> Any:
    return WireReport._meta.get_field("dangers").base_field.choices  # type: ignore[union-attr]


PAGES = MatterPages(WireReport, "charging/wire.html", wire_panels, my_template="charging/my_wire.html")


@open_to_all
@once
def report_a_wire(request: HttpRequest) -> HttpResponse:
    """From a phone or by the code at the door: with a name when signed in, else with a code to look it up by."""
    community: Any = house_of(request)
    form = WireForm(request.POST or None, request.FILES or None, community=community)
    if request.method == "POST" and form.is_valid():
        try:
            if not ratelimit.consume(request, action="wire"):
                raise Refusal(_("报得太多了，请过几分钟再报，或打社区电话。"), code="too_many", status=429)
            made = report_wire(at=clock.now(), **_reporter(request), **form.cleaned_data)
            return _reported(request, made)
        except Refusal as refusal:
            beside(form, refusal)
    return answer_form(request, "charging/report_wire.html", {"form": form, "community": community}, form)


def _reporter(request: HttpRequest) -> dict[str, Any]:
    """Who is signed in as a resident and does not wish to be nobody."""
    user: Any = request.user
    if not user.is_authenticated or user.is_portal_staff or request.POST.get("anonymous"):
        return {}
    return {"by": user, "asker": user.resident} if user.resident else {}


def _reported(request: HttpRequest, wire: WireReport) -> HttpResponse:
    if wire.is_anonymous:
        return render_page(request, "charging/wire_reported.html", {"wire": wire, "code": wire.case.phone_tail})
    return done(request, _("收到了，会有人去看。"), "my_wire", wire.case.number)


@for_staff(*sorted(FIELD))
@once
def add_wire(request: StaffRequest) -> HttpResponse:
    """At the desk, by telephone, or seen on a round."""
    community: Any = house_of(request)
    form = WireForm(request.POST or None, request.FILES or None, community=community)
    if request.method == "POST" and form.is_valid():
        try:
            source = Source.PATROL if request.POST.get("patrol") else Source.DESK
            made = report_wire(by=request.user, source=source, at=clock.now(), **form.cleaned_data)
            return done(request, _("已登记。"), "wire", made.case.number)
        except Refusal as refusal:
            beside(form, refusal)
    return answer_form(request, "charging/add_wire.html", {"form": form, "community": community}, form)
