"""A wire let down from a window to charge: 飞线."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from charging.workflow.wires import WIRE
from community_portal.casework.models import Matter, truths_of
from community_portal.places.located import Located
from community_portal.places.models import Building, Estate


class Cause(models.TextChoices):
    """Why they charge like that. What nobody has asked is no cause."""

    NO_GARAGE = "no_garage", _("没有车库")
    NO_PORT = "no_port", _("附近没有充电口")
    FULL = "full", _("充电口总是满的")
    DEAR = "dear", _("充电太贵")
    BROKEN = "broken", _("充电口坏了")
    NO_TRUST = "no_trust", _("不放心、不会用")
    OTHER = "other", _("别的原因")


class Danger(models.TextChoices):
    WALKWAY = "walkway", _("挂在人走的地方上面")
    WATER = "water", _("泡在水里、会淋雨")
    BARE = "bare", _("线破了、有火花")


class Outcome(models.TextChoices):
    REMOVED = "removed", _("收掉了")
    CHARGES_ELSEWHERE = "elsewhere", _("改到充电口去充了")
    NOT_FOUND = "not_found", _("去看没有找到")
    REPEATED = "repeated", _("收了又拉，另外处理")
    HAZARD = "hazard", _("转消防隐患处理")


class WireReport(Located, Matter):
    """``join_of`` is the report of the same wire that came first; ``urgent`` when something of ``dangers`` is told.

    ``weight`` is what it adds to the demand of its estate: one, and one more for each time it came back within thirty days.
    """

    flow = WIRE

    estate = models.ForeignKey(Estate, models.PROTECT, related_name="wires", verbose_name=_("小区"))
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="wires", verbose_name=_("哪一幢")
    )
    unit = models.CharField(_("几单元"), max_length=20, blank=True)
    floor = models.PositiveSmallIntegerField(_("从几楼拉下来"), null=True, blank=True)
    place = models.CharField(_("在哪里"), max_length=120, blank=True, help_text="as told, where no building says it")
    cause = models.CharField(_("为什么这样充"), max_length=10, choices=Cause.choices, blank=True)
    dangers = ArrayField(
        models.CharField(max_length=8, choices=Danger.choices), default=list, blank=True, verbose_name=_("危险吗")
    )
    is_urgent = models.BooleanField(_("紧急"), default=False)
    is_anonymous = models.BooleanField(default=False)
    join_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="joined")
    site = models.ForeignKey("charging.Site", models.PROTECT, null=True, blank=True, related_name="wires")
    weight = models.PositiveSmallIntegerField(default=1)
    before_site = models.BooleanField(default=False, help_text="in the 90 days before ports came to stand near it")
    after_site = models.BooleanField(default=False, help_text="in the 90 days after")
    outcome = models.CharField(_("结果"), max_length=10, choices=Outcome.choices, blank=True)

    class Meta(Matter.Meta):
        constraints = [
            *truths_of(WIRE),
            *Located.Meta.constraints,
            models.CheckConstraint(
                condition=Q(join_of__isnull=True) | ~Q(join_of=F("id")), name="wire_is_not_joined_to_itself"
            ),
            models.CheckConstraint(
                condition=~Q(state="joined") | Q(join_of__isnull=False), name="joined_wire_says_to_which"
            ),
            models.CheckConstraint(condition=~Q(state="closed") | ~Q(outcome=""), name="closed_wire_has_an_outcome"),
        ]
        indexes = [*Matter.Meta.indexes, models.Index(fields=["estate", "opened_at"], name="wires_of_estate")]
