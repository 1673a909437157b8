"""Where people live, learn, work or charge, as safety sees it: what duties are about, and where drills are held."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.people.models import Organisation
from community_portal.places.models import Building, Community, Grid, PlaceQuerySet, in_reader_language


class PremisesKind(models.TextChoices):
    HOMES = "homes", _("住宅楼")
    SHOP = "shop", _("沿街商铺")
    SCHOOL = "school", _("学校")
    KINDERGARTEN = "kindergarten", _("幼儿园")
    COMPANY = "company", _("企业")
    SITE = "site", _("充电场所")
    CARE_HOME = "care_home", _("养老机构")
    HALL = "hall", _("会客厅")
    STILT_FLOOR = "stilt_floor", _("架空层")


class Premises(models.Model):
    """A house, a school, a shop. ``ref`` names it in the due register; ``building`` where it is one of the address book."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="premises")
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("网格"))
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="premises", verbose_name=_("哪一幢")
    )
    kind = models.CharField(_("类型"), max_length=14, choices=PremisesKind.choices)
    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=80, blank=True)
    floors = models.PositiveSmallIntegerField(_("几层"), default=1)
    height_m = models.PositiveSmallIntegerField(_("高度（米）"), null=True, blank=True)
    heads = models.PositiveIntegerField(_("平时多少人"), default=0)
    is_key_unit = models.BooleanField(_("消防安全重点单位"), default=False)
    contact_name = models.CharField(_("消防负责人"), max_length=50, blank=True)
    contact_phone = models.CharField(_("电话"), max_length=20, blank=True)
    property_company = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("物业公司")
    )
    since = models.DateField(_("从哪天起"))
    until = models.DateField(_("到哪天为止"), null=True, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["community_id", "name"]
        verbose_name_plural = "premises"
        constraints = [
            models.UniqueConstraint(fields=["community", "name"], name="one_premises_of_a_name_per_community"),
            models.CheckConstraint(condition=Q(floors__gte=1, floors__lte=120), name="premises_have_floors"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=models.F("since")), name="premises_end_after_they_began"
            ),
        ]

    def __str__(self) -> str:
        return in_reader_language(self.name, self.name_en)

    @property
    def ref(self) -> str:
        return f"premises:{self.pk}"
