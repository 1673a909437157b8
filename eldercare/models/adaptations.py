"""A home adaptation: one household, one case, from the application to the last call a year after."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Matter, truths_of
from community_portal.matters.models import Extendable, Visited, VisitPlan
from community_portal.people.models import Household, Organisation, Resident
from community_portal.places.models import in_reader_language
from eldercare.models.assessments import Hazard, RoomKind
from eldercare.models.programmes import MONEY, CatalogueList, Programme
from eldercare.workflow.adaptation import ADAPTATION
from eldercare.workflow.states import BUILT, OPEN, State


class Exclusion(models.TextChoices):
    """Why a home is not adapted, whoever lives in it."""

    DEMOLITION = "demolition", _("两年内要拆迁")
    UNSAFE = "unsafe", _("危房")
    NOT_POSSIBLE = "not_possible", _("结构上做不了")
    RENTED = "rented", _("租住（公租房除外）")
    OTHER_PROGRAMME = "other_programme", _("残联等项目做过")
    ALREADY = "already", _("这户已经改造过")
    BEGUN = "begun", _("批准前已经开工")
    NOT_ELIGIBLE = "not_eligible", _("不符合困难或失能条件")


class Tenure(models.TextChoices):
    """Whose home it is."""

    OWN = "own", _("自己或家里人的")
    PUBLIC = "public", _("公租房")
    RENTED = "rented", _("租别人的")


class Adaptation(Extendable, Visited):
    """``snapshot`` is what eligibility was decided by, rule by rule, kept for ever; ``cap`` that of the programme on that day.

    ``bound`` is what the programme has set aside for it now. What nobody has told about the home (demolition, unsafe,
    possible, other programme) is null, and passes no rule.
    """

    flow = ADAPTATION
    visits = VisitPlan(
        "上门",
        "Home visit",
        waits_in=frozenset({State.SUBMITTED, State.ASSESSING, State.ACCEPTING}),
        minutes=60,
    )

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="adaptations")
    programme_family = models.SlugField(max_length=40, editable=False, help_text="the programme's, for its constraint")
    catalogue = models.ForeignKey(CatalogueList, models.PROTECT, related_name="+")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="adaptations", verbose_name=_("老人"))
    household = models.ForeignKey(Household, models.PROTECT, related_name="adaptations", verbose_name=_("哪一户"))
    needs = models.TextField(_("家里哪里不方便"), blank=True)
    difficulties = ArrayField(
        models.CharField(max_length=12, choices=Hazard.choices), default=list, blank=True, verbose_name=_("哪里不方便")
    )
    tenure = models.CharField(_("房子是谁的"), max_length=8, choices=Tenure.choices, blank=True)
    will_be_demolished = models.BooleanField(_("两年内要拆迁"), null=True, blank=True)
    is_unsafe = models.BooleanField(_("是危房"), null=True, blank=True)
    is_possible = models.BooleanField(_("结构上做得了"), null=True, blank=True)
    other_programme = models.BooleanField(_("残联等项目改过"), null=True, blank=True)
    consent_at = models.DateTimeField(_("本人愿意"), null=True, blank=True)
    works_begun = models.BooleanField(_("已经开工了"), null=True, blank=True)
    snapshot = models.JSONField(default=list, blank=True)
    eligible_at = models.DateTimeField(null=True, blank=True)
    eligible_why = models.CharField(_("街道的书面理由"), max_length=300, blank=True)
    exclusion = models.CharField(_("不符合的原因"), max_length=16, choices=Exclusion.choices, blank=True)
    notice_from = models.DateField(null=True, blank=True)
    notice_until = models.DateField(null=True, blank=True, help_text="the last day of the public notice")
    cap = models.DecimalField(_("补贴上限"), default=0, **MONEY)
    bound = models.DecimalField(default=0, editable=False, **MONEY)
    subsidy = models.DecimalField(_("补贴"), default=0, **MONEY)
    self_pay = models.DecimalField(_("自付"), default=0, **MONEY)
    accepted_sum = models.DecimalField(default=0, **MONEY)
    settled_sum = models.DecimalField(default=0, **MONEY)
    contractor = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("施工单位")
    )
    assessor = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("评估机构")
    )
    round = models.PositiveSmallIntegerField(default=1, help_text="of acceptance")
    ended_why = models.CharField(max_length=300, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    accepted_items = models.PositiveSmallIntegerField(default=0, help_text="lines that passed")
    rested_seconds = models.PositiveIntegerField(default=0, help_text="until it was accepted: waiting for the family")

    class Meta(Matter.Meta):
        constraints = [
            *truths_of(ADAPTATION),
            models.UniqueConstraint(
                fields=["household"], condition=Q(state__in=sorted(OPEN)), name="one_open_adaptation_per_household"
            ),
            models.UniqueConstraint(
                fields=["resident"], condition=Q(state__in=sorted(OPEN)), name="one_open_adaptation_per_elder"
            ),
            models.UniqueConstraint(
                fields=["household", "programme_family"],
                condition=Q(accepted_at__isnull=False),
                name="home_is_adapted_once_per_programme_family",
            ),
            models.CheckConstraint(
                condition=Q(subsidy__gte=0, self_pay__gte=0, subsidy__lte=F("cap")), name="subsidy_stays_within_the_cap"
            ),
            models.CheckConstraint(
                condition=Q(bound__gte=0, bound__lte=F("cap")), name="bound_money_stays_within_the_cap"
            ),
            models.CheckConstraint(
                condition=Q(settled_sum__gte=0, settled_sum__lte=F("accepted_sum")),
                name="settled_is_at_most_what_was_accepted",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.ACCEPTED, State.FOLLOW_UP, State.CLOSED]) | Q(accepted_at__isnull=False),
                name="accepted_adaptation_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(BUILT)) | Q(contractor__isnull=False),
                name="what_is_built_has_a_contractor",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.REJECTED) | ~Q(exclusion=""), name="rejected_adaptation_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(notice_until__isnull=True) | Q(notice_until__gte=F("notice_from")),
                name="notice_ends_after_it_begins",
            ),
        ]
        indexes = [
            *Matter.Meta.indexes,
            models.Index(fields=["programme", "state"], name="adaptations_of_programme"),
            models.Index(fields=["community", "accepted_at"], name="adaptations_accepted"),
            models.Index(fields=["community", "state", "state_since", "id"], name="adaptations_waiting_longest"),
        ]

    @property
    def plan(self) -> Any:
        """The newest version of the household plan; None before there is one."""
        return self.plans.order_by("-version").first()

    @property
    def signed_plan(self) -> Any:
        """The version that holds: the newest one signed, but for a change that was not granted; None before there is one."""
        signed = self.plans.filter(signed_at__isnull=False)
        return signed.filter(Q(changed_by=None) | Q(changed_by__granted_by__isnull=False)).order_by("-version").first()

    @property
    def was_adapted_before(self) -> bool:
        """Was this home, or one of the same person elsewhere, adapted in a programme of the family? Whose and where is not
        told: people are recognised by the keyed hash of their number."""
        same = Q(household=self.household_id) | Q(resident=self.resident_id)
        if number := self.resident.id_hash:
            same |= Q(resident__id_hash=number)
        accepted = Adaptation.objects.filter(same, accepted_at__isnull=False, programme_family=self.programme_family)
        return accepted.exclude(pk=self.pk).exists()

    @property
    def difficulty_labels(self) -> list[str]:
        return [str(Hazard(code).label) for code in self.difficulties]


class Objection(models.Model):
    """异议 in the days of the public notice, by page or on paper, and what the street answered."""

    adaptation = models.ForeignKey(Adaptation, models.PROTECT, related_name="objections")
    words = models.TextField(_("异议"))
    who = models.CharField(_("谁提的"), max_length=60, blank=True, help_text="empty: anonymous")
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answer = models.TextField(_("答复"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="objection_says_what"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(answer="") & Q(answered_by__isnull=False),
                name="answered_objection_has_words",
            ),
        ]


class ApplicationPaper(models.Model):
    """One paper of the application: received as a file, or seen by somebody."""

    adaptation = models.ForeignKey(Adaptation, models.PROTECT, related_name="papers")
    code = models.SlugField(max_length=30)
    name = models.CharField(_("材料"), max_length=60)
    name_en = models.CharField(max_length=120, blank=True)
    attachment = models.ForeignKey("casework.Attachment", models.PROTECT, null=True, blank=True, related_name="+")
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["adaptation", "code"], name="application_paper_once")]

    def __str__(self) -> str:
        return in_reader_language(self.name, self.name_en)

    @property
    def is_there(self) -> bool:
        return self.attachment_id is not None or self.seen_by_id is not None


SIGNED_PLAN = "SELECT 1 FROM eldercare_planversion WHERE id = {0}.plan_id AND signed_at IS NOT NULL"


class PlanVersion(models.Model):
    """一户一方案 in one version. ``content_sha256`` is of what the signer saw; a new version is made to change a signed one."""

    adaptation = models.ForeignKey(Adaptation, models.PROTECT, related_name="plans")
    version = models.PositiveSmallIntegerField()
    total = models.DecimalField(default=0, **MONEY)
    subsidy = models.DecimalField(default=0, **MONEY)
    self_pay = models.DecimalField(default=0, **MONEY)
    content_sha256 = models.CharField(max_length=64, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    change_why = models.CharField(_("为什么变更"), max_length=300, blank=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["adaptation", "version"], name="plan_version_once"),
            models.CheckConstraint(
                condition=Q(subsidy__gte=0, self_pay__gte=0, total=F("subsidy") + F("self_pay")),
                name="plan_sums_add_up",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="signed_plan_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__signed_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class LineState(models.TextChoices):
    ACTIVE = "active", _("照做")
    REPLACED = "replaced", _("已换")
    DROPPED = "dropped", _("不做了")


class Ownership(models.TextChoices):
    GIVEN = "given", _("给老人")
    LENT = "lent", _("借用")


class PlanLine(models.Model):
    """One line: which finding it answers (or why, in words), what, how many, at what price. Prices are per unit, in yuan.

    ``funded`` is what the programme pays of it, ``family`` what the family pays; they add up to the line.
    """

    plan = models.ForeignKey(PlanVersion, models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField(help_text="keeps its number from version to version")
    finding = models.ForeignKey(
        "eldercare.SurveyFinding", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("针对")
    )
    answer = models.ForeignKey("eldercare.AssessmentAnswer", models.PROTECT, null=True, blank=True, related_name="+")
    why = models.CharField(_("为什么做"), max_length=200, blank=True)
    item = models.ForeignKey("eldercare.CatalogueItem", models.PROTECT, related_name="+", verbose_name=_("项目"))
    room = models.CharField(_("装在哪里"), max_length=10, blank=True)
    spec = models.CharField(_("规格、做法"), max_length=120, blank=True)
    quantity = models.DecimalField(_("数量"), max_digits=10, decimal_places=2)
    price = models.DecimalField(_("单价"), **MONEY)
    is_self_paid = models.BooleanField(_("自费"), default=False, help_text="wholly the family's")
    funded = models.DecimalField(default=0, **MONEY)
    family = models.DecimalField(default=0, **MONEY)
    ownership = models.CharField(max_length=6, choices=Ownership.choices, default=Ownership.GIVEN)
    state = models.CharField(max_length=10, choices=LineState.choices, default=LineState.ACTIVE)

    class Meta:
        ordering = ["number", "id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_line_number_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="plan_line_has_a_quantity"),
            models.CheckConstraint(
                condition=Q(price__gte=0, funded__gte=0, family__gte=0), name="plan_line_prices_are_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(finding__isnull=False) | Q(answer__isnull=False) | ~Q(why=""),
                name="plan_line_answers_something",
            ),
            models.CheckConstraint(condition=Q(is_self_paid=False) | Q(funded=0), name="self_paid_line_is_not_funded"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="line_of_signed_plan_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=(
                    f"IF EXISTS ({SIGNED_PLAN.format('OLD')}) OR EXISTS ({SIGNED_PLAN.format('NEW')})"
                    " THEN RAISE EXCEPTION 'lines of a signed plan stay' USING ERRCODE = 'check_violation'; END IF;"
                    " RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;"
                ),
            )
        ]

    def __str__(self) -> str:
        return str(self.item)

    @property
    def room_label(self) -> str:
        return str(RoomKind(self.room).label) if self.room in RoomKind.values else ""


class ChangeOrder(models.Model):
    """变更: another version of the plan while the works go on. It holds once the street granted it and the elder signed it."""

    adaptation = models.ForeignKey(Adaptation, models.PROTECT, related_name="changes")
    before = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+")
    after = models.OneToOneField(PlanVersion, models.PROTECT, related_name="changed_by")
    why = models.CharField(_("为什么变"), max_length=300)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    is_refused = models.BooleanField(default=False)

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["adaptation"], condition=Q(decided_at__isnull=True), name="one_open_change_per_adaptation"
            ),
            models.CheckConstraint(condition=~Q(why=""), name="change_says_why"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, granted_by__isnull=True, is_refused=False)
                | Q(decided_at__isnull=False, granted_by__isnull=False, is_refused=False)
                | Q(decided_at__isnull=False, granted_by__isnull=True, is_refused=True),
                name="decided_change_is_granted_or_refused",
            ),
        ]
