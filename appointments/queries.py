"""Reads about help requests: lists with their filters, what a page shows, what the look-up may say."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from appointments.models import HelpRequest
from appointments.workflow import HELP, WORKING_STATES, State
from community_portal import clock
from community_portal.casework.queries import due_words, progress
from community_portal.people.models import Resident, User

LIST_RELATED = ("case__resident__household__building__estate", "category", "handler", "grid", "community")


def filtered(rows: Any, wanted: dict[str, str], *, at: dt.datetime) -> Any:
    """``rows`` narrowed by the filters of the list page (all optional): state, category, grid, handler, urgency,
    overdue, errand, from, to, outcome, q (number, or the beginning of a title's words)."""
    rows = _by_state(rows, wanted, at)
    for key, field in (("category", "category__code"), ("urgency", "urgency"), ("outcome", "outcome")):
        if wanted.get(key):
            rows = rows.filter(**{field: wanted[key]})
    for key in ("grid", "handler", "community"):
        if wanted.get(key, "").isdigit():
            rows = rows.filter(**{f"{key}_id": int(wanted[key])})
    first, last = _day(wanted.get("from", "")), _day(wanted.get("to", ""))
    if first:
        rows = rows.filter(opened_at__gte=clock.day_bounds(first)[0])
    if last:
        rows = rows.filter(opened_at__lt=clock.day_bounds(last)[1])
    text = wanted.get("q", "").strip()
    if text:
        rows = rows.filter(
            Q(case__number__iexact=text) | Q(case__title__startswith=text) | Q(case__resident__name=text)
        )
    return rows


def _by_state(rows: Any, wanted: dict[str, str], at: dt.datetime) -> Any:
    state = wanted.get("state", "")
    if state == "open":
        rows = rows.open()
    elif state in State.values:
        rows = rows.filter(state=state)
    if wanted.get("overdue"):
        rows = rows.overdue(at=at)
    return rows.filter(is_errand=True) if wanted.get("errand") else rows


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def list_rows(requests: list[HelpRequest], *, at: dt.datetime) -> list[dict[str, Any]]:
    """Requests as rows of a table, every label worked out here so that the template only prints."""
    return [_list_row(request, at) for request in requests]


def _list_row(request: HelpRequest, at: dt.datetime) -> dict[str, Any]:
    spec = HELP.states[request.state]
    due, tone = due_words(request.due_at, at=at) if request.state not in ("closed", "withdrawn") else ("", "plain")
    resident = request.case.resident
    return {
        "number": request.case.number,
        "title": request.case.title,
        "resident": resident.name if resident else "",
        "address": resident.line if resident else "",
        "category": str(request.category),
        "grid": str(request.grid or "—"),
        "handler": str(request.handler or "—"),
        "state": str(spec.label),
        "tone": spec.tone,
        "due": due,
        "due_tone": tone,
        "opened_at": request.opened_at,
        "is_urgent": request.urgency == "now",
    }


def why_this_officer(request: HelpRequest) -> str:
    """The reason of the routing in one sentence."""
    grid = str(request.grid or "")
    return {
        "building": _("住址所在的幢属 %(grid)s，自动派给该网格的网格员。") % {"grid": grid},
        "household": _("住址登记在 %(grid)s，自动派给该网格的网格员。") % {"grid": grid},
        "by_hand": _("由接待台人工指派。"),
        "no_address": _("没有登记住址，请人工派单。"),
        "no_officer": _("%(grid)s 现在没有在岗的网格员，请人工派单。") % {"grid": grid},
    }.get(request.routed_by, "")


def progress_of(request: HelpRequest) -> list[dict[str, Any]]:
    """The progress line with who is at it."""
    opened = clock.local(request.opened_at)
    notes = {0: f"{opened:%m-%d %H:%M}"}
    spec = HELP.states[request.state]
    if request.handler and spec.owner == "handler":
        notes[spec.milestone] = str(request.handler)
    return progress(request, HELP, notes=notes)


def open_requests_of(resident: Resident) -> Any:
    """What is already under way for this resident: shown at intake, so nobody tells the story twice."""
    return (
        HelpRequest.objects.filter(case__resident=resident, state__in=WORKING_STATES)
        .select_related("case", "category")
        .order_by("-id")[:5]
    )


def matters_of(user: User) -> Any:
    """Requests this resident raised, or that are about people he may read for."""
    return HelpRequest.objects.visible_to(user).select_related("case__resident", "category", "handler")


def look_up(number: str, tail: str) -> HelpRequest | None:
    """The request of that number, if the digits fit; a wrong number and wrong digits look the same."""
    if not tail:
        return None
    return (
        HelpRequest.objects.filter(case__number=number.strip().upper(), case__phone_tail=tail)
        .select_related("case", "community")
        .first()
    )
