"""Rules as data: limits, caps and frequencies that differ by place and change with the law, each with its clause in plain words.

A set is one version of what is in force under a ``code``, for everybody (``street`` null) or for one street, whose own rules
stand in place of the general ones of the same code. What was published never changes: a change is a new version.
"""

import datetime as dt
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from community_portal.places.models import Street, in_reader_language


class Days(Func):
    """``daterange(valid_from, valid_until)``: from that day on, up to but not with the last."""

    function = "daterange"
    output_field = DateRangeField()


class RuleSetQuerySet(models.QuerySet["RuleSet"]):
    def in_force(self, *, on: Any) -> Self:
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=on), valid_from__lte=on)

    def of_place(self, street_id: Any) -> Self:
        """The general ones, and those of this street."""
        return self.filter(Q(street__isnull=True) | Q(street=street_id))


class RuleSet(models.Model):
    """One version of the rules of a subject. ``valid_until`` is the first day on which it holds no more."""

    code = models.SlugField(max_length=40)
    title = models.CharField(_("名称"), max_length=80)
    title_en = models.CharField(_("英文名称"), max_length=120, blank=True)
    street = models.ForeignKey(Street, models.PROTECT, null=True, blank=True, related_name="rule_sets")
    version = models.PositiveIntegerField(_("版本"))
    valid_from = models.DateField(_("从哪天起"))
    valid_until = models.DateField(_("到哪天止"), null=True, blank=True)
    source = models.CharField(_("出处"), max_length=200)
    is_draft_law = models.BooleanField(default=False, help_text="the text it was taken from is not in force itself yet")
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField()

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        ordering = ["code", "street_id", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "street", "version"], nulls_distinct=False, name="one_rule_set_per_version"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="rule_set_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="one_rule_set_at_a_time",
                expressions=[
                    (F("code"), RangeOperators.EQUAL),
                    (Coalesce("street_id", 0), RangeOperators.EQUAL),
                    (Days("valid_from", "valid_until", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="rule_set_stays", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="rule_set_is_published", exclude=["valid_until"]),
        ]

    def __str__(self) -> str:
        return in_reader_language(self.title, self.title_en)

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which it holds, as people say it."""
        return self.valid_until - dt.timedelta(days=1) if self.valid_until else None


class Operator(models.TextChoices):
    AT_MOST = "<=", "≤"
    AT_LEAST = ">=", "≥"
    EQUAL = "=", "="
    AMONG = "in", _("属于")
    BETWEEN = "between", _("介于")
    TRUE = "true", _("必须是")


class Severity(models.TextChoices):
    """A hard rule that is not met forbids; a soft one asks for a reason or a waiver."""

    HARD = "hard", _("必须满足")
    SOFT = "soft", _("可以说明")


class Waiver(models.TextChoices):
    NONE = "none", _("不能豁免")
    STREET = "street", _("街道可书面豁免")


class Rule(models.Model):
    """``parameter`` names the fact that is compared with ``limit`` (a number, a word, a list, or two bounds).

    ``applies`` narrows it: ``{"kind": ["stilt_floor"]}`` is a rule for stilt floors alone.
    """

    rule_set = models.ForeignKey(RuleSet, models.PROTECT, related_name="rules")
    code = models.SlugField(max_length=40)
    title = models.CharField(_("规则"), max_length=80)
    title_en = models.CharField(max_length=120, blank=True)
    plain = models.CharField(_("一句话说明"), max_length=200)
    plain_en = models.CharField(max_length=300, blank=True)
    parameter = models.SlugField(max_length=40)
    operator = models.CharField(max_length=8, choices=Operator.choices)
    limit = models.JSONField(_("限值"), default=None, null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=20, blank=True)
    severity = models.CharField(max_length=4, choices=Severity.choices, default=Severity.HARD)
    waiver = models.CharField(max_length=6, choices=Waiver.choices, default=Waiver.NONE)
    clause = models.CharField(_("条款"), max_length=120, blank=True)
    applies = models.JSONField(default=dict, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["rule_set", "code"], name="rule_once_per_set"),
            models.CheckConstraint(condition=Q(operator__in=Operator.values), name="rule_operator_exists"),
            models.CheckConstraint(condition=Q(severity="soft") | Q(waiver="none"), name="hard_rule_is_never_waived"),
        ]
        triggers = [pgtrigger.Protect(name="rule_is_published", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return in_reader_language(self.title, self.title_en)

    @property
    def plain_words(self) -> str:
        """The rule in one sentence, in the reader's language."""
        return in_reader_language(self.plain, self.plain_en)


class RuleResult(models.Model):
    """What a rule said about a part of a matter when it was asked, with the fact it was told. Asking again is another row."""

    rule = models.ForeignKey(Rule, models.PROTECT, related_name="results")
    flow = models.CharField(max_length=30)
    matter_id = models.BigIntegerField()
    part = models.CharField(max_length=40, blank=True)
    value = models.JSONField(null=True)
    passes = models.BooleanField()
    note = models.CharField(max_length=300, blank=True)
    waived_because = models.CharField(max_length=300, blank=True, help_text="words and document of the waiver")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["flow", "matter_id", "part"], name="rule_results_of_matter")]
        constraints = [
            models.CheckConstraint(condition=Q(waived_because="") | Q(passes=False), name="only_what_fails_is_waived")
        ]
        triggers = [pgtrigger.Protect(name="rule_result_stays", operation=pgtrigger.Update | pgtrigger.Delete)]
