"""Reads about residents: who may be the same person, whom somebody may act for, a file with all that its page shows."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils.translation import gettext as _

from community_portal.people.models import Contact, Delegation, Resident, ToldApart, User
from community_portal.people.register.search_keys import search_keys
from community_portal.places.models import Community


@dataclass(frozen=True)
class Likeness:
    """A resident who may be the same person, and what speaks for it: ``id``, ``name_born``, ``name_phone``, ``sound_born``, ``phone``, ``name``, or only ``typed``: found by what was typed."""

    resident: Resident
    why: str

    @property
    def label(self) -> str:
        return {
            "id": _("证件号码相同"),
            "name_born": _("姓名和出生日期相同"),
            "name_phone": _("姓名和电话相同"),
            "sound_born": _("姓名同音、出生日期相同"),
            "phone": _("电话相同，可能是一家人"),
            "name": _("姓名相同"),
            "typed": _("输入的拼音找到的"),
        }[self.why]

    @property
    def line(self) -> str:
        """Where they live, and what speaks for it."""
        return " · ".join(filter(None, [self.resident.line, self.label]))


def find_duplicates(
    community: Community, *, name: str, born_on: dt.date | None, id_hash: str, phones: list[str]
) -> list[Likeness]:
    """Residents of the community who may be this person, surest first. A shared phone, or a name alone, is only a hint:
    the name counts where a birth date is missing that could tell two apart."""
    same = Q(name=name, born_on__isnull=True) if born_on else Q(name=name)
    if id_hash:
        same |= Q(id_hash=id_hash)
    if born_on:
        same |= Q(name=name, born_on=born_on) | Q(pinyin=search_keys(name, None)["pinyin"], born_on=born_on)
    if phones:
        same |= Q(pk__in=Contact.objects.filter(phone__in=phones).values("resident_id"))
    residents = (
        Resident.objects.current()
        .filter(same, community=community)
        .select_related("household__building__estate")
        .prefetch_related("contacts")[:20]
    )
    found = [Likeness(r, _why(r, name, born_on, id_hash, phones)) for r in residents]
    order = ("id", "name_born", "name_phone", "sound_born", "phone", "name")
    return sorted(found, key=lambda likeness: order.index(likeness.why))


def alike_files(resident: Resident) -> list[Likeness]:
    """Other files that may be of the same person, surest first."""
    found = find_duplicates(
        resident.community,
        name=resident.name,
        born_on=resident.born_on,
        id_hash=resident.id_hash,
        phones=[contact.phone for contact in resident.contacts.all()],
    )
    return [likeness for likeness in found if likeness.resident.pk != resident.pk]


def _why(resident: Resident, name: str, born_on: dt.date | None, id_hash: str, phones: list[str]) -> str:
    if id_hash and resident.id_hash == id_hash:
        return "id"
    if born_on and resident.name == name and resident.born_on == born_on:
        return "name_born"
    if resident.name == name:
        return "name_phone" if any(contact.phone in phones for contact in resident.contacts.all()) else "name"
    return "sound_born" if born_on and resident.born_on == born_on and _sounds_like(resident, name) else "phone"


def _sounds_like(resident: Resident, name: str) -> bool:
    return bool(resident.pinyin) and resident.pinyin == search_keys(name, None)["pinyin"]


def people_of(user: User | AnonymousUser, *, scope: str, on: dt.date) -> list[Resident]:
    """The user's own file first, then those who let them act in this scope."""
    if not user.is_authenticated:
        return []
    principals = (
        Delegation.objects.in_force(on=on)
        .filter(agent=user, scopes__contains=[scope])
        .values_list("principal_id", flat=True)
    )
    ids = [*([user.resident_id] if user.resident_id else []), *principals]
    found = Resident.objects.current().filter(pk__in=ids).select_related("community", "household__building__estate")
    return sorted(found, key=lambda resident: resident.pk != user.resident_id)


def file_ids(resident: Resident) -> list[int]:
    """The file and those merged into it: whose visits and matters belong to this person."""
    return Resident.objects.file_ids_of([resident.pk])


def told_apart_from(resident: Resident) -> list[tuple[Resident, str]]:
    """The people this one is not, and why; what was said of a file merged into this one counts no more."""
    ids = set(file_ids(resident))
    rows = ToldApart.objects.filter(Q(resident__in=ids) | Q(other__in=ids)).select_related("resident", "other")
    pairs = [(row.other if row.resident_id in ids else row.resident, row) for row in rows]
    return [(other, str(row)) for other, row in pairs if other.pk not in ids]


def age_of(resident: Resident, *, on: dt.date) -> int | None:
    """Full years, of the dead those that they reached; None when the birthday is unknown."""
    born = resident.born_on
    if born is None:
        return None
    on = min(on, resident.deceased_on or on)
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
