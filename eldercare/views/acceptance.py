"""验收 on a phone: one line per card, each kept at once; interviews, three signatures, and what is still missing."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.matters.queries import read_matter
from community_portal.people.actions import note_view
from community_portal.people.models import Look, Role
from community_portal.people.once import once
from community_portal.people.shell import keeps_forms
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import beside
from community_portal.web.pages import done, refused, render_page
from eldercare.actions import acceptance as deeds
from eldercare.actions.products import check_product
from eldercare.forms.acceptance import CheckProductForm, JoinForm, LineForm, SignForm, VisitTalkForm, WaiveForm
from eldercare.models import AcceptanceLine, AcceptanceMember, AcceptanceVisit, Adaptation, Interview, MemberBody
from eldercare.queries.acceptance import acceptance_of
from eldercare.workflow.states import State

PARTY = (Role.STREET_OFFICER, Role.ELDERCARE, Role.MANAGER, Role.GRID_OFFICER, Role.ASSESSOR)
READS_ON = frozenset({State.ACCEPTING})
SELF = "self"


def _read(request: StaffRequest, number: str) -> tuple[Adaptation, AcceptanceVisit]:
    """404 for what this person does not see, and where nothing was reported done yet."""
    adaptation = read_matter(Adaptation, request.user, number)
    visit = get_object_or_404(adaptation.acceptances.select_related("adaptation__case"), round=_round_shown(adaptation))
    note_view(by=request.user, resident=adaptation.resident, what=Look.PLAN, why=adaptation.case.number, at=clock.now())
    return adaptation, visit


def _round_shown(adaptation: Adaptation) -> int:
    """While it is put right, the round that was decided."""
    return adaptation.round - 1 if adaptation.state == State.RECTIFYING else adaptation.round


def draw(
    request: StaffRequest, adaptation: Adaptation, visit: AcceptanceVisit, line: int | None, **more: Any
) -> HttpResponse:
    """The page; forms that were refused come in ``more`` and stand where they were."""
    status = more.pop("status", 200)
    context = acceptance_of(adaptation, visit, line)
    context |= {
        "matter": adaptation,
        "is_open": adaptation.state in READS_ON and visit.decided_at is None,
        "refused_unit": None,
        "refused_product": None,
        "odd_hour": not deeds.is_working_time(clock.now()),
        "may_decide": request.user.is_superuser
        or request.user.has_role_at(adaptation.community_id, Role.STREET_OFFICER),
        **_forms(context["current"], request),
    }
    context |= _kept_on_a_phone(context, request)
    return render_page(request, "eldercare/acceptance.html", context | more, status=status)


def _kept_on_a_phone(context: dict[str, Any], request: StaffRequest) -> dict[str, Any]:
    """Without a network no other page opens: where the phone may keep forms, all cards and both talks stand on this one."""
    if not (context["is_open"] and keeps_forms(request)):
        return {"others": [], "talk_forms": []}
    others = [card for card in context["cards"] if card is not context["current"]]
    return {
        "others": [_other(card) for card in others],
        "talk_forms": _talk_forms(context["matter"], context["interviews"]),
    }


def _other(card: Any) -> dict[str, Any]:
    n = card.row.line.number
    return {
        "card": card,
        "line_form": LineForm(initial=found_at_first(card.row), auto_id=f"id_line{n}_%s"),
        "product_forms": [(unit, _product_form(unit, line=n)) for unit in card.units],
    }


def _talk_forms(adaptation: Adaptation, talks: Iterable[Interview]) -> list[dict[str, Any]]:
    return [
        {
            "who": who,
            "is_elder": who == SELF,
            "form": VisitTalkForm(initial=_said_by(adaptation, talks, who), auto_id=f"id_{who}_%s"),
        }
        for who in (SELF, "family")
    ]


def _said_by(adaptation: Adaptation, talks: Iterable[Interview], who: str) -> dict[str, Any]:
    known = {"name": adaptation.resident.name, "relation": SELF} if who == SELF else {"relation": "child"}
    return {**known, "seen": deeds.talks_seen(talks)}


def _forms(current: Any, request: StaffRequest) -> dict[str, Any]:
    if current is None:
        return {"line_form": None, "product_forms": [], "join_form": JoinForm(auto_id="id_join_%s")}
    return {
        "line_form": LineForm(initial=found_at_first(current.row), auto_id="id_line_%s"),
        "product_forms": [(unit, _product_form(unit)) for unit in current.units],
        "join_form": JoinForm(initial=_seat_of(request), auto_id="id_join_%s"),
    }


def found_at_first(row: AcceptanceLine) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in ("found_spec", "words", "defect", "rectify_by")}
    found = row.line.quantity if row.found_quantity is None else row.found_quantity
    return shown | {"found_quantity": f"{found.normalize():f}"}  # ten as 10: normalize alone says 1E+1


def _product_form(unit: Any, line: int | str = "") -> CheckProductForm:
    return CheckProductForm(instance=unit.product, auto_id=f"id_{line}p{unit.number}_%s")


def _seat_of(request: StaffRequest) -> dict[str, Any]:
    """Whoever opens the page, as one of the party."""
    roles = request.user.roles
    body = MemberBody.STREET if Role.STREET_OFFICER in roles else MemberBody.COMMUNITY
    firms = [firm for role, firm in request.user.organisation_posts if role == Role.ASSESSOR]
    if firms:
        return {"body": MemberBody.THIRD_PARTY, "name": str(request.user), "organisation": firms[0]}
    return {"body": body, "name": str(request.user)}


@for_staff(*PARTY)
def acceptance(request: StaffRequest, number: str) -> HttpResponse:
    """Where everybody begins: the first line that nobody has decided."""
    adaptation, visit = _read(request, number)
    return draw(request, adaptation, visit, None)


@for_staff(*PARTY)
@once
def acceptance_line(request: StaffRequest, number: str, line: int) -> HttpResponse:
    """A card. Saved at once; somebody quicker is told with what they wrote, and nothing typed is lost."""
    adaptation, visit = _read(request, number)
    row = get_object_or_404(visit.lines.select_related("line__item", "visit__adaptation"), line__number=line)
    if request.method != "POST":
        return draw(request, adaptation, visit, line)
    if request.POST.get("unit"):
        return _save_product(request, adaptation, visit, row)
    form = LineForm(request.POST, request.FILES, auto_id="id_line_%s")
    if form.is_valid():
        try:
            deeds.record_line(row, by=request.user, at=clock.now(), **form.cleaned_data)
            return _on(request, adaptation, visit, line)
        except NotAllowed as refusal:
            return refused(request, refusal, back=request.path)
        except Refusal as refusal:
            beside(form, refusal)
    return draw(request, adaptation, visit, line, line_form=form, status=422)


def _on(request: StaffRequest, adaptation: Adaptation, visit: AcceptanceVisit, line: int) -> HttpResponse:
    """To the next line that is open; the last one leads to the whole."""
    later = visit.lines.filter(result="").order_by("line__number").values_list("line__number", flat=True)
    number, words = adaptation.case.number, _("已存好。")
    following = next(iter([n for n in later if n > line] or list(later)), None)
    if following is None:
        return done(request, words, "acceptance", number)
    return done(request, words, "acceptance_line", number, following)


def _save_product(
    request: StaffRequest, adaptation: Adaptation, visit: AcceptanceVisit, row: AcceptanceLine
) -> HttpResponse:
    wanted, line = request.POST["unit"], row.line.number
    n = int(wanted) if wanted.isdecimal() and 0 < int(wanted) < 100 else 1
    form = CheckProductForm(request.POST, request.FILES, auto_id=f"id_p{n}_%s")
    if form.is_valid():
        try:
            check_product(row, number=n, by=request.user, at=clock.now(), **form.facts())
            return done(request, _("已存好。"), "acceptance_line", adaptation.case.number, line)
        except NotAllowed as refusal:
            return refused(request, refusal, back=request.path)
        except Refusal as refusal:
            beside(form, refusal)
    return draw(request, adaptation, visit, line, refused_product=form, refused_unit=n, status=422)


@for_staff(Role.STREET_OFFICER)
@once
def waive(request: StaffRequest, number: str, line: int) -> HttpResponse:
    """免做: the elder or the guardian and the street sign on one phone."""
    adaptation, visit = _read(request, number)
    row = get_object_or_404(visit.lines.select_related("line__item", "visit__adaptation"), line__number=line)
    form = WaiveForm(request.POST or None, initial={"seen": row.version, "name": adaptation.resident.name})
    if request.method == "POST" and form.is_valid():
        try:
            deeds.waive_line(row, by=request.user, at=clock.now(), **form.cleaned_data)
            return _on(request, adaptation, visit, line)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=request.path)
        except Refusal as refusal:
            beside(form, refusal)
    context = {"matter": adaptation, "row": row, "form": form}
    return render_page(request, "eldercare/waive.html", context, status=422 if form.errors else 200)


@for_staff(*PARTY)
@once
def talk(request: StaffRequest, number: str) -> HttpResponse:
    """With the elder, or with one of the family."""
    adaptation, visit = _read(request, number)
    who = request.GET.get("who", "")
    form = VisitTalkForm(request.POST or None, initial=_said_by(adaptation, visit.interviews.all(), who))
    if request.method == "POST" and form.is_valid():
        try:
            deeds.record_interview(adaptation, visit=visit, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("已记下。"), "acceptance", number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=request.path)
        except Refusal as refusal:
            beside(form, refusal)
    context = {"matter": adaptation, "form": form, "who": who, "is_elder": who == SELF}
    return render_page(request, "eldercare/talk.html", context, status=422 if form.errors else 200)


@for_staff(*PARTY)
@once
def join(request: StaffRequest, number: str) -> HttpResponse:
    """Somebody takes part for one of the three."""
    adaptation, visit = _read(request, number)
    form = JoinForm(request.POST or None, auto_id="id_join_%s", initial=_seat_of(request))
    if request.method == "POST" and form.is_valid():
        me = request.user if form.cleaned_data["name"] == str(request.user) else None
        try:
            member = deeds.join_party(visit, by=request.user, at=clock.now(), user=me, **form.cleaned_data)
            return done(request, _("已写上。"), "sign_acceptance", number, member.pk)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=request.path)
        except Refusal as refusal:
            beside(form, refusal)
    return draw(request, adaptation, visit, None, join_form=form, status=422 if form.errors else 200)


@for_staff(*PARTY)
@once
def sign(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """A member reads what was found, and signs it."""
    adaptation, visit = _read(request, number)
    member = get_object_or_404(AcceptanceMember.objects.select_related("organisation"), visit=visit, pk=pk)
    context = acceptance_of(adaptation, visit, None)
    form = SignForm(request.POST or None, initial={"seen_hash": context["digest"]})
    if request.method == "POST" and form.is_valid():
        try:
            deeds.sign_acceptance(member, by=request.user, at=clock.now(), **form.cleaned_data)
            return done(request, _("签好了。"), "acceptance", number)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=request.path)
        except Refusal as refusal:
            beside(form, refusal)
    context |= {"matter": adaptation, "member": member, "form": form}
    return render_page(request, "eldercare/sign_acceptance.html", context, status=422 if form.errors else 200)
