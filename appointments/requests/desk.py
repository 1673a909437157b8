"""Reception: the workbench, the sixty-second intake, the slip to take home."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from appointments.models import HelpRequest
from appointments.requests.actions.intake import Newcomer, take_in
from appointments.requests.forms import IntakeForm
from community_portal import clock
from community_portal.matters.queries import under_way_for
from community_portal.people.models import HOUSE_STAFF, STAFF, Resident
from community_portal.people.once import once
from community_portal.people.reach import reader_of
from community_portal.people.register.queries import Likeness, find_duplicates
from community_portal.people.register.routing import route_for
from community_portal.people.register.search import search_residents
from community_portal.people.shell import house_of
from community_portal.places.addresses import find_building, read_address
from community_portal.refusals import Refusal
from community_portal.web.access import Access, StaffRequest, for_staff
from community_portal.web.pages import done, render_page
from community_portal.web.paging import is_row_number

PARTNER_TASKS = 100
STAFF_ROOM = Access("staff", frozenset(map(str, STAFF)))


@for_staff(*HOUSE_STAFF)
@once
def intake(request: StaffRequest) -> HttpResponse:
    """One screen: find or make the resident, their words, the category; then it is with the officer of their address."""
    community: Any = house_of(request)
    chosen = _chosen_resident(request)
    form = IntakeForm(
        request.POST or None, request.FILES or None, community=community, chosen=chosen, initial={"resident": chosen}
    )
    alike: list[Likeness] = []
    if request.method == "POST" and form.is_valid():
        who, alike = _who(request, form, community)
        if who:
            try:
                return _taken_in(request, who, form, community)
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    context = {
        "form": form,
        "chosen": chosen,
        "alike": alike,
        "route": route_for(chosen.household, on=clock.today()) if chosen else None,
        "under_way": under_way_for(chosen, reader=request.user) if chosen else None,
    }
    return render_page(
        request, "appointments/intake.html", context, status=422 if form.errors else 409 if alike else 200
    )


def _chosen_resident(request: StaffRequest) -> Resident | None:
    kept = getattr(request, "kept", {})  # on the page before its language was switched
    key = request.POST.get("resident") or kept.get("resident") or request.GET.get("resident") or ""
    if not is_row_number(key):
        return None
    rows = Resident.objects.visible_to(reader_of(request)).current()
    return get_object_or_404(
        rows.select_related("household__building__grid", "household__building__estate"), pk=int(key)
    )


def _taken_in(request: StaffRequest, who: Resident | Newcomer, form: IntakeForm, community: Any) -> HttpResponse:
    names = ("category", "words", "urgency", "source", "photos", "consents", "address")
    about = {name: form.cleaned_data[name] for name in names}
    taken = take_in(who, community=community, by=request.user, at=clock.now(), **about)
    number = taken.case.number
    sentence = (
        _("已登记 %(number)s，派给%(officer)s。") % {"number": number, "officer": taken.handler}
        if taken.handler
        else _("已登记 %(number)s，还没有派出。") % {"number": number}
    )
    # Who takes in what they may not read has done their part: the request is with the officer.
    is_read = HelpRequest.objects.visible_to(request.user).filter(pk=taken.pk).exists()
    return done(request, sentence, *(["help_request", number] if is_read else ["workbench"]))


def _who(request: StaffRequest, form: IntakeForm, community: Any) -> tuple[Resident | Newcomer | None, list[Likeness]]:
    """The chosen file or a new one; None with the files alike when somebody should look first."""
    data = form.cleaned_data
    if data["resident"]:
        return data["resident"], []
    phones = [data["phone"]] if data["phone"] else []
    alike = find_duplicates(community, name=data["name"], born_on=None, id_hash="", phones=phones)
    same = [likeness for likeness in alike if likeness.why == "name_phone"]
    if same:
        return same[0].resident, []
    if request.POST.get("another_person"):
        return Newcomer(data["name"], phones, data["address"], [likeness.resident for likeness in alike]), []
    alike += typed_for(request, data["name"], known=alike)
    return (None, alike) if alike else (Newcomer(data["name"], phones, data["address"]), [])


def typed_for(request: StaffRequest, name: str, *, known: list[Likeness]) -> list[Likeness]:
    """Whom the letters find that stand in the box for a name, sent before anybody was chosen."""
    found = search_residents(request.user, name, most=6) if name.isascii() else []
    seen = {likeness.resident.pk for likeness in known}
    return [Likeness(resident, "typed") for resident in found if resident.pk not in seen]


@for_staff(*HOUSE_STAFF)
def intake_people(request: StaffRequest) -> HttpResponse:
    """Residents for the intake's name box, while typing."""
    text = request.GET.get("name", "").strip()[:40]
    found = search_residents(request.user, text, most=6) if text else []
    return render_page(
        request, "appointments/intake_people.html", {"found": found, "is_new": len(text) > 1 and not found}
    )


@for_staff(*HOUSE_STAFF)
def intake_route(request: StaffRequest) -> HttpResponse:
    """Who would get a request from this address: the words of the intake's button."""
    community: Any = house_of(request)
    building = find_building(community, read_address(request.GET.get("address", "")[:200]))
    officer = None
    if building:
        home = building.households.first()
        officer = route_for(home, on=clock.today()).officer if home else None
    return render_page(
        request, "appointments/intake_button.html", {"grid": building.grid if building else None, "officer": officer}
    )
