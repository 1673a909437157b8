"""Votes: the roll of who may vote, frozen when it opens, and ballots on paper, at the door, by phone. The database keeps both."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Attachment
from community_portal.deliberations.counting import VoteKind
from community_portal.deliberations.models.about import About
from community_portal.places.models import Estate

KINDS = [
    (VoteKind.OWNERS.value, _("业主共同决定")),
    (VoteKind.RESIDENTS.value, _("居民会议表决")),
    (VoteKind.POLL.value, _("征求意见")),
]


class Heads(models.TextChoices):
    """How heads are counted where somebody owns several units."""

    UNIT = "unit", _("一套算一户")
    PERSON = "person", _("一个人算一户")


class Outcome(models.TextChoices):
    PASSED = "passed", _("有效，通过")
    REFUSED = "refused", _("有效，没有通过")
    INVALID = "invalid", _("参加的不够，无效")
    NONE = "none", _("只征求意见")


class Vote(About):
    """Drawn up with its roll, opened (``roll_frozen_at``), and over when the count is confirmed (``confirmed_at``) or it is given
    up. Who may vote and what is asked never change once it is open; until when may, as long as nobody has counted."""

    kind = models.CharField(_("哪种表决"), max_length=9, choices=KINDS)
    is_special = models.BooleanField(_("改变共有部分用途一类，要四分之三同意"), default=False)
    heads = models.CharField(_("怎么算户数"), max_length=6, choices=Heads.choices, default=Heads.UNIT)
    question = models.CharField(_("问什么"), max_length=200)
    explanation = models.TextField(_("说明"), blank=True)
    estate = models.ForeignKey(
        Estate, models.PROTECT, null=True, blank=True, related_name="votes", verbose_name=_("小区")
    )
    opens_at = models.DateTimeField(_("从"))
    closes_at = models.DateTimeField(_("到"))
    roll_frozen_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=7, choices=Outcome.choices, blank=True)
    result = models.JSONField(default=dict, blank=True, help_text="what was counted, as it was confirmed")
    given_up_at = models.DateTimeField(null=True, blank=True)
    given_up_why = models.CharField(max_length=200, blank=True)

    class Meta(About.Meta):
        constraints = [
            *About.Meta.constraints,
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="vote_closes_after_it_opens"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, outcome="")
                | Q(confirmed_at__isnull=False, roll_frozen_at__isnull=False, given_up_at__isnull=True)
                & Q(confirmed_at__gt=F("closes_at"), outcome__in=Outcome.values),
                name="vote_is_counted_after_it_closed",
            ),
            models.CheckConstraint(
                condition=Q(given_up_at__isnull=True) | ~Q(given_up_why=""), name="vote_given_up_says_why"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="vote_asks_what_it_asked",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__roll_frozen_at__isnull=False),
                func="""
                    IF (OLD.kind, OLD.is_special, OLD.heads, OLD.question, OLD.opens_at, OLD.roll_frozen_at)
                        IS DISTINCT FROM (NEW.kind, NEW.is_special, NEW.heads, NEW.question, NEW.opens_at, NEW.roll_frozen_at)
                        OR OLD.confirmed_at IS NOT NULL AND (OLD.confirmed_at, OLD.outcome, OLD.result, OLD.closes_at)
                        IS DISTINCT FROM (NEW.confirmed_at, NEW.outcome, NEW.result, NEW.closes_at)
                        OR NEW.closes_at < OLD.closes_at THEN
                        RAISE EXCEPTION 'an open vote asks what it asked' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="vote_opens_with_a_roll",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("roll_frozen_at"),
                condition=pgtrigger.Q(new__roll_frozen_at__isnull=False),
                func="""
                    IF TG_OP = 'UPDATE' AND OLD.roll_frozen_at IS NOT NULL THEN RETURN NEW; END IF;
                    IF NOT EXISTS (SELECT 1 FROM deliberations_rollentry WHERE vote_id = NEW.id)
                        OR NEW.kind = 'owners' AND EXISTS (SELECT 1 FROM deliberations_rollentry WHERE vote_id = NEW.id AND area = 0)
                        THEN
                        RAISE EXCEPTION 'nobody may vote, or somebody with nothing' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(
                name="opened_vote_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__roll_frozen_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def is_draft(self) -> bool:
        return self.roll_frozen_at is None and self.given_up_at is None

    @property
    def is_under_way(self) -> bool:
        """Open, and nobody has confirmed the count."""
        return self.roll_frozen_at is not None and self.confirmed_at is None and self.given_up_at is None


class RollEntry(models.Model):
    """A unit of the roll: its area, and who votes for it. Co-owners name one of them; who votes for several units casts one ballot
    for all of them where heads are persons (``voter_key``)."""

    vote = models.ForeignKey(Vote, models.CASCADE, related_name="roll")
    unit = models.CharField(_("房号"), max_length=60)
    owners = models.CharField(_("业主"), max_length=200, blank=True)
    voter = models.CharField(_("投票人"), max_length=60)
    voter_key = models.CharField(max_length=90, help_text="the same for the same person")
    phone = models.CharField(_("手机"), max_length=20, blank=True)
    area = models.DecimalField(_("专有面积（㎡）"), max_digits=10, decimal_places=2)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["vote", "unit"], name="unit_once_on_the_roll"),
            models.CheckConstraint(condition=Q(area__gte=0), name="unit_has_no_negative_area"),
        ]
        indexes = [models.Index(fields=["vote", "voter_key"], name="units_of_voter")]
        triggers = [
            # Names go when they are forgotten; who may vote with what never changes.
            pgtrigger.Trigger(
                name="roll_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                declare=[("frozen", "timestamptz"), ("whose", "bigint")],
                func="""
                    whose := CASE WHEN TG_OP = 'INSERT' THEN NEW.vote_id ELSE OLD.vote_id END;
                    SELECT roll_frozen_at INTO frozen FROM deliberations_vote WHERE id = whose FOR SHARE;
                    IF frozen IS NOT NULL AND NOT (TG_OP = 'UPDATE'
                        AND (OLD.vote_id, OLD.unit, OLD.area) IS NOT DISTINCT FROM (NEW.vote_id, NEW.unit, NEW.area)
                        AND NEW.owners IN ('', OLD.owners) AND NEW.phone IN ('', OLD.phone)
                        AND NEW.voter IN ('—', OLD.voter) AND NEW.voter_key IN (OLD.id::text, OLD.voter_key)) THEN
                        RAISE EXCEPTION 'the roll is frozen' USING ERRCODE = 'check_violation', CONSTRAINT = 'roll_is_frozen';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.unit


class Choice(models.TextChoices):
    YES = "yes", _("同意")
    NO = "no", _("不同意")
    ABSTAIN = "abstain", _("弃权")


class BallotChannel(models.TextChoices):
    PAPER = "paper", _("纸票")
    DOOR = "door", _("上门")
    LINK = "link", _("手机")


class Ballot(models.Model):
    """One ballot for one unit. The one that was cast last counts; the others stay, superseded."""

    entry = models.ForeignKey(RollEntry, models.CASCADE, related_name="ballots")
    choice = models.CharField(_("选什么"), max_length=7, choices=Choice.choices)
    channel = models.CharField(_("怎么投的"), max_length=5, choices=BallotChannel.choices)
    cast_at = models.DateTimeField(_("什么时候投的"))
    proof = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(superseded_at__isnull=True), name="one_ballot_counts_per_unit"
            ),
            models.CheckConstraint(
                condition=Q(channel=BallotChannel.LINK) | Q(recorded_by__isnull=False),
                name="ballot_on_paper_has_a_recorder",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="ballot_is_cast_in_time",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("v", "deliberations_vote")],
                func="""
                    SELECT vote.* INTO v FROM deliberations_vote vote JOIN deliberations_rollentry roll ON roll.vote_id = vote.id
                        WHERE roll.id = NEW.entry_id FOR SHARE OF vote;
                    IF v.roll_frozen_at IS NULL OR v.confirmed_at IS NOT NULL OR v.given_up_at IS NOT NULL
                        OR NEW.cast_at NOT BETWEEN v.opens_at AND v.closes_at THEN
                        RAISE EXCEPTION 'this vote takes no such ballot'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'ballot_is_cast_in_time';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="ballot_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                declare=[("is_over", "boolean")],
                func="""
                    SELECT vote.confirmed_at IS NOT NULL INTO is_over FROM deliberations_vote vote
                        JOIN deliberations_rollentry roll ON roll.vote_id = vote.id WHERE roll.id = OLD.entry_id;
                    IF TG_OP = 'DELETE' OR is_over OR OLD.superseded_at IS NOT NULL OR NEW.superseded_at IS NULL
                        OR (OLD.entry_id, OLD.choice, OLD.channel, OLD.cast_at, OLD.recorded_at)
                        IS DISTINCT FROM (NEW.entry_id, NEW.choice, NEW.channel, NEW.cast_at, NEW.recorded_at) THEN
                        RAISE EXCEPTION 'a ballot stays as it was cast' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]


class BallotLink(models.Model):
    """A link by which the voter of a unit votes from a phone, and changes their mind until the vote closes; only hashes are kept."""

    entry = models.ForeignKey(RollEntry, models.CASCADE, related_name="links")
    token_hash = models.CharField(max_length=64, unique=True)
    tail_hash = models.CharField(max_length=64)
    sent_to = models.CharField(max_length=20, help_text="masked")
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entry"], condition=Q(revoked_at__isnull=True), name="one_live_ballot_link_per_unit"
            ),
            models.CheckConstraint(condition=Q(wrong_tries__lte=5), name="ballot_link_five_tries"),
        ]
