"""What may be built and with whose money: the catalogue in versions, and the programme of a street in a year."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.places.models import Street, in_reader_language
from eldercare.catalogue_words import CATEGORIES, UNITS

MONEY: dict[str, Any] = {"max_digits": 10, "decimal_places": 2}  # yuan


class CatalogueList(models.Model):
    """One version of the list of items; the national one (民发〔2020〕86号) has no street. A case pins the list that it was begun with."""

    street = models.ForeignKey(Street, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    version = models.PositiveIntegerField(_("版本"))
    source = models.CharField(_("出处"), max_length=200)
    valid_from = models.DateField(_("从哪天起"))
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["-valid_from", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["street", "version"], nulls_distinct=False, name="one_catalogue_list_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"

    @property
    def title(self) -> str:
        return in_reader_language(self.name, self.name_en)


class CatalogueItem(models.Model):
    """``price_cap`` is what the programme pays for one at most; None for no cap of its own."""

    catalogue = models.ForeignKey(CatalogueList, models.PROTECT, related_name="items")
    code = models.SlugField(max_length=30)
    category = models.CharField(_("类别"), max_length=30)
    name = models.CharField(_("项目"), max_length=60)
    name_en = models.CharField(max_length=80, blank=True)
    is_basic = models.BooleanField(_("基础项目"), default=False)
    unit = models.CharField(_("单位"), max_length=10, default="项")
    price = models.DecimalField(_("参考价"), null=True, blank=True, **MONEY)
    price_cap = models.DecimalField(_("补贴上限"), null=True, blank=True, **MONEY)
    needs_works = models.BooleanField(_("要施工"), default=False)
    is_device = models.BooleanField(_("是设备"), default=False)
    may_be_lent = models.BooleanField(_("可以借用"), default=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["catalogue", "code"], name="catalogue_item_once"),
            models.CheckConstraint(
                condition=(Q(price__isnull=True) | Q(price__gte=0)) & (Q(price_cap__isnull=True) | Q(price_cap__gte=0)),
                name="catalogue_prices_are_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return in_reader_language(self.name, self.name_en)

    @property
    def unit_said(self) -> str:
        return str(UNITS.get(self.unit, self.unit))

    @property
    def category_said(self) -> str:
        return str(CATEGORIES.get(self.category, self.category))


class Programme(models.Model):
    """The money of a street for a year. ``committed`` is bound by proposed plans, ``settled`` is paid: both move in one guarded
    statement each (actions/budget.py), and the database keeps their sum within the budget."""

    street = models.ForeignKey(Street, models.PROTECT, related_name="programmes")
    name = models.CharField(_("名称"), max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    year = models.PositiveSmallIntegerField(_("年度"))
    family = models.SlugField(
        _("同类项目"), max_length=40, help_text=_("同一类的项目，一户只改造一次，如 home-adaptation")
    )
    catalogue = models.ForeignKey(CatalogueList, models.PROTECT, related_name="+", verbose_name=_("项目清单"))
    rules = models.SlugField(max_length=40, default="adaptation_eligibility", help_text="code of the rule set")
    funded_codes = ArrayField(
        models.SlugField(max_length=30),
        default=list,
        blank=True,
        verbose_name=_("另外补贴的项目"),
        help_text=_("基础项目都补贴，不用写"),
    )
    papers = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=_("要交的材料"))
    papers_en = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    budget = models.DecimalField(_("预算"), max_digits=12, decimal_places=2)
    cap = models.DecimalField(_("每户上限"), **MONEY)
    target_households = models.PositiveIntegerField(_("计划户数"), default=0)
    opens_on = models.DateField(_("从"))
    closes_on = models.DateField(_("到"))
    committed = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    settled = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-year", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(committed__gte=0, settled__gte=0, budget__gte=F("committed") + F("settled")),
                name="programme_stays_within_its_budget",
            ),
            models.CheckConstraint(condition=Q(cap__gt=0), name="programme_has_a_cap"),
            models.CheckConstraint(condition=Q(closes_on__gt=F("opens_on")), name="programme_closes_after_it_opens"),
            models.UniqueConstraint(
                fields=["street", "year", "name"],
                name="programme_once_a_year",
                violation_error_message=_("这一年已经有同名的项目了。"),
            ),
        ]

    def __str__(self) -> str:
        return in_reader_language(self.name, self.name_en)

    @property
    def left(self) -> Decimal:
        """What is neither bound nor paid, in yuan."""
        return self.budget - self.committed - self.settled
