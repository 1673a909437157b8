"""Who manages an estate: a property company under a contract with days. With another company what is open there goes along."""

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal import departures
from community_portal.people.models import RUNS, ManagedEstate, Organisation, Role, User
from community_portal.places.models import Estate
from community_portal.refusals import NotAllowed, Refusal


def _must_run(estate: Estate, by: User | None) -> None:
    if by is not None and not by.has_role_at(estate.community_id, *RUNS):
        raise NotAllowed(_("哪家物业在管，由社区书记或街道来登记。"))


def manager_of(estate: Estate | int, *, on: dt.date) -> Organisation | None:
    """The company that manages it on that day."""
    pk = estate if isinstance(estate, int) else estate.pk
    row = ManagedEstate.objects.in_force(on=on).filter(estate=pk).select_related("organisation").first()
    return row.organisation if row else None


def manages(user: User, estate_id: int | None, *, on: dt.date) -> bool:
    """Does this user work for the company that manages it on that day?"""
    return estate_id is not None and ManagedEstate.objects.held_by(user, on=on).filter(estate=estate_id).exists()


@transaction.atomic
def give_estate(
    estate: Estate,
    *,
    organisation: Organisation | None,
    since: dt.date | None,
    until: dt.date | None = None,
    by: User | None,
    at: dt.datetime,
) -> ManagedEstate:
    """From that day this company manages it; the contract of the one before ends the day before.

    Raises Refusal beside ``organisation``, ``since`` (a contract that begins on that day or later) and ``until``."""
    _must_run(estate, by)
    if organisation is None or organisation.kind != Role.PROPERTY:
        raise Refusal(_("请选一家物业公司。"), code="no_company", field="organisation")
    if since is None:
        raise Refusal(_("请填从哪天起。"), code="no_day", field="since")
    if until and until < since:
        raise Refusal(_("结束要晚于开始。"), code="until", field="until")
    Estate.objects.select_for_update().get(pk=estate.pk)
    others = ManagedEstate.objects.filter(estate=estate)
    if others.filter(Q(since__gte=since)).exists():
        raise Refusal(_("那天以后已经登记了一家，请先改那一条。"), code="later_one", field="since")
    before = others.filter(Q(until__isnull=True) | Q(until__gte=since))
    before.update(until=since - dt.timedelta(days=1))
    row = ManagedEstate.objects.create(estate=estate, organisation=organisation, since=since, until=until)
    departures.manager_changed(estate, by=by, at=at)
    return row


@transaction.atomic
def end_management(contract: ManagedEstate, *, on: dt.date | None, by: User | None, at: dt.datetime) -> None:
    """That is its last day. Raises Refusal beside ``on`` for a day before it began or after it was to end."""
    _must_run(contract.estate, by)
    if on is None or on < contract.since or (contract.until and on > contract.until):
        raise Refusal(_("请核对日期：要在合同期里面。"), code="bad_day", field="on")
    ManagedEstate.objects.filter(pk=contract.pk).update(until=on)
    contract.until = on
    departures.manager_changed(contract.estate, by=by, at=at)
