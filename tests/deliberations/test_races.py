"""Many at once: a unit has one ballot that counts, a roll is not changed while it is frozen, nothing slips in behind the count."""

import datetime as dt

import pytest

from community_portal.deliberations.actions.ballots import cast_by_link, make_link
from community_portal.deliberations.actions.rolls import put_roll
from community_portal.deliberations.actions.votes import confirm_count, open_vote
from community_portal.deliberations.models import Ballot, BallotLink, Vote
from community_portal.deliberations.standing import count, read_again
from community_portal.refusals import Changed
from tests.cast import make_cast
from tests.deliberations.votes import CLOSES, LATER, cast_on_paper, draft, make_vote, unit
from tests.race import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)
AFTER = CLOSES + dt.timedelta(seconds=1)


def test_one_unit_in_two_channels_at_once() -> None:
    cast = make_cast()
    vote = make_vote(cast)
    make_link(vote.roll.first(), by=cast.manager, at=LATER)
    link = BallotLink.objects.get()
    paper = [lambda choice=choice: cast_on_paper(cast, vote, 1, choice) for choice in ("yes", "no", "abstain")]
    phone = [lambda: cast_by_link(link, choice="no", at=LATER + dt.timedelta(seconds=1))] * 3
    answers = all_at_once(paper + phone)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert Ballot.objects.count() == 6
    current = Ballot.objects.get(superseded_at__isnull=True)
    assert current.channel == "link" and count(vote).tally.voted.heads == 1


def test_opening_while_the_roll_is_changed() -> None:
    """Either the new roll came first, or it is refused: the open vote has one whole roll."""
    cast = make_cast()
    vote = draft(cast, 3)
    new = [unit(n) for n in (7, 8)]
    answers = all_at_once(
        [
            lambda: open_vote(vote, by=cast.manager, at=LATER),
            lambda: put_roll(Vote.objects.get(pk=vote.pk), new, by=cast.manager, at=LATER),
        ]
    )
    units = list(vote.roll.values_list("unit", flat=True))
    if isinstance(answers[1], Changed):
        assert units == ["101", "201", "301"]
    else:
        assert units == ["701", "801"] and answers[0] is None


def test_no_ballot_slips_in_behind_the_count() -> None:
    cast = make_cast()
    vote = make_vote(cast, 6)
    late = [lambda n=n: cast_on_paper(cast, vote, n, "yes", cast_at=CLOSES, at=AFTER) for n in range(1, 6)]
    confirm = [lambda: confirm_count(Vote.objects.get(pk=vote.pk), by=cast.manager, at=AFTER)]
    answers = all_at_once(late[:3] + confirm + late[3:])
    counted = Ballot.objects.filter(superseded_at__isnull=True).count()
    assert counted == sum(isinstance(answer, list) for answer in answers)
    assert all(isinstance(answer, (list, str, Changed)) for answer in answers)
    assert read_again(Vote.objects.get(pk=vote.pk)).tally.voted.heads == counted == count(vote).tally.voted.heads
