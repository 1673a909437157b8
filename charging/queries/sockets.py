"""How many sockets of a site serve, and how many were approved there that never did (services.md §4.4). What is removed has served:
nobody promises it a second time."""

from typing import Any

from django.db.models import Case, Count, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest

from charging.models import Port, Site
from charging.workflow.sites import BUILT, CLEAR


def with_sockets(sites: QuerySet[Site]) -> Any:
    """Each with ``standing`` and ``coming``; where nothing is approved, or given up since, nothing comes."""
    never = F("approved_ports") - _number_of(Port.objects.filter(in_service_on__isnull=False))
    coming = Case(When(state__in=CLEAR | BUILT, then=Greatest(never, Value(0))), default=Value(0))
    return sites.annotate(standing=_number_of(Port.objects.in_service()), coming=coming)


def _number_of(ports: QuerySet[Port]) -> Any:
    counted = ports.filter(point__site=OuterRef("pk")).order_by().values("point__site").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), Value(0))
