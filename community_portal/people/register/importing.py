"""Many files at once, as a community's own list brings them: every line is read by the rules of the register, and all are
written in a few statements, whatever their number."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from community_portal.people.actions import already_on_file, read_file, settle_in
from community_portal.people.authority import staff_authority
from community_portal.people.models import Contact, Household, IdType, Resident, User
from community_portal.people.wording import read_text
from community_portal.places.addresses import Address, building_meant, read_address
from community_portal.places.models import Building, Community
from community_portal.refusals import Refusal

AT_ONCE = 1000
Door = tuple[int | None, str, str]  # building, unit and room; without a building the words


@dataclass(frozen=True)
class Line:
    """What one line of a list says of somebody."""

    name: str
    phones: tuple[str, ...] = ()
    address: str = ""
    sex: str = ""
    born_on: dt.date | None = None
    id_number: str = ""
    id_type: str = IdType.RESIDENT
    care_tags: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Imported:
    """The new files in the order of the lines; or none, and what is wrong with which line, counted from 1."""

    residents: list[Resident]
    refused: list[tuple[int, Refusal]]


@transaction.atomic
def import_residents(lines: Sequence[Line], *, community: Community, by: User | None, at: dt.datetime) -> Imported:
    """New files for all of these people, or for nobody: with one line that is wrong nothing is written.

    An ID number that is on file is wrong, and one that stands in the list twice. Raises Refusal ``id_on_file`` when somebody
    writes one of them down at the same moment.
    """
    staff_authority(by, community_id=community.pk)
    files, refused = _read(lines, community, by, at)
    if refused:
        return Imported([], refused)
    homes = _homes_for([_read_address(line) for line in lines], community)
    for (resident, _contacts), home in zip(files, homes, strict=True):
        settle_in(resident, home)
    try:
        with transaction.atomic():
            residents = Resident.objects.bulk_create([resident for resident, _ in files], batch_size=AT_ONCE)
    except IntegrityError as error:
        raise already_on_file() from error
    Contact.objects.bulk_create([c for _, contacts in files for c in contacts], batch_size=AT_ONCE)
    return Imported(residents, [])


def _read(
    lines: Sequence[Line], community: Community, by: User | None, at: dt.datetime
) -> tuple[list[tuple[Resident, list[Contact]]], list[tuple[int, Refusal]]]:
    files, refused = [], []
    for number, line in enumerate(lines, start=1):
        try:
            files.append(_read_line(line, community, by, at))
            _read_address(line)
        except Refusal as refusal:
            refused.append((number, refusal))
    if not refused:
        refused = [(number, already_on_file()) for number in _known_numbers([f for f, _ in files], community)]
    return files, refused


def _read_line(line: Line, community: Community, by: User | None, at: dt.datetime) -> tuple[Resident, list[Contact]]:
    return read_file(
        community=community,
        name=line.name,
        phones=line.phones,
        sex=line.sex,
        born_on=line.born_on,
        id_number=line.id_number,
        id_type=line.id_type,
        care_tags=line.care_tags,
        note=line.note,
        by=by,
        at=at,
    )


def _read_address(line: Line) -> Address | None:
    words = read_text(line.address, field="address", longest=200) if line.address.strip() else ""
    return read_address(words) if words else None


def _known_numbers(files: list[Resident], community: Community) -> list[int]:
    """The lines whose ID number is on file in the community or stood in a line before."""
    hashes = {file.id_hash for file in files if file.id_hash}
    present = Resident.objects.current().filter(community=community, id_hash__in=hashes)
    known = set(present.values_list("id_hash", flat=True))
    found = []
    for number, file in enumerate(files, start=1):
        if file.id_hash in known:
            found.append(number)
        elif file.id_hash:
            known.add(file.id_hash)
    return found


def _homes_for(addresses: list[Address | None], community: Community) -> list[Household | None]:
    """As ``home_for`` finds or makes the household of one address. Safe for two at once."""
    buildings = _buildings_of(community)
    asked: list[Household | None] = []
    for address in addresses:
        found = buildings[address.number, address.suffix.upper()] if address and address.number is not None else []
        asked.append(_household(address, building_meant(address, found, community), community) if address else None)
    wanted = {_door(home): home for home in asked if home}
    known = _known_homes(wanted.values(), community)
    missing = [home for door, home in wanted.items() if door not in known]
    Household.objects.bulk_create(missing, ignore_conflicts=True, batch_size=AT_ONCE)
    known |= _known_homes(missing, community)
    for door, home in known.items():
        home.building = wanted[door].building  # read with its estate already
    return [known[_door(home)] if home else None for home in asked]


def _buildings_of(community: Community) -> dict[tuple[int, str], list[Building]]:
    found = defaultdict(list)
    for building in Building.objects.filter(estate__community=community).select_related("estate", "grid"):
        found[building.number, building.suffix.upper()].append(building)
    return found


def _household(address: Address, building: Building | None, community: Community) -> Household:
    if building is None:
        return Household(community=community, address=address.raw)
    return Household(
        community=community,
        grid=building.grid,
        building=building,
        unit=address.unit,
        room=address.room,
        address=address.raw,
    )


def _door(home: Household) -> Door:
    return (home.building_id, home.unit, home.room) if home.building_id else (None, home.address, "")


def _known_homes(homes: Iterable[Household], community: Community) -> dict[Door, Household]:
    """Those of these doors that have a household, by their doors."""
    doors = {_door(home) for home in homes}
    built = Household.objects.filter(building__in={building for building, _unit, _room in doors if building})
    words = {words for building, words, _room in doors if not building}
    other = Household.objects.filter(community=community, building=None, address__in=words)
    return {door: home for home in [*built, *other] if (door := _door(home)) in doors}
