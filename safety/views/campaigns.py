"""Campaigns of a street, their sessions, and what came of them."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.matters.pages import MatterPages
from community_portal.matters.queries import read_matter
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside, seen_version
from community_portal.web.pages import done, refused, render_page
from safety.actions.campaigns import change_campaign as change
from safety.actions.campaigns import note_reach, plan_campaign, plan_session, say_feedback
from safety.actions.photos import add_photos
from safety.forms.campaigns import CampaignForm, FeedbackForm, ReachForm, SessionForm, SessionPhotosForm
from safety.models import Campaign, CampaignSession
from safety.queries.campaigns import campaigns_shown, sessions_of, totals_of
from safety.workflow.states import LEADERS, READERS, STREET, Campaigning

OF_FEEDBACK, OF_PHOTOS = "id_said_%s", "id_session_%s"  # beside the note of every matter, which asks for photos, too


def _panels(session: CampaignSession) -> dict[str, Any]:
    return {
        "campaign": session.campaign,
        "photos": list(session.photos.select_related("attachment")),
        "is_counted": bool(session.heads_how),
        "is_held": session.state == Campaigning.HELD,
        "feedback_form": FeedbackForm(
            initial={"feedback": session.feedback, "feedback_consent": session.feedback_consent}, auto_id=OF_FEEDBACK
        ),
        "photos_form": SessionPhotosForm(auto_id=OF_PHOTOS),
    }


SESSIONS = MatterPages(CampaignSession, "safety/campaign_session.html", _panels)


@for_staff(*READERS)
def campaigns(request: StaffRequest) -> HttpResponse:
    """All of the streets in which one works, the newest first."""
    return render_page(request, "safety/campaigns.html", {"rows": campaigns_shown(request.user)})


@for_staff(*STREET)
@once
def new_campaign(request: StaffRequest) -> HttpResponse:
    house = house_of(request)
    if house is None:
        raise Http404
    form = CampaignForm(request.POST or None, street=house.street)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        partners = list(data.pop("partners"))
        try:
            made = plan_campaign(house.street, partners=partners, by=request.user, at=clock.now(), **data)
            return done(request, _("定好了，社区可以排场次了。"), "campaign", made.pk)
        except NotAllowed as refusal:
            return refused(request, refusal, back=reverse("campaigns"))
        except Refusal as refusal:
            beside(form, refusal)
    return answer_form(request, "safety/new_campaign.html", {"form": form, "title": _("定一个宣传")}, form)


@for_staff(*STREET)
@once
def change_campaign(request: StaffRequest, pk: int) -> HttpResponse:
    """What was planned, filled in again; its sessions stay within its days."""
    found = _found(request, pk)
    form = CampaignForm(request.POST or None, instance=found, street=found.street)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            change(found, partners=list(data.pop("partners")), by=request.user, seen=seen_version(request), **data)
            return done(request, _("已改。"), "campaign", pk)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=request.path)
        except Refusal as refusal:
            beside(form, refusal)
    context = {"form": form, "title": _("改这个宣传"), "seen": request.POST.get("seen") or found.version}
    return answer_form(request, "safety/new_campaign.html", context, form)


@for_staff(*READERS)
@once
def campaign(request: StaffRequest, pk: int) -> HttpResponse:
    """Its sessions by day, what came of them, and how often it was seen online: beside the heads, never among them."""
    found = _found(request, pk)
    house = house_of(request)
    form = ReachForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and house is not None:
        try:
            note_reach(found, house, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("已记下。"), "campaign", pk)
        except NotAllowed as refusal:
            return refused(request, refusal, back=reverse("campaign", args=[pk]))
        except Refusal as refusal:
            beside(form, refusal)
    context = {
        "campaign": found,
        "partners": list(found.partners.all()),
        "sessions": sessions_of(found),
        "totals": totals_of(found),
        "form": form,
    }
    return answer_form(request, "safety/campaign.html", context, form)


def _found(request: StaffRequest, pk: int) -> Campaign:
    return get_object_or_404(Campaign.objects.visible_to(request.user).select_related("street", "organiser"), pk=pk)


@for_staff(*LEADERS)
@once
def new_session(request: StaffRequest) -> HttpResponse:
    """A session in the house."""
    house = house_of(request)
    if house is None:
        raise Http404
    form = SessionForm(request.POST or None, community=house, initial={"campaign": request.GET.get("campaign")})
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            made = plan_session(data.pop("campaign"), house, by=request.user, at=clock.now(), **data)
            return done(request, _("排好了。发链接请对方确认吧。"), "campaign_session", made.case.number)
        except NotAllowed as refusal:
            return refused(request, refusal, back=reverse("campaign_sessions"))
        except Refusal as refusal:
            if refusal.code == "twice":
                form.ask_whether_sure()
            beside(form, refusal)
    return answer_form(request, "safety/new_campaign.html", {"form": form, "title": _("排一场宣传")}, form)


@for_staff(*READERS)
@require_POST
@once
def session_feedback(request: StaffRequest, number: str) -> HttpResponse:
    return _answer(request, number, FeedbackForm(request.POST, auto_id=OF_FEEDBACK), say_feedback, "feedback_form")


@for_staff(*READERS)
@require_POST
@once
def session_photos(request: StaffRequest, number: str) -> HttpResponse:
    form = SessionPhotosForm(request.POST, request.FILES, auto_id=OF_PHOTOS)
    return _answer(request, number, form, add_photos, "photos_form")


def _answer(request: StaffRequest, number: str, form: Any, deed: Any, name: str) -> HttpResponse:
    session = read_matter(CampaignSession, request.user, number)
    if form.is_valid():
        try:
            deed(session, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("已记下。"), "campaign_session", number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=reverse("campaign_session", args=[number]))
        except Refusal as refusal:
            beside(form, refusal)
    return SESSIONS.page(request, session, status=422, **{name: form})
