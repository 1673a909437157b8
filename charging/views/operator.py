"""The operator's page: what is broken, its boxes, and a file of states where there is no feed."""

from typing import Any

from django.core import signing
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from charging.actions.statuses import take_statuses
from charging.forms.ports import StatusFileForm
from charging.models import Channel, Fault, Port
from charging.queries.freshness import with_age
from charging.status_files import from_signed, read_statuses, to_sign
from charging.workflow.faults import OPEN, TO_REPAIR
from community_portal import clock
from community_portal.casework.queries import due_words
from community_portal.matters.pages import MatterPages
from community_portal.people.models import Organisation, Role
from community_portal.people.once import once
from community_portal.refusals import Changed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, refused, render_page

PAGES = MatterPages(
    Fault,
    "charging/fault.html",
    lambda fault: {"reports": fault.reports.all(), "port": fault.port},
    third_parties=(Role.OPERATOR,),
)
MOST = 50
SALT, KEPT = "charging.statuses", 60 * 60 * 2


def _firm(request: StaffRequest) -> Organisation | None:
    """Whom this person works for; nobody for an administrator, who sees what all see."""
    firms = [firm for role, firm in request.user.organisation_posts if role == Role.OPERATOR]
    return Organisation.objects.filter(pk__in=firms).order_by("pk").first()


@for_staff(Role.OPERATOR)
def charging_operator(request: StaffRequest) -> HttpResponse:
    """Faults to repair, soonest first, those repaired that nobody has confirmed yet, and the boxes with what each says."""
    firm, at = _firm(request), clock.now()
    of_firm = {"operator": firm} if firm else {}
    faults = Fault.objects.visible_to(request.user).filter(state__in=OPEN, **of_firm)
    rows = list(faults.select_related("case", "port__point__site__estate").order_by("due_at", "id")[:MOST])
    lines = [{"fault": row, "due": due_words(row.limit_now, at=at)} for row in rows]
    mine = Port.objects.filter(point__operator=firm) if firm else Port.objects.all()
    ports: Any = with_age(mine, at=at)
    context = {
        "firm": firm,
        "to_repair": [line for line in lines if line["fault"].state in TO_REPAIR],
        "repaired": [line for line in lines if line["fault"].state not in TO_REPAIR],
        "in_service": ports.in_service().count(),
        "unknown": ports.in_service().filter(shown="unknown").count(),
        "faulted": ports.in_service().filter(shown="faulted").count(),
    }
    return render_page(request, "charging/operator.html", context)


@for_staff(Role.OPERATOR)
@once
def import_statuses(request: StaffRequest) -> HttpResponse:
    """A CSV of states: first what it says, line by line, then exactly that is taken in."""
    firm = _firm(request)
    if firm is None:
        raise Http404
    if "approved" in request.POST:
        return _take_approved(request, firm)
    form = StatusFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "read": None, "taken": None, "approved": ""}
    if request.method == "POST" and form.is_valid():
        try:
            read = read_statuses(form.cleaned_data["file"])
            context |= {"read": read}
            if not read.refused:
                context |= _dry(read.heard, firm)
        except Refusal as refusal:
            beside(form, refusal)
    return answer_form(request, "charging/import_statuses.html", context, form)


def _dry(heard: Any, firm: Organisation) -> dict[str, Any]:
    taken = take_statuses(heard, operator=firm, channel=Channel.CSV, at=clock.now(), is_dry=True)
    approved = signing.dumps({"firm": firm.pk, "rows": to_sign(heard)}, salt=SALT, compress=True)
    return {"taken": taken, "approved": approved}


def _take_approved(request: StaffRequest, firm: Organisation) -> HttpResponse:
    back = reverse("import_statuses")
    try:
        shown = signing.loads(request.POST["approved"], salt=SALT, max_age=KEPT)
        if shown["firm"] != firm.pk:
            raise signing.BadSignature
        heard = from_signed(shown["rows"])
        taken = take_statuses(heard, operator=firm, channel=Channel.CSV, at=clock.now())
    except signing.BadSignature:
        return refused(request, Changed(_("试导入的结果过期了，请重新选文件。")), back=back)
    except Refusal as refusal:
        return refused(request, refusal, back=back)
    said = _("收下了 %(new)s 条，%(known)s 条以前收过。") % {"new": taken.new, "known": taken.known}
    return done(request, said, "charging_operator")
