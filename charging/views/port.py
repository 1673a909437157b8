"""The page behind the code on a socket: whether one can use it, what it costs, and in two taps what is wrong with it."""

from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from charging.actions.confirming import confirm_by_scan
from charging.actions.faults import report_fault, still_broken_by_scan
from charging.forms.faults import FaultForm
from charging.models import ICONS, Fault, FaultReason, Port
from charging.queries.boxes import last_fault, open_fault, price_at, shown_ports
from charging.queries.free import age_words, around, places
from charging.queries.freshness import said_to_be_hot
from charging.workflow.faults import Mending
from community_portal import clock
from community_portal.people.once import once
from community_portal.people.shell import show_house
from community_portal.refusals import Changed, Refusal
from community_portal.web.access import open_to_all
from community_portal.web.forms import answer_form, beside, seen_version
from community_portal.web.pages import done, refused


def _port(code: str) -> Port:
    rows = Port.objects.select_related(
        "point__site__estate", "point__site__grid", "point__operator", "community__street"
    )
    port: Port = get_object_or_404(rows, code=code.upper())
    return port


@open_to_all
@once
def charge_port(request: HttpRequest, code: str) -> HttpResponse:
    """GET shows, POST reports a fault; nobody has to sign in."""
    port = _port(code)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FaultForm(*sent)
    if request.method == "POST" and form.is_valid():
        try:
            return _reported(request, port, form.cleaned_data)
        except Changed as changed:
            return refused(request, changed)
        except Refusal as refusal:
            beside(form, refusal)
    show_house(request, port.community)
    return answer_form(request, "charging/port.html", _context(port, form), form)


def _reported(request: HttpRequest, port: Port, typed: dict[str, Any]) -> HttpResponse:
    if not ratelimit.consume(request, action="port_fault", key=f"port:{port.pk}"):
        raise Refusal(_("报得太多了，请过几分钟再报，或打社区电话。"), code="too_many", status=429)
    by = request.user if request.user.is_authenticated else None
    fault, joined = report_fault(port, by=by, at=clock.now(), **typed)  # type: ignore[arg-type]
    said: Any
    if joined:
        said = _("已经有人报过了，算上您一起催。")
    elif typed["phone"]:
        said = _("报好了，修好了短信告诉您。编号 %(number)s。") % {"number": fault.case.number}
    else:
        said = _("报好了，谢谢。编号 %(number)s。") % {"number": fault.case.number}
    return done(request, said, "charge_port", port.code)


def _context(port: Port, form: FaultForm) -> dict[str, Any]:
    at, point = clock.now(), port.point
    sockets = shown_ports(point, at=at)
    mine = next(one for one in sockets if one.port.pk == port.pk)
    fault = open_fault(port)
    is_hot = fault is not None and said_to_be_hot().filter(fault=fault).exists()
    is_broken = fault is not None and fault.state != Mending.REPAIRED
    return {
        "port": port,
        "point": point,
        "site": point.site,
        "sockets": [one for one in sockets if one.port.removed_on is None],
        "mine": mine,
        "age": age_words(mine.heard_at, at=at),
        "price": price_at(point.site, on=clock.local(at).date()),
        "fault": fault,
        "is_hot": is_hot,
        "is_doubtful": is_broken and (mine.look == "free" or is_hot and mine.look == "bad"),
        "is_repaired": fault is not None and fault.state == Mending.REPAIRED,
        "last": last_fault(port),
        "form": form,
        "reasons": [(reason, ICONS[reason]) for reason in FaultReason],
        "nearest": _nearest(port, at) if port.removed_on else None,
    }


def _nearest(port: Port, at: Any) -> Any:
    """Where one may charge instead of a socket that is gone."""
    site = port.point.site
    origin = (site.lon, site.lat) if site.lon is not None else None
    found = places(communities=around(port.community), at=at, origin=origin)
    return next((place for place in found if place.free), found[0] if found else None)


def _repaired(code: str) -> tuple[Port, Fault | None]:
    port = _port(code)
    fault = open_fault(port)
    return port, fault if fault and fault.state == Mending.REPAIRED else None


@open_to_all
@require_POST
@once
def confirm_port(request: HttpRequest, code: str) -> HttpResponse:
    """Whoever stands before a repaired socket says that it works (``works=1``), or that it does not."""
    port, fault = _repaired(code)
    if fault is None:
        return refused(request, Changed(_("情况有变：这个插座刚刚有人确认过了。")))
    if not ratelimit.consume(request, action="port_fault", key=f"port:{port.pk}"):
        return refused(request, Refusal(_("点得太多了，请过几分钟再试。"), code="too_many", status=429))
    works = request.POST.get("works") == "1"
    try:
        (confirm_by_scan if works else still_broken_by_scan)(fault, at=clock.now(), seen=seen_version(request))
    except Changed as changed:
        return refused(request, changed)
    said = _("谢谢，这件事办结了。") if works else _("知道了，已告诉运营商再来修。")
    return done(request, said, "charge_port", port.code)
