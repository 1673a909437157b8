"""Meetings, votes, and what people say of a matter, or of something that is no matter yet."""

from community_portal.deliberations.models.meetings import Decision, Meeting, MeetingKind, Minutes, Party, PartyRole
from community_portal.deliberations.models.opinions import Channel, Objection, Opinion, Survey, SurveyAnswer
from community_portal.deliberations.models.votes import (
    Ballot,
    BallotChannel,
    BallotLink,
    Choice,
    Heads,
    Outcome,
    RollEntry,
    Vote,
)

__all__ = [
    "Ballot",
    "BallotChannel",
    "BallotLink",
    "Channel",
    "Choice",
    "Decision",
    "Heads",
    "Meeting",
    "MeetingKind",
    "Minutes",
    "Objection",
    "Opinion",
    "Outcome",
    "Party",
    "PartyRole",
    "RollEntry",
    "Survey",
    "SurveyAnswer",
    "Vote",
]
