"""How many ports an estate lacks, in the database: for the figure, whose rows are the newest counts."""

import datetime as dt
from typing import Any

from django.db.models import Case, DecimalField, F, IntegerField, OuterRef, Subquery, Sum, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest, Round

from charging.models import EstateFacts, Site
from charging.queries.sockets import with_sockets
from charging.rules import WEIGHTS
from charging.workflow.sites import BUILT, CLEAR
from community_portal import clock
from community_portal.places.models import Street
from community_portal.rules.evaluation import limit_of

TARGET = "target_per_hundred"
NUMBER: Any = DecimalField(max_digits=12, decimal_places=2)


def gaps_of(places: list[int], at: dt.datetime) -> Any:
    """The newest count of each estate of these places with its ``gap``: what the rule wants, less what serves and is approved."""
    newest = EstateFacts.objects.filter(community_id__in=places).newest().values("pk")
    sites = with_sockets(Site.objects.filter(estate=OuterRef("estate"), state__in=CLEAR | BUILT))
    ports = sites.order_by().values("estate").annotate(n=Sum(F("standing") + F("coming")))
    wanted = Cast(F("ebikes"), NUMBER) * _target(places, on=clock.local(at).date()) / Value(100, NUMBER)
    lacks = Round(wanted - Cast(Coalesce(Subquery(ports.values("n")), 0), NUMBER))
    rows = EstateFacts.objects.filter(pk__in=newest)
    return rows.annotate(gap=Cast(Greatest(lacks, Value(0, NUMBER)), IntegerField())).filter(gap__gt=0)


def _target(places: list[int], *, on: dt.date) -> Any:
    """So many ports for a hundred bikes, by the rule of each street."""
    streets = Street.objects.filter(communities__in=places).distinct()
    whens = [
        When(
            community__street=street.pk, then=Value(limit_of(WEIGHTS, TARGET, street=street, on=on, default=12), NUMBER)
        )
        for street in streets
    ]
    return Case(*whens, default=Value(12, NUMBER), output_field=NUMBER)
