"""The list of a kind of matter, with filters that can be kept, and out as a spreadsheet; and a resident's own, on their file."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from community_portal import clock
from community_portal.casework.models import Matter, SavedFilter, reads_all_at
from community_portal.composed import Composed, Later
from community_portal.matters import exports
from community_portal.matters.kinds import kind_of
from community_portal.matters.lists import (
    due_of,
    filtered,
    filters_of,
    for_list,
    list_base,
    selects_of,
    table_of,
)
from community_portal.people.actions import note_views
from community_portal.people.models import Look, Resident
from community_portal.people.register.queries import file_ids
from community_portal.people.shell import may_change_house
from community_portal.places.calendar import guessed_among
from community_portal.web.access import StaffRequest
from community_portal.web.pages import render_page
from community_portal.web.paging import page_by_id

PAGE = 30
ON_A_FILE = 20
_SAVED_FILTERS = Composed(lambda: SavedFilter.objects.filter(owner=Later("owner"), page=Later("page")))


def list_page(
    request: StaffRequest, model: type[Matter], *, template: str = "matters/list.html", **more: Any
) -> HttpResponse:
    """Matters of one's places, newest first; ``as=csv`` or ``as=xlsx`` in the address is the spreadsheet of the same."""
    kind, now = kind_of(model), clock.now()
    wanted = {key: request.GET.get(key, "")[:60] for key in filters_of(kind.listed)}
    rows = filtered(list_base(model).visible_to(request.user), wanted, reader=request.user, at=now)
    if request.GET.get("as") in ("csv", "xlsx"):
        return _exported(request, model, rows.order_by("-id")[: exports.MOST + 1])
    page = page_by_id(rows, size=PAGE, before=request.GET.get("before", ""), after=request.GET.get("after", ""))
    query = request.GET.copy()
    for key in ("before", "after", *(key for key in query if not query[key])):
        query.pop(key, None)
    on_the_form = {"q", "overdue", *kind.listed.order}
    context = {
        "kind": kind,
        "list_url": reverse(kind.listed.url_name),
        "kept": [(key, value) for key, value in wanted.items() if value and key not in on_the_form],
        "page": page,
        "rows": table_of(model, page.rows, reader=request.user, at=now, with_house=may_change_house(request.user)),
        "wanted": wanted,
        "guessed": guessed_among(due_of(row) for row in page.rows),
        "saved": _SAVED_FILTERS(owner=request.user.pk, page=kind.listed.url_name),
        "query": query.urlencode(),
        "selects": selects_of(kind, request.user, wanted),
    }
    return render_page(request, template, context | more, fragment="matters/list_rows.html")


def _exported(request: StaffRequest, model: type[Matter], rows: Any) -> HttpResponse:
    """As a file, and whose lines went out stays in the look log."""
    table = table_of(model, rows, reader=request.user, at=clock.now(), with_house=True)
    gone = model.objects.filter(pk__in=[row[0] for row in rows], case__resident__isnull=False)
    people = gone.order_by().values_list("case__resident", flat=True)
    note_views(by=request.user, residents=people, what=Look.EXPORT, why=exports.WHY, at=clock.now())
    return (exports.as_csv if request.GET["as"] == "csv" else exports.as_workbook)(table)


def resident_panel(request: StaffRequest, model: type[Matter], pk: int) -> HttpResponse:
    """What matters of a kind a resident has: a panel of their file."""
    kind = kind_of(model)
    resident = get_object_or_404(Resident.objects.visible_to(request.user), pk=pk)
    every = model.objects.filter(case__resident__in=file_ids(resident))
    rows = every.visible_to(request.user)
    is_all = reads_all_at(request.user, resident.community_id)
    page = page_by_id(for_list(rows), size=ON_A_FILE, before=request.GET.get("before", ""), after="")
    context = {
        "resident": resident,
        "kind": kind,
        "rows": table_of(model, page.rows, reader=request.user, at=clock.now()),
        "page": page,
        "list_url": request.path,
        "others": 0 if is_all else every.exclude(pk__in=rows.order_by().values("pk")).count(),
    }
    return render_page(
        request, "matters/resident_matters.html", context, fragment="matters/resident_matters_panel.html"
    )
