"""Applying from a phone, in three screens: for whom, what is hard at home, papers and consent. What is done is kept; one may go on
another day."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.models import Case, Source
from community_portal.casework.uploads import ReadFile, read_paper
from community_portal.people.models import DelegationScope, Resident
from community_portal.people.once import once
from community_portal.people.register.forms import read
from community_portal.people.register.queries import people_of
from community_portal.refusals import Refusal
from community_portal.web.access import SignedInRequest, for_residents
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done
from eldercare.actions.applications import (
    MAY_BE_CHANGED,
    apply_for,
    is_applicant,
    keep_paper,
    say_yes,
    submit,
    tell_about_home,
)
from eldercare.actions.programmes import open_programmes
from eldercare.forms.applying import HomeForm, WhoForm
from eldercare.models import Adaptation
from eldercare.workflow import missing
from eldercare.workflow.states import OPEN


@for_residents
@once
def apply_who(request: SignedInRequest) -> HttpResponse:
    """For whom: the draft begins, or the one that there is goes on."""
    people = people_of(request.user, scope=DelegationScope.APPLY, on=clock.today())
    form = WhoForm(
        request.POST or None,
        people=Resident.objects.filter(pk__in=[one.pk for one in people]).select_related("household__building__estate"),
        initial={"resident": people[0].pk if len(people) == 1 else None},
    )
    if request.method == "POST" and form.is_valid():
        resident = form.cleaned_data["resident"]
        try:
            draft = _draft_of(resident) or apply_for(resident, by=request.user, at=clock.now(), source=Source.ONLINE)
            return HttpResponseRedirect(reverse("apply_home", args=[draft.case.number]), status=303)
        except Refusal as refusal:
            beside(form, refusal)
    programmes = open_programmes(people[0].community.street, on=clock.today()) if people else []
    context = {
        "form": form,
        "people": people,
        "programme": programmes[0] if programmes else None,
        "under_way": _under_way(request.user) if form.errors else [],
    }
    return answer_form(request, "eldercare/apply_who.html", context, form)


def _under_way(user: Any) -> list[Adaptation]:
    """Those of theirs that stand against another: the page that says so leads there."""
    rows = Adaptation.objects.filter(case__in=Case.objects.concerning(user), state__in=OPEN)
    return list(rows.select_related("case", "household__building__estate"))


def _draft_of(resident: Resident) -> Adaptation | None:
    """What they began another day."""
    return (
        Adaptation.objects.filter(resident=resident, state="draft", state__in=OPEN)
        .select_related("case")
        .order_by("-id")
        .first()
    )


def _read_draft(request: SignedInRequest, number: str) -> Any:
    """One that they may apply with; else 404."""
    rows = Adaptation.objects.select_related(
        "case__resident", "community__street", "resident", "programme", "household"
    )
    found = rows.filter(case__number=number).first()
    if found is None or not is_applicant(found, request.user, at=clock.now()):
        raise Http404
    return found


@for_residents
@once
def apply_home(request: SignedInRequest, number: str) -> HttpResponse:
    """What is hard at home: big cards with pictures; and how it stands with the house."""
    draft = _read_draft(request, number)
    if draft.state not in MAY_BE_CHANGED:
        return HttpResponseRedirect(_where_it_stands(draft, request), status=303)
    initial = {name: getattr(draft, name) for name in HomeForm.base_fields}
    form = HomeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            tell_about_home(draft, by=request.user, at=clock.now(), **form.cleaned_data)
            return HttpResponseRedirect(reverse("apply_papers", args=[number]), status=303)
        except Refusal as refusal:
            beside(form, refusal)
    return answer_form(request, "eldercare/apply_home.html", {"form": form, "draft": draft}, form)


class PapersForm(forms.Form):
    """A file for each paper that is not there, and their own will."""

    def __init__(self, *args: Any, draft: Adaptation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.papers = {f"paper_{paper.pk}": paper for paper in draft.papers.all() if not paper.is_there}
        for name, paper in self.papers.items():
            self.fields[name] = forms.FileField(label=str(paper), required=False)
        if draft.consent_at is None:
            self.fields["wants"] = forms.BooleanField(
                label=_("本人愿意改造，也同意评估员和施工师傅上门"), required=False
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in self.papers:
            if data.get(name):
                try:
                    data[name] = read(read_paper, data[name], field=name)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        return data

    def brought(self) -> list[tuple[Any, ReadFile]]:
        return [(paper, self.cleaned_data[name]) for name, paper in self.papers.items() if self.cleaned_data.get(name)]


@for_residents
@once
def apply_papers(request: SignedInRequest, number: str) -> HttpResponse:
    """Papers and consent; with all of it there the application goes in."""
    draft = _read_draft(request, number)
    if draft.state not in MAY_BE_CHANGED:
        return HttpResponseRedirect(_where_it_stands(draft, request), status=303)
    form = PapersForm(*((request.POST, request.FILES) if request.method == "POST" else ()), draft=draft)
    if request.method == "POST" and form.is_valid():
        try:
            return _hand_in(request, draft, form)
        except Refusal as refusal:
            beside(form, refusal)
    context = {"form": form, "draft": draft, "papers": draft.papers.all(), "missing": missing.to_submit(draft)}
    return answer_form(request, "eldercare/apply_papers.html", context, form)


def _hand_in(request: SignedInRequest, draft: Adaptation, form: PapersForm) -> HttpResponse:
    at = clock.now()
    for paper, file in form.brought():
        keep_paper(paper, file=file, by=request.user, at=at)
    if form.cleaned_data.get("wants"):
        say_yes(draft, by=request.user, at=at)
    parts = missing.to_submit(draft)
    number = draft.case.number
    if parts:
        return done(request, _("存好了，还差 %(n)s 项，补齐了就能交。") % {"n": len(parts)}, "apply_papers", number)
    if draft.state == "draft":
        submit(draft, by=request.user, at=at)
    answer = done(request, _("申请交上去了，编号 %(number)s。我们会上门看看。") % {"number": number}, "my_matters")
    answer["Location"] = _where_it_stands(draft, request)
    return answer


def _where_it_stands(draft: Adaptation, request: SignedInRequest) -> str:
    """Their page of it; who may apply but not read goes to their list."""
    seen = Case.objects.concerning(request.user).filter(pk=draft.case_id).exists()
    return reverse("my_adaptation", args=[draft.case.number]) if seen else reverse("my_matters")
