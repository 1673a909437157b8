"""Hazards for tests: the people of one, photos of before and after, and a hazard in any of its states, by its deeds."""

import datetime as dt
import io
import itertools
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageDraw

from community_portal.casework.uploads import ReadFile
from community_portal.matters.actions.steps import take
from community_portal.people.models import Membership, Organisation, Role, User
from community_portal.rules.actions import load_rulebook
from safety.actions import hazard_fixing, hazard_transfers, hazards
from safety.models import Hazard, Premises
from safety.queries.hazards import asked_now
from safety.workflow.states import Hazarding
from tests.cast import MONDAY, Cast
from tests.factories import make_member
from tests.safety.drilling import make_party

DAY = dt.timedelta(days=1)
DUE = MONDAY.date() + 3 * DAY
seen = itertools.count(1)


def picture(*, colour: int = 0, taken_at: dt.datetime | None = None) -> ReadFile:
    """Another one each time, unless a ``colour`` is named."""
    out, n = io.BytesIO(), colour or next(seen)
    Image.new("RGB", (24, 24), (n % 250, n * 7 % 250, n * 13 % 250)).save(
        out, "JPEG", quality=95, comment=f"{colour}-{n}".encode()
    )
    return ReadFile(out.getvalue(), f"{n}.jpg", "image/jpeg", "jpg", 24, 24, taken_at)


def signature() -> ReadFile:
    image, out = Image.new("RGB", (200, 80), "white"), io.BytesIO()
    ImageDraw.Draw(image).line((10, 60, 90, 20, 180, 50), fill="black", width=4)
    image.save(out, "PNG")
    return ReadFile(out.getvalue(), "signature.png", "image/png", "png", 200, 80)


@dataclass
class Watch:
    """Who answers for safety, a second one, the property company with its man, the fire brigade, the house."""

    cast: Cast
    safety: User
    other: User
    firm: Organisation
    fang: User
    fire: Organisation
    premises: Premises

    @property
    def building(self) -> Any:
        return self.premises.building


def make_watch(cast: Cast) -> Watch:
    load_rulebook(at=MONDAY)
    party = make_party(cast)
    firm = Organisation.objects.create(name="方圆物业", kind=Role.PROPERTY)
    fire = Organisation.objects.create(name="消防救援站", kind="fire")
    for one in (firm, fire):
        one.streets.add(cast.street)
    fire.contacts.create(name="王站长", phone="+8613800000119", since=dt.date(2020, 1, 1))
    fang = make_member(Role.PROPERTY, organisation=firm, username="fang", name="陈志强")
    Membership.objects.filter(user=fang).update(starts_on=dt.date(2020, 1, 1))
    party.premises.property_company = firm
    party.premises.save()
    return Watch(cast, party.safety, party.deputy, firm, fang, fire, party.premises)


def found(watch: Watch, **over: Any) -> Hazard:
    """Reported by a resident without a name, with a photo."""
    given: dict[str, Any] = {
        "community": watch.cast.home, "kind": "blocked_way", "words": "2 楼楼道堆了旧家具", "premises": watch.premises,
        "source": "resident", "by": None, "at": MONDAY, "code": "123456", "photos": [picture()],
    }  # fmt: skip
    return read(hazards.open_hazard(**given | over))


def read(hazard: Hazard) -> Hazard:
    joins = ("case__asker", "community__street", "handler", "organisation", "premises", "building", "estate")
    return Hazard.objects.select_related(*joins).get(pk=hazard.pk)


def verify(hazard: Hazard, watch: Watch, *, at: dt.datetime = MONDAY, **over: Any) -> Hazard:
    hazards.verify(hazard, **{"level": "general", "words": "看过", "by": watch.safety, "at": at} | over)
    return hazard


def assign(hazard: Hazard, watch: Watch, *, at: dt.datetime = MONDAY, **over: Any) -> Hazard:
    given = {"officer": watch.safety, "organisation": watch.firm, "due_on": DUE, "by": watch.safety, "at": at}
    hazard_fixing.assign(hazard, **given | over)
    return hazard


def submit(hazard: Hazard, watch: Watch, *, at: dt.datetime = MONDAY + DAY, **over: Any) -> Hazard:
    given = {"words": "搬走了", "photos": [picture(taken_at=at)], "by": watch.fang, "at": at}
    hazard_fixing.submit(hazard, **given | over)
    return hazard


def pass_look(hazard: Hazard, watch: Watch, *, at: dt.datetime = MONDAY + 2 * DAY, **over: Any) -> Hazard:
    given = {
        "answers": dict.fromkeys(asked_now(hazard), True),
        "signature": signature(),
        "by": watch.cast.officer,
        "at": at,
    }
    hazard_fixing.pass_look(hazard, **given | over)
    return hazard


def fix(hazard: Hazard, watch: Watch, *, at: dt.datetime = MONDAY, **over: Any) -> Hazard:
    hazards.fix(hazard, **{"words": "当场搬走", "photos": [picture()], "by": watch.safety, "at": at} | over)
    return hazard


def transfer(hazard: Hazard, watch: Watch, *, at: dt.datetime = MONDAY, **over: Any) -> str:
    given = {"body": watch.fire, "words": "请拆掉限高杆", "by": watch.safety, "at": at}
    return hazard_transfers.transfer(hazard, **given | over)


def bring_to(state: str, watch: Watch, hazard: Hazard | None = None) -> Hazard:
    """From the report into a state, by whoever does it."""
    hazard = hazard or found(watch)
    if state in (Hazarding.REPORTED, Hazarding.NOT_HAZARD, Hazarding.DUPLICATE, Hazarding.PASSED_ON, Hazarding.FIXED):
        ENDS.get(state, lambda hazard, watch: None)(hazard, watch)
        return read(hazard)
    verify(hazard, watch)
    if state == Hazarding.TRANSFERRED:
        transfer(hazard, watch)
    ways = (Hazarding.ASSIGNED, Hazarding.IN_PROGRESS, Hazarding.SUBMITTED, Hazarding.CLOSED)
    for step in ways[: ways.index(Hazarding(state)) + 1] if state in ways else ():
        WAYS[step](hazard, watch)
    return read(hazard)


def _begin(hazard: Hazard, watch: Watch) -> None:
    hazard_fixing.begin(hazard, by=watch.fang, at=MONDAY)


def _no_hazard(hazard: Hazard, watch: Watch) -> None:
    take(hazard, "not_hazard", words="是装修垃圾，当天运走", by=watch.safety, at=MONDAY)


def _copy(hazard: Hazard, watch: Watch) -> None:
    hazards.duplicate(hazard, first=found(watch), by=watch.safety, at=MONDAY)


def _wire(hazard: Hazard, watch: Watch) -> None:
    hazards.pass_on(hazard, words="从 3 楼拉下来", by=watch.safety, at=MONDAY)


WAYS: dict[Any, Any] = {
    Hazarding.ASSIGNED: assign,
    Hazarding.IN_PROGRESS: _begin,
    Hazarding.SUBMITTED: submit,
    Hazarding.CLOSED: pass_look,
}
ENDS: dict[Any, Any] = {
    Hazarding.NOT_HAZARD: _no_hazard,
    Hazarding.DUPLICATE: _copy,
    Hazarding.PASSED_ON: _wire,
    Hazarding.FIXED: fix,
}
