"""Who builds charging in Fumin, and how people there were asked: meetings of five sides, votes of owners."""

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

from django.contrib.auth.hashers import make_password

from charging.models import Site
from community_portal.casework.uploads import ReadFile
from community_portal.deliberations.actions.ballots import record_ballot
from community_portal.deliberations.actions.meetings import Invited, call_meeting, hold_meeting, write_minutes
from community_portal.deliberations.actions.rolls import Unit, put_roll
from community_portal.deliberations.actions.votes import confirm_count, draw_up_vote, open_vote
from community_portal.deliberations.models import Vote
from community_portal.deliberations.topics import topic_of
from community_portal.demo.settle import Town
from community_portal.people.models import Membership, Organisation, Role, User

DAY = dt.timedelta(days=1)
SIDES = {"residents": 8, "community": 2, "property": 2, "street": 1, "utility": 1}


class Crew(NamedTuple):
    charger: User
    street: User
    builder: User
    firm: Organisation
    third: Organisation


def crew_of(town: Town) -> Crew:
    """The specialist and the street's officer who have accounts, a builder and a third party that came long before."""
    street = town.streets["ZH"]
    firm = Organisation.objects.create(name="中兴电力安装", kind=Role.CONTRACTOR, phone="0513-80004109")
    third = Organisation.objects.create(name="江海消防检测", kind=Role.ASSESSOR, phone="0513-80004110")
    for one in (firm, third):
        one.streets.add(street)
        town.organisations[one.name] = one
    builder = User.objects.create(username="zh-builder", name="曹建国", password=make_password(None))
    Membership.objects.create(
        user=builder, role=Role.CONTRACTOR, organisation=firm, starts_on=town.first_day - 1200 * DAY
    )
    charger, officer = (User.objects.get(username=name) for name in ("charging", "street-zh"))
    return Crew(charger, officer, builder, firm, third)


def hold_a_meeting(site: Site, crew: Crew, *, at: dt.datetime) -> None:
    meeting = call_meeting(
        topic_of(site), kind="consultation", title=f"{site.full_name}装充电口座谈会"[:120], starts_at=at, place="富民会客厅",
        parties=[Invited(side) for side in SIDES], by=crew.charger, at=at - 3 * DAY,
    )  # fmt: skip
    came = {party.pk: SIDES[party.role] for party in meeting.parties.all()}
    hold_meeting(meeting, came=came, by=crew.charger, at=at)
    write_minutes(meeting, words="大家同意在这里装，夜里 11 点以后限流。", publish=True, by=crew.charger, at=at)


# 30 units of 2,640.00 m²: 24 vote with 2,136.40 m², of these 23 with 2,050.80 m² say yes.
YES, NO, AWAY = (*(22 * ["89.00"]), "92.80"), ("85.60",), (*(5 * ["84.00"]), "83.60")


def _draw_up(site: Site, crew: Crew, areas: tuple[str, ...], *, days: int, at: dt.datetime) -> Vote:
    vote = draw_up_vote(
        topic_of(site), kind="owners", is_special=True, question=f"同意在{site.full_name}装电动车充电口吗？", estate=site.estate,
        explanation="占用共有部分，要业主共同决定。", opens_at=at, closes_at=at + days * DAY, by=crew.charger, at=at - DAY,
    )  # fmt: skip
    units = [
        Unit(f"{n // 15 + 1}-{301 + n % 15}", area, owners=f"业主{n + 1}", voter=f"业主{n + 1}", phone="")
        for n, area in enumerate(areas)
    ]
    put_roll(vote, units, by=crew.charger, at=at - DAY)
    open_vote(vote, by=crew.charger, at=at)
    return vote


def _cast(vote: Vote, crew: Crew, choices: list[str], *, at: dt.datetime) -> None:
    for n, (entry, choice) in enumerate(zip(vote.roll.order_by("pk"), choices, strict=False)):
        entry.vote = vote
        proof = ReadFile(f"%PDF-1.4\n% ballot {vote.pk} {n}\n%%EOF".encode(), "选票.pdf", "application/pdf", "pdf")
        channel = "door" if n % 3 else "paper"
        record_ballot(entry, choice=choice, channel=channel, cast_at=at, proof=proof, by=crew.charger, at=at)


def vote_and_count(site: Site, crew: Crew, *, at: dt.datetime) -> None:
    """Owners have decided: valid, and carried."""
    assert sum(map(Decimal, (*YES, *NO, *AWAY))) == Decimal("2640.00")
    vote = _draw_up(site, crew, (*YES, *NO, *AWAY), days=7, at=at)
    _cast(vote, crew, ["yes"] * len(YES) + ["no"] * len(NO), at=at + 2 * DAY)
    confirm_count(vote, by=crew.charger, at=at + 8 * DAY)


def open_the_vote(site: Site, crew: Crew, *, at: dt.datetime) -> None:
    """It is under way, and still lacks some."""
    vote = _draw_up(site, crew, tuple(["76.50"] * 36), days=20, at=at)
    _cast(vote, crew, ["yes"] * 9 + ["no"] * 2, at=at + 2 * DAY)
