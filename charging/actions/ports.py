"""Points and sockets: put down, put into service with their site, removed and never deleted; what charging costs there."""

import datetime as dt
import hashlib
import re
import secrets
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from charging.models import MOST_SOCKETS, ChargePoint, Fault, Port, Site, Tariff
from charging.queries.freshness import with_age
from charging.status_words import PortState
from charging.workflow.faults import OPEN
from charging.workflow.roles import CHARGE
from charging.workflow.sites import BUILT, CLEAR
from community_portal import clock
from community_portal.people.models import Organisation, Role, User
from community_portal.refusals import NotAllowed, Refusal

CODE = re.compile(r"[A-Z0-9]{2,12}")


def must_be_charge(by: User | None, community_id: int) -> None:
    if by is not None and not by.has_role_at(community_id, *CHARGE):
        raise NotAllowed(_("充电点由充电专员或书记管理。"))


@transaction.atomic
def add_point(
    site: Site, *, operator: Organisation, code: str, sockets: int, by: User | None, at: dt.date, **facts: Any
) -> ChargePoint:
    """A box at a site that is approved, with as many sockets; where the site serves already they serve from that day. Raises Refusal
    beside ``code``, ``operator`` and ``sockets``."""
    must_be_charge(by, site.community_id)
    if site.state not in CLEAR | BUILT:
        raise Refusal(_("这个位置还没有批准，不能装。"), code="not_approved", status=409)
    code = code.strip().upper()
    if not CODE.fullmatch(code):
        raise Refusal(_("编号用 2 到 12 位大写字母和数字，如 SH9。"), code="bad_code", field="code")
    if operator.kind != Role.OPERATOR:
        raise Refusal(_("请选一家充电运营商。"), code="not_an_operator", field="operator")
    _must_fit(site, sockets)
    point = ChargePoint(
        site=site, community_id=site.community_id, operator=operator, code=code, sockets=sockets, **facts
    )
    try:
        with transaction.atomic():
            point.save(force_insert=True)
    except IntegrityError as error:
        raise _taken(error) from error
    _add_sockets(point, on=at)
    return point


def _must_fit(site: Site, sockets: int) -> None:
    """No more sockets than the street approved for the site."""
    if not 1 <= sockets <= MOST_SOCKETS:
        raise Refusal(_("一台 1 到 %(n)s 个插座。") % {"n": MOST_SOCKETS}, code="sockets", field="sockets")
    there = Port.objects.filter(point__site=site, removed_on__isnull=True).count()
    if site.approved_ports is not None and there + sockets > site.approved_ports:
        left = max(site.approved_ports - there, 0)
        told = _("这里批准装 %(n)s 个，还能装 %(left)s 个。") % {"n": site.approved_ports, "left": left}
        raise Refusal(told, code="more_than_approved", field="sockets")


def _taken(error: IntegrityError) -> Refusal:
    if "vendor_names_a_point_once" in str(error):
        return Refusal(_("运营商的这个编号已经有了。"), code="vendor_id_taken", field="vendor_id", status=409)
    return Refusal(_("这个编号已经有了，请换一个。"), code="code_taken", field="code", status=409)


def _add_sockets(point: ChargePoint, *, on: dt.date) -> None:
    site = point.site
    Port.objects.bulk_create(
        Port(
            point=point,
            community_id=point.community_id,
            number=number,
            code=f"{point.code}-{number:02d}",
            round=site.round.number if site.round else None,
            planned_on=on,
            in_service_on=on if site.state in BUILT else None,
        )
        for number in range(1, point.sockets + 1)
    )


@transaction.atomic
def put_in_service(site: Site, *, on: dt.date) -> int:
    """The planned sockets of a site serve from the day on which it was accepted; answers how many."""
    planned = Port.objects.filter(point__site=site, in_service_on__isnull=True, removed_on__isnull=True)
    return planned.filter(planned_on__lte=on).update(in_service_on=on, round=site.round.number if site.round else None)


@transaction.atomic
def remove_ports(ports: QuerySet[Port], *, why: str, at: dt.datetime) -> int:
    """Taken down, with words: their codes go on saying so. Raises Refusal while a fault of one is open, or a bike hangs on one."""
    why, left = why.strip(), ports.filter(removed_on__isnull=True)
    if len(why) < 2:
        raise Refusal(_("请写一句为什么拆。"), code="no_words", field="words")
    _must_be_idle(left, at)
    if Fault.objects.filter(port__in=ports, state__in=OPEN).exists():
        raise Refusal(_("有插座的报修还没办完，先办完再拆。"), code="fault_open", status=409)
    return left.update(removed_on=clock.local(at).date(), removed_why=why[:120])


def _must_be_idle(ports: QuerySet[Port], at: dt.datetime) -> None:
    """What was not heard of for a day holds nobody up: it is not known to be in use."""
    aged: Any = with_age(ports, at=at)
    used = aged.filter(shown=PortState.IN_USE, in_service_on__isnull=False)
    codes = list(used.order_by("code").values_list("code", flat=True))
    if codes:
        said = _("%(codes)s 上正有车在充，等充好了再拆。") % {"codes": _("、").join(codes)}
        raise Refusal(said, code="ports_in_use", status=409)


@transaction.atomic
def remove_port(port: Port, *, why: str, by: User | None, at: dt.datetime) -> None:
    must_be_charge(by, port.community_id)
    if not remove_ports(Port.objects.filter(pk=port.pk), why=why, at=at):
        raise Refusal(_("这个插座已经拆了。"), code="removed", status=409)


@transaction.atomic
def set_tariff(
    site: Site, *, price: Decimal, service_fee: Decimal, valid_from: dt.date, by: User | None, at: dt.date
) -> Tariff:
    """From that day on; the price before ends with it. Raises Refusal beside ``valid_from`` for a day that has passed, or one on
    which a price begins already."""
    must_be_charge(by, site.community_id)
    newest = Tariff.objects.select_for_update().filter(site=site).first()
    if valid_from < at and newest is not None:
        raise Refusal(_("不能改过去的价格，从今天或以后起。"), code="past", field="valid_from")
    if newest is not None and newest.valid_until is None and newest.valid_from < valid_from:
        newest.valid_until = valid_from
        newest.save(update_fields=["valid_until"])
    try:
        with transaction.atomic():
            return Tariff.objects.create(
                site=site, price=price, service_fee=service_fee, valid_from=valid_from, set_by=by
            )
    except IntegrityError as error:
        raise Refusal(_("那一天已经有价格了。"), code="tariff_there", field="valid_from", status=409) from error


def key_hash(key: str) -> str:
    """Keys are long and drawn by lot: nobody guesses one from its hash."""
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic
def new_ocpp_key(point: ChargePoint, *, by: User | None) -> str:
    """The key with which the box signs in at the gateway, told this once; the one before ends. Its name there is its code."""
    must_be_charge(by, point.community_id)
    key = secrets.token_urlsafe(24)
    point.ocpp_identity, point.ocpp_key_hash = point.ocpp_identity or point.code, key_hash(key)
    point.save(update_fields=["ocpp_identity", "ocpp_key_hash"])
    return key


def sockets_of(site: Site) -> int:
    """How many sockets its boxes have."""
    return ChargePoint.objects.filter(site=site).aggregate(n=Sum("sockets"))["n"] or 0
