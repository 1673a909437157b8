"""One box: a name, pinyin, initials, a phone or its last four digits, an ID number, a door — told apart by their looks.

Each way reads one index (people/models.py) with the limit inside, so that a million residents answer in a millisecond.
"""

import re
from typing import Any

from django.db.models import Exists, OuterRef, Q

from community_portal.people.idnumber import hash_of, normalise
from community_portal.people.models import Contact, Resident, ResidentQuerySet
from community_portal.people.search_keys import name_grams
from community_portal.places.addresses import NONE, read_address

MOST = 20
_LATIN = re.compile(r"^[A-Za-z' ]+$")
_DOOR = re.compile(r"\d\s*[A-Za-z]?\s*(幢|栋|号楼|#|-|座)|[一二三四五六七八九十](幢|栋|号楼)")


def search_residents(user: Any, text: str, *, most: int = MOST) -> list[Resident]:
    """Residents this user may see who fit every word of ``text``, at most ``most``; empty for an empty box."""
    rows = matching(Resident.objects.visible_to(user).current(), text)
    if rows is None:
        return []
    return list(
        rows.select_related("household__building__estate", "household__grid").prefetch_related("contacts")[:most]
    )


def matching(rows: ResidentQuerySet, text: str) -> ResidentQuerySet | None:
    """``rows`` narrowed by what was typed; None when nothing searchable was typed."""
    words = _words(text)
    if not words:
        return None
    for word in words:
        rows = rows.filter(_condition(word))
    return rows


def _words(text: str) -> list[str]:
    text = " ".join(text.split())
    # A pinyin name may be typed with spaces; an address holds together.
    return [text.replace(" ", "")] if _LATIN.match(text) or len(normalise(text)) in (15, 18) else text.split()[:4]


def _condition(word: str) -> Q | Exists:
    digits = word.translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    if len(normalise(word)) == 18 and normalise(word)[:17].isdigit():
        return Q(id_hash=hash_of(normalise(word)))
    if _DOOR.search(word):
        return _door(word)
    if digits.isdigit():
        return _phone(digits)
    if _LATIN.match(word):
        lower = word.lower().replace("'", "")
        return Q(initials__startswith=lower) | Q(pinyin__startswith=lower)
    grams = [g for g in name_grams(word) if len(g) == 2]
    return Q(grams__contains=grams) if grams else Q(name__startswith=word)


def _phone(digits: str) -> Exists | Q:
    own = Contact.objects.filter(resident=OuterRef("pk"))
    if len(digits) == 4:
        return Exists(own.filter(tail=digits))
    if len(digits) >= 7:
        return Exists(own.filter(phone__in=[f"+86{digits}", f"+86513{digits}", f"+86{digits.lstrip('0')}"]))
    return Q(pk__in=[])


def _door(word: str) -> Q:
    parts = read_address(word)
    if parts.number is None:
        return Q(pk__in=[])
    if parts.room == NONE:
        return Q(door__startswith=f"{parts.number}{parts.suffix}-")
    return Q(door=f"{parts.number}{parts.suffix}-{parts.room}")
