"""Requests in the one search box: by number, or by the beginning of their subject."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appointments.models import HelpRequest
from appointments.workflow import HELP
from community_portal.casework.queries import IS_NUMBER, read_number
from community_portal.people.finders import Hit, register_finder

MOST = 5


def find_requests(user: Any, text: str) -> list[Hit]:
    """Requests this user may see."""
    rows = HelpRequest.objects.visible_to(user).select_related("case__resident")
    number = read_number(text)
    if IS_NUMBER.match(number):
        rows = rows.filter(case__number=number)
    elif len(text) > 1 and not text.isascii():
        rows = rows.filter(case__title__startswith=text)
    else:
        return []
    return [
        Hit(
            found.case.title,
            f"{found.case.number} · {found.case.resident or ''} · {HELP.states[found.state].label}",
            reverse("help_request", args=[found.case.number]),
            HELP.icon,
        )
        for found in rows.order_by("-id")[:MOST]
    ]


register_finder(_("求助"), find_requests)
