"""All that is deliberated on in one's places; a meeting from the call to the last decision that was carried out."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.deliberations.actions import meetings as deeds
from community_portal.deliberations.forms import CameForm, DecisionForm, DoneForm, MeetingForm, MinutesForm, SayWhyForm
from community_portal.deliberations.models import Decision, Meeting, Minutes, Survey, Vote
from community_portal.deliberations.topics import CONVENERS, RECORDERS, Topic, topic_of_estate
from community_portal.deliberations.views.shared import (
    CALL,
    READ,
    answer_deed,
    back_of,
    estates_to_meet_in,
    matter_asked,
    may,
    new_topic,
    place_of,
    sent_as,
)
from community_portal.people.models import THIRD_PARTIES, ManagedEstate
from community_portal.people.once import once
from community_portal.people.shell import show_house
from community_portal.web.access import StaffRequest, for_staff, open_to_all
from community_portal.web.pages import render_page
from community_portal.web.paging import is_row_number, page_by_id

PAGE = 20


@for_staff(*READ)
def deliberations(request: StaffRequest) -> HttpResponse:
    """Votes under way, then meetings, the newest first."""
    votes = Vote.objects.visible_to(request.user).select_related("case", "community")
    page = page_by_id(
        Meeting.objects.visible_to(request.user).select_related("case", "community"),
        size=PAGE,
        before=request.GET.get("before", ""),
        after=request.GET.get("after", ""),
    )
    user: Any = request.user
    context = {
        "page": page,
        "votes": votes.order_by("-id")[:PAGE],
        "surveys": Survey.objects.visible_to(request.user).order_by("-id")[:PAGE],
        "may_call": user.is_superuser
        or bool(user.roles & (CONVENERS - THIRD_PARTIES))
        or ManagedEstate.objects.held_by(user, on=clock.today()).exists(),
        "now": clock.now(),
    }
    return render_page(request, "deliberations/deliberations.html", context)


@for_staff(*CALL)
@once
def call_meeting(request: StaffRequest) -> HttpResponse:
    """A meeting about a matter, or about something of the house."""
    matter = matter_asked(request)
    estates = estates_to_meet_in(request, matter)
    initial = {"title": matter.case.title if matter else ""}
    form = MeetingForm(request.POST or None, initial=initial, estates=estates)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("kind", "title", "starts_at", "place")}

        def deed() -> Meeting:
            topic = _topic(request, matter, form)
            return deeds.call_meeting(topic, parties=form.parties, by=request.user, at=clock.now(), **said)

        told: dict[str, Any] = {"said": _("约好了。"), "to": lambda made: ("meeting", made.pk)}
        if answer := answer_deed(request, deed, back=reverse("deliberations"), form=form, **told):
            return answer
    context = {"form": form, "title": _("约一次会"), "matter": matter, "place": place_of(request, matter)}
    return render_page(request, "deliberations/form.html", context, status=422 if form.errors else 200)


def _topic(request: StaffRequest, matter: Any, form: MeetingForm) -> Topic:
    by, title = request.user, form.cleaned_data["title"]
    if estate := form.cleaned_data.get("estate"):
        return topic_of_estate(estate, title=title, by=by, at=clock.now())
    return new_topic(request, matter, title)


@for_staff(*READ)
@once
def meeting(request: StaffRequest, pk: int) -> HttpResponse:
    """Who came, what was said, what was decided, and whether it was done."""
    row = _find(request, pk)
    bound = request.POST.get("form", "")
    forms = _forms_of(row, request)
    if request.method == "POST" and (answer := _take(request, row, bound, forms)):
        return answer
    url, crumb = back_of(row)
    user: Any = request.user
    context = {
        "meeting": row,
        "forms": forms,
        "bound": bound,
        "back": url or reverse("deliberations"),
        "crumb": crumb or _("议事与表决"),
        "may_convene": may(row, user, CONVENERS),
        "may_write": may(row, user, RECORDERS),
        "decisions": _lines_of(row, user),
        "now": clock.now(),
    }
    wrong = any(form.is_bound and form.errors for form in forms.values())
    return render_page(request, "deliberations/meeting.html", context, status=422 if wrong else 200)


@for_staff(*READ)
def meeting_minutes(request: StaffRequest, pk: int) -> HttpResponse:
    """The minutes as they are printed: who was there, what was said, what was decided."""
    row = _find(request, pk)
    return render_page(request, "deliberations/minutes.html", {"meeting": row, "minutes": row.minutes.first()})


@open_to_all
def public_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes that were published, for anybody: by kinds of parties, without names."""
    rows = Minutes.objects.filter(published_at__isnull=False)
    rows = rows.select_related("meeting__case", "meeting__community__street")
    minutes = get_object_or_404(rows, pk=pk)
    show_house(request, minutes.meeting.community)
    came = [party for party in minutes.meeting.parties.all() if party.came]
    return render_page(request, "deliberations/public_minutes.html", {"minutes": minutes, "came": came})


def _find(request: StaffRequest, pk: int) -> Meeting:
    decided = Prefetch("decisions", Decision.objects.select_related("owner", "organisation", "done_by", "proof"))
    rows = Meeting.objects.visible_to(request.user).select_related("case", "community__street", "led_by", "estate")
    found: Meeting = get_object_or_404(rows.prefetch_related("parties", "minutes__file", decided), pk=pk)
    return found


def _lines_of(row: Meeting, user: Any) -> list[dict[str, Any]]:
    """The decisions, with what this user may do about each."""
    firms = {organisation for _role, organisation in user.organisation_posts}
    return [
        {
            "decision": one,
            "is_mine": one.done_at is None
            and (user.is_superuser or one.owner_id == user.pk or one.organisation_id in firms),
            "may_close": one.done_at is not None and one.closed_at is None and one.done_by_id != user.pk,
        }
        for one in row.decisions.all()
    ]


def _forms_of(row: Meeting, request: StaffRequest) -> dict[str, Any]:
    return {
        "came": CameForm(parties=row.parties.all(), **sent_as(request, "came")),
        "minutes": MinutesForm(**sent_as(request, "minutes")),
        "decide": DecisionForm(community=row.community, **sent_as(request, "decide")),
        "off": SayWhyForm(**sent_as(request, "off")),
        "done": DoneForm(**sent_as(request, "done")),
    }


def _take(request: StaffRequest, row: Meeting, bound: str, forms: dict[str, Any]) -> HttpResponse | None:
    """Does what the form asks; None when the page is to be drawn again."""
    by: Any = request.user
    at, to, here = clock.now(), ("meeting", row.pk), reverse("meeting", args=[row.pk])
    form: Any = forms.get(bound)
    if bound != "close" and (form is None or not form.is_valid()):
        return None
    data = form.cleaned_data if form else {}
    deed = {
        "came": lambda: deeds.hold_meeting(row, came=form.came, by=by, at=at),
        "minutes": lambda: deeds.write_minutes(row, by=by, at=at, **data),
        "decide": lambda: deeds.decide(row, by=by, at=at, **data),
        "off": lambda: deeds.call_off_meeting(row, by=by, at=at, **data),
        "done": lambda: deeds.carry_out(_decision(request, row), by=by, at=at, **data),
        "close": lambda: deeds.close_decision(_decision(request, row), by=by, at=at),
    }[bound]
    return answer_deed(request, deed, said=_("已记下。"), to=to, back=here, form=form)


def _decision(request: StaffRequest, row: Meeting) -> Decision:
    key = request.POST.get("decision", "")
    return get_object_or_404(row.decisions.all(), pk=int(key) if is_row_number(key) else 0)
