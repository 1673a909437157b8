"""One box: a name, pinyin, initials, a phone or its last four digits, an ID number, a door — told apart by their looks.

Each reading is one index scan with the limit inside (people/models.py), so that a million residents answer in a
millisecond. Words parted by spaces narrow each other: ``张 3幢201``.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Collate

from community_portal.people.models import Contact, Resident, ResidentQuerySet
from community_portal.people.phones import read_phone
from community_portal.people.register.idnumber import hash_of, normalise
from community_portal.people.register.search_keys import door_of, name_grams, without_accents
from community_portal.people.wording import MIDDLE_DOTS
from community_portal.places.addresses import NONE, read_address
from community_portal.refusals import Refusal

MOST = 20
MOST_WORDS = 4
_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_LATIN = re.compile(r"^[A-Za-z][A-Za-z' ]*$")
_NUMBER_IN_PARTS = re.compile(r"^(?=.*[+\s()（）-])\+?[\d\s()（）-]{8,24}$")
_DOOR = re.compile(r"\d\s*[A-Za-z]?\s*(幢|栋|号楼|#|＃|-|座)|[一二三四五六七八九十]\s*(幢|栋|号楼)")
_CASE_NUMBER = re.compile(r"^[A-Za-z]{1,6}\s*-?\s*\d{2,4}\s*-\s*\d{1,8}$")


@dataclass(frozen=True)
class Way:
    """One index scan: what must hold, and the column in whose order the index gives the rows ("" for any order)."""

    condition: Q | Exists
    order: str = ""


@dataclass(frozen=True)
class Term:
    """One word of the box: how it was read (``id``, ``door``, ``phone``, ``tail``, ``latin``, ``name``, ``nothing``) and the
    ways to find it, surest first."""

    kind: str
    ways: tuple[Way, ...] = ()

    @property
    def condition(self) -> Q:
        """Any of the ways."""
        joined = Q(pk__in=[])
        for way in self.ways:
            joined |= Q(way.condition)
        return joined


def read_box(text: str) -> list[Term]:
    """What was typed, word by word; empty for an empty box and for the number of a matter, which is casework's to find."""
    words = " ".join(text.translate(_DIGITS).split())
    if not words or _CASE_NUMBER.match(words):
        return []
    if number := _whole_number(words):
        return [number]
    words = without_accents(words)
    # A pinyin name or an ID number may be typed with spaces.
    if _LATIN.match(words):
        return [_latin(words)]
    if len(normalise(words)) in (15, 18) and normalise(words)[:15].isdigit():
        return [_read_word(words.replace(" ", ""))]
    if _DOOR.search(words) and read_address(words).number is not None:
        return _around_a_door(words)
    return [_read_word(word) for word in words.split()[:MOST_WORDS]]


def _whole_number(words: str) -> Term | None:
    """A telephone number with blanks and hyphens, as the portal itself prints it, is one word."""
    if not _NUMBER_IN_PARTS.match(words):
        return None
    try:
        return Term("phone", (Way(Exists(_contacts(phone=read_phone(words)))),))
    except Refusal:
        return None


def _contacts(**of: Any) -> QuerySet[Contact]:
    return Contact.objects.filter(resident=OuterRef("pk"), community=OuterRef("community"), **of)


def _around_a_door(words: str) -> list[Term]:
    """``张 3 幢 1 单元 201``: the address holds together, what stands before it are other words."""
    parts = read_address(words)
    before = [word for word in parts.rest.split()[:MOST_WORDS] if len(word) <= 4]
    names = [
        _read_word(word) for word in before if not word.endswith(("苑", "园", "庭", "城", "里", "村", "社区", "小区"))
    ]
    return [*names, _door(words)]


def _read_word(word: str) -> Term:
    number = normalise(word)
    if len(number) == 18 and number[:17].isdigit():
        return Term("id", (Way(Q(id_hash=hash_of(number))),))
    if _DOOR.search(word):
        return _door(word)
    if word.lstrip("+").isdigit():
        return _phone(word.lstrip("+").removeprefix("86") if word.startswith("+") else word)
    if _LATIN.match(word):
        return _latin(word)
    word = word.translate(MIDDLE_DOTS)
    grams = [gram for gram in name_grams(word) if len(gram) == 2]
    return Term("name", (Way(Q(grams__contains=grams)) if grams else Way(Q(name_c__startswith=word), "name_c"),))


def _latin(words: str) -> Term:
    """Pinyin, initials, or a name in Latin letters; 吕 is lv, lu or lyu, and the family name may come last."""
    parts = words.lower().replace("'", "").split()
    lower = "".join(parts)
    spelled = dict.fromkeys(_spellings(lower))
    if len(parts) > 1:
        spelled |= dict.fromkeys(_spellings("".join([parts[-1], *parts[:-1]])))
    ways = [Way(Q(pinyin_c__startswith=one), "pinyin_c") for one in spelled]
    inside = _inside_a_latin_name(words.replace(" ", ""))
    return Term("latin", (Way(Q(initials_c__startswith=lower), "initials_c"), *ways, *inside))


def _spellings(lower: str) -> list[str]:
    """As the register keeps it: ü is v there; who has no ü on the keys types u or yu."""
    plain = re.sub(r"(?<=[ln])yu(?!n)", "v", lower)
    return [lower, plain, plain[0] + "v" + plain[2:]] if plain[:2] in ("lu", "nu") else [lower, plain]


def _inside_a_latin_name(word: str) -> tuple[Way, ...]:
    """Connery in Sean Connery, by the pieces of the name: no Chinese name has one of Latin letters, so the index says at once
    that there is none. Pieces are kept as written; who types small or large letters alone means a name."""
    if len(word) < 3:
        return ()
    written = word.capitalize() if word.islower() or word.isupper() else word
    pairs = [gram for gram in name_grams(written) if len(gram) == 2]
    return (Way(Q(grams__contains=pairs, name__contains=written)),)


def _phone(digits: str) -> Term:
    if len(digits) == 4:
        return Term("tail", (Way(Exists(_contacts(tail=digits))),))
    if 7 <= len(digits) <= 12:
        written = {f"+86{digits}", f"+86513{digits}", f"+86{digits.lstrip('0')}"}
        return Term("phone", (Way(Exists(_contacts(phone__in=sorted(written)))),))
    return Term("nothing")


def _door(words: str) -> Term:
    parts = read_address(words)
    if parts.number is None:
        return Term("nothing")
    building = f"{parts.number}{parts.suffix}-"
    if parts.room == NONE or re.fullmatch(r"\d", parts.room):  # still being typed
        return Term("door", (Way(Q(door_c__startswith=building), "door_c"),))
    condition = Q(door_c=door_of(parts.number, parts.suffix, parts.room))
    return Term("door", (Way(condition & Q(household__unit=parts.unit) if parts.unit != NONE else condition),))


def candidates(rows: ResidentQuerySet, terms: list[Term], *, most: int) -> QuerySet[Any, Any]:
    """Ids of at most ``most`` rows per way of reading, surest first: the one query that search is measured by."""
    rows = _by_bytes(rows)
    if len(terms) == 1:
        found = [_scan(rows, way, most) for way in terms[0].ways]
        if not found:
            return rows.none().values_list("pk", flat=True)
        return found[0].union(*found[1:], all=True) if found[1:] else found[0]
    for term in terms:
        rows = rows.filter(term.condition)
    return rows.order_by().values_list("pk", flat=True)[:most]


def _by_bytes(rows: Any) -> Any:
    return rows.alias(**{f"{column}_c": Collate(column, "C") for column in ("name", "initials", "pinyin", "door")})


def _scan(rows: ResidentQuerySet, way: Way, most: int) -> QuerySet[Any, Any]:
    return rows.filter(way.condition).order_by(*filter(None, [way.order])).values_list("pk", flat=True)[:most]


def matching_ids(rows: ResidentQuerySet, text: str, *, most: int) -> list[int]:
    """Ids among ``rows`` that fit every word, surest first, at most ``most``; empty when nothing searchable was typed."""
    terms = read_box(text)
    return list(dict.fromkeys(candidates(rows, terms, most=most)))[:most] if terms else []


def search_residents(user: Any, text: str, *, most: int = MOST) -> list[Resident]:
    """Residents this user may see who fit every word of ``text``, at most ``most``; empty for an empty box."""
    ids = matching_ids(Resident.objects.visible_to(user).current(), text, most=most)
    if not ids:
        return []
    found = in_full(Resident.objects.filter(pk__in=ids))
    return sorted(found, key=lambda resident: ids.index(resident.pk))


def find_residents(user: Any, text: str, *, most: int) -> list[Resident]:
    """The same people in the same order by a single query, with the home and without phones: for the one search box."""
    terms = read_box(text)
    if not terms:
        return []
    ids = candidates(Resident.objects.visible_to(user).current(), terms, most=most)
    found = Resident.objects.filter(pk__in=ids).select_related("household__building__estate")
    ways = terms[0].ways if len(terms) == 1 else ()
    if not ways:
        return list(found[:most])
    sureness = [When(way.condition, then=rank) for rank, way in enumerate(ways)]
    within = [When(way.condition, then=F(way.order)) for way in ways if way.order]
    found = _by_bytes(found).annotate(sureness=Case(*sureness, default=len(ways)))
    order = [Case(*within).asc()] if within else []
    return list(found.order_by("sureness", *order, "pk")[:most])


def in_full(rows: Any) -> Any:
    """With the home and the phones, as lists show them."""
    return rows.select_related("household__building__estate", "household__grid").prefetch_related("contacts")
