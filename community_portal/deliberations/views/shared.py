"""What these pages share: who may open them, what a new one is about, and how a form of theirs is done."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from community_portal import clock
from community_portal.casework.models import Matter
from community_portal.casework.queries import read_number
from community_portal.deliberations.topics import CONVENERS, RECORDERS, Topic, topic_again, topic_alone, topic_of
from community_portal.matters.kinds import KINDS
from community_portal.people.models import STAFF, THIRD_PARTIES, ManagedEstate
from community_portal.people.shell import house_of
from community_portal.places.models import Estate
from community_portal.refusals import Refusal
from community_portal.web.access import StaffRequest
from community_portal.web.forms import beside
from community_portal.web.pages import done, refused

CALL = tuple(sorted(CONVENERS))
WRITE = tuple(sorted(RECORDERS))
READ = tuple(sorted(STAFF | THIRD_PARTIES))


def matter_asked(request: StaffRequest) -> Matter | None:
    """The matter that the address names (``?flow=site&number=FM-26-0117``), as far as this user reads it."""
    flow, number = request.GET.get("flow", ""), request.GET.get("number", "")
    if not flow:
        return None
    kind = KINDS.get(flow)
    if kind is None:
        raise Http404
    found: Matter = get_object_or_404(kind.read().visible_to(request.user), case__number=read_number(number))
    return found


def place_of(request: StaffRequest, matter: Matter | None) -> Any:
    """The community of the matter, else the house of whoever asks."""
    return matter.community if matter else house_of(request)


def new_topic(request: StaffRequest, matter: Matter | None, title: str) -> Topic:
    """The matter, or something of the house that is none yet."""
    by: Any = request.user
    if matter:
        return topic_of(matter)
    return topic_alone(place_of(request, None), title=title, by=by, at=clock.now())


def estates_to_meet_in(request: StaffRequest, matter: Matter | None) -> Any:
    """Of a property company that brings up something that is no matter yet: the estates that it manages. None for all others."""
    user: Any = request.user
    if matter or user.is_superuser or user.community_ids:
        return None
    managed = ManagedEstate.objects.held_by(user, on=clock.today())
    return Estate.objects.filter(pk__in=managed.values("estate")).select_related("community__street")


def back_of(row: Any) -> tuple[str, str]:
    """The page of the matter that something is about, with what it is called there."""
    topic = topic_again(row)
    if topic.matter is None:
        return "", ""
    kind = KINDS[topic.flow]
    return kind.url_of(row.case.number), f"{kind.flow.label} {row.case.number}"


def may(row: Any, user: Any, roles: frozenset[Any]) -> bool:
    """Do these belong to the roles at its place, or of a third party that was given the matter?"""
    if user.has_role_at(row.community_id, *(roles & STAFF)):
        return True
    if not user.organisation_posts:
        return False
    given = row.roles_given(user) if isinstance(row, Matter) else topic_again(row).roles_given(user)
    return bool(given & roles)


def sent_as(request: StaffRequest, name: str) -> dict[str, Any]:
    """What one of several forms of a page is made with: its name before its fields, and what was sent if it was this one."""
    is_sent = request.method == "POST" and request.POST.get("form") == name
    return {"prefix": name, **({"data": request.POST, "files": request.FILES} if is_sent else {})}


def answer_deed(
    request: StaffRequest,
    deed: Callable[[], Any],
    *,
    said: Any,
    to: Callable[[Any], tuple[Any, ...]] | tuple[Any, ...],
    back: str,
    form: forms.Form | None = None,
    query: dict[str, Any] | None = None,
) -> HttpResponse | None:
    """Done, and on to the next page, which may depend on what was made (``to``); refused beside the form, which the caller draws again (None), or on a page of its own."""
    try:
        made = deed()
    except Refusal as refusal:
        if form is None or refusal.is_lost_race or refusal.status == 403:
            return refused(request, refusal, back=back)
        beside(form, refusal)
        return None
    return done(request, said, *(to(made) if callable(to) else to), query=query)
