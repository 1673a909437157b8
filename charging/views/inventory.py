"""Boxes and sockets for who looks after them: the inventory, one box, what it costs there, and labels with codes."""

from typing import Any

import segno
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from charging.actions.ports import add_point as add
from charging.actions.ports import new_ocpp_key, remove_port, set_tariff
from charging.forms.ports import OF_A_POINT, PointForm, RemoveForm, TariffForm, today_first
from charging.models import ChargePoint, Patrol, Port, Site, Tariff
from charging.queries.boxes import CLASSES, boxes_for, price_at, shown_ports
from charging.queries.freshness import with_age
from charging.workflow.roles import CHARGE, WIRE_READERS
from community_portal import clock
from community_portal.matters.queries import read_matter
from community_portal.people.models import Role
from community_portal.people.once import once
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.access import StaffRequest, for_staff
from community_portal.web.forms import answer_form, beside
from community_portal.web.pages import done, refused, render_page

LOOKS = (*sorted(map(str, WIRE_READERS)), Role.OPERATOR)
PAGE, ON_A_SHEET = 60, 24


@for_staff(*LOOKS)
def charge_ports(request: StaffRequest) -> HttpResponse:
    """All boxes of one's places, or of one's firm, with what their sockets say; three queries however many there are."""
    at = clock.now()
    rows = boxes_for(request.user, site=request.GET.get("site", "")).order_by("site__estate__name", "site", "code")
    after = request.GET.get("after", "")
    boxes = list((rows.filter(code__gt=after) if after else rows).order_by("code")[: PAGE + 1])
    shown: dict[int, list[str]] = {box.pk: [] for box in boxes}
    ports: Any = with_age(Port.objects.in_service().filter(point__in=shown), at=at)
    for point, state in ports.order_by("number").values_list("point", "shown"):
        shown[point].append(CLASSES.get(state, "off"))
    lines = [{"box": box, "looks": shown[box.pk]} for box in boxes[:PAGE]]
    context = {
        "lines": lines,
        "site": Site.objects.filter(pk=rows[0].site_id).select_related("estate").first()
        if request.GET.get("site") and boxes
        else None,
        "next": boxes[PAGE - 1].code if len(boxes) > PAGE else "",
    }
    return render_page(request, "charging/ports.html", context)


def _box(request: StaffRequest, code: str) -> ChargePoint:
    box: ChargePoint = get_object_or_404(boxes_for(request.user).select_related("site__case"), code=code)
    return box


@for_staff(*LOOKS)
def charge_point(request: StaffRequest, code: str) -> HttpResponse:
    """One box: its sockets with state and age, what it costs, its faults, patrols of its site."""
    return _box_page(request, _box(request, code))


def _box_page(request: StaffRequest, box: ChargePoint, *, status: int = 200, **more: Any) -> HttpResponse:
    today = clock.today()
    context = {
        "box": box,
        "sockets": shown_ports(box, at=clock.now()),
        "price": price_at(box.site, on=today),
        "tariffs": Tariff.objects.filter(site=box.site)[:5],
        "patrols": Patrol.objects.filter(site=box.site).select_related("by")[:5],
        "may_change": request.user.has_role_at(box.community_id, *CHARGE),
        "may_patrol": request.user.has_role_at(box.community_id, *WIRE_READERS),
        "tariff_form": today_first(TariffForm(), today),
        "remove_form": RemoveForm(),
        "key": "",
    } | more
    return render_page(request, "charging/point.html", context, status=status)


@for_staff(*CHARGE)
@once
def add_point(request: StaffRequest, number: str) -> HttpResponse:
    """A box more at an approved site."""
    site: Site = read_matter(Site, request.user, number)
    form = PointForm(request.POST or None, street=site.community.street)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            box = add(
                site,
                operator=typed["operator"],
                code=typed["code"],
                sockets=typed["sockets"],
                by=request.user,
                at=clock.today(),
                **{name: typed[name] for name in OF_A_POINT},
            )
            return done(request, _("装好了，标签可以打印了。"), "charge_point", box.code)
        except NotAllowed as refusal:
            return refused(request, refusal)
        except Refusal as refusal:
            beside(form, refusal)
    return answer_form(request, "charging/add_point.html", {"site": site, "form": form}, form)


@for_staff(*CHARGE)
@require_POST
@once
def set_price(request: StaffRequest, code: str) -> HttpResponse:
    """From a day on, for the whole site."""
    box = _box(request, code)
    form = TariffForm(request.POST)
    if form.is_valid():
        try:
            set_tariff(box.site, by=request.user, at=clock.today(), **form.cleaned_data)
            return done(request, _("价格记下了。"), "charge_point", code)
        except NotAllowed as refusal:
            return refused(request, refusal)
        except Refusal as refusal:
            beside(form, refusal)
    return _box_page(request, box, status=422, tariff_form=form)


@for_staff(*CHARGE)
@require_POST
@once
def take_down_port(request: StaffRequest, code: str, number: int) -> HttpResponse:
    """One socket is gone; its code says so to whoever scans it."""
    box = _box(request, code)
    port = get_object_or_404(Port, point=box, number=number)
    form = RemoveForm(request.POST)
    if form.is_valid():
        try:
            remove_port(port, why=form.cleaned_data["words"], by=request.user, at=clock.now())
            return done(request, _("已记下，扫码的人会看到。"), "charge_point", code)
        except (Changed, NotAllowed) as refusal:
            return refused(request, refusal)
        except Refusal as refusal:
            beside(form, refusal)
    return _box_page(request, box, status=422, remove_form=form, removing=port.number)


@for_staff(*CHARGE)
@require_POST
@once
def point_key(request: StaffRequest, code: str) -> HttpResponse:
    """A key for the gateway, shown on this answer and never again."""
    box = _box(request, code)
    try:
        key = new_ocpp_key(box, by=request.user)
    except NotAllowed as refusal:
        return refused(request, refusal)
    return _box_page(request, box, key=key)


@for_staff(*LOOKS)
def port_labels(request: StaffRequest) -> HttpResponse:
    """A4 sheets of 24 labels: one for each socket of a box, or of all boxes of a site."""
    boxes = boxes_for(request.user, site=request.GET.get("site", ""))
    if point := request.GET.get("point", ""):
        boxes = boxes.filter(code=point)
    ports = Port.objects.filter(point__in=boxes, removed_on__isnull=True).select_related("point__site__estate")
    labels = [_label(port) for port in ports.order_by("point__code", "number")[: 20 * ON_A_SHEET]]
    sheets = [labels[n : n + ON_A_SHEET] for n in range(0, len(labels), ON_A_SHEET)]
    return render_page(request, "charging/labels.html", {"sheets": sheets, "count": len(labels)})


def _label(port: Port) -> dict[str, Any]:
    address = settings.PORTAL_URL + reverse("charge_port", args=[port.code])
    return {"port": port, "address": address, "qr": segno.make(address, error="m").svg_inline(scale=3, border=2)}
