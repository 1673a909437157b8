"""Equipment of every community of the city, taken over from workbooks, in every state of life: new, in order, failing, to be serviced,
late, away, missing, scrapped. And rounds: of the last months all at once, one of Chang'an on the way today."""

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from community_portal import clock
from community_portal.demo.life import DAY, Life
from community_portal.demo.safety_drills import PLACE as DRILL_PLACE
from community_portal.demo.safety_drills import drilled_houses
from community_portal.dues.kinds import months_after
from community_portal.people.models import User
from community_portal.people.staff.memberships import staff_at
from community_portal.places.models import Building, Community
from community_portal.rules.actions import load_rulebook
from safety.actions import equipment as deeds
from safety.actions.equipment_import import Draft, import_pieces
from safety.actions.inspection_lists import load_general
from safety.actions.inspections import Found, inspect, not_found
from safety.actions.rounds import end_round, start_round
from safety.models import Equipment, Inspection, InspectionAnswer, InspectionRound, Premises, PremisesKind
from safety.queries.inspection_lists import list_for
from safety.workflow.equipment import Answer, EquipmentKind, Seen

STORY = "CA"
AT_LEAST = 660
HOUSES, FLOORS = 4, 8
# kind, its letters, what is written on it, how many of a hundred
KINDS = (
    (EquipmentKind.POWDER, "MF", "4 公斤干粉", 58), (EquipmentKind.WATER, "MS", "3 升水基", 8), (EquipmentKind.CO2, "MT", "3 公斤", 4),
    (EquipmentKind.HYDRANT, "XH", "DN65", 14), (EquipmentKind.LIGHT, "YD", "", 8), (EquipmentKind.DOOR, "FM", "甲级", 5),
    (EquipmentKind.SMOKE, "YG", "", 3),
)  # fmt: skip
SPOTS = ("楼梯口", "电梯厅", "走道东头", "走道西头")


@dataclass
class Story:
    life: Life
    chance: random.Random
    count: int = 0


def plan_equipment(life: Life) -> None:
    story = Story(life, random.Random("equipment"))
    days = life.days()
    life.at(clock.at_wall(days[0], dt.time(8, 30)), lambda at: _register(story, at=at))
    last = clock.local(life.until).date()
    life.at(clock.at_wall(last - 4 * DAY, dt.time(9)), lambda at: _become(story, at=at))
    life.at(clock.at_wall(last - 3 * DAY, dt.time(9)), lambda at: _whole_round(story, at=at))
    life.at(clock.at_wall(last - 1 * DAY, dt.time(9)), lambda at: _round_of_the_story(story, at=at))


def _keeper(community: Community, on: dt.date) -> User | None:
    return staff_at(community.pk, "safety", "manager", on=on).order_by("id").first()


# ---- the register --------------------------------------------------------------------------------------------------------
def _register(story: Story, *, at: dt.datetime) -> None:
    """As many in each community as are wanted in all; each a workbook of its own."""
    load_rulebook(at=at)
    load_general(at=at)
    towns = story.life.town.communities
    share = -(-AT_LEAST // len(towns))
    for code, community in towns.items():
        places = _places(community, clock.local(at).date())
        drafts = [_draft(story, code, places[n % len(places)], n, on=clock.local(at).date()) for n in range(share)]
        import_pieces(drafts, community, by=None, at=at)


def _places(community: Community, on: dt.date) -> list[Premises]:
    """The houses that safety knows already, those of the drill among them; where it knows none, some of the address book."""
    if community.code == DRILL_PLACE:
        return drilled_houses(community)
    known = list(Premises.objects.filter(community=community, kind=PremisesKind.HOMES).order_by("pk")[:HOUSES])
    return known or [_house_of(building, on) for building in _buildings(community)[:HOUSES]]


def _buildings(community: Community) -> Any:
    houses = Building.objects.filter(estate__community=community).select_related("estate__community")
    return houses.order_by("estate", "number")


def _house_of(house: Building, on: dt.date) -> Premises:
    facts = {"building": house, "grid": house.grid, "kind": PremisesKind.HOMES, "floors": house.floors, "since": on}
    name = f"{house.estate} {house}"
    return Premises.objects.get_or_create(community=house.estate.community, name=name, defaults=facts)[0]


def _draft(story: Story, code: str, place: Premises, n: int, *, on: dt.date) -> Draft:
    story.count += 1
    kind, letters, spec, _share = story.chance.choices(KINDS, [share for *_rest, share in KINDS])[0]
    age = story.chance.choice((1, 5, 9, 14, 20, 26, 33, 40, 47, 54, 57))
    made = months_after(on, -age)
    floor = n // HOUSES % FLOORS + 1
    return Draft(
        code=f"{letters}-{code}{n:03d}", kind=kind, spec=spec, premises=place.name, floor=floor,
        spot=SPOTS[n // (HOUSES * FLOORS) % len(SPOTS)], from_stairs_m=2 + 4 * (n // (HOUSES * FLOORS) % len(SPOTS)),
        made_on=f"{made}", serviced_on=_serviced(kind, made, on), responsible="物业维保" if n % 3 else "",
    )  # fmt: skip


def _serviced(kind: str, made: dt.date, on: dt.date) -> str:
    """What is tested each year was tested within one; but for a few, which are late."""
    if kind in (EquipmentKind.POWDER, EquipmentKind.CO2):
        return ""
    tested = max(made, months_after(on, -7))
    return f"{tested}" if kind != EquipmentKind.LIGHT or made.month % 4 else ""


# ---- states of life ------------------------------------------------------------------------------------------------------
def _become(story: Story, *, at: dt.datetime) -> None:
    """Two away at service, two serviced and back, one scrapped in each of the places with somebody for safety."""
    for code in (STORY, "HQ", "XF"):
        community = story.life.town.communities[code]
        by = _keeper(community, clock.local(at).date())
        pieces = list(Equipment.objects.filter(community=community, kind=EquipmentKind.POWDER).order_by("made_on")[:5])
        for piece in pieces[:2]:
            deeds.send_to_service(piece, by=by, at=at, words="压力偏低")
        for piece in pieces[2:4]:
            deeds.service_piece(piece, on=clock.local(at).date(), by=by, at=at, words="换粉、换密封圈")
        for piece in pieces[4:]:
            deeds.scrap_piece(piece, words="瓶身锈穿", by=by, at=at)


# ---- rounds --------------------------------------------------------------------------------------------------------------
def _whole_round(story: Story, *, at: dt.datetime) -> None:
    """Of Huaqiao and Xingfu: looked at as a whole, set by set, with nothing wrong but one that was not found."""
    for code in ("HQ", "XF"):
        community = story.life.town.communities[code]
        by, on = _keeper(community, clock.local(at).date()), clock.local(at).date()
        if by is None:
            continue
        round_ = _begin(community, by=by, at=at)
        pieces = list(
            Equipment.objects.filter(premises__in=round_.houses.values("premises"), state="in_use").order_by("code")
        )
        _look_at_all(pieces[1:], round_, by=by, at=at, on=on)
        not_found(pieces[0], key=f"demo-{round_.pk}", by=by, at=at, round=round_, words="箱子是空的")
        end_round(round_, words="", by=by, at=at + dt.timedelta(hours=3))


def _begin(community: Community, *, by: User, at: dt.datetime) -> InspectionRound:
    on = clock.local(at).date()
    places = Premises.objects.filter(community=community, equipment__isnull=False).distinct().order_by("name")
    return start_round(
        list(places)[:HOUSES], title=f"{on.month} 月消防器材巡查", opens_on=on.replace(day=1),
        due_on=months_after(on.replace(day=1), 1) - DAY, by=by, at=at,
    )  # fmt: skip


def _look_at_all(pieces: list[Equipment], round_: InspectionRound, *, by: User, at: dt.datetime, on: dt.date) -> None:
    """A minute each, three statements."""
    street = round_.community.street_id
    lists = {kind: list_for(kind, street=street, on=on) for kind in {piece.kind for piece in pieces}}
    looks = Inspection.objects.bulk_create(
        Inspection(
            community_id=round_.community_id, round=round_, equipment=piece, template=lists[piece.kind], result=Seen.OK,
            on=on, started_at=at + dt.timedelta(seconds=60 * n), ended_at=at + dt.timedelta(seconds=60 * n + 40),
            recorded_at=at + dt.timedelta(seconds=60 * n + 40), by=by, key=f"demo-{round_.pk}-{n}", is_counted=True,
        )
        for n, piece in enumerate(pieces)
    )  # fmt: skip
    InspectionAnswer.objects.bulk_create(
        InspectionAnswer(inspection=look, item=item, result=Answer.OK)
        for look in looks
        for item in look.template.items.all()  # type: ignore[union-attr]
    )
    for look in looks:
        look.equipment.inspected_at = look.ended_at
    Equipment.objects.bulk_update([look.equipment for look in looks], ["inspected_at"])


def _round_of_the_story(story: Story, *, at: dt.datetime) -> None:
    """Chang'an: two thirds of the way, three pieces failing, one moved, two looked at too quickly; still open."""
    community = story.life.town.communities[STORY]
    by = _keeper(community, clock.local(at).date())
    if by is None:
        return
    round_ = _begin(community, by=by, at=at)
    houses = round_.houses.values("premises")
    pieces = list(
        Equipment.objects.filter(premises__in=houses, state="in_use").select_related("premises").order_by("code")
    )
    for n, piece in enumerate(pieces[:24]):
        found = _found(piece, fails=n in (4, 11, 17), seconds=3 if n in (20, 21) else 42, moved=n == 8, at=at)
        inspect(piece, found, key=f"demo-{n}", by=by, at=at + dt.timedelta(minutes=n), round=round_)


def _found(piece: Equipment, *, fails: bool, seconds: int, moved: bool, at: dt.datetime) -> Found:
    template = list_for(piece.kind, street=None, on=clock.local(at).date())
    codes = [item.code for item in template.items.all()] if template else []
    answers: dict[str, Any] = dict.fromkeys(codes, Answer.OK)
    words = {codes[1]: "用手一碰就掉了"} if fails else {}
    place = deeds.Place(piece.premises, piece.floor, "电梯厅东侧") if moved else None
    return Found(answers=answers | dict.fromkeys(words, Answer.FAIL), words=words, seconds=seconds, place=place)
