"""The contractor's page: where, what, since when, photos and products. Nothing of health or hardship."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.models import Commission
from community_portal.matters.queries import read_matter
from community_portal.people.models import Role
from community_portal.people.once import once
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import beside
from community_portal.web.pages import done, refused, render_page
from eldercare.actions.products import record_product
from eldercare.actions.works import add_line_photo, note_seen
from eldercare.forms.works import LinePhotoForm, ProductForm
from eldercare.models import Adaptation, ProductRecord
from eldercare.queries.works import STEPS, order_shown, sheets_of
from eldercare.workflow.built import wanted_products

BUILDERS = (Role.CONTRACTOR, Role.ELDERCARE, Role.STREET_OFFICER, Role.MANAGER)
WORKING = frozenset({"works", "rectifying"})


def _draw(request: StaffRequest, adaptation: Adaptation, *, status: int = 200, **more: Any) -> HttpResponse:
    found = [step for step in adaptation.flow.open_steps(adaptation, request.user) if step.name in STEPS]
    missing = {step.name: step.missing_parts(adaptation) for step in found}
    context = {
        "matter": adaptation,
        "spec": adaptation.spec,
        "home": adaptation.household,
        "order": order_shown(adaptation),
        "sheets": sheets_of(adaptation),
        "may_write": adaptation.state in WORKING and bool(adaptation.roles_given(request.user)),
        "steps": [step for step in found if not missing[step.name]],
        "missing": [(step, missing[step.name]) for step in found if missing[step.name]],
        "refused_line": None,
        "photo_form": LinePhotoForm(auto_id="id_photo_%s"),
    }
    return render_page(request, "eldercare/work.html", context | more, status=status)


@for_staff(*BUILDERS)
def work(request: StaffRequest, number: str) -> HttpResponse:
    """That somebody of the contractor opened it is kept: until then it stands among those that nobody has seen."""
    adaptation = read_matter(Adaptation, request.user, number)
    if request.user.organisation_posts and Commission.objects.held_by(request.user).of_row("adaptation", adaptation.pk):
        note_seen(adaptation, request.user, at=clock.now())
    return _draw(request, adaptation)


@for_staff(Role.CONTRACTOR)
@once
def work_photo(request: StaffRequest, number: str, line: int) -> HttpResponse:
    """A photo of one line."""
    adaptation = read_matter(Adaptation, request.user, number)
    found = _line(adaptation, line)
    form = LinePhotoForm(request.POST, request.FILES, auto_id="id_photo_%s")
    if request.method == "POST" and form.is_valid():
        try:
            add_line_photo(found, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("照片已存好。"), "work", number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=request.path)
        except Refusal as refusal:
            beside(form, refusal)
    return _draw(request, adaptation, status=422, photo_form=form, refused_line=line)


@for_staff(Role.CONTRACTOR)
@once
def work_product(request: StaffRequest, number: str, line: int, unit: int) -> HttpResponse:
    """The papers of one product."""
    adaptation = read_matter(Adaptation, request.user, number)
    found = _line(adaptation, line)
    if not 0 < unit <= wanted_products(found):
        raise Http404
    there = ProductRecord.objects.filter(line=found, number=unit).first()
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ProductForm(data=sent[0], files=sent[1], instance=there)
    if request.method == "POST" and form.is_valid():
        try:
            record_product(found, number=unit, by=request.user, at=clock.now(), **form.facts())
            return done(request, _("产品已存好。"), "work", number)
        except NotAllowed as refusal:
            return refused(request, refusal, back=request.path)
        except Changed as changed:
            there = ProductRecord.objects.filter(line=found, number=unit).first()
            beside(form, changed)
        except Refusal as refusal:
            beside(form, refusal)
    context = {"matter": adaptation, "line": found, "unit": unit, "form": form, "product": there}
    return render_page(request, "eldercare/work_product.html", context, status=422 if form.errors else 200)


def _line(adaptation: Adaptation, number: int) -> Any:
    """A line of the plan that holds; 404 for any other, and for a page that is only read now."""
    plan = adaptation.plans.filter(signed_at__isnull=False).order_by("-version").first()
    lines = plan.lines.select_related("item", "plan__adaptation__case") if plan else ProductRecord.objects.none()
    return get_object_or_404(lines, number=number)


def only_builds(user: Any, adaptation: Adaptation) -> bool:
    """Given to them as contractor, and they read it in no other way."""
    given = adaptation.roles_given(user)
    reads = user.is_superuser or user.has_role_at(adaptation.community_id, *adaptation.flow.read_by)
    return Role.CONTRACTOR in given and not reads and Role.ASSESSOR not in given
