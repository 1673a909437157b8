"""What comes due for equipment: a look at all that stands at a place, and for each piece its service and its end.

Of the pieces only those that come due within ninety days have an item: of a hundred thousand these are few.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal.dues.actions import put_turns, take_back
from community_portal.dues.kinds import DueKind, Last, Subject, Turn, each_period, months_after
from community_portal.people.models import Role
from safety.equipment_rules import AHEAD, EquipmentRules, Term, rules_by_street
from safety.managed import subject_of, with_company
from safety.models.equipment import Equipment
from safety.models.premises import Premises
from safety.workflow.equipment import Standing
from safety.workflow.states import READERS

MIDDLE = 15
CHECKED, SERVICED, SCRAPPED = "equipment_check", "equipment_service", "equipment_scrap"  # the deeds that settle them


# ---- a look at all that stands at a place ------------------------------------------------------------------------------
def places_with_equipment(on: dt.date) -> Any:
    stands = Equipment.objects.standing().filter(premises=OuterRef("pk"))
    rows = Premises.objects.filter(Exists(stands), since__lte=on).exclude(until__lt=on)
    return with_company(rows, on=on).order_by("pk")


def _places(on: dt.date) -> Iterator[Subject]:
    rules = rules_by_street(on)
    for premises in places_with_equipment(on).iterator(2000):
        if term := rules(premises.community.street_id).check(premises.kind):
            yield subject_of(premises, term)


def next_check(subject: Subject, last: Last | None, on: dt.date) -> Turn | None:
    """In each month, or in each half of it."""
    months, clause = subject.terms["months"], subject.terms["clause"]
    if months >= 1:
        return each_period(int(months), clause=clause)(subject, last, on)
    if last and last.done_on is None:
        return _half(last.starts_on, clause)
    current = _half(max(on, subject.since), clause)
    if last and last.starts_on >= current.starts_on:
        return _half(current.due_on + dt.timedelta(days=1), clause)
    return current


def _half(day: dt.date, clause: str) -> Turn:
    """The half of the month that holds this day."""
    if day.day <= MIDDLE:
        return Turn(day.replace(day=1), day.replace(day=1), day.replace(day=MIDDLE), clause)
    last = months_after(day.replace(day=1), 1) - dt.timedelta(days=1)
    return Turn(day.replace(day=MIDDLE + 1), day.replace(day=MIDDLE + 1), last, clause)


CHECK = DueKind(
    name="safety_equipment_check",
    label=_("消防器材巡查"),
    icon="clipboard-check",
    role=Role.SAFETY,
    subjects=_places,
    next_turn=next_check,
    url=lambda ref: f"{reverse('new_inspection_round')}?premises={ref.partition(':')[2]}",
    tags=frozenset({CHECKED}),
    readers=READERS | {Role.PROPERTY},
    hue="vermilion",
)


# ---- service and end of one piece --------------------------------------------------------------------------------------
def _piece(piece: Equipment, due: dt.date, term: Term | None) -> Subject:
    return Subject(
        ref=piece.ref,
        label=f"{piece} · {piece.where}",
        community_id=piece.community_id,
        since=due - AHEAD,
        grid_id=piece.grid_id,
        organisation_id=piece.organisation_id,
        terms={"due": due, "clause": term.clause if term else ""},
    )


def _to_service(piece: Equipment, rules: EquipmentRules) -> Subject | None:
    due, term = piece.service_due_on, rules.service(piece.kind, is_first=piece.serviced_on is None)
    return _piece(piece, due, term) if due else None


def _to_scrap(piece: Equipment, rules: EquipmentRules) -> Subject | None:
    return _piece(piece, piece.scrap_on, rules.scrap(piece.kind)) if piece.scrap_on else None


def _coming(day: str, on: dt.date) -> Iterator[Equipment]:
    rows = Equipment.objects.filter(state=Standing.IN_USE, **{f"{day}__lte": on + AHEAD})
    pieces: Iterator[Equipment] = rows.select_related("community", "premises").order_by("pk").iterator(2000)
    return pieces


def _pieces_to_service(on: dt.date) -> Iterator[Subject]:
    rules = rules_by_street(on)
    for piece in _coming("service_due_on", on):
        if subject := _to_service(piece, rules(piece.community.street_id)):
            yield subject


def _pieces_to_scrap(on: dt.date) -> Iterator[Subject]:
    rules = rules_by_street(on)
    for piece in _coming("scrap_on", on):
        if subject := _to_scrap(piece, rules(piece.community.street_id)):
            yield subject


def _once(subject: Subject, last: Last | None, _on: dt.date) -> Turn:
    """It begins ninety days before. A day that was put right moves the turn that is open; whoever was serviced has another."""
    due = subject.terms["due"]
    starts = last.starts_on if last and last.done_on is None else due - AHEAD
    return Turn(starts, due - AHEAD, due, subject.terms["clause"])


def _of_a_piece(name: str, label: Any, icon: str, subjects: Any) -> DueKind:
    return DueKind(
        name=f"safety_{name}",
        label=label,
        icon=icon,
        role=Role.SAFETY,
        subjects=subjects,
        next_turn=_once,
        url=lambda ref: reverse("equipment_of_due", args=[int(ref.partition(":")[2])]),
        tags=frozenset({name}),
        readers=READERS | {Role.PROPERTY},
        hue="vermilion",
    )


SERVICE = _of_a_piece(SERVICED, _("器材送去维修"), "tools", _pieces_to_service)
SCRAP = _of_a_piece(SCRAPPED, _("器材到年限报废"), "trash", _pieces_to_scrap)
EQUIPMENT_DUES = (CHECK, SERVICE, SCRAP)  # registered by safety/dues.py


def follow_pieces(pieces: Iterable[Equipment], rules: EquipmentRules, *, on: dt.date, at: dt.datetime) -> None:
    """New or changed: what is due for them follows at once, a few statements however many they are."""
    for kind, make, day in ((SERVICE, _to_service, "service_due_on"), (SCRAP, _to_scrap, "scrap_on")):
        wanted, gone = [], []
        for piece in pieces:
            due = getattr(piece, day)
            subject = make(piece, rules) if piece.state == Standing.IN_USE and due and due <= on + AHEAD else None
            wanted += [subject] if subject else []
            gone += [] if subject else [piece.ref]
        if wanted:
            put_turns(kind, wanted, on=on, at=at)
        take_back(refs=gone, kinds=[kind.name], at=at)


def follow_places(places: Iterable[int], rules: EquipmentRules, *, on: dt.date, at: dt.datetime) -> None:
    """Of premises by their ids: where something stands there is a look due; where nothing stands any more there is none."""
    asked = list(with_company(Premises.objects.filter(pk__in=places), on=on))
    with_some = set(Equipment.objects.standing().filter(premises__in=asked).values_list("premises", flat=True))
    here = [place for place in asked if place.pk in with_some]
    subjects = [subject_of(place, term) for place in here if (term := rules.check(place.kind))]
    if subjects:
        put_turns(CHECK, subjects, on=on, at=at)
    take_back(refs=[place.ref for place in asked if place.pk not in with_some], kinds=[CHECK.name], at=at)
