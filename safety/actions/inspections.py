"""One look at one piece. Looked at twice on a day it counts once; what fails opens a hazard, once; what was too quick is counted apart."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.captured import done_at, was_offline
from community_portal.casework.actions import in_source_words
from community_portal.casework.models import Attachment
from community_portal.casework.uploads import ReadFile, keep_photos
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, Refusal
from safety.actions.equipment import Place, find_piece, locked, move_piece, must_look, rules_at
from safety.actions.hazards import open_hazard
from safety.actions.inspection_flags import flag_of, mark_bulk
from safety.actions.rounds import came_late
from safety.actions.telling_equipment import tell_of_failure
from safety.models import Equipment, Hazard, Inspection, InspectionAnswer, InspectionItem, InspectionRound
from safety.queries.inspection_lists import list_for, list_known
from safety.workflow.equipment import AS_HAZARD, Answer, EquipmentKind, Seen, Standing
from safety.workflow.hazard_kinds import HazardSource, Level
from safety.workflow.states import HAZARD_OPEN

LONGEST = 3600  # a look of more than an hour is a page that stood open


@dataclass(frozen=True)
class Found:
    """What somebody saw: an answer by each item's code, words and a photo for what fails, how many seconds they looked, and where
    it stands when that is elsewhere. ``template`` is the list that they had before them."""

    answers: Mapping[str, str]
    words: Mapping[str, str] = field(default_factory=dict)
    photos: Mapping[str, ReadFile] = field(default_factory=dict)
    seconds: int = 0
    place: Place | None = None
    template: int | None = None


@transaction.atomic
def inspect(
    piece: Equipment,
    found: Found,
    *,
    key: str,
    by: User,
    at: dt.datetime,
    round: InspectionRound | None = None,
) -> tuple[Inspection, bool]:
    """The look that counts, and whether it is this one: the first of the day does, unless this one saw something else fail.

    Raises Refusal ``scrapped``, ``too_early``, ``missing`` and ``no_proof`` (fields named by the items), Changed for a round that is over.
    """
    round, piece = _as_it_is(round), locked(piece)
    must_look(by, piece.community_id)
    known = Inspection.objects.filter(by=by, key=key).select_related("equipment").first()
    if known is not None:
        return known, False
    moment = done_at(at)
    _must_be_possible(piece, round, moment)
    items = _items(piece, found, on=clock.local(moment).date())
    failed = _must_be_whole(items, found)
    first = Inspection.objects.filter(equipment=piece, on=clock.local(moment).date(), is_counted=True).first()
    if first is not None and not _something_new(first, failed):
        return first, False
    row = _write(piece, found, items, failed, key=key, by=by, at=at, round=round, first=first)
    _answer(row, piece, items, found, by=by, at=at)
    _after(row, piece, found, by=by, at=at)
    return row, True


def _as_it_is(round_: InspectionRound | None) -> InspectionRound | None:
    """Before the piece, as the end of a round does: whoever ends it and whoever looks wait for one another."""
    return InspectionRound.objects.select_for_update(no_key=True).get(pk=round_.pk) if round_ else None


def _must_be_possible(piece: Equipment, round_: InspectionRound | None, moment: dt.datetime) -> None:
    if piece.scrapped_at is not None and piece.scrapped_at <= moment:
        raise Refusal(
            _("%(piece)s 已经报废了（%(why)s），不用查。") % {"piece": piece, "why": piece.scrapped_why},
            code="scrapped",
            status=409,
        )
    if round_ is None:
        return
    if round_.community_id != piece.community_id:
        raise Refusal(_("这一件不在这个社区。"), code="elsewhere", status=409)
    if clock.local(moment).date() < round_.opens_on:
        raise Refusal(_("这次巡查还没到开始的日子。"), code="too_early", status=409)
    if round_.ended_at is not None and round_.ended_at < moment:
        raise Changed(_("情况有变：这次巡查已经结束了。"))


def _items(piece: Equipment, found: Found, *, on: dt.date) -> list[InspectionItem]:
    """Of the list that was before them, or of the one in force."""
    template = list_known(found.template, piece) or list_for(piece.kind, street=piece.community.street_id, on=on)
    if template is None:
        raise Refusal(_("这一种器材还没有检查单，请街道先发布。"), code="no_list", status=409)
    return list(template.items.all())


def _must_be_whole(items: list[InspectionItem], found: Found) -> list[InspectionItem]:
    """Every item answered, each failure shown or said; answers what fails."""
    for item in items:
        answer = found.answers.get(item.code, "")
        if answer not in Answer.values:
            raise Refusal(_("“%(item)s”还没有答。") % {"item": item}, code="missing", field=item.code)
        if answer == Answer.FAIL and item.code not in found.photos and len(_words_of(item, found)) < 2:
            told = _("“%(item)s”不好：请拍一张照片，拍不了就写一句。") % {"item": item}
            raise Refusal(told, code="no_proof", field=item.code)
    return [item for item in items if found.answers[item.code] == Answer.FAIL]


def _words_of(item: InspectionItem, found: Found) -> str:
    return read_text(found.words.get(item.code, ""), field=item.code)[:200]


def _something_new(first: Inspection, failed: list[InspectionItem]) -> bool:
    """Something fails that no look of that day saw fail."""
    rows = InspectionAnswer.objects.filter(
        inspection__equipment=first.equipment_id, inspection__on=first.on, result=Answer.FAIL
    )
    return bool({item.code for item in failed} - set(rows.values_list("item__code", flat=True)))


def _write(
    piece: Equipment,
    found: Found,
    items: list[InspectionItem],
    failed: list[InspectionItem],
    *,
    key: str,
    by: User,
    at: dt.datetime,
    round: InspectionRound | None,
    first: Inspection | None,
) -> Inspection:
    moment, place = done_at(at), _elsewhere(piece, found.place)
    started = moment - dt.timedelta(seconds=min(max(found.seconds, 0), LONGEST))
    return Inspection.objects.create(
        community_id=piece.community_id, round=round, equipment=piece, template_id=items[0].template_id,
        result=Seen.FAIL if failed else Seen.OK, on=clock.local(moment).date(), started_at=started, ended_at=moment,
        recorded_at=at, was_offline=was_offline(), by=by, key=key, is_counted=first is None,
        flag=flag_of(by, started, moment, rules_at(piece, clock.local(moment).date()).too_quick()),
        to_premises=place.premises if place else None, to_floor=place.floor if place else None,
        to_spot=place.spot if place else "",
    )  # fmt: skip


def _elsewhere(piece: Equipment, place: Place | None) -> Place | None:
    """Where it stands when that is not where it is registered. Raises Refusal beside ``to_spot`` and ``to_premises``."""
    if place is None or place == Place.of(piece):
        return None
    if place.premises.community_id != piece.community_id:
        raise Refusal(_("请选本社区的场所。"), code="elsewhere", field="to_premises")
    if not place.spot.strip():
        raise Refusal(_("请写在哪儿。"), code="no_spot", field="to_spot")
    return Place(place.premises, place.floor, read_text(place.spot, field="to_spot")[:60])


def _answer(
    row: Inspection, piece: Equipment, items: list[InspectionItem], found: Found, *, by: User, at: dt.datetime
) -> None:
    rows = []
    for item in items:
        answer = InspectionAnswer(
            inspection=row, item=item, result=found.answers[item.code], words=_words_of(item, found)
        )
        if answer.result == Answer.FAIL:
            answer.hazard, answer.photo = _hazard_of(piece, item, found, by=by, at=at)
        rows.append(answer)
    InspectionAnswer.objects.bulk_create(rows)


def open_hazard_of(piece: Equipment, code: str) -> Hazard | None:
    """The hazard that is open about this item of this piece, whatever version of the list asked."""
    rows = Hazard.objects.filter(
        state__in=HAZARD_OPEN, found_by_answers__inspection__equipment=piece, found_by_answers__item__code=code
    )
    return rows.select_related("case").order_by("pk").first()


def _hazard_of(
    piece: Equipment, item: InspectionItem, found: Found, *, by: User, at: dt.datetime
) -> tuple[Hazard, Attachment | None]:
    """The one that is open already, or a new one: a thing that fails twice is put right once."""
    photos = [found.photos[item.code]] if item.code in found.photos else []
    hazard = open_hazard_of(piece, item.code)
    if hazard is not None:
        kept = keep_photos(hazard.case, photos, by=by, at=at, is_public=False)
        return hazard, kept[0] if kept else None
    hazard = open_hazard(
        community=piece.community, kind=AS_HAZARD[EquipmentKind(piece.kind)],
        words=_said_of(piece, item, _words_of(item, found)), premises=piece.premises,
        place_text=piece.where_in_it, level=Level.GENERAL, source=HazardSource.ROUND, by=by, at=at, photos=photos, clause=item.clause,
    )  # fmt: skip
    tell_of_failure(piece, hazard, at=at)
    return hazard, hazard.case.attachments.order_by("-pk").first() if photos else None


def _said_of(piece: Equipment, item: InspectionItem, typed: str) -> str:
    what = in_source_words(EquipmentKind(piece.kind).label)
    return f"{what} {piece.code}，{in_source_words(Answer.FAIL.label)}：{item.words}。{typed}"


def _after(row: Inspection, piece: Equipment, found: Found, *, by: User, at: dt.datetime) -> None:
    """What was missing is found; what stands elsewhere is moved, at once or with the end of its round; many at once are marked."""
    mark_bulk(by, row.ended_at, rules_at(piece, row.on).too_quick())
    if piece.inspected_at is None or piece.inspected_at < row.ended_at:
        Equipment.objects.filter(pk=piece.pk).update(inspected_at=row.ended_at)
    if piece.state == Standing.MISSING:
        find_piece(piece, by=by, at=at)
    place = _elsewhere(piece, found.place)
    if place and (row.round is None or row.round.ended_at is not None):
        move_piece(piece, place, by=by, at=at, role_of=must_look)
    came_late(row, by=by, at=at)


@transaction.atomic
def not_found(
    piece: Equipment,
    *,
    key: str,
    by: User,
    at: dt.datetime,
    round: InspectionRound,
    words: str = "",
) -> Inspection:
    """Looked for in a round and not there. It is missing from the end of the round on, unless somebody finds it before."""
    round, piece = InspectionRound.objects.select_for_update(no_key=True).get(pk=round.pk), locked(piece)
    must_look(by, piece.community_id)
    known = Inspection.objects.filter(by=by, key=key).first()
    if known is not None:
        return known
    moment = done_at(at)
    _must_be_possible(piece, round, moment)
    row = Inspection.objects.create(
        community_id=piece.community_id, round=round, equipment=piece, result=Seen.NOT_FOUND,
        on=clock.local(moment).date(), started_at=moment, ended_at=moment, recorded_at=at, was_offline=was_offline(),
        by=by, key=key, words=read_text(words, field="words")[:200],
    )  # fmt: skip
    came_late(row, by=by, at=at)
    return row
