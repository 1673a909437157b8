"""The list of requests, one request, and its steps."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from appointments.models import HelpRequest, Paper
from appointments.requests import exports
from appointments.requests.actions.steps import add_words, check_paper
from appointments.requests.forms import OTHER_TIME, STEP_FORMS, AddWordsForm, PaperForm, StepForm
from appointments.requests.queries import (
    LIST_COLUMNS,
    agreed_visit,
    filter_choices,
    filtered,
    for_list,
    is_in_nobodys_hands,
    list_base,
    list_rows,
    why_this_officer,
)
from appointments.requests.step_table import perform
from appointments.workflow import HELP
from community_portal import clock
from community_portal.casework.deadlines import explain
from community_portal.casework.flow import Step
from community_portal.casework.models import SavedFilter
from community_portal.casework.queries import due_words, progress_of, timeline
from community_portal.composed import Composed, Later
from community_portal.people.models import STAFF, Resident
from community_portal.people.once import once
from community_portal.people.own_account.consents import numbers_for_messages
from community_portal.people.register.queries import age_of, file_ids
from community_portal.people.register.views import sees_sensitive
from community_portal.people.shell import may_change_house
from community_portal.places.calendar import guessed_among
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import for_staff
from community_portal.web.editions import edition_of
from community_portal.web.navigation import begins_from
from community_portal.web.pages import done, refused, render_page
from community_portal.web.paging import page_by_id

PAGE = 30
FILTERS = (
    "state",
    "category",
    "grid",
    "handler",
    "place",
    "urgency",
    "overdue",
    "errand",
    "from",
    "to",
    "outcome",
    "q",
)
NOT_ON_THE_FORM = ("place", "handler", "errand", "from", "to", "outcome")  # links bring them; filtering on keeps them
ABOUT_THE_TIME = ("plan_visit", "call_off_visit")
DUE_AT = 1 + list(LIST_COLUMNS).index("due_at")  # in a row of for_list, which begins with the id
_SAVED_FILTERS = Composed(lambda: SavedFilter.objects.filter(owner=Later("owner"), page="help_requests"))


@for_staff(*STAFF)
def help_requests(request: HttpRequest) -> HttpResponse:
    """Requests of one's places, newest first, with filters that can be kept, and out as a spreadsheet."""
    wanted = {key: request.GET.get(key, "")[:60] for key in FILTERS}
    now = clock.now()
    rows = filtered(list_base().visible_to(request.user), wanted, at=now)
    if request.GET.get("as") in ("csv", "xlsx"):
        return (exports.as_csv if request.GET["as"] == "csv" else exports.as_workbook)(
            list_rows(rows.order_by("-id")[: exports.MOST + 1], at=now, with_house=True)
        )
    page = page_by_id(rows, size=PAGE, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    query = request.GET.copy()
    for key in ("before", "after", *(key for key in query if not query[key])):
        query.pop(key, None)
    context = {
        "kept": [(key, wanted[key]) for key in NOT_ON_THE_FORM if wanted[key]],
        "page": page,
        "rows": list_rows(page.rows, at=now, with_house=may_change_house(request.user)),
        "wanted": wanted,
        "guessed": guessed_among(row[DUE_AT] for row in page.rows),
        "saved": _SAVED_FILTERS(owner=request.user.pk),
        "query": query.urlencode(),
        **filter_choices(request.user),  # type: ignore[arg-type]
    }
    return render_page(
        request, "appointments/help_requests.html", context, fragment="appointments/help_requests_list.html"
    )


def get_request(request: HttpRequest, number: str) -> HelpRequest:
    """The request of that number if this user may see it, else 404."""
    rows = HelpRequest.objects.visible_to(request.user).select_related(
        "case__resident__household__building__estate", "case__asker", "category", "handler", "grid", "community",
        "planned_visit__session__host",
    )  # fmt: skip
    return get_object_or_404(rows, case__number=number)


@for_staff(*STAFF)
def help_request(request: HttpRequest, number: str) -> HttpResponse:
    """One request: where it stands, why, what happened, its papers, the person, and what may be done now."""
    return _page(request, get_request(request, number))


def _page(request: HttpRequest, found: HelpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    spec = HELP.states[found.state]
    steps = HELP.open_steps(found, request.user)
    resident = found.case.resident
    papers = list(found.papers.select_related("attachment"))
    for paper in papers:
        paper.request, paper.seen = found, edition_of(paper)  # type: ignore[attr-defined]
        if paper.pk == more.get("open_paper"):  # refused: what was chosen and typed, not what is kept
            paper.state, paper.from_whom = (request.POST.get(name, "") for name in ("state", "from_whom"))
    due, tone = due_words(found.limit_now, at=clock.now()) if not spec.is_end else ("", "plain")
    context = {
        "help": found,
        "spec": spec,
        "due": due,
        "due_tone": tone,
        "progress": progress_of(found, HELP),
        "guessed": guessed_among([found.limit_now, found.promised_at]) if not spec.is_end else [],
        "why_deadline": explain(found.due_why, paused_at=found.paused_at, waits=spec.todo),
        "why_officer": why_this_officer(found),
        "handler_left": is_in_nobodys_hands(found, on=clock.today()),
        "timeline": timeline(found.case, shown=found.case.words),
        "papers": papers,
        "papers_in": sum(paper.state != "missing" for paper in papers),
        "paper_form": PaperForm(),
        "agreed": agreed_visit(found, at=clock.now()),
        "visit_steps": {s.name: s for s in steps if s.name in ABOUT_THE_TIME},
        "visits": found.home_visits.select_related("officer", "signature"),
        "files": found.case.attachments.exclude(content_type__startswith="image/").exclude(file=""),
        "resident": resident,
        "age": age_of(resident, on=clock.today()) if resident else None,
        "tags": resident.care_labels if resident and sees_sensitive(request.user) else [],
        "contact": resident.contacts.first() if resident else None,
        "is_told": bool(resident and numbers_for_messages(resident)),
        "main_steps": [s for s in steps if _is_main(s, found)],
        "side_steps": sorted(
            (s for s in steps if not _is_main(s, found) and _is_timely(s.name, found)), key=lambda s: s.tone == "danger"
        ),
        "words_form": AddWordsForm(),
        "begins": begins_from(found, request.user),
    }
    return render_page(request, "appointments/help_request.html", context | more, status=status)


def _is_main(step: Step, found: HelpRequest) -> bool:
    """What moves on from here; handing an assigned request to somebody else is a side way."""
    return (
        step.tone == "primary" and _is_timely(step.name, found) and (step.name != "assign" or found.handler_id is None)
    )


def _is_timely(name: str, found: HelpRequest) -> bool:
    """Deciding an extension is offered only while one is asked for, asking only once; the agreed time has its own panel."""
    if name in ABOUT_THE_TIME:
        return False
    if name in ("grant_extension", "refuse_extension"):
        return bool(found.extension_asked_days)
    return name != "ask_extension" or not (found.extension_asked_days or found.extension_count)


@for_staff(*STAFF)
@once
def take_help_step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """One step: its form, then the deed. A page that shows an older state gets "look again", with what was typed."""
    found = get_request(request, number)
    back = reverse("help_request", args=[number])
    known = HELP.by_name.get(step)
    if known is None or known not in HELP.open_steps(found, request.user):
        sentence = _("情况有变：这件事现在不能这样办了，请再看一眼。")
        return refused(request, Changed(sentence), back=back)
    form_class = STEP_FORMS.get(step, StepForm)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = form_class(*data, request=found, needs_words=known.needs_words, initial={"seen": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            perform(found, step, data=dict(form.cleaned_data), by=request.user, at=clock.now())  # type: ignore[arg-type]
            to = "field" if request.POST.get("from") == "field" else "help_request"
            return done(request, known.done, to, *([] if to == "field" else [number]))
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=back)
        except Refusal as refusal:
            form.add_error(_shown_field(refusal, form), refusal.sentence)
    context = {
        "help": found,
        "step": known,
        "form": form,
        "limit": explain(found.due_why) if step == "plan_visit" else "",
        "from": request.GET.get("from", request.POST.get("from", "")),
    }
    return render_page(request, "appointments/take_step.html", context, status=422 if form.errors else 200)


def _shown_field(refusal: Refusal, form: StepForm) -> str | None:
    """Beside what was chosen: a time may come from the offered ones."""
    if refusal.field == "starts_at" and form.cleaned_data.get("slot") not in (None, "", OTHER_TIME):
        return "slot"
    return refusal.field if refusal.field in form.fields else None


@for_staff(*STAFF)
@require_POST
@once
def change_paper(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A line of the checklist: came in, was checked."""
    found = get_request(request, number)
    paper = get_object_or_404(Paper, request=found, pk=pk)
    form = PaperForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, status=422, paper_form=form, open_paper=paper.pk)
    try:
        seen = request.POST.get("seen")
        check_paper(paper, by=request.user, at=clock.now(), seen=seen, **form.cleaned_data)  # type: ignore[arg-type]
    except Refusal as refusal:
        return refused(request, refusal, back=reverse("help_request", args=[number]))
    return done(request, _("材料已更新。"), "help_request", number)


@for_staff(*STAFF)
@require_POST
@once
def add_note(request: HttpRequest, number: str) -> HttpResponse:
    """Words and photos at any time; a note among staff unless ``public`` is ticked."""
    found = get_request(request, number)
    form = AddWordsForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            add_words(
                found,
                by=request.user,  # type: ignore[arg-type]
                at=clock.now(),
                is_public=request.POST.get("public") == "1",
                **form.cleaned_data,
            )
            return done(request, _("已记下。"), "help_request", number)
        except NotAllowed as refusal:
            return refused(request, refusal, back=reverse("help_request", args=[number]))
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.sentence)
    return _page(request, found, status=422, words_form=form)


@for_staff(*STAFF)
def resident_cases(request: HttpRequest, pk: int) -> HttpResponse:
    """What a resident asked for: a panel of his file."""
    resident = get_object_or_404(Resident.objects.visible_to(request.user), pk=pk)
    rows = HelpRequest.objects.visible_to(request.user).filter(case__resident__in=file_ids(resident))
    page = page_by_id(for_list(rows), size=20, before=request.GET.get("before", ""), after="")
    context = {"resident": resident, "rows": list_rows(page.rows, at=clock.now()), "page": page}
    return render_page(
        request, "appointments/resident_cases.html", context, fragment="appointments/resident_cases_panel.html"
    )
