"""What was said to whom: the demo's outbox, a community's ledger, one's own notices; and the state of health."""

import re
from typing import Any

import psycopg2
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.outbox.actions import mark_all_read, resolve_unsure
from community_portal.outbox.health import state_of_health
from community_portal.outbox.kinds import KINDS
from community_portal.outbox.models import Channel, Message, MessageState
from community_portal.outbox.notices import LOGIN_CODE
from community_portal.outbox.passwords import issue_password
from community_portal.outbox.sweep import words_of
from community_portal.people.links import unsealed
from community_portal.people.models import Role, User
from community_portal.people.once import once
from community_portal.people.reach import reader_of
from community_portal.people.staff.memberships import may_issue_password
from community_portal.refusals import Refusal
from community_portal.web.access import SignedInRequest, StaffRequest, for_residents, for_staff, open_to_all
from community_portal.web.pages import done, refused, render_page
from community_portal.web.paging import is_row_number, page_by_id

PAGE = 40
KEY_IN_LINK = re.compile(r"(https?://\S+/b/)[\w-]+/?")
TONES = {"sent": "ok", "waiting": "info", "claimed": "info", "unsure": "late", "failed": "late", "cancelled": "plain"}


@open_to_all
def healthz(request: HttpRequest) -> HttpResponse:
    """Green, degraded (200: pages work), or red (503: no database)."""
    try:
        return JsonResponse(state_of_health(at=clock.now()))
    except (OperationalError, InterfaceError, psycopg2.Error):
        return JsonResponse({"status": "down", "database": False}, status=503)


@open_to_all
def demo_outbox(request: HttpRequest) -> HttpResponse:
    """Every message of the demo with its words, so that nobody needs a real phone. Exists in demo mode only."""
    if not settings.PORTAL_DEMO:
        raise Http404
    rows = Message.objects.all()
    text = _typed(request)
    context = _ledger(request, rows, also=Q(body__icontains=text) | Q(context__code=text))
    return render_page(request, "outbox/demo_outbox.html", context)


@for_staff(Role.RECEPTIONIST, Role.MANAGER, Role.STREET_OFFICER)
def messages(request: StaffRequest) -> HttpResponse:
    """What one's places sent; what is unsure stands first and waits for a decision."""
    rows = Message.objects.visible_to(reader_of(request)).exclude(kind=LOGIN_CODE).exclude(channel=Channel.SCREEN)
    context = _ledger(request, rows)
    unsure = rows.filter(state=MessageState.UNSURE).select_related("resident", "user").order_by("due_at")[:20]
    context["unsure"] = [_without_key(_line(message)) for message in unsure]
    context["lines"] = [_without_key(line) for line in context["lines"]]
    return render_page(request, "outbox/messages.html", context)


def _typed(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:40]


def _ledger(request: HttpRequest, rows: Any, *, also: Q | None = None) -> dict[str, Any]:
    """Rows narrowed by the address's ``q``, ``state`` and ``channel``, a page of them; ``also`` widens what ``q`` finds."""
    text, state, channel = _typed(request), request.GET.get("state", ""), request.GET.get("channel", "")
    if text:
        kinds = [kind.name for kind in KINDS.values() if text in str(kind.label)]
        found = Q(address__endswith=text.replace(" ", "")) | Q(kind__in=[*kinds, text]) | Q(resident__name=text)
        rows = rows.filter(found | also if also is not None else found)
    if state in MessageState.values:
        rows = rows.filter(state=state)
    if channel in Channel.values:
        rows = rows.filter(channel=channel)
    rows = rows.select_related("resident", "user")
    page = page_by_id(rows, size=PAGE, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    return {
        "page": page,
        "lines": [_line(message) for message in page.rows],
        "q": text,
        "state": state,
        "channel": channel,
        "states": MessageState.choices,
        "channels": Channel.choices,
    }


def _line(message: Message) -> dict[str, Any]:
    """A message as lists show it; one not yet sent shows the words it would have now."""
    kind = KINDS.get(message.kind)
    return {
        "pk": message.pk,
        "label": kind.label if kind else message.kind,
        "words": unsealed(message.body) or _would_say(message),
        "to": message.resident or message.user or "",
        "address": message.address,
        "channel": message.get_channel_display(),
        "state": message.get_state_display(),
        "tone": TONES[message.state],
        "when": message.sent_at or message.due_at,
        "is_ahead": message.state == MessageState.WAITING,
        "reason": message.why,
        "code": message.context.get("code", "") if message.kind == LOGIN_CODE else "",
        "is_new": message.read_at is None,
    }


def _would_say(message: Message) -> str:
    """A row that cannot be rendered must not take the whole list with it."""
    try:
        return words_of(message)
    except (KeyError, TypeError, ValueError):
        return ""


def _without_key(line: dict[str, Any]) -> dict[str, Any]:
    """The link in a message opens the booking for whoever has it; the ledger is read by more people than that."""
    return line | {"words": KEY_IN_LINK.sub(r"\1…", line["words"])}


@for_staff(Role.RECEPTIONIST, Role.MANAGER, Role.STREET_OFFICER)
@require_POST
@once
def resolve_message(request: StaffRequest, pk: int) -> HttpResponse:
    """A message nobody knows the fate of: send it again, or take it as sent."""
    message = get_object_or_404(Message.objects.visible_to(reader_of(request)), pk=pk)
    try:
        resolve_unsure(message, resend=request.POST.get("resend") == "1", by=request.user, at=clock.now())
    except Refusal as refusal:
        return refused(request, refusal, back=reverse("messages"))
    return done(request, _("已处理。"), "messages")


@for_staff(Role.MANAGER, Role.STREET_OFFICER)
@require_POST
def issue_staff_password(request: StaffRequest, pk: int) -> HttpResponse:
    """A one-time password for somebody who forgot theirs, shown on this one page. A second click sets and shows another."""
    by: Any = request.user
    user = get_object_or_404(User, pk=pk)
    if not may_issue_password(user, by=by):
        raise Http404
    password = issue_password(user, by=by, at=clock.now())
    return render_page(request, "people/issued_password.html", {"account": user, "password": password})


@for_residents
def notices(request: SignedInRequest) -> HttpResponse:
    """What the portal told me on the screen; a POST marks all of it as read."""
    if request.method == "POST":
        newest = request.POST.get("newest", "")
        mark_all_read(request.user, at=clock.now(), newest=int(newest) if is_row_number(newest) else None)
        return done(request, _("都标为已读了。"), "notices")
    rows = Message.objects.filter(user=request.user.pk, channel=Channel.SCREEN, state=MessageState.SENT)
    rows = rows.select_related("resident", "user")
    page = page_by_id(rows, size=PAGE, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    frame = "staff.html" if request.user.is_portal_staff else "resident.html"
    context = {"page": page, "lines": [_line(message) for message in page.rows], "frame": frame}
    return render_page(request, "outbox/notices.html", context)
