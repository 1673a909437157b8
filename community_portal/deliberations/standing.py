"""Where deliberation about a matter stands: what other rooms ask, and show.

    meetings_of(site)      vote_of(site)          standing_of(vote)
    objections_of(site)    open_objections(site)  is_carried(site)

On the page of a matter ``{% load deliberations %}{% deliberations matter %}`` shows all of it, with the buttons of whoever may.
"""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, FilteredRelation, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community_portal.casework.models import Matter
from community_portal.deliberations.counting import Amount, Rule, Standing, Tally, VoteKind, needed, rule_of, standing
from community_portal.deliberations.models import Ballot, Choice, Heads, Meeting, Objection, Outcome, RollEntry, Vote

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Counted:
    """A vote as counted now: the tally, how the ballots came, and where it stands by its rule."""

    tally: Tally
    channels: dict[str, int]
    standing: Standing
    rule: Rule | None

    @property
    def needed(self) -> Amount:
        return needed(self.tally.roll, self.rule) if self.rule else Amount()

    @property
    def missing(self) -> str:
        """还差 12 户 / 830.50 ㎡ 才有效; empty once it is valid, and for a poll."""
        more = self.standing.to_be_valid
        if more == Amount() or self.rule is None:
            return ""
        return _("还差 %(what)s 才有效") % {"what": in_words(more, by_area=self.rule.by_area)}

    @property
    def to_carry(self) -> str:
        """What is missing to be carried, once it is valid. It gives away how people voted: for after the vote closed."""
        more = self.standing.to_be_carried
        if more == Amount() or self.rule is None:
            return ""
        return _("还差 %(what)s 同意才通过") % {"what": in_words(more, by_area=self.rule.by_area)}


def in_words(amount: Amount, *, by_area: bool) -> str:
    """12 户 / 830.50 ㎡; only what there is of it."""
    heads = [ngettext("%(n)s 户", "%(n)s 户", amount.heads) % {"n": amount.heads}] if amount.heads else []
    area = [_("%(n)s ㎡") % {"n": square_metres(amount.area)}] if by_area and amount.area else []
    return " / ".join(heads + area)


def square_metres(area: int) -> str:
    """1,234.50, of hundredths."""
    return f"{Decimal(area) / HUNDRED:,.2f}"


def count(vote: Vote) -> Counted:
    """Every ballot that counts, in one statement."""
    heads = Count("pk") if vote.heads == Heads.UNIT else Count("voter_key", distinct=True)
    current = FilteredRelation("ballots", condition=Q(ballots__superseded_at__isnull=True))
    rows = (
        RollEntry.objects.filter(vote=vote)
        .order_by()
        .annotate(current=current)
        .values("current__choice", "current__channel")
        .annotate(heads=heads, area=Sum("area"))
    )
    amounts: dict[str | None, Amount] = {}
    channels: dict[str, int] = {}
    for row in rows:
        choice, channel = row["current__choice"], row["current__channel"]
        before = amounts.get(choice, Amount())
        amounts[choice] = Amount(before.heads + row["heads"], before.area + int(row["area"] * HUNDRED))
        if channel:
            channels[channel] = channels.get(channel, 0) + row["heads"]
    roll = Amount(sum(one.heads for one in amounts.values()), sum(one.area for one in amounts.values()))
    yes, no, abstain = (amounts.get(choice.value, Amount()) for choice in Choice)
    tally, rule = Tally(roll, yes, no, abstain), rule_of(vote.kind, is_special=vote.is_special)
    return Counted(tally, channels, standing(tally, rule), rule)


def as_kept(counted: Counted) -> dict[str, Any]:
    """The count as it is kept with the vote when it is confirmed."""
    return {**asdict(counted.tally), "channels": counted.channels}


def read_again(vote: Vote) -> Counted:
    """The count as it was confirmed."""
    kept = dict(vote.result)
    channels = kept.pop("channels")
    tally = Tally(**{name: Amount(**amount) for name, amount in kept.items()})
    rule = rule_of(vote.kind, is_special=vote.is_special)
    return Counted(tally, channels, standing(tally, rule), rule)


def standing_of(vote: Vote) -> Counted:
    """As it was confirmed, else as it is now."""
    return read_again(vote) if vote.confirmed_at else count(vote)


def outcome_of(counted: Counted, vote: Vote) -> str:
    if vote.kind == VoteKind.POLL:
        return Outcome.NONE
    if not counted.standing.is_valid:
        return Outcome.INVALID
    return Outcome.PASSED if counted.standing.is_carried else Outcome.REFUSED


def has_voted(entry: RollEntry) -> Ballot | None:
    """The ballot that counts for a unit."""
    return Ballot.objects.filter(entry=entry, superseded_at__isnull=True).first()


def meetings_of(matter: Matter) -> QuerySet[Meeting]:
    """The newest first, with their parties, minutes and decisions."""
    rows: QuerySet[Meeting] = Meeting.objects.of(matter).prefetch_related("parties", "minutes", "decisions")
    return rows


def votes_of(matter: Matter) -> QuerySet[Vote]:
    """The newest first."""
    rows: QuerySet[Vote] = Vote.objects.of(matter)
    return rows


def vote_of(matter: Matter) -> Vote | None:
    """The newest that was not given up."""
    return votes_of(matter).filter(given_up_at__isnull=True).first()


def is_carried(matter: Matter) -> bool:
    """Has its newest vote been confirmed as valid and carried?"""
    vote = vote_of(matter)
    return vote is not None and vote.outcome == Outcome.PASSED


def objections_of(matter: Matter) -> QuerySet[Objection]:
    rows: QuerySet[Objection] = Objection.objects.of(matter).order_by("id")
    return rows


def open_objections(matter: Matter) -> QuerySet[Objection]:
    """Those that nobody has answered yet: nothing goes on before."""
    return objections_of(matter).filter(replied_at__isnull=True)
