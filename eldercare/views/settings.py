"""Programmes with their money, and the lists of items in their versions: what is done, what it costs, who pays."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.models import RUNS, Role
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.refusals import Changed, Refusal
from community_portal.spreadsheets import workbook
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside, seen_version
from community_portal.web.pages import done, refused, render_page
from eldercare.actions.catalogues import (
    COLUMNS,
    PRICES,
    Draft,
    differences,
    draft_of,
    newest_list,
    publish_catalogue,
)
from eldercare.actions.programmes import save_programme
from eldercare.forms.settings import ImportForm, ProgrammeForm
from eldercare.models import CatalogueList, Programme

SALT = "eldercare.catalogue"
DRY_RUN = dt.timedelta(hours=2)
KINDS = {"new": (_("新增"), "ok"), "gone": (_("去掉"), "late"), "changed": (_("改动"), "warn")}


def _street_of(request: StaffRequest) -> Any:
    return house_of(request).street  # type: ignore[union-attr]


@for_staff(*RUNS)
def settings_adaptations(request: StaffRequest) -> HttpResponse:
    """Programmes of the street with what is bound and paid, and the lists of items."""
    street = _street_of(request)
    lists = CatalogueList.objects.filter(street=street) | CatalogueList.objects.filter(street=None)
    context = {
        "programmes": Programme.objects.filter(street=street).select_related("catalogue"),
        "lists": lists.select_related("street", "published_by"),
        "street": street,
        "may_change": edit_programme.access.admits(request.user),  # type: ignore[attr-defined]
    }
    return render_page(request, "eldercare/settings.html", context)


@for_staff(Role.STREET_OFFICER)
@once
def edit_programme(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A programme: year, list, money, which items are paid for beside the basic ones, and which papers are asked for."""
    street = _street_of(request)
    programme = get_object_or_404(Programme, pk=pk, street=street) if pk else Programme(street=street)
    title, seen = str(programme) if pk else _("加一个项目"), seen_version(request) or programme.version
    back = reverse("settings_adaptations")
    form = ProgrammeForm(request.POST or None, instance=programme, street=street)
    if request.method == "POST" and form.is_valid():
        try:
            known = seen if pk else None
            save_programme(form.save(commit=False), by=request.user, at=clock.now(), seen=known)
            return done(request, _("已保存。"), "settings_adaptations")
        except Changed as changed:
            return refused(request, changed, back=back)
        except Refusal as refusal:
            beside(form, refusal)
    context = {"form": form, "title": title, "crumb": _("适老化改造"), "back": back, "seen": seen}
    return answer_form(request, "eldercare/settings_form.html", context, form)


@for_staff(*RUNS)
def catalogue_list(request: StaffRequest, pk: int) -> HttpResponse:
    """One version of a list; ``as=xlsx`` is the same in the columns that the import reads."""
    found = get_object_or_404(CatalogueList.objects.select_related("street"), pk=pk)
    if found.street_id not in (None, _street_of(request).pk):
        raise Http404
    items = list(found.items.all())
    if request.GET.get("as") == "xlsx":
        rows = [[_cell(getattr(draft_of(item), name)) for name in COLUMNS] for item in items]
        return workbook(f"catalogue-{found.version}", [list(COLUMNS), *rows])
    return render_page(request, "eldercare/catalogue.html", {"list": found, "items": items})


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else ""
    return "" if value is None else str(value)


@for_staff(Role.STREET_OFFICER)
@once
def import_catalogue(request: StaffRequest) -> HttpResponse:
    """A new version of the street's own list from a workbook: first what it would change, then publishing just that."""
    street = _street_of(request)
    if "approved" in request.POST:
        return _publish_approved(request, street)
    form = ImportForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "columns": COLUMNS}
    if request.method == "POST" and form.is_valid():
        before = newest_list(street) or newest_list(None)
        old = [draft_of(item) for item in before.items.all()] if before else []
        read = form.cleaned_data["file"]
        context |= {
            "read": read,
            "changes": [(*KINDS[one.kind], one) for one in differences(old, read.drafts)],
            "approved": _signed(read.drafts, form.cleaned_data, street),
            "valid_from": form.cleaned_data["valid_from"],
        }
    return answer_form(request, "eldercare/import_catalogue.html", context, form)


def _signed(drafts: list[Draft], typed: dict[str, Any], street: Any) -> str:
    """What was shown in the dry run, so that exactly this is published and nothing else."""
    own = newest_list(street)
    shown = {
        "drafts": [vars(draft) | {name: _text(getattr(draft, name)) for name in PRICES} for draft in drafts],
        "name": typed["name"],
        "name_en": typed["name_en"],
        "source": typed["source"],
        "valid_from": typed["valid_from"].isoformat(),
        "street": street.pk,
        "version": own.version if own else 0,
    }
    return signing.dumps(shown, salt=SALT, compress=True)


def _text(price: Decimal | None) -> str | None:
    return None if price is None else str(price)


def _publish_approved(request: StaffRequest, street: Any) -> HttpResponse:
    back = reverse("import_catalogue")
    try:
        seen = signing.loads(request.POST["approved"], salt=SALT, max_age=DRY_RUN)
        if seen["street"] != street.pk:
            raise signing.BadSignature
    except signing.BadSignature:
        return refused(request, Changed(_("试导入的结果过期了，请重新选文件。")), back=back)
    try:
        publish_catalogue(
            [Draft(**values | _prices_of(values)) for values in seen["drafts"]],
            street=street,
            name=seen["name"],
            name_en=seen["name_en"],
            source=seen["source"],
            valid_from=dt.date.fromisoformat(seen["valid_from"]),
            by=request.user,
            at=clock.now(),
            seen_version=seen["version"],
        )
    except Refusal as refusal:
        return refused(request, refusal, back=back)
    return done(request, _("已发布新的版本。"), "settings_adaptations")


def _prices_of(values: dict[str, Any]) -> dict[str, Decimal | None]:
    return {name: None if values[name] is None else Decimal(values[name]) for name in PRICES}
