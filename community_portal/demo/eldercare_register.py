"""The elders of Longtian and Yuanxing on the register: how they live, who looked in on them and who is due, and assessments of each
level. Phones of both streets may keep what found no network."""

import datetime as dt
import io
import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw

from community_portal import clock
from community_portal.casework.uploads import ReadFile
from community_portal.demo.eldercare_adaptations import COLLEAGUE
from community_portal.demo.residents import Neighbours
from community_portal.demo.settle import Town
from community_portal.people.models import CareTag, Resident, User
from community_portal.people.register.queries import age_of
from community_portal.places.actions import set_keeps_forms
from community_portal.rules.actions import load_rulebook
from eldercare.ability import ITEMS, MOST_POINTS, Level
from eldercare.actions import assessments
from eldercare.actions.register import YOUNGEST, Contact, open_profile, record_welfare_visit, set_family
from eldercare.models import SIGNERS, ElderProfile, Hardship, Tier, WelfareVisit

OF_EACH_LEVEL = 14
SEEN = (
    "精神好，在择菜",
    "刚散步回来",
    "说膝盖疼，要去配药",
    "家里暖和，电热毯没有用",
    "孙女来过，心情好",
    "在看电视，说都好",
)
# Points in the middle of each band.
POINTS = {
    Level.INTACT: (90, 90),
    Level.MILD: (66, 89),
    Level.MODERATE: (46, 65),
    Level.SEVERE: (30, 45),
    Level.COMPLETE: (6, 29),
}
DAYS = {Tier.HIGH: 7, Tier.KEY: 30, Tier.GENERAL: 91}


@dataclass
class Telling:
    """What every part of this story needs."""

    town: Town
    luck: random.Random
    until: dt.datetime
    assessors: tuple[User, User]


def keep_register(town: Town, neighbours: Neighbours, *, until: dt.datetime) -> None:
    """Everybody of sixty or more of both communities, their visits, and the assessments."""
    load_rulebook(at=until)
    for code in ("ZX", "XH"):
        set_keeps_forms(town.streets[code], on=True, by=None)
    telling = Telling(town, random.Random(60), until, _assessors())
    for code in ("LT", "YX"):
        elders = [_open(telling, code, resident) for resident in _old_enough(neighbours, code, until)]
        _look_in(telling, code, elders)
        if code == "YX":
            _assess(telling, elders)
    _family_of_story(telling, neighbours)


def _assessors() -> tuple[User, User]:
    """The coordinator of the street and the colleague who goes along."""
    return User.objects.get(username="eldercare"), User.objects.get(username=COLLEAGUE)


def _old_enough(neighbours: Neighbours, code: str, until: dt.datetime) -> Iterable[Resident]:
    story = [one for one in neighbours.by_code.values() if one.community.code == code]
    ids = [one.pk for one in (*story, *neighbours.by_community[code])]
    rows = Resident.objects.filter(pk__in=ids, deceased_on__isnull=True, moved_out_on__isnull=True)
    day = clock.local(until).date()
    for resident in rows.select_related("community__street", "household__grid").order_by("pk"):
        if (age_of(resident, on=day) or 0) >= YOUNGEST:
            yield resident


def _open(telling: Telling, code: str, resident: Resident) -> ElderProfile:
    """As the tags of their file say; the officer of the grid opens it in the first days."""
    luck, tags = telling.luck, set(resident.care_tags)
    said: dict[str, Any] = {"living": "alone" if CareTag.LIVES_ALONE in tags else luck.choice(("spouse", "children"))}
    if CareTag.LOW_INCOME in tags or code == "YX" and luck.random() < 0.25:
        said |= {
            "hardship": luck.choice((Hardship.MINIMUM, Hardship.MARGINAL)),
            "hardship_proof": f"2026-{resident.pk:05d}",
        }
        said["hardship_valid_until"] = dt.date(telling.until.year + 1, 6, 30)
    if CareTag.DISABLED in tags or CareTag.IMMOBILE in tags:
        said |= {"disability": "physical", "disability_level": luck.randrange(1, 5)}
    at = clock.at_wall(telling.town.began_on("YX"), dt.time(9)) + dt.timedelta(days=luck.randrange(3))
    known = ElderProfile.objects.filter(resident=resident).first()
    return known or open_profile(resident, by=None, at=at, **said)


def _look_in(telling: Telling, code: str, elders: list[ElderProfile]) -> None:
    """As often as the tier asks; the last time of each settles what is due. Of a few nobody has been seen lately."""
    rows: list[WelfareVisit] = []
    for elder in elders:
        by = _visitor(telling, code, elder)
        every = DAYS[Tier(elder.tier)]
        last = telling.until - dt.timedelta(
            days=telling.luck.randrange(0, min(every, 40)), hours=telling.luck.randrange(1, 7)
        )
        if telling.luck.random() < 0.06:
            last -= dt.timedelta(days=every)
        if last <= elder.opened_at:
            continue
        moment = elder.opened_at + dt.timedelta(days=1, hours=1)
        while moment < last - dt.timedelta(days=2):
            words = telling.luck.choice(SEEN)
            rows.append(
                WelfareVisit(elder=elder, visited_at=moment, by=by, was_seen=True, words=words, recorded_at=moment)
            )
            moment += dt.timedelta(days=every)
        record_welfare_visit(elder, was_seen=True, words=telling.luck.choice(SEEN), by=by, at=last)
    WelfareVisit.objects.bulk_create(rows, ignore_conflicts=True)


def _visitor(telling: Telling, code: str, elder: ElderProfile) -> User:
    home = elder.resident.household
    officer = telling.town.officers.get(home.grid_id) if home and home.grid_id else None
    return officer or telling.town.receptionists[code]


def _assess(telling: Telling, elders: list[ElderProfile]) -> None:
    """Fourteen of each level, by two, with three signatures."""
    chosen = telling.luck.sample(elders, k=min(len(elders), OF_EACH_LEVEL * len(POINTS)))
    strokes = [_signature(telling.luck) for _n in range(6)]
    for n, elder in enumerate(chosen):
        low, high = list(POINTS.values())[n % len(POINTS)]
        _assess_one(telling, elder, telling.luck.randrange(low, high + 1), strokes)


def _assess_one(telling: Telling, elder: ElderProfile, points: int, strokes: list[ReadFile]) -> None:
    one, other = telling.assessors
    at = telling.until - dt.timedelta(days=telling.luck.randrange(1, 38), hours=telling.luck.randrange(1, 6))
    made = assessments.open_assessment(
        elder.resident,
        place="家里",
        informant=elder.resident.name,
        informant_relation="self",
        assessor_2=other,
        by=one,
        at=at,
    )
    assessments.answer_items(made, _answers(points, telling.luck), by=one, at=at)
    hands = telling.luck.sample(strokes, k=len(SIGNERS))
    signed = [assessments.Signature(part, file) for part, file in zip(SIGNERS, hands, strict=True)]
    assessments.close_assessment(made, signatures=signed, by=one, at=at)


def _answers(points: int, luck: random.Random) -> dict[str, int]:
    """A full set of so many points, the loss spread over the items by chance."""
    answers = {item.code: item.most for item in ITEMS}
    for _point in range(MOST_POINTS - points):
        code = luck.choice([code for code, score in answers.items() if score])
        answers[code] -= 1
    return answers


def _signature(luck: random.Random) -> ReadFile:
    """A few strokes of a finger."""
    image = Image.new("RGB", (400, 150), "white")
    points = [(30 + n * 40, luck.randrange(30, 120)) for n in range(9)]
    ImageDraw.Draw(image).line(points, fill="#2b2420", width=4)
    out = io.BytesIO()
    image.save(out, "PNG")
    return ReadFile(out.getvalue(), "signature.png", "image/png", "png", image.width, image.height)


def _family_of_story(telling: Telling, neighbours: Neighbours) -> None:
    """Whom to ring for the elder of story three."""
    elder = ElderProfile.objects.select_related("resident").get(resident=neighbours.by_code["xu"])
    people = [Contact("徐海燕", "女儿", "13800003311", is_guardian=True), Contact("徐海峰", "儿子", "13800003312")]
    set_family(elder, people, by=telling.assessors[0], at=telling.until)
