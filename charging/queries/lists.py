"""What the lists of wires and places say and how they are narrowed."""

from typing import Any

from django.utils.translation import gettext as _

from charging.models import Cause, Round, SiteKind
from community_portal.matters.columns import Filter
from community_portal.places.models import Estate, in_reader_language
from community_portal.web.paging import is_row_number


def by_row(name: str, **shown: Any) -> Filter:
    """Rows that point at this one; a number that is none narrows nothing."""
    return Filter(
        name, lambda rows, value: rows.filter(**{name: int(value)}) if is_row_number(value) else rows, **shown
    )


def cause(value: str) -> str:
    return str(Cause(value).label) if value else ""


def urgent(is_urgent: bool) -> str:
    return _("紧急") if is_urgent else ""


def kind(value: str) -> str:
    return str(SiteKind(value).label)


def ports(approved: int | None, planned: int | None) -> str:
    number = approved or planned
    return _("%(n)s 个") % {"n": number} if number else ""


def round_words(number: int | None) -> str:
    return _("第 %(n)s 批") % {"n": number} if number else ""


def estate_name(name: str, name_en: str) -> str:
    return in_reader_language(name, name_en)


def estates(places: frozenset[int] | None) -> list[tuple[int, str]]:
    rows = Estate.objects.all() if places is None else Estate.objects.filter(community__in=places)
    return [(pk, in_reader_language(*names)) for pk, *names in rows.values_list("pk", "name", "name_en")]


def rounds(places: frozenset[int] | None) -> list[tuple[int, str]]:
    rows = Round.objects.all() if places is None else Round.objects.filter(community__in=places)
    return [(pk, round_words(number)) for pk, number in rows.values_list("pk", "number")]


def causes(places: frozenset[int] | None) -> list[tuple[str, Any]]:
    return list(Cause.choices)


def kinds(places: frozenset[int] | None) -> list[tuple[str, Any]]:
    return list(SiteKind.choices)


def news_of_a_wire(wire: Any) -> str:
    """What came of it, or of the report of the same wire that went on alone; and what became of the place nearby, as its public
    page says it."""
    first, site = wire.join_of or wire, wire.site
    ended = _("结果：%(what)s") % {"what": first.get_outcome_display()} if first.outcome else ""
    place = f"{site.full_name}：{site.rejected_plain or site.spec.plain}" if site else ""
    return " · ".join(filter(None, [ended, place]))
