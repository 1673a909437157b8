"""The ledger for maintainers, to look at. Words and facts of sign-in codes are left out: a code is a key."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from community_portal.outbox.models import Heartbeat, Message
from community_portal.outbox.notices import LOGIN_CODE
from community_portal.people.admin import ReadOnly


@admin.register(Message)
class MessageAdmin(ReadOnly):
    list_display = ["id", "kind", "channel", "state", "attempts", "due_at", "sent_at", "reason"]
    list_filter = ["state", "channel", "kind"]
    search_fields = ["=subject", "=address"]
    list_select_related = False
    show_full_result_count = False
    ordering = ["-id"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return super().get_queryset(request).exclude(kind=LOGIN_CODE)


@admin.register(Heartbeat)
class HeartbeatAdmin(ReadOnly):
    list_display: Any = ["name", "at"]
