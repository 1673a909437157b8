"""A place where charging points may come to stand, and what was measured, asked and objected there."""

from decimal import Decimal
from typing import Any

import pgtrigger
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from charging.models.rounds import Round
from charging.workflow.sites import BUILT, CLEAR, SITE, State
from community_portal.casework.models import Attachment, Matter, truths_of
from community_portal.people.models import Organisation
from community_portal.places.located import Outlined
from community_portal.places.models import Building, Estate
from community_portal.places.outlines import lies_in


class SiteKind(models.TextChoices):
    OPEN = "open", _("露天")
    SHED = "shed", _("车棚")
    GARAGE = "garage", _("车库")
    STILT_FLOOR = "stilt_floor", _("架空层")
    CABINET = "cabinet", _("换电柜")


class RejectedBecause(models.TextChoices):
    GAS_PIPE = "gas_pipe", _("下面有燃气管")
    OTHER_PIPE = "other_pipe", _("下面有别的管线")
    POWER = "power", _("电力容量不够")
    FIRE_DISTANCE = "fire_distance", _("离住宅或危险品太近")
    EXIT_DISTANCE = "exit_distance", _("离出口太近")
    FIRE_LANE = "fire_lane", _("占了消防车道")
    CROWDED = "crowded", _("挨着人多的地方")
    OBJECTION = "objection", _("附近住户不同意")
    GREEN = "green", _("占了绿地或道路")
    OWNERS = "owners", _("业主表决没有通过")
    NEVER_CAME = "never_came", _("计划取消了")
    OTHER = "other", _("别的原因")


# No site comes where ports may stand with a utility that is blocked, silent or out of date, or a hard rule that fails.
# The day is that of the deed; who moves a state and takes no step is held against today. What was only suspended stands
# already: an answer about building there has done its work, unless it is no by now.
SITE_IS_CLEAR = """
    IF TG_OP = 'UPDATE' AND OLD.state = NEW.state OR NEW.state NOT IN ({clear}) THEN RETURN NEW; END IF;
    day := (CASE WHEN TG_OP = 'INSERT' OR NEW.version IS DISTINCT FROM OLD.version THEN NEW.state_since ELSE now() END
        AT TIME ZONE 'Asia/Shanghai')::date;
    IF TG_OP = 'UPDATE' AND OLD.state = 'suspended' THEN day := '-infinity'; END IF;
    IF NOT EXISTS (SELECT 1 FROM charging_utilityanswer WHERE site_id = NEW.id AND utility = 'gas'
        AND superseded_at IS NULL AND answer IN ('ok', 'conditions')) THEN
        RAISE EXCEPTION 'site % is not clear: the gas company has not agreed', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM charging_utilityanswer WHERE site_id = NEW.id AND superseded_at IS NULL
        AND (answer = 'blocked' OR is_required AND (answer = '' OR valid_until < day))) THEN
        RAISE EXCEPTION 'site % is not clear: a utility has blocked it, or its answer is missing or out of date', NEW.id
            USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM rules_ruleresult WHERE flow = 'site' AND matter_id = NEW.id AND at = NEW.evaluated_at) THEN
        RAISE EXCEPTION 'site % is not clear: it was held against no rules', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT 1 FROM rules_ruleresult result JOIN rules_rule rule ON rule.id = result.rule_id
        WHERE result.flow = 'site' AND result.matter_id = NEW.id AND result.at = NEW.evaluated_at
        AND NOT result.passes AND rule.severity = 'hard') THEN
        RAISE EXCEPTION 'site % is not clear: a rule forbids it', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'in_service' AND NOT EXISTS (SELECT 1 FROM charging_siteacceptance WHERE site_id = NEW.id
        AND accepted_at IS NOT NULL) THEN
        RAISE EXCEPTION 'site % was accepted by nobody', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""

CHAIN_HAS_NO_LOOP = """
    IF NEW.replaces_id IS NOT NULL AND (NEW.replaces_id = NEW.id OR EXISTS (
        WITH RECURSIVE chain(id, replaces_id) AS (
            SELECT id, replaces_id FROM charging_site WHERE id = NEW.replaces_id
            UNION SELECT site.id, site.replaces_id FROM charging_site site JOIN chain ON site.id = chain.replaces_id
        ) SELECT 1 FROM chain WHERE id = NEW.id OR replaces_id = NEW.id)) THEN
        RAISE EXCEPTION 'site % would take the place of itself', NEW.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class Site(Outlined, Matter):
    """``evaluated_at`` names the results of rules by which it was decided (``RuleResult.at``). ``replaces`` is the place given up
    for it. ``outline`` is drawn on the plan, points of longitude and latitude as WGS-84; what decides is measured on the spot.
    """

    flow = SITE

    estate = models.ForeignKey(Estate, models.PROTECT, related_name="sites", verbose_name=_("小区"))
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="sites", verbose_name=_("哪一幢旁边")
    )
    name = models.CharField(_("位置"), max_length=60)
    kind = models.CharField(_("哪一种"), max_length=12, choices=SiteKind.choices, default=SiteKind.OPEN)
    area = models.DecimalField(
        _("面积（平方米）"),
        max_digits=8,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    planned_ports = models.PositiveSmallIntegerField(
        _("打算装几个"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    groups = models.PositiveSmallIntegerField(_("分成几组"), default=1, validators=[MinValueValidator(1)])
    round = models.ForeignKey(
        Round, models.PROTECT, null=True, blank=True, related_name="sites", verbose_name=_("哪一批")
    )
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    plan = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    contractor = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("施工单位")
    )
    rejected_code = models.CharField(_("为什么不装"), max_length=14, choices=RejectedBecause.choices, blank=True)
    rejected_plain = models.CharField(_("给居民的一句话"), max_length=200, blank=True)
    rejected_at = models.DateTimeField(null=True, blank=True)
    notice_from = models.DateField(null=True, blank=True)
    notice_until = models.DateField(null=True, blank=True, help_text="the last day of the public notice")
    evaluated_at = models.DateTimeField(null=True, blank=True)
    approved_ports = models.PositiveSmallIntegerField(_("批准装几个"), null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    in_service_on = models.DateField(_("哪天起能用"), null=True, blank=True)
    removed_on = models.DateField(null=True, blank=True)

    class Meta(Matter.Meta):
        constraints = [
            *truths_of(SITE),
            *Outlined.Meta.constraints,
            models.CheckConstraint(
                condition=Q(planned_ports__isnull=True) | Q(planned_ports__gte=1), name="site_has_ports"
            ),
            models.CheckConstraint(condition=Q(area__isnull=True) | Q(area__gt=0), name="site_has_an_area"),
            models.CheckConstraint(condition=Q(groups__gte=1), name="site_has_a_group"),
            models.CheckConstraint(
                condition=Q(approved_ports__isnull=True)
                | Q(approved_ports__gte=1, approved_ports__lte=F("planned_ports")),
                name="no_more_ports_approved_than_planned",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(CLEAR | BUILT))
                | Q(approved_ports__isnull=False, approved_at__isnull=False),
                name="approved_site_says_how_many",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted((CLEAR | BUILT) - {State.APPROVED})) | Q(contractor__isnull=False),
                name="site_that_is_built_has_a_contractor",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(BUILT)) | Q(in_service_on__isnull=False),
                name="site_in_service_since_when",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.REJECTED)
                | ~Q(rejected_code="") & ~Q(rejected_plain="") & Q(rejected_at__isnull=False),
                name="rejected_site_says_why",
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("id")), name="site_does_not_replace_itself"
            ),
            models.CheckConstraint(
                condition=Q(notice_until__isnull=True) | Q(notice_until__gte=F("notice_from")),
                name="site_notice_ends_after_it_begins",
            ),
        ]
        indexes = [*Matter.Meta.indexes, models.Index(fields=["estate", "state"], name="sites_of_estate")]
        triggers = [
            pgtrigger.Trigger(
                name="site_is_clear",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=[("day", "date")],
                func=SITE_IS_CLEAR.format(clear=", ".join(f"'{state}'" for state in sorted(CLEAR))),
            ),
            pgtrigger.Trigger(
                name="chain_has_no_loop",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("replaces_id"),
                func=CHAIN_HAS_NO_LOOP,
            ),
        ]

    @property
    def full_name(self) -> str:
        """Where it is, with its estate: 上海路 9 号楼，一、二单元之间."""
        return gettext("%(estate)s，%(name)s") % {"estate": self.estate, "name": self.name}

    @property
    def lies_outside(self) -> bool:
        """Outside the outline of its estate, as far as both are on the map."""
        outline = self.estate.outline
        return bool(outline and self.point and not lies_in(outline, *self.point))

    @property
    def chain(self) -> list[Any]:
        """The places that were given up before it, first to last, itself, and those that took its own."""
        before: list[Any] = []
        after: list[Any] = []
        one: Any = self
        while one.replaces_id:
            one = one.replaces
            before.insert(0, one)
        one = self
        while one := Site.objects.select_related("case", "estate").filter(replaces=one.pk).first():
            after.append(one)
        return [*before, self, *after]


class HowMeasured(models.TextChoices):
    TAPE = "tape", _("卷尺")
    LASER = "laser", _("激光")
    DRAWING = "drawing", _("图上量")
    SEEN = "seen", _("看过")


class Measurement(models.Model):
    """One thing measured or looked at on the spot: the fact that a rule asks for by its ``parameter``. The newest counts."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="measurements")
    parameter = models.SlugField(max_length=40)
    metres = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True, help_text="or another number")
    holds = models.BooleanField(null=True, blank=True, help_text="of what is a plain yes or no")
    how = models.CharField(_("怎么量的"), max_length=8, choices=HowMeasured.choices)
    measured_by = models.CharField(_("谁量的"), max_length=60)
    note = models.CharField(_("备注"), max_length=120, blank=True)
    photo = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(metres__isnull=True) | Q(metres__gte=0), name="no_distance_below_zero"),
            models.CheckConstraint(
                condition=Q(metres__isnull=True, holds__isnull=False) | Q(metres__isnull=False, holds__isnull=True),
                name="measured_is_a_number_or_a_truth",
            ),
            models.CheckConstraint(condition=Q(how__in=HowMeasured.values), name="measured_says_how"),
        ]
        indexes = [models.Index(fields=["site", "parameter", "-id"], name="measurements_of_site")]
        triggers = [pgtrigger.Protect(name="measurement_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    @property
    def value(self) -> Any:
        return self.holds if self.metres is None else self.metres
