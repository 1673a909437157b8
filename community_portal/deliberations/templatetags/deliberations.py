"""What people say of a matter, as a panel on its page: ``{% load deliberations %}{% deliberations matter %}``; on a page for
everybody ``{% deliberations_in_public matter %}``."""

from typing import Any

from django import template

from community_portal import clock
from community_portal.deliberations.standing import meetings_of, objections_of, vote_of
from community_portal.deliberations.topics import CONVENERS, RECORDERS
from community_portal.deliberations.views.shared import may
from community_portal.deliberations.views.votes import shown

register = template.Library()


@register.inclusion_tag("deliberations/of_matter.html", takes_context=True)
def deliberations(context: template.Context, matter: Any) -> dict[str, Any]:
    """Meetings with who came, the vote and where it stands, objections; with buttons for whoever may."""
    user, at = context["request"].user, clock.now()
    vote = vote_of(matter)
    return {
        "matter": matter,
        "meetings": list(meetings_of(matter)),
        "vote": vote,
        "counted": None,
        **(shown(vote, at=at) if vote and not vote.is_draft else {}),
        "objections": list(objections_of(matter)),
        "may_convene": may(matter, user, CONVENERS),
        "may_write": may(matter, user, RECORDERS),
        "here": f"?flow={matter.flow.name}&number={matter.case.number}",
    }


@register.inclusion_tag("deliberations/vote_chip.html")
def vote_chip(vote: Any) -> dict[str, Any]:
    """How far a vote is in a word or two: nobody votes before it begins and after its end."""
    at = clock.now()
    return {"vote": vote, "is_ahead": vote.is_draft or at < vote.opens_at, "is_closed": at > vote.closes_at}


@register.inclusion_tag("deliberations/in_public.html")
def deliberations_in_public(matter: Any) -> dict[str, Any]:
    """What was published of its meetings, and how many have voted; nothing where neither is."""
    at, vote = clock.now(), vote_of(matter)
    newest = [(meeting, meeting.minutes.all()[:1]) for meeting in meetings_of(matter)]
    is_known = vote is not None and not vote.is_draft and vote.opens_at <= at
    return {
        "minutes": [(meeting, text) for meeting, texts in newest for text in texts if text.published_at],
        "vote": vote if is_known else None,
        **(shown(vote, at=at) if vote and is_known else {}),
    }
