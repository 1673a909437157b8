"""The ability assessment of GB/T 42195-2022 and the survey of a home, room by room."""

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Attachment, Case, Commission
from community_portal.people.models import Organisation, Resident, Role
from community_portal.signing.models import Relation
from eldercare.ability import ITEMS, STANDARD, Cause, Level, Risk
from eldercare.models.register import SCORE_READERS, homes_of


class Reason(models.TextChoices):
    FIRST = "first", _("首次评估")
    REGULAR = "regular", _("定期评估")
    IMMEDIATE = "immediate", _("情况突变")
    AGAIN = "again", _("复评")
    OTHER = "other", _("其他")


# What is signed, and by whom: the parts of its signatures.
DOCUMENT = "assessment"
SIGNERS = ("assessor_1", "assessor_2", "informant")
# As SQL: 0 for intact to 4 for complete.
SEVERITY = "array_position(ARRAY['intact','mild','moderate','severe','complete'], {0}::text)"


def of_cases_given_to(user: Any) -> Q:
    """Rows of a case of which something was given to an assessor for whom this user works."""
    given = Commission.objects.held_by(user).filter(role=Role.ASSESSOR)
    return Q(case__in=given.values("case")) if user.organisation_posts else Q(pk__in=[])


class OfAnElderQuerySet(models.QuerySet[Any]):
    """What tells of somebody's health: for those who read scores at their place, and for assessors of the case."""

    def visible_to(self, user: Any) -> Self:
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(homes_of(user, SCORE_READERS, prefix="resident__") | of_cases_given_to(user))

    def signed(self) -> Self:
        return self.filter(signed_at__isnull=False)


class Assessment(models.Model):
    """One assessment of one elder by two assessors, with the informant's signature. Once signed it stands for ever; a new one
    takes its place (``supersedes``). ``change_candidates`` keeps every cause that was there, ``change_code`` the one chosen."""

    resident = models.ForeignKey(Resident, models.PROTECT, related_name="assessments")
    community = models.ForeignKey(
        "places.Community", models.PROTECT, related_name="+", help_text="where they lived then"
    )
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="assessments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("为什么评"), max_length=10, choices=Reason.choices, default=Reason.FIRST)
    place = models.CharField(_("在哪里评"), max_length=100, blank=True)
    on = models.DateField(_("哪天评"))
    informant = models.CharField(_("谁提供情况"), max_length=50, blank=True)
    informant_relation = models.CharField(_("和老人的关系"), max_length=20, choices=Relation.choices, blank=True)
    assessor_1 = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    assessor_2 = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    standard_version = models.CharField(max_length=30, default=STANDARD)
    is_in_coma = models.BooleanField(_("昏迷"), default=False)
    icd_codes = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    diagnosed_on = models.DateField(_("确诊日期"), null=True, blank=True)
    diagnosed_at = models.CharField(_("确诊医院"), max_length=80, blank=True)
    is_by_psychiatrist = models.BooleanField(_("精神科医生确诊"), default=False)
    total = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(90)])
    of_dimensions = models.JSONField(default=dict, blank=True)
    level_initial = models.CharField(max_length=10, choices=Level.choices, blank=True)
    level_final = models.CharField(max_length=10, choices=Level.choices, blank=True)
    change_candidates = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    change_code = models.CharField(_("等级变更"), max_length=10, choices=Cause.choices, blank=True)
    change_why = models.CharField(_("为什么选这一条"), max_length=200, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()

    objects = OfAnElderQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(assessor_2__isnull=True) | ~Q(assessor_1=F("assessor_2")), name="assessors_are_two"
            ),
            models.CheckConstraint(
                condition=Q(total__isnull=True) | Q(total__range=(0, 90)), name="points_are_0_to_90"
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True)
                | Q(assessor_2__isnull=False, total__isnull=False)
                & ~Q(level_initial="")
                & ~Q(level_final="")
                & ~Q(informant=""),
                name="signed_assessment_is_whole",
            ),
            models.CheckConstraint(condition=Q(change_code="") | ~Q(change_why=""), name="worse_level_says_why"),
            models.UniqueConstraint(
                fields=["resident"], condition=Q(signed_at__isnull=True), name="one_unsigned_assessment_per_elder"
            ),
        ]
        indexes = [models.Index(fields=["resident", "-on"], name="assessments_of_elder")]
        triggers = [
            pgtrigger.Protect(
                name="signed_assessment_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__signed_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="final_level_is_no_better",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                condition=pgtrigger.Condition("NEW.level_final <> '' AND NEW.level_initial <> ''"),
                func=(
                    f"IF {SEVERITY.format('NEW.level_final')} < {SEVERITY.format('NEW.level_initial')}"
                    f" OR (NEW.change_code = '' AND NEW.level_final <> NEW.level_initial)"
                    " THEN RAISE EXCEPTION 'a final level is the initial one, or worse for a cause' USING ERRCODE = 'check_violation';"
                    " END IF; RETURN NEW;"
                ),
            ),
            pgtrigger.Trigger(
                name="signed_has_every_answer",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__signed_at__isnull=False),
                func=(
                    "IF (SELECT count(*) FROM eldercare_assessmentanswer WHERE assessment_id = NEW.id)"
                    f" <> {len(ITEMS)} THEN RAISE EXCEPTION 'a signed assessment has {len(ITEMS)} answers'"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NULL;"
                ),
            ),
            pgtrigger.Trigger(
                name="signed_by_all_three",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                timing=pgtrigger.Deferred,
                condition=pgtrigger.Q(new__signed_at__isnull=False),
                func=(
                    "IF (SELECT count(DISTINCT part) FROM signing_signing"
                    f" WHERE flow = '{DOCUMENT}' AND document = '{DOCUMENT}' AND matter_id = NEW.id)"
                    f" < {len(SIGNERS)} THEN RAISE EXCEPTION 'a signed assessment bears the signatures of {len(SIGNERS)}'"
                    " USING ERRCODE = 'check_violation'; END IF; RETURN NULL;"
                ),
            ),
        ]


_WITHIN = Q(*[Q(item=item.code, score__lte=item.most) for item in ITEMS], _connector=Q.OR)


class AssessmentAnswer(models.Model):
    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="answers")
    item = models.CharField(max_length=20)
    score = models.PositiveSmallIntegerField()
    note = models.CharField(_("备注"), max_length=200, blank=True)
    was_offline = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["assessment", "item"], name="one_answer_per_item"),
            models.CheckConstraint(condition=_WITHIN, name="score_lies_within_the_item"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="answer_of_signed_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=(
                    "IF EXISTS (SELECT 1 FROM eldercare_assessment WHERE signed_at IS NOT NULL"
                    " AND id = CASE TG_OP WHEN 'DELETE' THEN OLD.assessment_id ELSE NEW.assessment_id END)"
                    " THEN RAISE EXCEPTION 'answers of a signed assessment stay' USING ERRCODE = 'check_violation'; END IF;"
                    " RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;"
                ),
            )
        ]


class RiskEvent(models.Model):
    """A fall, a day of being lost: C.4 counts those of the 30 days before the assessment."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="risks")
    kind = models.CharField(max_length=10, choices=Risk.choices)
    on = models.DateField()
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-on", "id"]


class RoomKind(models.TextChoices):
    HALL = "hall", _("客厅")
    BEDROOM = "bedroom", _("卧室")
    BATHROOM = "bathroom", _("卫生间")
    KITCHEN = "kitchen", _("厨房")
    PASSAGE = "passage", _("过道、门口")
    BALCONY = "balcony", _("阳台")
    STAIRS = "stairs", _("楼梯、楼道")


class Hazard(models.TextChoices):
    """What is in the way of an elder at home."""

    SLIPPERY = "slippery", _("地面滑")
    STEP = "step", _("有门槛、高差")
    NO_RAIL = "no_rail", _("没有扶手")
    NARROW = "narrow", _("门或过道窄")
    DARK = "dark", _("光线暗、夜里摸黑")
    BED = "bed", _("床不好用，起身难")
    TOILET = "toilet", _("蹲便、起身难")
    SHOWER = "shower", _("洗澡站不住")
    HOT_WATER = "hot_water", _("水温烫")
    CALL = "call", _("出事叫不到人")
    MOVING = "moving", _("走不动，要轮椅、助行器")
    FIRE = "fire", _("电线、明火")
    OTHER = "other", _("其他")


class Severity(models.IntegerChoices):
    LIGHT = 1, _("轻")
    SERIOUS = 2, _("重")
    GRAVE = 3, _("急")


class HomeSurvey(models.Model):
    """A home looked at with the elder's eyes. ``rooms`` are those that were looked at."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="home_surveys")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="home_surveys")
    surveyed_on = models.DateField(_("哪天看的"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    rooms = ArrayField(models.CharField(max_length=10, choices=RoomKind.choices), default=list, blank=True)
    words = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = OfAnElderQuerySet.as_manager()

    class Meta:
        ordering = ["-surveyed_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(rooms__len__gt=0), name="closed_survey_has_rooms"
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(closed_at__isnull=True), name="one_open_survey_per_case"
            ),
        ]


class SurveyFinding(models.Model):
    """One thing in the way, in one room, with its measure (68 cm, 52 °C) and its picture."""

    survey = models.ForeignKey(HomeSurvey, models.PROTECT, related_name="findings")
    room = models.CharField(_("哪里"), max_length=10, choices=RoomKind.choices)
    hazard = models.CharField(_("什么问题"), max_length=12, choices=Hazard.choices)
    severity = models.PositiveSmallIntegerField(_("多严重"), choices=Severity.choices, default=Severity.SERIOUS)
    measure = models.DecimalField(_("量出来"), max_digits=7, decimal_places=1, null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=4, blank=True, choices=[("cm", "cm"), ("°C", "°C"), ("%", "%")])
    words = models.CharField(_("怎么回事"), max_length=200, blank=True)
    photo = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    was_offline = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(severity__range=(1, 3)), name="finding_severity_exists"),
            models.CheckConstraint(
                condition=Q(measure__isnull=True, unit="") | Q(measure__isnull=False) & ~Q(unit=""),
                name="measure_has_a_unit",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="finding_lies_in_a_room",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=(
                    "IF NOT (SELECT NEW.room = ANY(rooms) FROM eldercare_homesurvey WHERE id = NEW.survey_id)"
                    " THEN RAISE EXCEPTION 'a finding lies in a room that was looked at' USING ERRCODE = 'check_violation';"
                    " END IF; RETURN NEW;"
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_room_display()} · {self.get_hazard_display()}"
