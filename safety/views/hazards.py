"""A hazard on the pages of staff, of a property company and of whoever reported it; finding one; its notice 限期整改通知."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.dossier.views import word_file
from community_portal.dossier.word import dossier_as_word
from community_portal.matters.pages import MatterPages, answer_step
from community_portal.matters.queries import read_matter
from community_portal.people.models import Role
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.places.models import Community
from community_portal.refusals import NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, refused, render_page
from community_portal.web.paging import is_row_number
from safety.actions.hazards import open_hazard
from safety.forms.hazards import HazardAtWorkForm
from safety.hazard_paper import notice_of, why_no_notice
from safety.models import Hazard, HazardSource, Premises
from safety.queries.hazard_page import my_panels, page_of
from safety.queries.hazards import alike
from safety.queries.hazards_desk import desk_of
from safety.queries.property import community_of_the_company, firms_of, premises_of
from safety.workflow.states import READERS


@dataclass(frozen=True)
class HazardPages(MatterPages):
    """Like any other's; whoever came back to look signs themselves."""

    def step(self, request: StaffRequest, number: str, step: str) -> HttpResponse:
        return answer_step(request, self._read(request, number), step, template="safety/hazard_step.html")

    def my_page(self, request: Any, matter: Any, **more: Any) -> HttpResponse:
        return super().my_page(request, matter, **my_panels(matter), **more)


PAGES = HazardPages(
    Hazard, "safety/hazard.html", page_of, my_template="safety/my_hazard.html", third_parties=(Role.PROPERTY,)
)


@for_staff(*READERS)
def hazards_desk(request: StaffRequest) -> HttpResponse:
    """What is open, by how long it has been so."""
    return render_page(request, "safety/hazards_desk.html", {"desk": desk_of(request.user, at=clock.now())})


@for_staff(*READERS, Role.PROPERTY)
@once
def new_hazard(request: StaffRequest) -> HttpResponse:
    """Found on the way: kind, place, photo. A property company finds them in what it manages; ``?premises=`` is where one stands."""
    firms = _firms_alone(request)
    stands_in = _stands_in(request, firms)
    community = stands_in.community if stands_in else _place_of(request, firms)
    begins_with = {"premises": stands_in, "kind": request.GET.get("kind", "")}
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = HazardAtWorkForm(
        *sent, community=community, company=request.user if firms is not None else None, initial=begins_with
    )
    if request.method == "POST" and form.is_valid():
        try:
            return _found(request, community, form)
        except NotAllowed as refusal:
            return refused(request, refusal, back=reverse("new_hazard"))
        except Refusal as refusal:
            beside(form, refusal)
    context = {"form": form, "house": community, "back": reverse("property_desk") if firms else reverse("hazards")}
    return answer_form(request, "safety/new_hazard.html", context, form)


def _firms_alone(request: StaffRequest) -> frozenset[int] | None:
    """The companies of whoever works for one and is no staff; None for staff."""
    works = request.user.is_superuser or request.user.community_ids
    return None if works else firms_of(request.user)


def _stands_in(request: StaffRequest, firms: frozenset[int] | None) -> Premises | None:
    key = request.GET.get("premises", "") or request.POST.get("premises", "")
    user = request.user
    rows = Premises.objects.visible_to(user) if firms is None else premises_of(user, on=clock.today())
    return rows.select_related("community__street").filter(pk=int(key)).first() if is_row_number(key) else None


def _place_of(request: StaffRequest, firms: frozenset[int] | None) -> Community:
    found = house_of(request) if firms is None else community_of_the_company(request.user, on=clock.today())
    if found is None:
        raise Http404
    return found


def _found(request: StaffRequest, community: Community, form: Any) -> HttpResponse:
    data = dict(form.cleaned_data)
    hazard = open_hazard(
        community=community,
        place_text=data.pop("place"),
        source=_source_of(request, community),
        by=request.user,
        at=clock.now(),
        **data,
    )
    return done(request, _("已登记，编号 %(number)s。") % {"number": hazard.case.number}, "hazard", hazard.case.number)


def _source_of(request: StaffRequest, community: Community) -> str:
    if community.pk not in request.user.community_ids and not request.user.is_superuser:
        return HazardSource.PROPERTY
    is_officer = request.user.has_role_at(community.pk, Role.GRID_OFFICER)
    return HazardSource.GRID if is_officer else HazardSource.STAFF


@for_staff(*READERS)
def hazards_alike(request: StaffRequest) -> HttpResponse:
    """While it is typed: what was reported within a week at the same place, with its photo and words."""
    house = house_of(request)
    if house is None:
        raise Http404
    kind, where = request.GET.get("kind", ""), _where(request, house)
    rows = alike(community=house, kind=kind, at=clock.now(), **where) if kind and where else []
    return render_page(request, "safety/parts/hazards_alike.html", {"alike": rows})


def _where(request: StaffRequest, house: Community) -> dict[str, int]:
    given = {name: request.GET.get(name, "") for name in ("premises", "building")}
    return {name: int(key) for name, key in given.items() if is_row_number(key)}


@for_staff(*READERS, Role.PROPERTY)
def hazard_notice(request: StaffRequest, number: str) -> HttpResponse:
    """限期整改通知, to print and to hand over."""
    hazard = read_matter(Hazard, request.user, number)
    why_not = why_no_notice(hazard)
    context = {"matter": hazard, "why_not": why_not, "notice": None if why_not else notice_of(hazard)}
    return render_page(request, "safety/hazard_notice.html", context, status=422 if why_not else 200)


@for_staff(*READERS, Role.PROPERTY)
def hazard_notice_word(request: StaffRequest, number: str) -> HttpResponse:
    hazard = read_matter(Hazard, request.user, number)
    if why_not := why_no_notice(hazard):
        return refused(request, Refusal(why_not, code="not_given"), back=reverse("hazard", args=[number]))
    notice = notice_of(hazard)
    word = dossier_as_word(notice.title, notice.sub, notice.sections)
    return word_file(word, f"{notice.title} {number}.docx")
