"""告知单: the paper to take home, with number, what happens next, and a code that opens the look-up."""

from typing import Any

import segno
from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from community_portal.casework.models import Matter
from community_portal.matters.kinds import kind_of
from community_portal.matters.queries import subject_for
from community_portal.places.calendar import guessed_among
from community_portal.web.access import StaffRequest
from community_portal.web.pages import render_page


def slip_page(
    request: StaffRequest, matter: Matter, *, template: str = "matters/slip.html", **more: Any
) -> HttpResponse:
    """``papers`` among ``more`` are what the resident should have ready."""
    address = f"{settings.PORTAL_URL}{reverse('look_up')}?number={matter.case.number}"
    context = {
        "matter": matter,
        "page_url": kind_of(matter).url_of(matter.case.number),
        "guessed": guessed_among([matter.promised_at]),
        "spec": matter.spec,
        "subject": subject_for(matter, request.user),
        "qr": segno.make(address, error="m").svg_inline(scale=4, border=2),
        "address": address,
        "papers": (),
    }
    return render_page(request, template, context | more)
