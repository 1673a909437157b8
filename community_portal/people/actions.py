"""Deeds on the register: new file, changes, contacts, homes, delegation, merging, looking at a protected number."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock, departures
from community_portal.people.authority import staff_authority
from community_portal.people.models import (
    CareTag,
    Contact,
    Delegation,
    DelegationScope,
    Household,
    IdType,
    Look,
    Resident,
    ToldApart,
    User,
    ViewLog,
)
from community_portal.people.own_account.language import keep_language
from community_portal.people.phones import read_phone
from community_portal.people.register.idnumber import hash_of, read_birth_date, read_id_number, read_other_number
from community_portal.people.register.search_keys import search_keys
from community_portal.people.wording import read_name, read_text
from community_portal.places.addresses import find_building, read_address
from community_portal.places.models import Community
from community_portal.refusals import Changed, NotAllowed, Refusal

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
    apart_from: list[Resident] | None = None,
    apart_because: str = "",
) -> Resident:
    """A new file. ``by_himself``: a signed-in resident opens their own; otherwise staff of the community.
    ``apart_from``: alike files that are another person's, as ``apart_because`` says.

    Raises Refusal beside the field that is wrong; the same ID number twice is ``id_on_file`` (409), also for two at once.
    """
    if not by_himself:
        staff_authority(by, community_id=community.pk)
    resident, contacts = read_file(
        community=community,
        name=name,
        phones=phones or [],
        sex=sex,
        born_on=born_on,
        id_number=id_number,
        id_type=id_type,
        care_tags=care_tags or [],
        note=note,
        by=by,
        at=at,
    )
    settle_in(resident, household or home_for(community, address))
    try:
        with transaction.atomic():
            resident.save(force_insert=True)
    except IntegrityError as error:
        raise already_on_file() from error
    for contact in contacts:
        contact.save(force_insert=True)
    why = read_text(apart_because, field="another_person", longest=100)
    ToldApart.objects.bulk_create(
        ToldApart(resident=resident, other=other, why=why, by=by, at=at) for other in apart_from or []
    )
    return resident


def read_file(
    *,
    community: Community,
    name: str,
    phones: Iterable[str],
    sex: str,
    born_on: dt.date | None,
    id_number: str,
    id_type: str,
    care_tags: Iterable[str],
    note: str,
    by: User | None,
    at: dt.datetime,
) -> tuple[Resident, list[Contact]]:
    """A file as it was told, with its telephones, the first the one to ring: nothing is written, and it has no home yet.

    Raises Refusal beside the field that is wrong.
    """
    name = read_name(name)
    numbers = dict.fromkeys(read_phone(phone) for phone in phones if phone.strip())
    number, born_on, sex = _read_identity(id_number, id_type, born_on, sex, clock.local(at).date())
    resident = Resident(
        community=community,
        name=name,
        sex=sex,
        born_on=born_on,
        id_type=id_type,
        id_number=number or None,
        id_hash=hash_of(number) if number else "",
        care_tags=_known_tags(care_tags),
        note=read_text(note, field="note", longest=300),
        registered_at=at,
        registered_by=by,
    )
    return resident, [Contact(resident=resident, phone=n, is_primary=i == 0) for i, n in enumerate(numbers)]


def settle_in(resident: Resident, home: Household | None) -> None:
    """Gives a file that is not written yet its home, and what search reads of both."""
    resident.household = home
    for key, value in search_keys(resident.name, home).items():
        setattr(resident, key, value)


def already_on_file() -> Refusal:
    return Refusal(ALREADY_ON_FILE, code="id_on_file", field="id_number", status=409)


def _known_tags(tags: Iterable[str]) -> list[str]:
    unknown = set(tags) - set(CareTag.values)
    if unknown:
        raise Refusal(_("没有这一项关照。"), code="unknown_care_tag", field="care_tags")
    return sorted(set(tags), key=list(CareTag.values).index)


def _read_identity(
    id_number: str, id_type: str, born_on: dt.date | None, sex: str, today: dt.date
) -> tuple[str, dt.date | None, str]:
    if born_on:
        read_birth_date(born_on, today=today)
    if not id_number.strip():
        return "", born_on, sex
    if id_type != IdType.RESIDENT:
        return read_other_number(id_number), born_on, sex
    read = read_id_number(id_number, today=today)
    if born_on and born_on != read.born_on:
        raise Refusal(_("出生日期和身份证号里的不一样，请核对。"), code="birth_date_differs", field="born_on")
    return read.number, read.born_on, read.sex


def home_for(community: Community, address: str) -> Household | None:
    """The household of an address as typed, made when it is new; None when nothing was typed. Safe for two at once."""
    if not address.strip():
        return None
    parts = read_address(read_text(address, field="address", longest=200))
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
def find_or_register(
    *,
    community: Community,
    name: str,
    phone: str,
    by: User | None,
    at: dt.datetime,
    apart_from: list[Resident] | None = None,
    apart_because: str = "",
) -> Resident:
    """The resident of this name who has this phone in the community, else a new file: what a caller or an API gives.
    ``apart_from``: as ``register_resident`` takes it.

    Two calls at once make one file: the second waits for the first.
    """
    number = read_phone(phone)
    _wait_in_line(f"{community.pk}|{read_name(name)}|{number}")
    found = (
        Resident.objects.current()
        .filter(community=community, name=read_name(name), contacts__phone=number)
        .order_by("id")
        .first()
    )
    return found or register_resident(
        community=community,
        name=name,
        phones=[number],
        apart_from=apart_from,
        apart_because=apart_because,
        by=by,
        at=at,
    )


def _wait_in_line(words: str) -> None:
    """Holds everybody else who says the same words until this transaction ends (safe behind PgBouncer)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 20261124))", [words])


@transaction.atomic
def open_own_file(user: User, *, community: Community, name: str, at: dt.datetime, address: str = "") -> Resident:
    """A signed-in resident without a file makes their own at their first booking or request; of two at once, only one."""
    if User.objects.select_for_update(no_key=True).get(pk=user.pk).resident_id:
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
    keep_language(user, user.language)
    resident.language = user.language
    return resident


@transaction.atomic
def edit_resident(resident: Resident, *, by: User, at: dt.datetime, seen: int, changes: dict[str, Any]) -> None:
    """Changes a file if it still is what the page showed. ``changes``: name, sex, born_on, id_type, id_number (empty: as it
    was), address, care_tags, note, language, born_in_lunar.

    Raises Refusal beside a field, Changed when ``seen`` is no longer the version of the file.
    """
    staff_authority(by, community_id=resident.community_id)
    today = clock.local(at).date()
    values = dict(changes)
    if "name" in values:
        values["name"] = read_name(values["name"])
    if "note" in values:
        values["note"] = read_text(values["note"], field="note", longest=300)
    if "care_tags" in values:
        values["care_tags"] = _known_tags(values["care_tags"])
    typed = values.pop("id_number", "")
    number, values["born_on"], values["sex"] = _read_identity(
        typed,
        values.get("id_type", resident.id_type),
        values.get("born_on", resident.born_on),
        values.get("sex", resident.sex),
        today,
    )
    if number:
        values |= {"id_number": number, "id_hash": hash_of(number)}
    home = resident.household
    address = values.pop("address", None)
    if address is not None and address.strip() != str(home or ""):
        home = home_for(resident.community, address)
        values["household"] = home
    values |= search_keys(values.get("name", resident.name), home)
    _write(resident, seen=seen, values=values)


def _write(resident: Resident, *, seen: int, values: dict[str, Any]) -> None:
    """Compare and set: nobody overwrites what they have not seen."""
    try:
        with transaction.atomic():
            updated = Resident.objects.filter(pk=resident.pk, version=seen, merged_into__isnull=True).update(
                version=seen + 1, **values
            )
    except IntegrityError as error:
        raise already_on_file() from error
    if not updated:
        raise Changed(_("情况有变：这份档案刚刚被别人改过，请再看一眼。"))
    resident.refresh_from_db()


@transaction.atomic
def move_household(resident: Resident, *, address: str, by: User, at: dt.datetime, seen: int) -> None:
    """They live elsewhere now; an empty address means that nobody knows where."""
    staff_authority(by, community_id=resident.community_id)
    home = home_for(resident.community, address)
    _write(resident, seen=seen, values={"household": home} | search_keys(resident.name, home))


@transaction.atomic
def say_own_address(resident: Resident, *, address: str, by: User) -> None:
    """Where they live, from themselves, while their file does not know it. What is on file is changed by staff."""
    if by.resident_id != resident.pk or resident.household_id:
        raise NotAllowed(_("住址以档案为准，要改请找社区。"))
    home = home_for(resident.community, address)
    _write(resident, seen=resident.version, values={"household": home} | search_keys(resident.name, home))


@transaction.atomic
def close_file(resident: Resident, *, why: str, on: dt.date, by: User, at: dt.datetime, seen: int) -> None:
    """``why`` is ``deceased`` or ``moved_out``. The file stays readable; whoever acted for them no longer may, and what hangs
    on the file ends with it (departures.py)."""
    staff_authority(by, community_id=resident.community_id)
    if on > clock.local(at).date():
        raise Refusal(_("日期不能在今天以后。"), code="closes_in_the_future", field="on")
    if resident.born_on and on < resident.born_on:
        raise Refusal(_("日期不能早于出生日期。"), code="closes_before_birth", field="on")
    _write(resident, seen=seen, values={"deceased_on" if why == "deceased" else "moved_out_on": on})
    Delegation.objects.filter(principal=resident, revoked_at__isnull=True).update(revoked_at=at)
    departures.file_closed(resident, why=why, by=by, at=at)


@transaction.atomic
def reopen_file(resident: Resident, *, by: User, at: dt.datetime, seen: int) -> None:
    """It was a mistake, or they moved back: what can stand again does. Delegations have to be given anew."""
    staff_authority(by, community_id=resident.community_id)
    _write(resident, seen=seen, values={"deceased_on": None, "moved_out_on": None})
    departures.file_reopened(resident, by=by, at=at)


@transaction.atomic
def add_contact(
    resident: Resident, *, phone: str, owner: str, relation: str, by: User, at: dt.datetime, is_primary: bool = False
) -> Contact:
    """One more way to reach a resident. The same phone may belong to several people."""
    staff_authority(by, community_id=resident.community_id)
    number = read_phone(phone)
    Resident.objects.select_for_update().get(pk=resident.pk)  # one at a time: one primary number a file
    if Contact.objects.filter(resident=resident, phone=number).exists():
        raise Refusal(_("这个电话已经登记过了。"), code="contact_exists", field="phone")
    first = is_primary or not resident.contacts.filter(is_primary=True).exists()
    if first:
        resident.contacts.filter(is_primary=True).update(is_primary=False)
    return Contact.objects.create(
        resident=resident,
        phone=number,
        owner=read_text(owner, field="owner", longest=50),
        relation=read_text(relation, field="relation", longest=20),
        is_primary=first,
    )


@transaction.atomic
def set_primary(contact: Contact, *, by: User) -> None:
    """The number to ring first."""
    staff_authority(by, community_id=contact.resident.community_id)
    Resident.objects.select_for_update().get(pk=contact.resident_id)
    Contact.objects.filter(resident=contact.resident_id, is_primary=True).update(is_primary=False)
    Contact.objects.filter(pk=contact.pk).update(is_primary=True)


@transaction.atomic
def remove_contact(contact: Contact, *, by: User) -> None:
    """Takes a number off a file, the history keeps it; the next one becomes the first to ring."""
    staff_authority(by, community_id=contact.resident.community_id)
    Resident.objects.select_for_update().get(pk=contact.resident_id)
    was_primary = contact.is_primary
    resident = contact.resident
    contact.delete()
    following = resident.contacts.order_by("id").first()
    if was_primary and following:
        Contact.objects.filter(pk=following.pk).update(is_primary=True)


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
    """The principal, or staff who saw their will, lets ``agent`` act for them."""
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
    """Ends it at once; the principal, the agent or staff may."""
    if by.pk != delegation.agent_id and by.resident_id != delegation.principal_id:
        staff_authority(by, community_id=delegation.principal.community_id)
    Delegation.objects.filter(pk=delegation.pk, revoked_at__isnull=True).update(revoked_at=at)


@transaction.atomic
def reveal_id_number(resident: Resident, *, reason: str, by: User, at: dt.datetime) -> str:
    """The whole number, for a reason that stays in the view log."""
    staff_authority(by, community_id=resident.community_id)
    note_view(by=by, resident=resident, what=Look.ID_NUMBER, why=reason, at=at)
    return resident.id_number or ""


_NOTE_VIEWS = """
INSERT INTO people_viewlog (viewer_id, resident_id, what, reason, at, day)
SELECT %s, resident, %s, %s, %s, %s FROM unnest(%s::bigint[]) AS resident ON CONFLICT DO NOTHING
"""


def note_view(*, by: User, resident: Resident, what: str, why: str, at: dt.datetime) -> None:
    """Somebody looks at what is protected; ``why`` is the number of the matter, or what they typed. Again on the same day is the
    same look."""
    note_views(by=by, residents=[resident.pk], what=what, why=why, at=at)


def note_views(*, by: User, residents: Iterable[int], what: str, why: str, at: dt.datetime) -> None:
    """The same for a list: of each of these people (their numbers), in one statement."""
    why = read_text(why, field="reason", longest=200)
    if len(why) < 2:
        raise Refusal(_("请写明为什么要看。"), code="no_reason", field="reason")
    with (
        connection.cursor() as cursor
    ):  # the ORM would begin and commit around it: two statements more on every such page
        cursor.execute(_NOTE_VIEWS, [by.pk, what, why, at, clock.local(at).date(), sorted(set(residents))])


def was_viewed(*, by: User, resident: Resident, what: str, on: dt.date) -> bool:
    """Has this person given a reason for it already that day?"""
    return ViewLog.objects.filter(viewer=by, resident=resident, what=what, day=on).exists()
