"""A round from its beginning to its end: what was not found is missing from then on, what stands elsewhere is moved, and the duty of
each place that was gone through is settled."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.dues.actions import settle_dues
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, Refusal
from safety.actions.equipment import Place, miss_piece, move_piece, must_look
from safety.equipment_dues import CHECKED
from safety.models import Equipment, Inspection, InspectionRound, Premises, RoundGap, RoundPremises
from safety.models.equipment import place_words
from safety.queries.rounds import Sight, standing_of
from safety.workflow.equipment import Gap, Seen, Standing

MOST_PREMISES = 40


@transaction.atomic
def start_round(
    premises: Iterable[Premises], *, title: str, opens_on: dt.date, due_on: dt.date, by: User, at: dt.datetime
) -> InspectionRound:
    """Over premises of one community, in this order. Raises Refusal beside ``premises``, ``title`` and ``due_on``."""
    places = list(premises)
    if not 1 <= len(places) <= MOST_PREMISES or len({place.community_id for place in places}) != 1:
        told = _("请选一个社区的场所，最多 %(n)s 个。") % {"n": MOST_PREMISES}
        raise Refusal(told, code="premises", field="premises")
    must_look(by, places[0].community_id)
    title = read_text(title, field="title")[:60]
    if not title:
        raise Refusal(_("请写一个名字，如 12 月灭火器月检。"), code="no_title", field="title")
    if due_on < opens_on:
        raise Refusal(_("结束要晚于开始。"), code="due", field="due_on")
    if not Equipment.objects.standing().filter(premises__in=places).exists():
        raise Refusal(_("这些场所还没有登记器材。"), code="nothing", field="premises")
    grids = {place.grid_id for place in places}
    made = InspectionRound.objects.create(
        community_id=places[0].community_id, grid_id=grids.pop() if len(grids) == 1 else None, title=title,
        opens_on=opens_on, due_on=due_on, started_at=at, started_by=by,
    )  # fmt: skip
    RoundPremises.objects.bulk_create(
        RoundPremises(round=made, premises=place, position=n) for n, place in enumerate(places)
    )
    return made


@transaction.atomic
def end_round(round_: InspectionRound, *, words: str, by: User, at: dt.datetime) -> InspectionRound:
    """Lists what was not found, not gone to and moved; moves are applied. Raises Refusal beside ``words`` when something was not
    gone to and nobody says why."""
    round_ = InspectionRound.objects.select_for_update(of=("self",)).select_related("community").get(pk=round_.pk)
    must_look(by, round_.community_id)
    if round_.ended_at is not None:
        raise Changed(_("情况有变：这次巡查已经结束了。"))
    words, sight = read_text(words, field="words")[:200], standing_of(round_)
    if sight.left and len(words) < 2:
        told = _("还有 %(n)s 件没去看，请写一句为什么。") % {"n": len(sight.left)}
        raise Refusal(told, code="not_all", field="words")
    RoundGap.objects.bulk_create(
        RoundGap(round=round_, equipment=piece, what=Gap.NOT_VISITED, words=words) for piece in sight.left
    )
    _missing(round_, sight, by=by, at=at)
    _moved(round_, sight, by=by, at=at)
    round_.ended_at, round_.ended_by, round_.pieces = at, by, len(sight.pieces)
    round_.not_all_why = words if sight.left else ""
    round_.save(update_fields=["ended_at", "ended_by", "pieces", "not_all_why"])
    _settle(round_, by=by, at=at)
    return round_


def _missing(round_: InspectionRound, sight: Sight, *, by: User, at: dt.datetime) -> None:
    for piece in sight.pieces:
        look = sight.seen.get(piece.pk)
        if look is not None and look.result == Seen.NOT_FOUND:
            RoundGap.objects.create(round=round_, equipment=piece, what=Gap.NOT_FOUND, words=look.words)
            miss_piece(piece, by=by, at=at, words=look.words)


def _moved(round_: InspectionRound, sight: Sight, *, by: User, at: dt.datetime) -> None:
    """By the newest look of this round at each."""
    looks = round_.inspections.filter(to_premises__isnull=False).select_related("to_premises", "equipment__premises")
    newest = {look.equipment_id: look for look in looks.order_by("ended_at", "pk")}
    for look in newest.values():
        place = Place(look.to_premises, look.to_floor, look.to_spot)  # type: ignore[arg-type]
        if place == Place.of(look.equipment) or look.equipment.state == Standing.SCRAPPED:
            continue
        words = f"{look.equipment.where} → {place_words(str(place.premises), place.floor, place.spot)}"
        RoundGap.objects.create(round=round_, equipment=look.equipment, what=Gap.MOVED, words=words[:320])
        move_piece(look.equipment, place, by=by, at=at, role_of=must_look)


def _settle(round_: InspectionRound, *, by: User, at: dt.datetime) -> None:
    """The duty of each place all of whose pieces somebody went to."""
    left = round_.gaps.filter(what=Gap.NOT_VISITED).values("equipment__premises")
    houses = round_.houses.exclude(premises__in=left).select_related("premises")
    settle_dues(
        tags={CHECKED}, refs={house.premises.ref for house in houses}, on=clock.local(at).date(),
        ref=f"round:{round_.pk}", by=by, at=at, words=round_.title,
    )  # fmt: skip


@transaction.atomic
def came_late(look: Inspection, *, by: User, at: dt.datetime) -> None:
    """A phone found its network after the round had ended: what it brings was done before, and closes the gap."""
    round_ = look.round
    if round_ is None or round_.ended_at is None:
        return
    RoundGap.objects.filter(round=round_, equipment=look.equipment, what=Gap.NOT_VISITED).delete()
    if look.result == Seen.NOT_FOUND:
        RoundGap.objects.get_or_create(
            round=round_, equipment=look.equipment, what=Gap.NOT_FOUND, defaults={"words": look.words}
        )
        miss_piece(look.equipment, by=by, at=at, words=look.words)
    _settle(round_, by=by, at=at)
