"""Deeds on the register: new file, changes, contacts, homes, delegation, merging, looking at a protected number."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.authority import staff_authority
from community_portal.people.idnumber import hash_of, read_id_number
from community_portal.people.models import (
    Consent,
    Contact,
    Delegation,
    DelegationScope,
    Household,
    IdType,
    Resident,
    User,
    ViewLog,
)
from community_portal.people.phones import read_phone
from community_portal.people.search_keys import search_keys
from community_portal.people.wording import read_name, read_text
from community_portal.places.addresses import find_building, read_address
from community_portal.places.models import Community
from community_portal.refusals import Changed, Refusal

ALREADY_ON_FILE = _("这个证件号码在本社区已经有档案，请打开原来的档案。")


@transaction.atomic
def register_resident(
    *,
    community: Community,
    name: str,
    by: User | None,
    at: dt.datetime,
    phones: list[str] | None = None,
    address: str = "",
    household: Household | None = None,
    sex: str = "",
    born_on: dt.date | None = None,
    id_number: str = "",
    id_type: str = IdType.RESIDENT,
    care_tags: list[str] | None = None,
    note: str = "",
    by_himself: bool = False,
) -> Resident:
    """A new file. ``by_himself``: a signed-in resident opens his own; otherwise staff of the community.

    Raises Refusal beside the field that is wrong; the same ID number twice is ``id_on_file`` (409), also for two at once.
    """
    if not by_himself:
        staff_authority(by, community_id=community.pk)
    name = read_name(name)
    today = clock.local(at).date()
    number, born_on, sex = _read_identity(id_number, id_type, born_on, sex, today)
    home = household or home_for(community, address)
    resident = Resident(
        community=community,
        household=home,
        name=name,
        sex=sex,
        born_on=born_on,
        id_type=id_type,
        id_number=number or None,
        id_hash=hash_of(number) if number else "",
        care_tags=care_tags or [],
        note=read_text(note, field="note", longest=300),
        registered_at=at,
        registered_by=by,
        **search_keys(name, home),
    )
    try:
        with transaction.atomic():
            resident.save(force_insert=True)
    except IntegrityError as error:
        raise Refusal(ALREADY_ON_FILE, code="id_on_file", field="id_number", status=409) from error
    for index, phone in enumerate(dict.fromkeys(read_phone(p) for p in phones or [] if p.strip())):
        Contact.objects.create(resident=resident, phone=phone, is_primary=index == 0)
    return resident


def _read_identity(
    id_number: str, id_type: str, born_on: dt.date | None, sex: str, today: dt.date
) -> tuple[str, dt.date | None, str]:
    if born_on and born_on > today:
        raise Refusal(_("出生日期不能在今天以后。"), code="bad_birth_date", field="born_on")
    if not id_number.strip():
        return "", born_on, sex
    if id_type != IdType.RESIDENT:
        return "".join(id_number.split()).upper()[:30], born_on, sex
    read = read_id_number(id_number, today=today)
    if born_on and born_on != read.born_on:
        raise Refusal(_("出生日期和身份证号里的不一样，请核对。"), code="birth_date_differs", field="born_on")
    return read.number, read.born_on, read.sex


def home_for(community: Community, address: str) -> Household | None:
    """The household of an address as typed, made when it is new; None when nothing was typed. Safe for two at once."""
    if not address.strip():
        return None
    parts = read_address(address[:200])
    building = find_building(community, parts)
    if building is None:
        home, _made = Household.objects.get_or_create(community=community, building=None, address=parts.raw)
        return home
    home, _made = Household.objects.get_or_create(
        building=building,
        unit=parts.unit,
        room=parts.room,
        defaults={"community": community, "grid": building.grid, "address": parts.raw},
    )
    return home


@transaction.atomic
def find_or_register(*, community: Community, name: str, phone: str, by: User | None, at: dt.datetime) -> Resident:
    """The resident of this name who has this phone in the community, else a new file: what a caller or an API gives."""
    number = read_phone(phone)
    found = (
        Resident.objects.current()
        .filter(community=community, name=read_name(name), contacts__phone=number)
        .order_by("id")
        .first()
    )
    return found or register_resident(community=community, name=name, phones=[number], by=by, at=at)


@transaction.atomic
def open_own_file(user: User, *, community: Community, name: str, at: dt.datetime, address: str = "") -> Resident:
    """A signed-in resident without a file makes his own at his first booking or request."""
    if user.resident_id:
        raise Refusal(_("您已经有档案了。"), code="has_file")
    resident = register_resident(
        community=community,
        name=name,
        phones=[user.phone] if user.phone else [],
        address=address,
        by=user,
        at=at,
        by_himself=True,
    )
    User.objects.filter(pk=user.pk).update(resident=resident, name=resident.name, community=community)
    user.resident, user.name = resident, resident.name
    return resident


@transaction.atomic
def edit_resident(resident: Resident, *, by: User, at: dt.datetime, seen: int, changes: dict[str, Any]) -> None:
    """Changes a file if it still is what the page showed. ``changes``: name, sex, born_on, id_number, address, care_tags, note …"""
    staff_authority(by, community_id=resident.community_id)
    today = clock.local(at).date()
    values = dict(changes)
    if "name" in values:
        values["name"] = read_name(values["name"])
    typed = values.pop("id_number", "")
    number, values["born_on"], values["sex"] = _read_identity(
        typed, resident.id_type, values.get("born_on", resident.born_on), values.get("sex", resident.sex), today
    )
    if number:
        values |= {"id_number": number, "id_hash": hash_of(number)}
    home = resident.household
    if "address" in values:
        home = home_for(resident.community, values.pop("address"))
        values["household"] = home
    values |= search_keys(values.get("name", resident.name), home)
    try:
        with transaction.atomic():
            updated = Resident.objects.filter(pk=resident.pk, version=seen).update(version=seen + 1, **values)
    except IntegrityError as error:
        raise Refusal(ALREADY_ON_FILE, code="id_on_file", field="id_number", status=409) from error
    if not updated:
        raise Changed(_("情况有变：这份档案刚刚被别人改过，请再看一眼。"))
    resident.refresh_from_db()


@transaction.atomic
def add_contact(
    resident: Resident, *, phone: str, owner: str, relation: str, by: User, at: dt.datetime, is_primary: bool = False
) -> Contact:
    """One more way to reach a resident. The same phone may belong to several people."""
    staff_authority(by, community_id=resident.community_id)
    number = read_phone(phone)
    if Contact.objects.filter(resident=resident, phone=number).exists():
        raise Refusal(_("这个电话已经登记过了。"), code="contact_exists", field="phone")
    first = is_primary or not resident.contacts.filter(is_primary=True).exists()
    if first:
        resident.contacts.filter(is_primary=True).update(is_primary=False)
    return Contact.objects.create(resident=resident, phone=number, owner=owner, relation=relation, is_primary=first)


@transaction.atomic
def remove_contact(contact: Contact, *, by: User) -> None:
    """Takes a number off a file; the history keeps it."""
    staff_authority(by, community_id=contact.resident.community_id)
    contact.delete()


@transaction.atomic
def grant_delegation(
    *,
    principal: Resident,
    agent: User,
    relation: str,
    scopes: list[str],
    proof: str,
    by: User,
    at: dt.datetime,
    ends_on: dt.date | None = None,
) -> Delegation:
    """The principal himself, or staff who saw his will, lets ``agent`` act for him."""
    if by.resident_id != principal.pk:
        staff_authority(by, community_id=principal.community_id)
    if agent.resident_id == principal.pk:
        raise Refusal(_("不用委托自己。"), code="delegates_to_himself", field="phone")
    today = clock.local(at).date()
    if ends_on and ends_on < today:
        raise Refusal(_("结束日期不能在今天以前。"), code="ends_in_the_past", field="ends_on")
    if not scopes or set(scopes) - set(DelegationScope.values):
        raise Refusal(_("请至少选一项可以代办的事。"), code="no_scope", field="scopes")
    try:
        with transaction.atomic():
            return Delegation.objects.create(
                principal=principal,
                agent=agent,
                relation=relation,
                scopes=scopes,
                proof=proof,
                starts_on=today,
                ends_on=ends_on,
                created_by=by,
                created_at=at,
            )
    except IntegrityError as error:
        raise Refusal(_("这位家人已经在代办名单里。"), code="already_delegated", field="phone") from error


@transaction.atomic
def revoke_delegation(delegation: Delegation, *, by: User, at: dt.datetime) -> None:
    """Ends it at once; the principal, the agent himself or staff may."""
    if by.pk != delegation.agent_id and by.resident_id != delegation.principal_id:
        staff_authority(by, community_id=delegation.principal.community_id)
    Delegation.objects.filter(pk=delegation.pk, revoked_at__isnull=True).update(revoked_at=at)


@transaction.atomic
def reveal_id_number(resident: Resident, *, reason: str, by: User, at: dt.datetime) -> str:
    """The whole number, for a reason that stays in the view log."""
    staff_authority(by, community_id=resident.community_id)
    reason = read_text(reason, field="reason", longest=200)
    if len(reason) < 2:
        raise Refusal(_("请写明为什么要看。"), code="no_reason", field="reason")
    ViewLog.objects.create(viewer=by, resident=resident, what="id_number", reason=reason, at=at)
    return resident.id_number or ""


@transaction.atomic
def merge_residents(*, kept: Resident, merged: Resident, by: User, at: dt.datetime) -> None:
    """Two files of one person become one: the old one points at the kept one and shows up no more. Undone by ``unmerge``."""
    staff_authority(by, community_id=kept.community_id)
    if kept.community_id != merged.community_id or kept.pk == merged.pk:
        raise Refusal(_("只能合并本社区的两份不同档案。"), code="cannot_merge")
    if kept.merged_into_id or merged.merged_into_id:
        raise Changed(_("其中一份档案已经合并过了，请再看一眼。"))
    Resident.objects.filter(pk=merged.pk).update(merged_into=kept, version=merged.version + 1)
    for contact in merged.contacts.all():
        Contact.objects.get_or_create(
            resident=kept, phone=contact.phone, defaults={"owner": contact.owner, "relation": contact.relation}
        )


@transaction.atomic
def unmerge(resident: Resident, *, by: User, at: dt.datetime) -> None:
    """Takes a merge back: the file stands on its own again."""
    staff_authority(by, community_id=resident.community_id)
    try:
        with transaction.atomic():
            Resident.objects.filter(pk=resident.pk).update(merged_into=None, version=resident.version + 1)
    except IntegrityError as error:
        raise Refusal(ALREADY_ON_FILE, code="id_on_file", status=409) from error


@transaction.atomic
def give_consent(resident: Resident, *, purpose: str, version: str, channel: str, by: User, at: dt.datetime) -> Consent:
    """Consent to one purpose under one version of its text."""
    return Consent.objects.create(
        resident=resident, purpose=purpose, text_version=version, channel=channel, given_by=by, given_at=at
    )
