"""Meetings, votes, surveys and objections for the walk: one of each at home, and one next door."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from community_portal import clock
from community_portal.deliberations.actions.meetings import Invited, call_meeting, hold_meeting, write_minutes
from community_portal.deliberations.actions.opinions import open_survey, take_objection
from community_portal.deliberations.actions.rolls import Unit, put_roll
from community_portal.deliberations.actions.votes import draw_up_vote
from community_portal.deliberations.topics import topic_alone


def alone(place: Any) -> Any:
    """Something of the community that is no matter."""
    return topic_alone(place.community, title="充电棚", by=None, at=clock.now())


def meeting(place: Any) -> Any:
    now = clock.now()
    said = {"kind": "joint", "title": "看场地", "starts_at": now, "place": "门口", "parties": [Invited("residents")]}
    return place.once("meeting", lambda p: call_meeting(alone(p), by=None, at=now, **said))


def vote(place: Any) -> Any:
    """Still a draft, with one unit on its roll."""

    def make(place: Any) -> Any:
        now = clock.now()
        said = {"kind": "poll", "question": "装吗", "opens_at": now, "closes_at": now + dt.timedelta(days=7)}
        made = draw_up_vote(alone(place), by=None, at=now, **said)
        put_roll(made, [Unit("101", "80.00", voter="张三")], by=None, at=now)
        return made

    return place.once("vote", make)


def minutes(place: Any) -> Any:
    """Published."""

    def make(place: Any) -> Any:
        row = meeting(place)
        hold_meeting(row, came={row.parties.get().pk: 8}, by=None, at=clock.now())
        return write_minutes(row, words="说好了。", publish=True, by=None, at=clock.now())

    return place.once("minutes", make)


def survey(place: Any) -> Any:
    asked = [{"code": "q1", "text": "装在哪里", "choices": ["东边", "西边"]}]
    days = {"opens_on": clock.today(), "closes_on": clock.today() + dt.timedelta(days=7)}
    said = {"title": "装在哪里", "questions": asked, "base_count": 30, "base_how": "在册住户", **days}
    return place.once("survey", lambda p: open_survey(alone(p), by=None, at=clock.now(), **said))


def objection(place: Any) -> Any:
    said = {"words": "太吵了", "channel": "phone", "due_on": clock.today()}
    return place.once("objection", lambda p: take_objection(alone(p), by=None, at=clock.now(), **said))


KWARGS_OF_DELIBERATIONS: dict[str, Callable[[Any], dict[str, Any]]] = {
    "meeting": lambda p: {"pk": meeting(p).pk},
    "meeting_minutes": lambda p: {"pk": meeting(p).pk},
    "vote": lambda p: {"pk": vote(p).pk},
    "vote_roll": lambda p: {"pk": vote(p).pk},
    "vote_sheets": lambda p: {"pk": vote(p).pk},
    "record_ballot": lambda p: {"pk": vote(p).pk},
    "objection": lambda p: {"pk": objection(p).pk},
    "survey_answers": lambda p: {"pk": survey(p).pk},
    "public_minutes": lambda p: {"pk": minutes(p).pk},
    "votes-detail": lambda p: {"pk": vote(p).pk},
    "votes-ballots": lambda p: {"pk": vote(p).pk},
}
