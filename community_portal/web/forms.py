"""How a view takes a form: a refusal beside its field, the page again while something is wrong, and the version it showed."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from community_portal.refusals import Refusal
from community_portal.web.pages import render_page
from community_portal.web.paging import is_row_number


def beside(form: Any, refusal: Refusal) -> None:
    """The sentence beside its field, or above the form when the field is not on it."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)


def answer_form(request: HttpRequest, template: str, context: dict[str, Any], *forms: Any) -> HttpResponse:
    """The page with its forms: 422 when one of them was sent and is wrong."""
    wrong = any(form.is_bound and form.errors for form in forms)
    return render_page(request, template, context, status=422 if wrong else 200)


def seen_version(request: HttpRequest) -> int | None:
    """The version of the row that the page showed."""
    seen = request.POST.get("seen", "")
    return int(seen) if is_row_number(seen) else None
