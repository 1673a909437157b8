"""验收: three bodies walk through a home with the plan in hand, try every product and talk with the elder and the family."""

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Attachment
from community_portal.people.models import Organisation, Resident
from community_portal.signing.models import Relation, Signing
from eldercare.models.adaptations import Adaptation, PlanLine


class AcceptanceDay(models.Model):
    """A day on which several homes are accepted, in the order of the way."""

    street = models.ForeignKey("places.Street", models.PROTECT, related_name="+")
    on = models.DateField(_("哪天"))
    name = models.CharField(_("名称"), max_length=80, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-on", "-id"]


class AcceptanceVisit(models.Model):
    """One round of acceptance. It is open until it is decided; half done by one and finished by another."""

    adaptation = models.ForeignKey(Adaptation, models.PROTECT, related_name="acceptances")
    round = models.PositiveSmallIntegerField(default=1)
    day = models.ForeignKey(AcceptanceDay, models.PROTECT, null=True, blank=True, related_name="homes")
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    opened_at = models.DateTimeField()
    held_at = models.DateTimeField(null=True, blank=True)
    contractor_present = models.CharField(_("施工方到场"), max_length=60, blank=True)
    words = models.TextField(blank=True)
    result = models.CharField(
        max_length=10, blank=True, choices=[("accepted", _("通过")), ("sent_back", _("退回整改"))]
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["round"]
        constraints = [
            models.UniqueConstraint(fields=["adaptation", "round"], name="one_acceptance_per_round"),
            models.UniqueConstraint(
                fields=["adaptation"], condition=Q(decided_at__isnull=True), name="one_open_acceptance_per_adaptation"
            ),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, result="") | Q(decided_at__isnull=False) & ~Q(result=""),
                name="decided_acceptance_has_a_result",
            ),
        ]

    @property
    def open_lines(self) -> int:
        """Of the lines that were read with it."""
        return sum(not row.result for row in self.lines.all())


class MemberBody(models.TextChoices):
    STREET = "street", _("街道")
    COMMUNITY = "community", _("社区")
    THIRD_PARTY = "third_party", _("第三方")


THE_THREE = tuple(MemberBody.values)


class AcceptanceMember(models.Model):
    """Who takes part for one of the three bodies. Nobody of the contractor's, at any time since the order."""

    visit = models.ForeignKey(AcceptanceVisit, models.PROTECT, related_name="members")
    body = models.CharField(_("哪一方"), max_length=12, choices=MemberBody.choices)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("姓名"), max_length=60)
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    signing = models.OneToOneField(Signing, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "user"], name="acceptance_member_once"),
            models.UniqueConstraint(fields=["visit", "body", "name"], name="acceptance_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="acceptance_member_has_a_name"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="no_contractor_accepts",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM eldercare_acceptancevisit v
                        JOIN eldercare_workorder o ON o.adaptation_id = v.adaptation_id
                        WHERE v.id = NEW.visit_id AND (
                            o.contractor_id = NEW.organisation_id
                            OR EXISTS (
                                SELECT 1 FROM people_membership m
                                WHERE m.user_id = NEW.user_id AND m.organisation_id = o.contractor_id
                                AND (m.ends_on IS NULL OR m.ends_on >= o.ordered_on)
                            )
                        )
                    ) THEN RAISE EXCEPTION 'the contractor does not accept its own works' USING ERRCODE = 'check_violation';
                    END IF; RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_body_display()} {self.name}"


class LineResult(models.TextChoices):
    PASS = "pass", _("通过")
    FAIL = "fail", _("不通过")
    WAIVED = "waived", _("免改")
    MISSING = "missing", _("没做")


class AcceptanceLineQuerySet(models.QuerySet["AcceptanceLine"]):
    def visible_to(self, user: Any) -> Self:
        """Of the adaptations that one reads."""
        return self.filter(visit__adaptation__in=Adaptation.objects.visible_to(user).order_by().values("pk"))


class AcceptanceLine(models.Model):
    """What was found of one line of the plan. ``result`` empty: not looked at yet. A waived one is never counted as passed.

    ``accepted_at``, ``community`` and ``counted_as`` ("地面改造:basic") are for the figures: set when the home is accepted, on the
    line that says that it passed.
    """

    visit = models.ForeignKey(AcceptanceVisit, models.PROTECT, related_name="lines")
    line = models.ForeignKey(PlanLine, models.PROTECT, related_name="accepted_as")
    result = models.CharField(max_length=8, choices=LineResult.choices, blank=True)
    found_quantity = models.DecimalField(_("实际数量"), max_digits=10, decimal_places=2, null=True, blank=True)
    found_spec = models.CharField(_("实际规格"), max_length=120, blank=True)
    defect = models.CharField(_("哪里不对"), max_length=200, blank=True)
    words = models.CharField(_("说明"), max_length=300, blank=True)
    photo = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    rectify_by = models.DateField(_("改好期限"), null=True, blank=True)
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    community = models.ForeignKey(
        "places.Community", models.PROTECT, null=True, editable=False, related_name="+", help_text="to be counted"
    )
    counted_as = models.CharField(max_length=60, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1)

    objects = AcceptanceLineQuerySet.as_manager()

    class Meta:
        ordering = ["line__number"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "line"], name="acceptance_line_once"),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(result="pass", community__isnull=False) & ~Q(counted_as=""),
                name="accepted_line_passed_and_counts",
            ),
            models.CheckConstraint(
                condition=~Q(result__in=["fail", "missing"]) | ~Q(defect="") & Q(rectify_by__isnull=False),
                name="failed_line_says_what_and_until_when",
            ),
            models.CheckConstraint(
                condition=Q(result="") | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="decided_line_says_who",
            ),
        ]


SCORE: dict[str, Any] = {"validators": [MinValueValidator(1), MaxValueValidator(5)]}


class Interview(models.Model):
    """What the elder or one of the family says: at acceptance, or at a follow-up (``visit`` null). Strain of whoever cares: 1 light to 5 heavy."""

    adaptation = models.ForeignKey(Adaptation, models.PROTECT, related_name="interviews")
    visit = models.ForeignKey(AcceptanceVisit, models.PROTECT, null=True, blank=True, related_name="interviews")
    community = models.ForeignKey(
        "places.Community", models.PROTECT, related_name="+", help_text="the adaptation's, to be counted"
    )
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("谁"), max_length=50)
    relation = models.CharField(_("关系"), max_length=12, choices=Relation.choices)
    alone = models.BooleanField(_("单独谈的"), default=False)
    why_not = models.CharField(_("为什么没谈"), max_length=200, blank=True, help_text="the elder could not be asked")
    can_use = models.BooleanField(_("会用了"), null=True, blank=True)
    was_taught = models.BooleanField(_("有人教过"), null=True, blank=True)
    feels_safer = models.BooleanField(_("觉得更安全"), null=True, blank=True)
    strain_before = models.PositiveSmallIntegerField(_("改造前照护有多累"), null=True, blank=True, **SCORE)
    strain_after = models.PositiveSmallIntegerField(_("改造后"), null=True, blank=True, **SCORE)
    score = models.PositiveSmallIntegerField(_("满意吗"), null=True, blank=True, **SCORE)
    words = models.TextField(_("怎么说的"), blank=True)
    may_be_quoted = models.BooleanField(_("同意引用这句话"), default=False)
    months = models.PositiveSmallIntegerField(default=0, help_text="0 at acceptance; 1, 3, 12 at a follow-up")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(1, 5)), name="interview_score_is_1_to_5"
            ),
            models.CheckConstraint(
                condition=(Q(strain_before__isnull=True) | Q(strain_before__range=(1, 5)))
                & (Q(strain_after__isnull=True) | Q(strain_after__range=(1, 5))),
                name="strain_is_1_to_5",
            ),
            models.CheckConstraint(
                condition=~Q(why_not="") | Q(score__isnull=False), name="interview_has_a_score_or_says_why_not"
            ),
        ]


class Settlement(models.Model):
    """What was paid for an accepted adaptation. One invoice of a contractor is paid once."""

    adaptation = models.OneToOneField(Adaptation, models.PROTECT, related_name="settlement")
    contractor = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    invoice = models.CharField(_("发票号"), max_length=40)
    invoice_sum = models.DecimalField(_("发票金额"), max_digits=10, decimal_places=2)
    paid = models.DecimalField(_("补贴实付"), max_digits=10, decimal_places=2)
    amounts = models.JSONField(default=dict, blank=True, help_text="what the invoice asks for each line, by its number")
    bank_tail = models.CharField(_("收款账号后四位"), max_length=4, blank=True)
    paid_on = models.DateField(_("付款日期"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contractor", "invoice"], name="invoice_is_paid_once"),
            models.CheckConstraint(condition=Q(paid__gte=0, invoice_sum__gt=0), name="settlement_is_not_negative"),
            models.CheckConstraint(condition=Q(paid__lte=models.F("invoice_sum")), name="paid_is_at_most_the_invoice"),
        ]
