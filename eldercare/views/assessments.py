"""The assessment on a phone: one item a screen, then the facts, the level with each rule, three signatures."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.matters.queries import read_matter
from community_portal.people.actions import note_view
from community_portal.people.models import Look, Resident, Role
from community_portal.people.once import once
from community_portal.people.reach import reader_of
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, refused, render_page
from eldercare.ability import BY_CODE, ITEMS
from eldercare.actions import assessments as deeds
from eldercare.forms.assessments import FactsForm, OpenAssessmentForm, PeopleForm, RiskForms, SigningForm
from eldercare.models import SCORE_READERS, SIGNERS, Adaptation, Assessment, homes_of
from eldercare.queries.assessments import (
    adaptation_of,
    bands_said,
    dots_of,
    rules_said,
    signers_of,
    standing_of,
)

ASSESSORS = (Role.ELDERCARE, Role.ASSESSOR)
LOOKERS = (*SCORE_READERS, Role.ASSESSOR)
ASSESSES = gettext_noop("做能力评估")


@for_staff(Role.ELDERCARE)
@once
def assess_elder(request: StaffRequest, pk: int) -> HttpResponse:
    """A new assessment from an elder's page."""
    user = reader_of(request)
    rows = Resident.objects.current().select_related("community__street", "household__grid")
    mine = rows if user.is_superuser else rows.filter(homes_of(user, frozenset({Role.ELDERCARE})))
    resident = get_object_or_404(mine, pk=pk)
    return _opened(request, resident, None, back=reverse("elder_file", args=[pk]))


@for_staff(*ASSESSORS)
@once
def assess_for(request: StaffRequest, number: str) -> HttpResponse:
    """A new assessment for an adaptation; one that is not signed is gone on with."""
    matter = read_matter(Adaptation, request.user, number)
    if not deeds.may_assess(request.user, matter.resident, matter):
        raise Http404
    return _opened(request, matter.resident, matter, back=reverse("adaptation", args=[number]))


def _opened(request: StaffRequest, resident: Resident, matter: Adaptation | None, *, back: str) -> HttpResponse:
    draft = Assessment.objects.visible_to(request.user).filter(resident=resident, signed_at__isnull=True).first()
    if draft:
        return done(request, _("这位老人有一份评估还没有做完，请接着做。"), "assess", draft.pk)
    colleagues = deeds.second_assessors(resident, matter, by=request.user, on=clock.today())
    form = OpenAssessmentForm(request.POST or None, colleagues=colleagues)
    if request.method == "POST" and form.is_valid():
        try:
            made = deeds.open_assessment(
                resident, adaptation=matter, by=request.user, at=clock.now(), **form.cleaned_data
            )
            return done(request, _("评估开始了，一题一题来。"), "assess", made.pk)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=back)
        except Refusal as refusal:
            beside(form, refusal)
    context = {"resident": resident, "form": form, "back": back}
    return answer_form(request, "eldercare/open_assessment.html", context, form)


def _get(request: StaffRequest, pk: int) -> Assessment:
    """One that this reader may see; that they looked is kept."""
    rows = Assessment.objects.visible_to(reader_of(request)).select_related(
        "resident__community", "resident__household", "case", "assessor_1", "assessor_2", "organisation"
    )
    found = get_object_or_404(rows, pk=pk)
    why = found.case.number if found.case else ASSESSES
    note_view(by=request.user, resident=found.resident, what=Look.ASSESSMENT, why=why, at=clock.now())
    return found


def _may(request: StaffRequest, assessment: Assessment) -> bool:
    return not assessment.signed_at and deeds.may_assess(request.user, assessment.resident, adaptation_of(assessment))


@for_staff(*LOOKERS)
def assess(request: StaffRequest, pk: int) -> HttpResponse:
    """All 26 items, one a screen: they are on the page together, so that one goes on without a network."""
    found = _get(request, pk)
    if not _may(request, found):
        return _end_page(request, found)
    standing = standing_of(found)
    first = next((item.code for item in standing.missing), ITEMS[-1].code)
    context = {
        "assessment": found,
        "standing": standing,
        "dots": dots_of(standing),
        "items": _screens(standing),
        "first": first,
        "is_end": False,
        "back": _back(found),
    }
    return render_page(request, "eldercare/assess.html", context)


def _screens(standing: Any) -> list[dict[str, Any]]:
    """Each item with what is before and after it."""
    codes = [item.code for item in ITEMS]
    return [
        {
            "item": item,
            "number": n + 1,
            "score": standing.answers.get(item.code),
            "note": standing.notes.get(item.code, ""),
            "before": codes[n - 1] if n else "",
            "after": codes[n + 1] if n + 1 < len(codes) else "",
        }
        for n, item in enumerate(ITEMS)
    ]


def _back(assessment: Assessment) -> str:
    matter = adaptation_of(assessment)
    return (
        reverse("adaptation", args=[matter.case.number])
        if matter
        else reverse("elder_file", args=[assessment.resident_id])
    )


@for_staff(*ASSESSORS)
@require_POST
@once
def answer_item(request: StaffRequest, pk: int, item: str) -> HttpResponse:
    """One answer, kept at once; without script the next item is shown."""
    found = _get(request, pk)
    score = request.POST.get("score", "")
    try:
        if item not in BY_CODE or not score.isdecimal() or len(score) > 2:
            raise Refusal(_("请选一个分数。"), code="no_score", field="score")
        note = request.POST.get("note", "")
        seen = request.POST.get("seen")
        deeds.answer_item(found, item=item, score=int(score), note=note, seen=seen, by=request.user, at=clock.now())
    except Refusal as refusal:
        return refused(request, refusal, back=f"{reverse('assess', args=[pk])}#{item}")
    shown = request.POST.get("next", "")
    return HttpResponseRedirect(f"{reverse('assess', args=[pk])}#{shown if shown in BY_CODE else item}", status=303)


@for_staff(*LOOKERS)
@once
def assess_end(request: StaffRequest, pk: int) -> HttpResponse:
    """What came of it: points, level and each rule; who was there; and where it is signed."""
    found = _get(request, pk)
    if request.method != "POST":
        return _end_page(request, found)
    form = PeopleForm(request.POST, colleagues=_colleagues(found), auto_id="people_%s")
    if form.is_valid():
        try:
            deeds.name_people(found, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("记下了。"), "assess_end", pk)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=reverse("assess_end", args=[pk]))
        except Refusal as refusal:
            beside(form, refusal)
    return _end_page(request, found, status=422, people_form=form)


def _colleagues(found: Assessment) -> Any:
    return deeds.second_assessors(found.resident, adaptation_of(found), by=found.assessor_1, on=clock.today())


def _end_page(request: StaffRequest, found: Assessment, *, status: int = 200, **more: Any) -> HttpResponse:
    standing = standing_of(found)
    may = _may(request, found)
    context = {
        "assessment": found,
        "standing": standing,
        "may_assess": may,
        "dots": dots_of(standing),
        "rules": rules_said(standing),
        "bands": bands_said(),
        "names": signers_of(found),
        "level_now": standing.score.level if standing.score else "",
        "is_end": True,
        "back": _back(found),
        **(_forms(found, standing) if may else {}),
    }
    return render_page(request, "eldercare/assess_end.html", context | more, status=status)


def _forms(found: Assessment, standing: Any) -> dict[str, Any]:
    people = {name: getattr(found, name) for name in ("assessor_2", "informant", "informant_relation")}
    facts = {
        name: getattr(found, name) for name in ("is_in_coma", "diagnosed_on", "diagnosed_at", "is_by_psychiatrist")
    } | {"icd_codes": " ".join(found.icd_codes)}
    seen = {"seen": found.version}
    return {
        "people_form": PeopleForm(colleagues=_colleagues(found), initial=people | seen, auto_id="people_%s"),
        "facts_form": FactsForm(initial=facts | seen, auto_id="facts_%s"),
        "risk_forms": RiskForms(prefix="risk", initial=list(found.risks.values("kind", "on"))),
        "signing_form": SigningForm(
            causes=standing.causes, initial=seen | {"seen_total": standing.total}, auto_id="sign_%s"
        ),
        "may_sign": bool(standing.score and found.assessor_2_id and found.informant),
    }


@for_staff(*ASSESSORS)
@require_POST
@once
def assess_facts(request: StaffRequest, pk: int) -> HttpResponse:
    """Coma, diagnoses, care risks."""
    found = _get(request, pk)
    form = FactsForm(request.POST, auto_id="facts_%s")
    lines = RiskForms(request.POST, prefix="risk")
    if form.is_valid() and lines.is_valid():
        risks = [(line["kind"], line["on"]) for line in lines.cleaned_data if line.get("kind")]
        try:
            deeds.state_facts(found, risks=risks, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("记下了。"), "assess_end", pk)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=reverse("assess_end", args=[pk]))
        except Refusal as refusal:
            beside(form, refusal)
    return _end_page(request, found, status=422, facts_form=form, risk_forms=lines)


@for_staff(*ASSESSORS)
@require_POST
@once
def close_assessment(request: StaffRequest, pk: int) -> HttpResponse:
    """Three signatures, and it stands."""
    found = _get(request, pk)
    form = SigningForm(request.POST, causes=standing_of(found).causes, auto_id="sign_%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            deeds.close_assessment(
                found,
                signatures=[deeds.Signature(part, data[f"signature_{part}"]) for part in SIGNERS],
                cause=data["change_code"],
                why=data["change_why"],
                seen=data["seen"],
                seen_total=data["seen_total"],
                by=request.user,
                at=clock.now(),
            )
            return done(request, _("评估签好了，一年有效。"), "assess_end", pk)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=reverse("assess_end", args=[pk]))
        except Refusal as refusal:
            beside(form, refusal)
    return _end_page(request, found, status=422, signing_form=form, may_sign=True)
