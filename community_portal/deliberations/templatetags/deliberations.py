"""What people say of a matter, as a panel on its page: ``{% load deliberations %}{% deliberations matter %}``."""

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
