"""The register: search, list, new file with a warning of duplicates, one file and what may be done with it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.access import for_staff
from community_portal.pages import done, refused, render_page
from community_portal.people import actions
from community_portal.people.finders import find_everything
from community_portal.people.forms import ContactForm, EditResidentForm, ResidentForm, RevealForm, StaffDelegationForm
from community_portal.people.idnumber import hash_of, masked
from community_portal.people.merging import merge_residents, unmerge
from community_portal.people.models import SEES_SENSITIVE, STAFF, CareTag, Contact, Resident, Role, User
from community_portal.people.once import once
from community_portal.people.queries import age_of, find_duplicates, page_by_id
from community_portal.people.search import in_full, matching_ids, search_residents
from community_portal.people.shell import house_of
from community_portal.places.models import Grid
from community_portal.refusals import Changed, Refusal

PAGE = 30
MOST_FOUND = 300  # whoever finds more should type one more character


@for_staff(*STAFF)
def find(request: HttpRequest) -> HttpResponse:
    """The one search box: residents, and whatever other rooms add."""
    text = request.GET.get("q", "").strip()[:80]
    context = {
        "q": text,
        "residents": search_residents(request.user, text, most=8) if text else [],
        "groups": find_everything(request.user, text) if text else [],
    }
    return render_page(request, "people/find.html", context, fragment="people/find_results.html")


@for_staff(*STAFF)
def residents(request: HttpRequest) -> HttpResponse:
    """All residents in one's places, newest file first."""
    rows = Resident.objects.visible_to(request.user).current()
    text, grid, tag = (request.GET.get(key, "").strip()[:80] for key in ("q", "grid", "tag"))
    if grid.isdigit():
        rows = rows.filter(household__grid_id=int(grid))
    if tag in CareTag.values and sees_sensitive(request.user):
        rows = rows.filter(care_tags__contains=[tag])
    found = matching_ids(rows, text, most=MOST_FOUND) if text else []
    if text:
        rows = rows.filter(pk__in=found)
    rows = in_full(rows)
    page = page_by_id(rows, size=PAGE, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    context = {
        "page": page,
        "has_more": len(found) == MOST_FOUND,
        "q": text,
        "grid": grid,
        "tag": tag,
        "grids": Grid.objects.filter(community_id__in=_places(request.user)).select_related("community"),
        "tags": CareTag.choices if sees_sensitive(request.user) else [],
        "sees_sensitive": sees_sensitive(request.user),
    }
    return render_page(request, "people/residents.html", context, fragment="people/residents_rows.html")


def _places(user: Any) -> Any:
    return Grid.objects.values("community_id") if user.is_superuser else user.community_ids


def sees_sensitive(user: Any) -> bool:
    """Health, hardship, "lives alone": only for roles that visit or decide."""
    return bool(user.is_superuser or user.roles & SEES_SENSITIVE)


@for_staff(Role.RECEPTIONIST, Role.GRID_OFFICER, Role.MANAGER, Role.ELDERCARE, Role.CHARGING, Role.SAFETY)
@once
def register(request: HttpRequest) -> HttpResponse:
    """A new file. Somebody alike on file is shown first; saying "another person" goes on."""
    form = ResidentForm(request.POST or None, initial={"name": request.GET.get("name", "")})
    alike = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        community: Any = house_of(request)
        id_hash = hash_of(data["id_number"]) if data["id_number"] else ""
        phones = [data["phone"]] if data["phone"] else []
        alike = find_duplicates(community, name=data["name"], born_on=data["born_on"], id_hash=id_hash, phones=phones)
        if not alike or request.POST.get("another_person"):
            try:
                resident = actions.register_resident(
                    community=community,
                    name=data["name"],
                    phones=phones,
                    address=data["address"],
                    sex=data["sex"],
                    born_on=data["born_on"],
                    id_type=data["id_type"] or "resident",
                    id_number=data["id_number"],
                    care_tags=data["care_tags"],
                    note=data["note"],
                    by=request.user,  # type: ignore[arg-type]
                    at=clock.now(),
                )
                return done(request, _("已建档。"), "resident_file", resident.pk)
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    status = 422 if form.errors else 409 if alike else 200
    return render_page(request, "people/register.html", {"form": form, "alike": alike}, status=status)


@for_staff(*STAFF)
def resident_file(request: HttpRequest, pk: int) -> HttpResponse:
    """One file: who, where, how to reach, whom to mind; what happened hangs below as panels of other rooms."""
    resident = _get(request, pk)
    if resident.merged_into_id:
        return HttpResponseRedirect(reverse("resident_file", args=[resident.merged_into_id]))
    return render_page(request, "people/resident_file.html", _file_context(request, resident))


def _get(request: HttpRequest, pk: int) -> Resident:
    rows = Resident.objects.visible_to(request.user).select_related(
        "community", "household__building__estate", "household__grid"
    )
    return get_object_or_404(rows, pk=pk)


def _file_context(request: HttpRequest, resident: Resident, **more: Any) -> dict[str, Any]:
    housemates = Resident.objects.current().filter(household=resident.household).exclude(pk=resident.pk)
    return {
        "resident": resident,
        "age": age_of(resident),
        "id_masked": masked(resident.id_number) if resident.id_number else "",
        "contacts": resident.contacts.all(),
        "tags": [CareTag(tag).label for tag in resident.care_tags if tag in CareTag.values]
        if sees_sensitive(request.user)
        else [],
        "housemates": housemates[:10] if resident.household_id else [],
        "delegations": resident.delegations.in_force(on=clock.today()).select_related("agent"),
        "merged": resident.merged_files.all()[:10],
        "reveal_form": RevealForm(),
        "contact_form": ContactForm(),
        "delegation_form": StaffDelegationForm(),
    } | more


@for_staff(Role.RECEPTIONIST, Role.GRID_OFFICER, Role.MANAGER, Role.ELDERCARE)
@once
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes a file, unless somebody else did meanwhile."""
    resident = _get(request, pk)
    form = EditResidentForm(request.POST) if request.method == "POST" else EditResidentForm.of(resident)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        seen = data.pop("seen")
        data.pop("id_type")
        try:
            actions.edit_resident(resident, by=request.user, at=clock.now(), seen=seen, changes=data)  # type: ignore[arg-type]
            return done(request, _("已保存。"), "resident_file", resident.pk)
        except Changed as changed:
            return refused(request, changed, back=reverse("resident_file", args=[pk]), typed=data["note"])
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    context = {"form": form, "resident": resident}
    return render_page(request, "people/edit_resident.html", context, status=422 if form.errors else 200)


@for_staff(Role.RECEPTIONIST, Role.GRID_OFFICER, Role.MANAGER, Role.ELDERCARE)
@once
def contacts(request: HttpRequest, pk: int) -> HttpResponse:
    """Adds a number, or takes one off (``remove``)."""
    resident = _get(request, pk)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and request.POST.get("remove", "").isdigit():
        contact = get_object_or_404(Contact, resident=resident, pk=int(request.POST["remove"]))
        actions.remove_contact(contact, by=request.user)  # type: ignore[arg-type]
        return done(request, _("已删除。"), "resident_file", pk)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_contact(resident, by=request.user, at=clock.now(), **form.cleaned_data)  # type: ignore[arg-type]
            return done(request, _("已添加。"), "resident_file", pk)
        except Refusal as refusal:
            form.add_error(refusal.field, refusal.sentence)
    context = _file_context(request, resident, contact_form=form)
    return render_page(request, "people/resident_file.html", context, status=422 if form.errors else 200)


@for_staff(Role.RECEPTIONIST, Role.GRID_OFFICER, Role.MANAGER, Role.ELDERCARE)
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole ID number on this one page, for a reason that is kept."""
    resident = _get(request, pk)
    form = RevealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = actions.reveal_id_number(
            resident,
            reason=form.cleaned_data["reason"],
            by=request.user,  # type: ignore[arg-type]
            at=clock.now(),
        )
        return render_page(request, "people/resident_file.html", _file_context(request, resident, revealed=number))
    context = _file_context(request, resident, reveal_form=form)
    return render_page(request, "people/resident_file.html", context, status=422 if form.errors else 200)


@for_staff(Role.RECEPTIONIST, Role.GRID_OFFICER, Role.MANAGER)
@once
def delegations(request: HttpRequest, pk: int) -> HttpResponse:
    """Writes down that the resident lets somebody act for him, or ends it (``revoke``)."""
    resident = _get(request, pk)
    form = StaffDelegationForm(request.POST or None)
    if request.method == "POST" and request.POST.get("revoke", "").isdigit():
        delegation = get_object_or_404(resident.delegations, pk=int(request.POST["revoke"]))
        actions.revoke_delegation(delegation, by=request.user, at=clock.now())  # type: ignore[arg-type]
        return done(request, _("已收回。"), "resident_file", pk)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        phone = data.pop("phone")
        agent, _made = User.objects.get_or_create(phone=phone, defaults={"username": f"r-{phone[-11:]}"})
        try:
            actions.grant_delegation(principal=resident, agent=agent, by=request.user, at=clock.now(), **data)  # type: ignore[arg-type]
            return done(request, _("已登记委托。"), "resident_file", pk)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    context = _file_context(request, resident, delegation_form=form)
    return render_page(request, "people/resident_file.html", context, status=422 if form.errors else 200)


@for_staff(Role.RECEPTIONIST, Role.MANAGER)
@once
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Two files of one person: choose the other, look at both, merge; or take a merge back (``unmerge``)."""
    kept = _get(request, pk)
    back = reverse("resident_file", args=[pk])
    other_id = request.POST.get("other") or request.GET.get("other", "")
    other = _get(request, int(other_id)) if other_id.isdigit() else None
    try:
        if request.method == "POST" and request.POST.get("unmerge", "").isdigit():
            merge_row = get_object_or_404(kept.merges, pk=int(request.POST["unmerge"]))
            unmerge(merge_row, by=request.user, at=clock.now())  # type: ignore[arg-type]
            return done(request, _("已撤销合并，两份档案各自独立。"), "resident_file", pk)
        if request.method == "POST" and other:
            merge_residents(kept=kept, merged=other, by=request.user, at=clock.now())  # type: ignore[arg-type]
            return done(request, _("已合并。30 天内可以撤销。"), "resident_file", pk)
    except Refusal as refusal:
        return refused(request, refusal, back=back)
    text = request.GET.get("q", "").strip()[:80]
    found = [r for r in search_residents(request.user, text) if r.pk != pk] if text else []
    return render_page(request, "people/merge.html", {"resident": kept, "other": other, "found": found, "q": text})
