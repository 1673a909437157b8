"""The life of a piece of equipment: registered, changed, moved, sent to service and back, lost and found, scrapped. Each is a line of
its history; what is due for it follows in the same deed."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.dues.actions import settle_dues
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.editions import must_be
from safety.equipment_dues import SCRAPPED, SERVICED, follow_pieces, follow_places
from safety.equipment_rules import EquipmentRules, set_dates
from safety.models import Equipment, EquipmentEvent, Premises
from safety.rights import has_one_of
from safety.workflow.equipment import INSPECTORS, Standing, Told
from safety.workflow.states import PLANNERS

CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,15}")
FLOORS = range(-5, 121)


@dataclass(frozen=True)
class Place:
    """Where a piece stands."""

    premises: Premises
    floor: int | None
    spot: str

    @classmethod
    def of(cls, piece: Equipment) -> "Place":
        return cls(piece.premises, piece.floor, piece.spot)


def must_keep(by: User | None, community_id: int) -> None:
    if not has_one_of(by, community_id, PLANNERS):
        raise NotAllowed(_("消防器材由安全专员或书记来登记。"))


def must_look(by: User | None, community_id: int) -> None:
    if not has_one_of(by, community_id, INSPECTORS):
        raise NotAllowed(_("消防器材由安全专员、网格员或书记来查。"))


def locked(piece: Equipment) -> Equipment:
    """One after the other: what becomes of a piece is asked of how it is now."""
    rows = Equipment.objects.select_for_update(of=("self",)).select_related("premises", "community", "organisation")
    return rows.get(pk=piece.pk)


def rules_at(piece: Equipment, on: dt.date) -> EquipmentRules:
    return EquipmentRules(piece.community.street_id, on)


def note(piece: Equipment, what: Told, *, by: User | None, at: dt.datetime, words: str = "", was: str = "") -> None:
    EquipmentEvent.objects.create(
        equipment=piece, what=what, premises=piece.premises, floor=piece.floor, spot=piece.spot, was=was[:150],
        words=words[:200], by=by, at=at,
    )  # fmt: skip


def _follow(piece: Equipment, *, at: dt.datetime, left: Premises | None = None) -> None:
    on, rules = clock.local(at).date(), rules_at(piece, clock.local(at).date())
    follow_pieces([piece], rules, on=on, at=at)
    follow_places([place.pk for place in (piece.premises, left) if place], rules, on=on, at=at)


def must_make_sense(piece: Equipment, *, on: dt.date) -> None:
    """Raises Refusal beside the field that cannot be."""
    if not CODE.fullmatch(piece.code):
        raise Refusal(_("编号用大写字母、数字和短横，如 MF-0231。"), code="bad_code", field="code")
    if piece.floor is not None and piece.floor not in FLOORS:
        raise Refusal(_("没有这一层。"), code="no_floor", field="floor")
    if piece.made_on > on:
        raise Refusal(_("出厂不能在将来。"), code="made_later", field="made_on")
    if piece.serviced_on and not piece.made_on <= piece.serviced_on <= on:
        raise Refusal(_("上次维修要在出厂以后、今天以前。"), code="serviced_before", field="serviced_on")
    if piece.maker_scrap_on and piece.maker_scrap_on <= piece.made_on:
        raise Refusal(_("报废要晚于出厂。"), code="scrap_before", field="maker_scrap_on")


@transaction.atomic
def register_piece(piece: Equipment, *, by: User | None, at: dt.datetime) -> Equipment:
    """A new one. Raises Refusal beside ``code`` for one that is there already."""
    must_keep(by, piece.premises.community_id)
    on = clock.local(at).date()
    piece.code = piece.code.strip().upper()
    must_make_sense(piece, on=on)
    piece.community, piece.grid = piece.premises.community, piece.premises.grid
    piece.registered_at = at
    set_dates(piece, rules_at(piece, on))
    try:
        with transaction.atomic():
            piece.save(force_insert=True)
    except IntegrityError as error:
        raise Refusal(_("这个编号已经有了。"), code="twice", field="code", status=409) from error
    note(piece, Told.REGISTERED, by=by, at=at)
    _follow(piece, at=at)
    return piece


@transaction.atomic
def change_piece(
    piece: Equipment, *, facts: dict[str, Any], by: User | None, at: dt.datetime, seen: str | None = None
) -> Equipment:
    """Other facts than where it stands. Raises Changed when it is not any more what the page showed (``seen`` is an edition)."""
    piece = locked(piece)
    must_keep(by, piece.community_id)
    must_be(seen, piece)
    _must_stand(piece)
    for name, value in facts.items():
        setattr(piece, name, value)
    on = clock.local(at).date()
    must_make_sense(piece, on=on)
    set_dates(piece, rules_at(piece, on))
    piece.save()
    note(piece, Told.CHANGED, by=by, at=at)
    _follow(piece, at=at)
    return piece


def _must_stand(piece: Equipment) -> None:
    if piece.state == Standing.SCRAPPED:
        raise Refusal(_("这一件已经报废了。"), code="scrapped", status=409)


@transaction.atomic
def move_piece(
    piece: Equipment, place: Place, *, by: User | None, at: dt.datetime, words: str = "", role_of: Any = must_keep
) -> Equipment:
    """It stands elsewhere now. Raises Refusal ``same_place`` where it stands there already."""
    piece = locked(piece)
    role_of(by, piece.community_id)
    _must_stand(piece)
    spot = read_text(place.spot, field="spot")[:60]
    if not spot:
        raise Refusal(_("请写在哪儿。"), code="no_spot", field="spot")
    if place.premises.community_id != piece.community_id:
        raise Refusal(_("请选本社区的场所。"), code="elsewhere", field="premises")
    if place.floor is not None and place.floor not in FLOORS:
        raise Refusal(_("没有这一层。"), code="no_floor", field="floor")
    if (piece.premises_id, piece.floor, piece.spot) == (place.premises.pk, place.floor, spot):
        raise Refusal(_("它本来就在这里。"), code="same_place", field="spot")
    was, left = piece.where, piece.premises
    piece.premises, piece.grid, piece.floor, piece.spot = place.premises, place.premises.grid, place.floor, spot
    piece.from_stairs_m = None
    piece.save(update_fields=["premises", "grid", "floor", "spot", "from_stairs_m"])
    note(piece, Told.MOVED, by=by, at=at, words=words, was=was)
    _follow(piece, at=at, left=left)
    return piece


@transaction.atomic
def send_to_service(piece: Equipment, *, by: User | None, at: dt.datetime, words: str = "") -> None:
    """It is away; nobody looks for it in a round."""
    piece = _locked_to_keep(piece, by)
    if piece.state == Standing.AT_SERVICE:
        raise Changed(_("情况有变：它已经送去维修了。"))
    _become(piece, Standing.AT_SERVICE, Told.SENT, by=by, at=at, words=words)


@transaction.atomic
def service_piece(piece: Equipment, *, on: dt.date, by: User | None, at: dt.datetime, words: str = "") -> None:
    """Serviced on that day, and back in its place: its next service is due by the rule."""
    piece = _locked_to_keep(piece, by)
    today = clock.local(at).date()
    if not max(piece.made_on, piece.serviced_on or piece.made_on) <= on <= today:
        raise Refusal(_("维修的日子要在上次以后、今天以前。"), code="bad_day", field="on")
    piece.serviced_on = on
    set_dates(piece, rules_at(piece, today))
    piece.save(update_fields=["serviced_on", "service_due_on", "scrap_on"])
    settle_dues(tags={SERVICED}, refs={piece.ref}, on=on, ref=f"equipment:{piece.pk}", by=by, at=at, words=words)
    _become(piece, Standing.IN_USE, Told.SERVICED, by=by, at=at, words=words)


@transaction.atomic
def scrap_piece(piece: Equipment, *, words: str, by: User | None, at: dt.datetime) -> None:
    """For good, with words; its code goes on saying so."""
    piece = _locked_to_keep(piece, by)
    words = read_text(words, field="words")[:120]
    if len(words) < 2:
        raise Refusal(_("请写一句为什么报废。"), code="no_words", field="words")
    on = clock.local(at).date()
    settle_dues(tags={SCRAPPED}, refs={piece.ref}, on=on, ref=f"equipment:{piece.pk}", by=by, at=at, words=words)
    piece.scrapped_at, piece.scrapped_why = at, words
    _become(piece, Standing.SCRAPPED, Told.SCRAPPED, by=by, at=at, words=words)


@transaction.atomic
def find_piece(piece: Equipment, *, by: User | None, at: dt.datetime, words: str = "") -> None:
    """It is there after all."""
    piece = locked(piece)
    must_look(by, piece.community_id)
    if piece.state != Standing.MISSING:
        raise Changed(_("情况有变：它已经找到了。"))
    _become(piece, Standing.IN_USE, Told.FOUND, by=by, at=at, words=words)


@transaction.atomic
def miss_piece(piece: Equipment, *, by: User | None, at: dt.datetime, words: str = "") -> None:
    """Looked for where it should stand, and not found."""
    piece = locked(piece)
    must_look(by, piece.community_id)
    _must_stand(piece)
    if piece.state != Standing.MISSING:
        _become(piece, Standing.MISSING, Told.MISSING, by=by, at=at, words=words)


def _locked_to_keep(piece: Equipment, by: User | None) -> Equipment:
    piece = locked(piece)
    must_keep(by, piece.community_id)
    _must_stand(piece)
    return piece


def _become(piece: Equipment, state: Standing, what: Told, *, by: User | None, at: dt.datetime, words: str) -> None:
    piece.state = state
    piece.save(update_fields=["state", "scrapped_at", "scrapped_why"])
    note(piece, what, by=by, at=at, words=read_text(words, field="words"))
    _follow(piece, at=at)
