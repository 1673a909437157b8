"""What is told to whom of votes."""

import datetime as dt

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from community_portal.deliberations.models import Ballot, Vote
from community_portal.outbox.kinds import Kind, register_kinds
from community_portal.outbox.models import Message


def while_they_may_vote(message: Message, at: dt.datetime) -> str:
    """True while ballots are taken and their unit has cast none."""
    vote = Vote.objects.filter(pk=int(message.subject.partition(":")[2])).first()
    if vote is None or not vote.is_under_way or at > vote.closes_at:
        return gettext_noop("表决已经结束")
    voted = Ballot.objects.filter(entry=message.context["entry"], superseded_at__isnull=True)
    return gettext_noop("已经投过了") if voted.exists() else ""


register_kinds(
    Kind(
        "ballot_invitation",
        _("请投票"),
        _("【%(hall)s】请您投票：%(question)s 打开 %(link)s 就能投，截止前可以改。有疑问请打 %(phone)s。"),
        while_they_may_vote,
        is_secret=True,
    ),
)
