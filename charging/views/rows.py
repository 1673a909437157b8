"""A form of a child row on a page of its own: asked, done, and back to the page of its place."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from charging.models import Site
from community_portal import clock
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, refused


def sent(request: StaffRequest) -> tuple[Any, ...]:
    """What was sent, for a form; nothing when it is only looked at."""
    return (request.POST, request.FILES) if request.method == "POST" else ()


def answer_on_page(
    request: StaffRequest,
    site: Site,
    form: Form,
    deed: Callable[..., Any],
    *,
    title: Any,
    button: Any,
    said: Any = "",
    anchor: str = "",
    above: Any = "",
) -> HttpResponse:
    """``deed`` takes what was typed, ``by`` and ``at``. What it answers may be a sentence to say."""
    number = site.case.number
    back = reverse("charge_site", args=[number]) + (f"#{anchor}" if anchor else "")
    if request.method == "POST" and form.is_valid():
        try:
            told = deed(by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, told if isinstance(told, str) else said or _("已记下。"), "charge_site", number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=back)
        except Refusal as refusal:
            beside(form, refusal)
    context = {"form": form, "site": site, "title": title, "button": button, "back": back, "above": above}
    return answer_form(request, "charging/site_form.html", context, form)
