"""What the list of adaptations says and how it is narrowed."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from community_portal.people.models import Organisation, Role
from community_portal.places.models import Community, in_reader_language
from eldercare.models import Programme
from eldercare.workflow.states import State


def yuan(amount: Decimal | None) -> str:
    return f"{amount:,.2f}" if amount else ""


def covered(under_warranty: bool) -> str:
    return _("在保修期内") if under_warranty else _("不在保修期内")


def programmes(places: frozenset[int] | None) -> list[tuple[int, str]]:
    rows = Programme.objects.all()
    if places is not None:
        rows = rows.filter(street__in=Community.objects.filter(pk__in=places).values("street"))
    return [(pk, in_reader_language(*names)) for pk, *names in rows.values_list("pk", "name", "name_en")]


def contractors(places: frozenset[int] | None) -> list[tuple[int, str]]:
    return list(Organisation.objects.filter(kind=Role.CONTRACTOR).order_by("name").values_list("pk", "name"))


def unseen(places: frozenset[int] | None) -> list[tuple[str, str]]:
    return [("1", _("派了还没人看"))]


def ordered_seen_by_nobody(rows: Any, value: str) -> Any:
    """A builder was given it, and nobody there has opened it."""
    return rows.filter(state=State.ORDERED, orders__refused_at__isnull=True, orders__seen_at__isnull=True)
