"""Equipment from a workbook, first what it would change; and what is looked at at each kind, in versions."""

from typing import Any

from django.core import signing
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.once import once
from community_portal.people.shell import house_of
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside, seen_version
from community_portal.web.pages import done, refused, render_page
from safety.actions.equipment_import import HEADINGS, Draft, import_pieces, plan_import
from safety.actions.inspection_lists import lines_of_text, publish_list
from safety.forms.equipment import ImportForm, ListForm
from safety.models import InspectionTemplate
from safety.queries.inspection_lists import list_for, lists_for
from safety.workflow.equipment import EquipmentKind
from safety.workflow.states import PLANNERS, READERS, STREET

SALT, DRY_RUN = "safety.equipment", 2 * 60 * 60
KINDS = {"new": (_("新增"), "ok"), "moved": (_("挪了地方"), "warn"), "changed": (_("改动"), "plain")}
SHOWN = 200


def _house(request: StaffRequest) -> Any:
    house = house_of(request)
    if house is None:
        raise Http404
    return house


@for_staff(*PLANNERS)
@once
def import_equipment(request: StaffRequest) -> HttpResponse:
    """Into the register of the house: what it would change, then taking over just that."""
    house = _house(request)
    if "approved" in request.POST:
        return _take_over(request, house)
    form = ImportForm(request.POST or None, request.FILES or None, community=house)
    context: dict[str, Any] = {"form": form, "columns": list(HEADINGS), "house": house}
    if request.method == "POST" and form.is_valid():
        try:
            context |= _dry_run(form.cleaned_data["file"], house)
        except Refusal as refusal:
            beside(form, refusal)
    return answer_form(request, "safety/import_equipment.html", context, form)


def _dry_run(read: Any, house: Any) -> dict[str, Any]:
    plan = plan_import(read.drafts, house)
    shown = {"drafts": [list(vars(one).values()) for one in read.drafts], "house": house.pk, "edition": plan.edition}
    return {
        "read": read,
        "plan": plan,
        "changes": [(*KINDS[one.kind], one) for one in plan.changes[:SHOWN]],
        "more": max(0, len(plan.changes) - SHOWN),
        "approved": signing.dumps(shown, salt=SALT, compress=True),
    }


def _take_over(request: StaffRequest, house: Any) -> HttpResponse:
    back = reverse("import_equipment")
    try:
        seen = signing.loads(request.POST["approved"], salt=SALT, max_age=DRY_RUN)
        if seen["house"] != house.pk:
            raise signing.BadSignature
    except signing.BadSignature:
        return refused(request, Changed(_("试导入的结果过期了，请重新选文件。")), back=back)
    try:
        drafts = [Draft(*values) for values in seen["drafts"]]
        new, changed = import_pieces(drafts, house, by=request.user, at=clock.now(), edition=seen["edition"])
    except Refusal as refusal:
        return refused(request, refusal, back=back)
    said = _("导入好了：新增 %(new)s 件，改动 %(changed)s 件。") % {"new": new, "changed": changed}
    return done(request, said, "equipment_list")


@for_staff(*READERS)
def inspection_lists(request: StaffRequest) -> HttpResponse:
    """What is looked at at each kind in the street of the house."""
    house, today = _house(request), clock.today()
    lists = lists_for(set(EquipmentKind.values), street=house.street_id, on=today)
    kinds = [(kind, lists.get(kind)) for kind in EquipmentKind]
    return render_page(request, "safety/inspection_lists.html", {"kinds": kinds, "house": house})


@for_staff(*STREET)
@once
def publish_inspection_list(request: StaffRequest, kind: str) -> HttpResponse:
    """The street's own list in the place of the general one; looks keep the list that they were done by."""
    house = _house(request)
    if kind not in EquipmentKind.values:
        raise Http404
    before = list_for(kind, street=house.street_id, on=clock.today())
    newest = InspectionTemplate.objects.filter(kind=kind, street=house.street).order_by("-version").first()
    version = newest.version if newest else 0
    form = ListForm(request.POST or None, before=before)
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        lines = lines_of_text(typed.pop("lines"), before)
        try:
            publish_list(
                kind, lines, street=house.street, by=request.user, at=clock.now(), seen=seen_version(request), **typed
            )
            return done(request, _("已发布新的版本。"), "inspection_lists")
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal, back=reverse("inspection_lists"))
        except Refusal as refusal:
            beside(form, refusal)
    context = {"form": form, "kind": EquipmentKind(kind), "seen": version}
    return answer_form(request, "safety/publish_list.html", context, form)
