"""The list of help requests, one of them with its papers and visits, and its steps."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from appointments.models import HelpRequest, Paper
from appointments.requests.actions.papers import check_paper
from appointments.requests.forms import PaperForm
from appointments.requests.queries import why_this_officer
from community_portal.matters import pages
from community_portal.matters.queries import read_matter
from community_portal.people.models import STAFF
from community_portal.people.once import once
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.editions import edition_of
from community_portal.web.pages import render_page


@for_staff(*STAFF)
def help_requests(request: StaffRequest) -> HttpResponse:
    """Requests of one's places, newest first, with filters that can be kept, and out as a spreadsheet."""
    return pages.list_page(request, HelpRequest)


def _get(request: StaffRequest, number: str) -> HelpRequest:
    return read_matter(HelpRequest, request.user, number)


@for_staff(*STAFF)
def help_request(request: StaffRequest, number: str) -> HttpResponse:
    """One request: where it stands, why, what happened, its papers, the person, and what may be done now."""
    return _page(request, _get(request, number))


def _page(request: StaffRequest, matter: HelpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    papers = list(matter.papers.select_related("attachment"))
    for paper in papers:
        paper.request, paper.seen = matter, edition_of(paper)  # type: ignore[attr-defined]
        if paper.pk == more.get("open_paper"):  # refused: what was chosen and typed, not what is kept
            paper.state, paper.from_whom = (request.POST.get(name, "") for name in ("state", "from_whom"))
    context = pages.matter_context(matter, request.user) | {
        "why_officer": why_this_officer(matter),
        "papers": papers,
        "papers_in": sum(paper.state != "missing" for paper in papers),
        "paper_form": PaperForm(),
        "visits": matter.home_visits.select_related("officer", "signature"),
    }
    return render_page(request, "appointments/help_request.html", context | more, status=status)


@for_staff(*STAFF)
@once
def take_help_step(request: StaffRequest, number: str, step: str) -> HttpResponse:
    """One step: its form, then the deed."""
    return pages.answer_step(request, _get(request, number), step)


@for_staff(*STAFF)
@require_POST
@once
def change_paper(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """A line of the checklist: came in, was checked."""
    found = _get(request, number)
    paper = get_object_or_404(Paper, request=found, pk=pk)
    form, deed = PaperForm(request.POST, request.FILES), partial(check_paper, paper, seen=request.POST.get("seen"))
    return pages.answer_row(
        request, found, form, deed, page=_page, said=_("材料已更新。"), paper_form=form, open_paper=paper.pk
    )


@for_staff(*STAFF)
@require_POST
@once
def add_note(request: StaffRequest, number: str) -> HttpResponse:
    """Words and photos at any time."""
    return pages.answer_note(request, _get(request, number), page=_page)


@for_staff(*STAFF)
def slip(request: StaffRequest, number: str) -> HttpResponse:
    """告知单: the paper to take home, with what to have ready."""
    found = _get(request, number)
    return pages.slip_page(request, found, papers=found.category.papers_to_bring)


@for_staff(*STAFF)
def resident_cases(request: StaffRequest, pk: int) -> HttpResponse:
    """What a resident asked for: a panel of their file."""
    return pages.resident_panel(request, HelpRequest, pk)
