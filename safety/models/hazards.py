"""A hazard from the report to its end, its photos before and after, what was asked when somebody came back, and to whom it was passed."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Attachment, truths_of
from community_portal.matters.models import Extendable
from community_portal.people.models import Organisation
from community_portal.places.located import Located
from community_portal.places.models import Building, Estate
from community_portal.signing.models import Signing
from safety.models.premises import Premises
from safety.workflow.hazard_kinds import HIGH, HazardKind, HazardSource, Level
from safety.workflow.hazards import HAZARD
from safety.workflow.states import HAZARD_GIVEN, HAZARD_TO_REINSPECT, Hazarding

USER = settings.AUTH_USER_MODEL
GIVEN = [*sorted(map(str, HAZARD_GIVEN)), str(Hazarding.SUBMITTED)]
MENDED = [*sorted(map(str, HAZARD_TO_REINSPECT)), str(Hazarding.CLOSED)]
WITHOUT_LEVEL = [Hazarding.REPORTED, Hazarding.NOT_HAZARD, Hazarding.DUPLICATE, Hazarding.PASSED_ON]
MENDED_HAS_A_PHOTO = """
    IF NOT EXISTS (SELECT 1 FROM safety_hazardphoto WHERE hazard_id = NEW.id AND side = 'after' AND round = NEW.reopened_count) THEN
        RAISE EXCEPTION 'what was mended has a photo of afterwards' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""
CLOSED_IS_SIGNED_HERE = """
    IF NOT EXISTS (SELECT 1 FROM signing_signing WHERE id = NEW.closed_signing_id AND flow = 'hazard' AND matter_id = NEW.id) THEN
        RAISE EXCEPTION 'the signature is of another matter' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""
# What a photo says of itself is read from the file that was kept, never told.
PHOTO_SPEAKS_FOR_ITSELF = """
    SELECT sha256, taken_at INTO STRICT NEW.sha256, NEW.taken_at FROM casework_attachment WHERE id = NEW.attachment_id;
    SELECT assigned_at INTO STRICT NEW.since FROM safety_hazard WHERE id = NEW.hazard_id;
    NEW.no_time := NEW.taken_at IS NULL;
    RETURN NEW;
"""


class Hazard(Located, Extendable):
    """``organisation`` mends it, or the handler does, who otherwise sees to it. ``rectifier`` says that it is mended, ``reinspector``,
    somebody else, that it is gone. ``times_here``: the how many-th of its kind at this place within a year."""

    flow = HAZARD

    kind = models.CharField(_("哪一种"), max_length=16, choices=HazardKind.choices)
    level = models.CharField(_("级别"), max_length=8, choices=Level.choices, blank=True)
    source = models.CharField(_("谁发现的"), max_length=10, choices=HazardSource.choices)
    estate = models.ForeignKey(
        Estate, models.PROTECT, null=True, blank=True, related_name="hazards", verbose_name=_("小区")
    )
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="hazards", verbose_name=_("哪一幢")
    )
    premises = models.ForeignKey(
        Premises, models.PROTECT, null=True, blank=True, related_name="hazards", verbose_name=_("场所")
    )
    place = models.CharField(_("具体在哪里"), max_length=120, blank=True)
    clause = models.CharField(_("依据"), max_length=120, blank=True)
    is_anonymous = models.BooleanField(default=False)
    times_here = models.PositiveSmallIntegerField(default=1)
    verified_at = models.DateTimeField(null=True, blank=True)
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="duplicates")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任单位")
    )
    assigned_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(_("什么时候改好"), null=True, blank=True)
    cost = models.DecimalField(_("大约多少钱"), max_digits=10, decimal_places=2, null=True, blank=True)
    paid_by = models.CharField(_("谁出钱"), max_length=40, blank=True)
    interim = models.CharField(_("改好以前怎么防"), max_length=200, blank=True)
    fixed_on_spot = models.BooleanField(default=False)
    rectified = models.TextField(_("怎么改的"), blank=True)
    rectified_at = models.DateTimeField(null=True, blank=True)
    rectifier = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    reinspector = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    closed_signing = models.OneToOneField(Signing, models.PROTECT, null=True, blank=True, related_name="+")
    transferred_to = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta(Extendable.Meta):
        constraints = [
            *truths_of(HAZARD),
            *Located.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=HazardKind.values), name="hazard_kind_exists"),
            models.CheckConstraint(condition=Q(level__in=["", *Level.values]), name="hazard_level_exists"),
            models.CheckConstraint(condition=Q(source__in=HazardSource.values), name="hazard_source_exists"),
            models.CheckConstraint(
                condition=Q(state__in=list(map(str, WITHOUT_LEVEL))) | ~Q(level=""), name="verified_hazard_has_a_level"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=GIVEN)
                | Q(assigned_at__isnull=False, due_on__isnull=False)
                & (Q(handler__isnull=False) | Q(organisation__isnull=False)),
                name="given_hazard_says_to_whom_until_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=GIVEN) | ~Q(level__in=sorted(map(str, HIGH))) | ~Q(interim=""),
                name="high_hazard_is_guarded_meanwhile",
            ),
            models.CheckConstraint(condition=Q(extension_count__lte=1), name="hazard_is_extended_once"),
            models.CheckConstraint(
                condition=~Q(state__in=MENDED)
                | Q(rectifier__isnull=False, rectified_at__isnull=False) & ~Q(rectified=""),
                name="mended_hazard_says_by_whom_and_how",
            ),
            models.CheckConstraint(
                condition=Q(reinspector__isnull=True) | Q(rectifier__isnull=False) & ~Q(reinspector=F("rectifier")),
                name="hazard_is_reinspected_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | Q(reinspector__isnull=False, closed_signing__isnull=False),
                name="closed_hazard_is_signed",
            ),
            models.CheckConstraint(
                condition=~Q(state="transferred") | Q(transferred_to__isnull=False),
                name="transferred_hazard_says_to_whom",
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of__isnull=True) | ~Q(duplicate_of=F("id")), name="hazard_is_no_copy_of_itself"
            ),
            models.CheckConstraint(
                condition=~Q(state="duplicate") | Q(duplicate_of__isnull=False), name="duplicate_hazard_says_of_which"
            ),
            models.CheckConstraint(condition=Q(cost__isnull=True) | Q(cost__gte=0), name="hazard_costs_no_less_than_0"),
            models.CheckConstraint(
                condition=~Q(source__in=["grid", "property"]) | Q(is_anonymous=False), name="officers_have_a_name"
            ),
        ]
        indexes = [
            *Extendable.Meta.indexes,
            models.Index(fields=["building", "-opened_at"], name="hazards_of_building"),
            models.Index(fields=["premises", "-opened_at"], name="hazards_of_premises"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="mended_has_a_photo",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__state__in=MENDED),
                func=MENDED_HAS_A_PHOTO,
            ),
            pgtrigger.Trigger(
                name="signed_for_itself",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__closed_signing__isnull=False),
                func=CLOSED_IS_SIGNED_HERE,
            ),
        ]

    @property
    def is_high(self) -> bool:
        return self.level in HIGH

    @property
    def round(self) -> int:
        """How often it came back."""
        return self.reopened_count


class Side(models.TextChoices):
    BEFORE = "before", _("整改前")
    AFTER = "after", _("整改后")
    LOOKED = "looked", _("复查时")


class HazardPhoto(models.Model):
    """One photo of a hazard, never twice: what shows it before does not show it after. One taken before it was given to somebody is
    no photo of afterwards; one whose camera kept no time is marked."""

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="photos")
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    side = models.CharField(max_length=6, choices=Side.choices)
    round = models.PositiveSmallIntegerField(default=0)
    sha256 = models.CharField(max_length=64, db_index=True)
    taken_at = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField(null=True, blank=True, help_text="when the hazard was given to somebody, as of then")
    no_time = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["hazard", "sha256"], name="photo_once_per_hazard"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="photo_side_exists"),
            models.CheckConstraint(
                condition=~Q(side="after") | Q(no_time=True) | Q(since__isnull=True) | Q(taken_at__gt=F("since")),
                name="photo_of_afterwards_is_newer",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="speaks_for_itself",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=PHOTO_SPEAKS_FOR_ITSELF,
            ),
            pgtrigger.Protect(name="hazard_photo_stays", operation=pgtrigger.Update),
        ]


class Reinspection(models.Model):
    """Somebody came back to look: once a round."""

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="reinspections")
    round = models.PositiveSmallIntegerField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    passed = models.BooleanField()
    words = models.TextField(blank=True)

    class Meta:
        ordering = ["round"]
        constraints = [models.UniqueConstraint(fields=["hazard", "round"], name="one_reinspection_per_round")]


class ReinspectionLine(models.Model):
    """One question and its answer. The next round asks what was answered with no, and nothing else."""

    reinspection = models.ForeignKey(Reinspection, models.CASCADE, related_name="lines")
    question = models.CharField(max_length=60)
    ok = models.BooleanField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["reinspection", "question"], name="question_once_per_look")]
        triggers = [
            pgtrigger.Trigger(
                name="passed_has_no_no",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Q(new__ok=False),
                func=(
                    "IF (SELECT passed FROM safety_reinspection WHERE id = NEW.reinspection_id) THEN"
                    " RAISE EXCEPTION 'what passed has no question answered with no' USING ERRCODE = 'check_violation';"
                    " END IF; RETURN NEW;"
                ),
            )
        ]

    def __str__(self) -> str:
        return self.question


class Outcome(models.TextChoices):
    """What the body says that it was passed to."""

    TAKES = "takes", _("我们来处理")
    DONE = "done", _("已经处理好了")
    NOT_OURS = "not_ours", _("不归我们管")


class HazardTransfer(models.Model):
    """Passed to a body: asked, reminded, answered. One at a time waits."""

    hazard = models.ForeignKey(Hazard, models.CASCADE, related_name="transfers")
    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("转给"))
    asked_of = models.CharField(_("找谁"), max_length=60)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    words = models.TextField(_("请对方做什么"))
    chased_count = models.PositiveSmallIntegerField(default=0)
    chased_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(_("答复"), max_length=8, choices=Outcome.choices, blank=True)
    answer = models.TextField(_("怎么说的"), blank=True)
    name = models.CharField(_("谁答复的"), max_length=60, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["hazard"], condition=Q(answered_at__isnull=True), name="one_transfer_waits_per_hazard"
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, outcome="")
                | Q(answered_at__isnull=False, outcome__in=Outcome.values) & ~Q(name="") & ~Q(answer=""),
                name="answered_transfer_says_what_and_who",
            ),
        ]
