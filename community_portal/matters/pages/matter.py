"""One matter for staff: where it stands and why, what happened, the person, what may be done now; its steps and notes.

A service whose page has the address ``…/<number>/`` puts the steps at ``…/<number>/<step>/``, notes at ``…/<number>/note/``
and the slip at ``…/<number>/slip/``: templates and redirects go by that.
"""

from collections.abc import Callable
from typing import Any, Protocol

from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.actions import PartsMissing
from community_portal.casework.deadlines import explain
from community_portal.casework.flow import Part, Step
from community_portal.casework.models import Attachment, Matter
from community_portal.casework.queries import count_of_others, due_words, progress_of, timeline
from community_portal.matters.actions.words import add_words
from community_portal.matters.deeds import perform
from community_portal.matters.forms.steps import OTHER_TIME, StepForm
from community_portal.matters.forms.words import AddWordsForm
from community_portal.matters.kinds import kind_of
from community_portal.matters.lines import family_of, relatives_of
from community_portal.matters.models import Extendable, Rated
from community_portal.matters.panels import panels_of
from community_portal.matters.queries import agreed_visit, is_in_nobodys_hands, subject_for
from community_portal.people.actions import note_view
from community_portal.people.models import Look, Resident
from community_portal.people.own_account.consents import numbers_for_messages
from community_portal.people.reach import sees_sensitive_at
from community_portal.people.register.queries import age_of
from community_portal.places.calendar import guessed_among
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest
from community_portal.web.navigation import begins_from
from community_portal.web.pages import done, refused, render_page


class Page(Protocol):
    """The view that draws the page of a matter again, with what was refused (``more`` of its context)."""

    def __call__(self, request: Any, matter: Any, *, status: int = 200, **more: Any) -> HttpResponse: ...


def matter_context(matter: Matter, user: Any) -> dict[str, Any]:
    """What ``matters/matter.html`` shows. A service adds its own panels, and their context."""
    kind, spec, now = kind_of(matter), matter.spec, clock.now()
    due, tone = due_words(matter.limit_now, at=now) if not spec.is_end else ("", "plain")
    number, told = matter.case.number, timeline(matter.case, shown=matter.case.words, reader=user)
    # Its words are of another matter, which this reader does not read: as little as the line that begins the journal.
    is_untold, family = bool(told) and not told[-1]["is_first"], family_of(matter)
    return {
        "matter": matter,
        "kind": kind,
        "subject": kind.flow.label if is_untold else matter.case.title,
        "is_untold": is_untold,
        "page_url": kind.url_of(number),
        "spec": spec,
        "due": due,
        "due_tone": tone,
        "progress": progress_of(matter, told=told),
        "guessed": guessed_among([matter.limit_now, matter.promised_at]) if not spec.is_end else [],
        "why_deadline": explain(
            matter.due_why, paused_at=matter.paused_at, waits=_("等书记决定") if matter.is_suspended else spec.todo
        ),
        "handler_left": is_in_nobodys_hands(matter, on=clock.today()),
        "timeline": told,
        "agreed": agreed_visit(matter, at=now),
        "asked_days": matter.extension_asked_days if isinstance(matter, Extendable) else 0,
        "satisfaction": matter.satisfaction if isinstance(matter, Rated) else None,
        "files": Attachment.objects.visible_to(user)
        .filter(case=matter.case)
        .exclude(content_type__startswith="image/"),
        "relatives": relatives_of(family, user),
        "others": count_of_others(matter.case, user) if family else 0,
        "begins": begins_from(matter, user),
        "more_panels": panels_of(matter, user, is_beside=False),
        "more_beside": panels_of(matter, user, is_beside=True),
        "words_form": AddWordsForm(),
        **_person(matter, user),
        **_steps(matter, user),
    }


def _person(matter: Matter, user: Any) -> dict[str, Any]:
    resident = matter.case.resident
    return {
        "resident": resident,
        "age": age_of(resident, on=clock.today()) if resident else None,
        "tags": _care_of(resident, matter, user) if resident else [],
        "contact": resident.contacts.first() if resident else None,
        "is_told": bool(resident and numbers_for_messages(resident)),
    }


def _care_of(resident: Resident, matter: Matter, user: Any) -> list[str]:
    """Whom to mind, for those who may know; that they looked is kept, with the number of the matter."""
    if not resident.care_tags or not sees_sensitive_at(user, matter.community_id):
        return []
    note_view(by=user, resident=resident, what=Look.CARE_TAGS, why=matter.case.number, at=clock.now())
    return resident.care_labels


def _steps(matter: Matter, user: Any) -> dict[str, Any]:
    """The buttons: what moves on from here, the side ways with what ends at the end, those of a panel by its name; and the
    steps that still miss something, each with what it is."""
    found = matter.flow.open_steps(matter, user)
    missing = {step.name: step.missing_parts(matter) for step in found}
    ready = [step for step in found if not missing[step.name]]
    heading = [step for step in ready if not step.panel]
    main = [step for step in heading if step.tone == "primary" and step.leads_on(matter)]
    panels: dict[str, dict[str, Step]] = {}
    for step in ready:
        panels.setdefault(step.panel, {})[step.name] = step
    times = panels.get("agreed_time", {})
    return {
        "plan_step": times.get("plan_visit"),
        "call_off_step": times.get("call_off_visit"),
        "main_steps": main,
        "side_steps": sorted((step for step in heading if step not in main), key=lambda step: step.tone == "danger"),
        "panel_steps": panels,
        "missing": [(step, missing[step.name]) for step in found if missing[step.name]],
    }


def answer_step(
    request: StaffRequest,
    matter: Matter,
    step: str,
    *,
    template: str = "matters/take_step.html",
    back: str = "",
    **more: Any,
) -> HttpResponse:
    """One step: its form, then the deed. A page that shows an older state gets "look again", with what was typed; a step that
    still misses something says what. ``from=`` in the address, or ``back``, names the page to go back to; ``more`` is for the template."""
    known, page_url = (
        matter.flow.by_name.get(step),
        reverse(back) if back else kind_of(matter).url_of(matter.case.number),
    )
    if known is None or known not in matter.flow.open_steps(matter, request.user):
        sentence = _("情况有变：这件事现在不能这样办了，请再看一眼。")
        return refused(request, Changed(sentence), back=page_url)
    missing = known.missing_parts(matter)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = _form_of(known, matter, *sent, by=request.user)
    if request.method == "POST" and form.is_valid() and not missing:
        try:
            return _taken(request, matter, known, form, back)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=page_url)
        except PartsMissing as refusal:
            missing = refusal.parts
        except Refusal as refusal:
            form.add_error(_shown_field(refusal, form), refusal.sentence)
    context = _step_context(request, matter, known, form, missing) | {"page_url": page_url} | more
    return render_page(request, template, context, status=422 if form.errors or missing else 200)


def _form_of(step: Step, matter: Matter, *data: Any, **kwargs: Any) -> StepForm:
    kind: type[StepForm] = kind_of(matter).by_step[step.name].form or StepForm
    return kind(*data, matter=matter, step=step, **kwargs)


def _taken(request: StaffRequest, matter: Matter, step: Step, form: StepForm, back: str) -> HttpResponse:
    perform(matter, step.name, data=dict(form.cleaned_data), by=request.user, at=clock.now())
    if back or request.POST.get("from") == "field":
        return done(request, step.done, back or "field")
    return done(request, step.done, matter.flow.url_name, matter.case.number)


def _step_context(
    request: StaffRequest, matter: Matter, step: Step, form: StepForm, missing: list[Part]
) -> dict[str, Any]:
    return {
        "matter": matter,
        "step": step,
        "subject": subject_for(matter, request.user),
        "form": form,
        "missing": missing,
        "limit": explain(matter.due_why) if step.name == "plan_visit" else "",
        "from": request.GET.get("from", request.POST.get("from", "")),
    }


def _shown_field(refusal: Refusal, form: StepForm) -> str | None:
    """Beside what was chosen: a time may come from the offered ones."""
    if refusal.field == "starts_at" and form.cleaned_data.get("slot") not in (None, "", OTHER_TIME):
        return "slot"
    return refusal.field if refusal.field in form.fields else None


def answer_row(
    request: StaffRequest,
    matter: Matter,
    form: Form,
    deed: Callable[..., Any],
    *,
    page: Page,
    said: Any = "",
    **shown: Any,
) -> HttpResponse:
    """A form of one of its child rows, on its page: ``deed`` takes what was typed, ``by`` and ``at``; then ``said`` is said.
    ``shown`` is what the page shows when the form is refused."""
    if not form.is_valid():
        return page(request, matter, status=422, **shown)
    try:
        deed(by=request.user, at=clock.now(), **form.cleaned_data)
    except Refusal as refusal:
        return refused(request, refusal, back=kind_of(matter).url_of(matter.case.number))
    return done(request, said or _("已记下。"), matter.flow.url_name, matter.case.number)


def answer_note(request: StaffRequest, matter: Matter, *, page: Page) -> HttpResponse:
    """Words and photos at any time; a note among staff unless ``public`` is ticked."""
    form = AddWordsForm(request.POST, request.FILES)
    if form.is_valid():
        is_public = request.POST.get("public") == "1"
        try:
            add_words(matter, by=request.user, at=clock.now(), is_public=is_public, **form.cleaned_data)
            return done(request, _("已记下。"), matter.flow.url_name, matter.case.number)
        except NotAllowed as refusal:
            return refused(request, refusal, back=kind_of(matter).url_of(matter.case.number))
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.sentence)
    return page(request, matter, status=422, words_form=form)
