"""The register: search, list, and a new file with a warning of duplicates. What is done with one file: file_views.py."""

from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from community_portal import clock
from community_portal.people import actions
from community_portal.people.finders import find_everything
from community_portal.people.models import SEES_SENSITIVE, STAFF, CareTag, Contact, Look, Resident, Role
from community_portal.people.once import once
from community_portal.people.reach import sees_sensitive_at
from community_portal.people.register.forms import ResidentForm
from community_portal.people.register.idnumber import area_hint, hash_of
from community_portal.people.register.queries import Likeness, find_duplicates
from community_portal.people.register.search import candidates, find_residents, read_box
from community_portal.people.shell import house_of, may_change_house
from community_portal.places.models import Grid
from community_portal.refusals import Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.pages import done, render_page
from community_portal.web.paging import is_row_number, page_by_id

PAGE = 30
# Both are fences: the inner query finds by its own index, whatever order the page wants.
MOST_FOUND = 300  # whoever finds more should type one more character
MOST_TAGGED = 100_000
OF_A_LIST = gettext_noop("按关照筛选的名单")  # why whoever filters by it has seen it of those who were found


@for_staff(*STAFF)
def find(request: StaffRequest) -> HttpResponse:
    """The one search box: residents, and whatever other rooms add."""
    text = request.GET.get("q", "").strip()[:80]
    context = {
        "q": text,
        "residents": find_residents(request.user, text, most=8) if text else [],
        "groups": find_everything(request.user, text) if text else [],
    }
    return render_page(request, "people/find.html", context, fragment="people/find_results.html")


@for_staff(*STAFF)
def residents(request: StaffRequest) -> HttpResponse:
    """All residents in one's places, newest file first."""
    user: Any = request.user
    rows = Resident.objects.visible_to(user).current()
    caring = user.communities_as(*SEES_SENSITIVE)
    sees_sensitive = user.is_superuser or bool(caring)
    text, grid, tag = (request.GET.get(key, "").strip()[:80] for key in ("q", "grid", "tag"))
    if is_row_number(grid):
        rows = rows.filter(household__grid_id=int(grid))
    tag = tag if tag in CareTag.values and sees_sensitive else ""
    if tag:
        rows = rows if user.is_superuser else rows.in_communities(caring)
        rows = rows.filter(pk__in=rows.filter(care_tags__contains=[tag]).order_by().values("pk")[:MOST_TAGGED])
    found: list[int] | None = None
    if text:
        terms = read_box(text)
        found = list(dict.fromkeys(candidates(rows, terms, most=MOST_FOUND + 1))) if terms else []
        rows = rows.filter(pk__in=found[:MOST_FOUND])
    phone = Contact.objects.filter(resident=OuterRef("pk"), is_primary=True).values("phone")[:1]
    also = ["community"] if may_change_house(request.user) else []
    rows = rows.select_related("household__building__estate", "household__grid", *also).annotate(phone=Subquery(phone))
    page = page_by_id(rows, size=PAGE, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    if tag:
        shown = [row.pk for row in page.rows]
        actions.note_views(by=user, residents=shown, what=Look.CARE_TAGS, why=OF_A_LIST, at=clock.now())
    context = {
        "page": page,
        "q": text,
        "grid": grid,
        "tag": tag,
        "grids": _grids_of(request.user),
        "may_register": register.access.admits(request.user),  # type: ignore[attr-defined]
        "most_found": MOST_FOUND if found is not None and len(found) > MOST_FOUND else 0,
        "full_list": not (text or grid or tag),
        "tags": CareTag.choices if sees_sensitive else [],
        "caring": {row.pk for row in page.rows if row.care_tags and sees_sensitive_at(user, row.community_id)},
    }
    return render_page(request, "people/residents.html", context, fragment="people/residents_rows.html")


def _grids_of(user: Any) -> Any:
    """To choose from; a city's administrator searches instead."""
    if user.is_superuser:
        return Grid.objects.none()
    return Grid.objects.filter(community_id__in=user.community_ids).select_related("community")


@for_staff(Role.RECEPTIONIST, Role.GRID_OFFICER, Role.MANAGER, Role.ELDERCARE, Role.CHARGING, Role.SAFETY)
@once
def register(request: StaffRequest) -> HttpResponse:
    """A new file. Somebody alike on file is shown first; saying why it is another person goes on."""
    community: Any = house_of(request)
    sees_sensitive = community is not None and sees_sensitive_at(request.user, community.pk)
    form = ResidentForm(request.POST or None, initial={"name": request.GET.get("name", "")[:60]})
    alike: list[Likeness] = []
    is_same = False
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        id_hash = hash_of(data["id_number"]) if data["id_number"] else ""
        phones = [data["phone"]] if data["phone"] else []
        alike = find_duplicates(community, name=data["name"], born_on=data["born_on"], id_hash=id_hash, phones=phones)
        is_same = any(likeness.why == "id" for likeness in alike)
        why_not = " ".join(request.POST.get("another_person", "").split())[:100]
        if not alike or (why_not and not is_same):
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
                    care_tags=data["care_tags"] if sees_sensitive else [],
                    note=data["note"],
                    apart_from=[likeness.resident for likeness in alike],
                    apart_because=why_not,
                    by=request.user,
                    at=clock.now(),
                )
                if hint := area_hint(data["id_number"], id_type=resident.id_type):
                    messages.warning(request, hint)
                return done(request, _("已建档。"), "resident_file", resident.pk)
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    status = 422 if form.errors else 409 if alike else 200
    context = {
        "form": form,
        "alike": alike,
        "is_same": is_same,
        "why_not": request.POST.get("another_person", ""),
        "sees_sensitive": sees_sensitive,
    }
    return render_page(request, "people/register.html", context, status=status)
