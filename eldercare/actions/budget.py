"""The money of a programme: bound when a plan is proposed, set free when it comes to nothing, paid when it is settled.

Each moves in one guarded statement, so that two who take the last of it at once never take it twice.
"""

import datetime as dt
from decimal import Decimal

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from community_portal.refusals import Refusal
from eldercare.models import Adaptation, Programme


def bind(adaptation: Adaptation, amount: Decimal) -> None:
    """Sets ``amount`` aside in place of what was set aside before. Raises Refusal ``no_budget`` when the programme has not that
    much left; within the transaction of a deed."""
    more = amount - adaptation.bound
    programmes = Programme.objects.filter(pk=adaptation.programme_id)
    if not programmes.filter(budget__gte=F("committed") + F("settled") + more).update(committed=F("committed") + more):
        raise Refusal(_("项目的预算不够了。请先问街道，或者减几样。"), code="no_budget", status=409)
    _keep(adaptation, amount)


def set_free(adaptation: Adaptation) -> None:
    """Nothing is set aside for it any more."""
    if adaptation.bound:
        bind(adaptation, Decimal(0))


def pay(adaptation: Adaptation, amount: Decimal) -> None:
    """What was set aside is paid, as far as it was needed; the rest is free again."""
    Programme.objects.filter(pk=adaptation.programme_id).update(
        committed=F("committed") - adaptation.bound, settled=F("settled") + amount
    )
    _keep(adaptation, Decimal(0))


def _keep(adaptation: Adaptation, amount: Decimal) -> None:
    Adaptation.objects.filter(pk=adaptation.pk).update(bound=amount)
    adaptation.bound = amount


def is_open(programme: Programme, *, on: dt.date) -> bool:
    """Does it take applications on that day?"""
    return programme.opens_on <= on <= programme.closes_on
