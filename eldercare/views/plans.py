"""The household plan as it is made: finding, line, money; and names under it, in the elder's hand, by whoever wrote them down."""

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from community_portal import clock
from community_portal.matters.queries import read_matter, read_my_matter
from community_portal.people.actions import note_view
from community_portal.people.models import Look, Role
from community_portal.people.once import once
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.signing.models import Means
from community_portal.web.access import SignedInRequest, StaffRequest, for_residents, for_staff
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, refused, render_page
from eldercare.actions.consenting import sign_plan
from eldercare.actions.plans import drop_line, may_plan, save_line
from eldercare.forms.planning import LineForm, RecordedSignForm, SignForm
from eldercare.models import Adaptation, PlanLine
from eldercare.queries.plans import plan_to_sign, reason_key, reasons_for, shown_plan, threads_of
from eldercare.queries.signers import name_of, relation_of
from eldercare.workflow.states import DESK, FIELD

PLANNERS = (Role.ELDERCARE, Role.ASSESSOR)
RECORDERS = tuple(sorted(DESK | FIELD))


@for_staff(*PLANNERS)
@once
def adaptation_plan(request: StaffRequest, number: str, line: int | None = None) -> HttpResponse:
    """All lines with their sums, and the form for one more, or for that ``line`` (its number)."""
    matter = read_matter(Adaptation, request.user, number)
    back = reverse("adaptation", args=[number])
    if not may_plan(matter, request.user):
        return refused(request, Changed(_("情况有变：现在不在做方案，请再看一眼。")), back=back)
    plan, known = matter.plan, _line_of(matter, line)
    note_view(by=request.user, resident=matter.resident, what=Look.PLAN, why=number, at=clock.now())
    form = LineForm(
        request.POST or None,
        items=matter.catalogue.items.all(),
        reasons=reasons_for(matter),
        initial=_values_of(known) if known else None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            save_line(matter, number=line, by=request.user, at=clock.now(), **form.line())
            return done(request, _("已记下，钱重新算过了。"), "adaptation_plan", number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=reverse("adaptation_plan", args=[number]))
        except Refusal as refusal:
            beside(form, refusal)
    context = {
        "matter": matter,
        "plan": plan,
        "threads": threads_of(plan),
        "form": form,
        "changed": known,
        "back": back,
        "prices": _prices(matter),
    }
    return answer_form(request, "eldercare/plan.html", context, form)


def _line_of(matter: Adaptation, number: int | None) -> PlanLine | None:
    if number is None:
        return None
    found = matter.plan.lines.filter(number=number).first() if matter.plan else None
    if found is None:
        raise Http404
    return found


def _values_of(line: PlanLine) -> dict[str, Any]:
    names = ("why", "item", "room", "spec", "quantity", "price", "ownership", "is_self_paid")
    return {name: getattr(line, name) for name in names} | {"reason": reason_key(line)}


def _prices(matter: Adaptation) -> list[Any]:
    """What is known of each item: its price, and what the programme pays of one."""
    funded = set(matter.programme.funded_codes)
    items = matter.catalogue.items.all()
    return [(item, item.is_basic or item.code in funded) for item in items]


@for_staff(*PLANNERS)
@require_POST
@once
def drop_plan_line(request: StaffRequest, number: str, line: int) -> HttpResponse:
    """Out of the plan that is being made."""
    matter = read_matter(Adaptation, request.user, number)
    try:
        drop_line(matter, number=line, by=request.user, at=clock.now())
    except Refusal as refusal:
        return refused(request, refusal, back=reverse("adaptation", args=[number]))
    return done(request, _("已去掉。"), "adaptation_plan", number)


@for_staff(*RECORDERS)
@once
def adaptation_sign(request: StaffRequest, number: str) -> HttpResponse:
    """A name that was given at the door or on paper, recorded by staff: the elder's or the guardian's."""
    matter = read_matter(Adaptation, request.user, number)
    plan, back = plan_to_sign(matter), reverse("adaptation", args=[number])
    if plan is None:
        return refused(request, Changed(_("情况有变：现在没有要签字的方案。")), back=back)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = RecordedSignForm(*sent, plan=plan, initial={"name": matter.resident.name})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        given = {name: data[name] for name in ("relation", "name", "means")} | {"pays": data.get("pays", False)}
        answer = _signed(request, matter, form, given | {"signature": form.drawn_or_photographed()}, back)
        if answer is not None:
            return answer
    context = {"matter": matter, "shown": shown_plan(plan), "form": form, "back": back}
    return answer_form(request, "eldercare/record_signing.html", context, form)


def _signed(request: Any, matter: Adaptation, form: SignForm, given: dict[str, Any], back: str) -> HttpResponse | None:
    """The answer when it went through or is over; None when the form says what is wrong."""
    try:
        sign_plan(matter, by=request.user, at=clock.now(), seen_hash=form.cleaned_data["shown"], **given)
        return done(request, _("签好了。"), "my_adaptation" if "/my/" in back else "adaptation", matter.case.number)
    except (Changed, NotAllowed) as refusal:
        return refused(request, refusal, back=back)
    except Refusal as refusal:
        beside(form, refusal)
    return None


@for_residents
@once
def my_plan(request: SignedInRequest, number: str) -> HttpResponse:
    """The plan for the family to read; the elder, or the guardian, signs it here."""
    matter = read_my_matter(Adaptation, request.user, number)
    plan, back = plan_to_sign(matter) or matter.signed_plan, reverse("my_adaptation", args=[number])
    if plan is None or plan.proposed_at is None:
        raise Http404
    relation = relation_of(matter, request.user) if plan.signed_at is None else ""
    form = SignForm(request.POST or None, plan=plan)
    if request.method == "POST" and form.is_valid():
        given = {"relation": relation, "name": name_of(matter, relation), "means": Means.FINGER}
        more = {"pays": form.cleaned_data.get("pays", False), "phone": request.user.phone or ""}
        answer = _signed(request, matter, form, given | more | {"signature": form.cleaned_data["signature"]}, back)
        if answer is not None:
            return answer
    context = {
        "matter": matter,
        "shown": shown_plan(plan),
        "form": form if relation else None,
        "signer": name_of(matter, relation) if relation else "",
        "back": back,
    }
    return render_page(request, "eldercare/my_plan.html", context, status=422 if form.errors else 200)
