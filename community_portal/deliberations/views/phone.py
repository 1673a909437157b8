"""Voting from a phone, by the link in a text message. Opening it changes nothing, for previews open links."""

import datetime as dt
from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.deliberations.actions.ballots import (
    ballot_link_once,
    cast_by_link,
    find_ballot_link,
    is_their_phone,
)
from community_portal.deliberations.forms import CastForm
from community_portal.deliberations.models import BallotChannel, BallotLink
from community_portal.deliberations.standing import has_voted
from community_portal.deliberations.views.votes import shown
from community_portal.people.once import once
from community_portal.people.shell import show_house
from community_portal.refusals import Changed, Refusal
from community_portal.web.access import open_to_all
from community_portal.web.forms import beside
from community_portal.web.pages import refused, render_page

CHANNELS = ((BallotChannel.DOOR, _("上门")), (BallotChannel.PAPER, _("纸票")), (BallotChannel.LINK, _("手机")))


@open_to_all
@once
def ballot(request: HttpRequest, token: str) -> HttpResponse:
    """The question, one's unit, the three choices, and how many have voted. Whoever votes again changes their mind."""
    at = clock.now()
    link = find_ballot_link(token)
    if link is None:
        return _over(request, token, at)
    show_house(request, link.entry.vote.community)
    current = has_voted(link.entry)
    form = CastForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_them(request, link, token, form, at):
        try:
            cast_by_link(link, choice=form.cleaned_data["choice"], at=at)
            return HttpResponseRedirect(f"{reverse('ballot', args=[token])}?cast=1", status=303)
        except Changed as changed:
            return refused(request, changed, back=request.path)
        except Refusal as refusal:
            beside(form, refusal)
    vote = link.entry.vote
    context = {
        "form": form,
        "was_cast": request.GET.get("cast") == "1" and current is not None,
        "is_open": vote.opens_at <= at <= vote.closes_at,
        "is_ahead": at < vote.opens_at,
        "days_left": (clock.local(vote.closes_at).date() - clock.local(at).date()).days,
    }
    told = _told(link, at) | context
    return render_page(request, "deliberations/ballot.html", told, status=422 if form.errors else 200)


def _told(link: BallotLink, at: dt.datetime) -> dict[str, Any]:
    vote = link.entry.vote
    values = shown(vote, at=at)
    channels = [(label, values["counted"].channels.get(channel, 0)) for channel, label in CHANNELS]
    return {"vote": vote, "entry": link.entry, "current": has_voted(link.entry), "channels": channels, **values}


def _lasted(link: BallotLink) -> bool:
    """Until the count ended it, and not taken back before."""
    counted = link.entry.vote.confirmed_at
    return counted is not None and (link.revoked_at is None or link.revoked_at >= counted)


def _over(request: HttpRequest, token: str, at: dt.datetime) -> HttpResponse:
    """What came of a vote that was counted, for those who were asked; of every other link nothing but where to telephone."""
    link = ballot_link_once(token)
    if link is not None:
        show_house(request, link.entry.vote.community)
    if link is None or not _lasted(link):
        return render_page(request, "answers/gone.html", status=404)
    told = _told(link, at) | {"form": None, "was_cast": False, "is_open": False, "days_left": 0}
    return render_page(request, "deliberations/ballot.html", told, status=409 if request.method == "POST" else 200)


def _is_them(request: HttpRequest, link: BallotLink, token: str, form: Any, at: dt.datetime) -> bool:
    if not ratelimit.consume(request, action="booking_link", key=f"ballot:{link.pk}"):
        form.add_error("tail", _("试得太多了，请过几分钟再试，或打社区电话。"))
    elif not is_their_phone(link, token, form.cleaned_data["tail"], at=at):
        form.add_error("tail", _("没有对上。请核对后再填；几次不对，这个链接就不能用了。"))
    return not form.errors
