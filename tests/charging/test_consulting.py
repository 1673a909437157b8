"""Deliberation about a place: what it asks of the room, and what ends with it."""

import datetime as dt
from typing import Any

import pytest

from charging.actions import deciding, sites
from charging.workflow.sites import State
from community_portal.casework.actions import PartsMissing
from community_portal.deliberations.actions.ballots import record_ballot
from community_portal.deliberations.actions.meetings import call_meeting
from community_portal.deliberations.actions.rolls import Unit, put_roll
from community_portal.deliberations.actions.votes import confirm_count, draw_up_vote, open_vote
from community_portal.deliberations.models import Meeting, Vote
from community_portal.deliberations.topics import topic_of
from tests.cast import MONDAY
from tests.charging.places import DAY, Place, answer, bring_to, consult, paper

pytestmark = pytest.mark.django_db


def vote_on(site: object, place: Place, *, yes: int, no: int = 0, units: int = 6) -> Vote:
    vote = draw_up_vote(
        topic_of(site), kind="owners", is_special=True, question="同意在这里装吗？", opens_at=MONDAY, closes_at=MONDAY + 3 * DAY,
        by=place.charger, at=MONDAY,
    )  # fmt: skip
    put_roll(
        vote, [Unit(f"1-{301 + n}", "88.00", owners=f"业主{n}") for n in range(units)], by=place.charger, at=MONDAY
    )
    open_vote(vote, by=place.charger, at=MONDAY)
    for n, entry in enumerate(vote.roll.order_by("pk")[: yes + no]):
        choice = "yes" if n < yes else "no"
        told = {"cast_at": MONDAY + DAY, "at": MONDAY + DAY, "proof": paper(f"票{n}.pdf"), "channel": "paper"}
        record_ballot(entry, choice=choice, by=place.charger, **told)
    return vote


def consulting(place: Place) -> object:
    site = bring_to(State.CONSULTING, place)
    consult(site, place, at=MONDAY)
    return site


def test_without_a_meeting_and_a_vote_nothing_is_published(place: Place) -> None:
    site = bring_to(State.CONSULTING, place)
    with pytest.raises(PartsMissing, match="还没有开会听意见"):
        deciding.publish(site, by=place.charger, at=MONDAY)
    consult(site, place, at=MONDAY)
    deciding.publish(site, by=place.charger, at=MONDAY)
    assert site.state == State.NOTICING


def test_too_few_is_not_refused_and_says_what_is_missing(place: Place) -> None:
    site = consulting(place)
    vote_on(site, place, yes=2)
    with pytest.raises(PartsMissing, match="还差 2 户 / 176.00 ㎡ 才有效"):
        deciding.publish(site, by=place.charger, at=MONDAY + 4 * DAY)


def test_what_owners_refused_stands_in_the_way(place: Place) -> None:
    site = consulting(place)
    vote = vote_on(site, place, yes=3, no=2)
    with pytest.raises(PartsMissing, match="结果还没有确认"):
        deciding.publish(site, by=place.charger, at=MONDAY + 4 * DAY)
    confirm_count(vote, by=place.charger, at=MONDAY + 4 * DAY)
    with pytest.raises(PartsMissing, match="没有通过"):
        deciding.publish(site, by=place.charger, at=MONDAY + 4 * DAY)


def test_too_few_to_the_end_is_voted_on_once_more(place: Place, signed_in: Any) -> None:
    """What was counted takes no ballots any more: nothing is "still missing", and another vote is offered."""
    site = consulting(place)
    page = f"/charging/places/{site.case.number}/"
    vote = vote_on(site, place, yes=2)
    assert "办一次表决" not in signed_in(place.charger).get(page).content.decode()
    confirm_count(vote, by=place.charger, at=MONDAY + 4 * DAY)
    with pytest.raises(PartsMissing, match="上次表决参加的不够，无效，要再办一次"):
        deciding.publish(site, by=place.charger, at=MONDAY + 4 * DAY)
    assert "办一次表决" in signed_in(place.charger).get(page).content.decode()
    confirm_count(vote_on(site, place, yes=5), by=place.charger, at=MONDAY + 4 * DAY)
    assert "办一次表决" not in signed_in(place.charger).get(page).content.decode()


def test_what_owners_carried_goes_on(place: Place) -> None:
    site = consulting(place)
    confirm_count(vote_on(site, place, yes=4), by=place.charger, at=MONDAY + 4 * DAY)
    deciding.publish(site, by=place.charger, at=MONDAY + 4 * DAY)
    assert site.state == State.NOTICING


def test_what_is_rejected_is_not_voted_on(place: Place) -> None:
    site = consulting(place)
    vote = vote_on(site, place, yes=1)
    told = {"title": "再议一次", "kind": "consultation", "place": "会客厅", "parties": []}
    meeting = call_meeting(topic_of(site), starts_at=MONDAY + 9 * DAY, by=place.charger, at=MONDAY, **told)
    answer(site, place, "gas", "blocked")
    sites.reject(
        site, code="gas_pipe", plain="下面有燃气管，不能装", by=place.charger, at=MONDAY + dt.timedelta(hours=1)
    )
    vote.refresh_from_db()
    assert vote.given_up_at is not None
    assert Meeting.objects.get(pk=meeting.pk).called_off_at is not None
