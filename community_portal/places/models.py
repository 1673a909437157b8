"""Where things are: street → community → grid, estate → building, the rooms of the hall, and which days are working days."""

import functools
import operator
import re
from collections.abc import Iterable
from typing import Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Cast
from django.utils.translation import get_language, gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from community_portal.places.coordinates import Box
from community_portal.places.located import Located, Outlined


class BilingualName(models.Model):
    """A name in Chinese with an optional English one, shown in the reader's language."""

    name = models.CharField(_("名称"), max_length=60)
    name_en = models.CharField(_("英文名称"), max_length=80, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return in_reader_language(self.name, self.name_en)


def in_reader_language(name: str, name_en: str) -> str:
    """The English name for a reader of English, when there is one."""
    return name_en if name_en and (get_language() or "").startswith("en") else name


def list_in_reader_language(words: list[str], words_en: list[str]) -> list[str]:
    """The English lines for a reader of English, when each has one."""
    is_whole = words_en and len(words_en) == len(words)
    return words_en if is_whole and (get_language() or "").startswith("en") else words


class Street(BilingualName):
    """街道: the lowest level of government, above several communities."""

    code = models.CharField(max_length=4, unique=True)
    district = models.CharField(_("区"), max_length=40)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    keeps_forms = models.BooleanField(
        _("没有网络时存在手机上"),
        default=False,
        db_default=False,
        help_text="phones of staff keep forms that found no network, with names, until sent or until the day ends",
    )
    west = models.DecimalField(_("最西的经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    south = models.DecimalField(_("最南的纬度"), max_digits=9, decimal_places=6, null=True, blank=True)
    east = models.DecimalField(_("最东的经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    north = models.DecimalField(_("最北的纬度"), max_digits=9, decimal_places=6, null=True, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(west__isnull=True, south__isnull=True, east__isnull=True, north__isnull=True)
                | Q(west__isnull=False, south__isnull=False, east__isnull=False, north__isnull=False)
                & Q(west__gte=-180, east__lte=180, south__gte=-90, north__lte=90)
                & Q(west__lt=F("east"), south__lt=F("north")),
                name="street_has_a_box_or_none",
                violation_error_message=_("范围的四个数要一起填：西比东小，南比北小。"),
            )
        ]

    @property
    def box(self) -> Box | None:
        """Where everything of this street lies, once somebody has said so."""
        west, south, east, north = self.west, self.south, self.east, self.north
        return None if None in (west, south, east, north) else Box(west, south, east, north)  # type: ignore[arg-type]


class Community(BilingualName):
    """社区 with its living room (会客厅)."""

    street = models.ForeignKey(Street, models.PROTECT, related_name="communities")
    code = models.CharField(max_length=4, unique=True, help_text=_("事项编号的开头，如 LT"))
    phone = models.CharField(_("值班电话"), max_length=20)
    address = models.CharField(_("地址"), max_length=120, blank=True)
    opened_on = models.DateField(
        _("会客厅启用日期"), null=True, blank=True, help_text=_("“开门以来”的数字从这一天算起")
    )
    is_active = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "communities"
        ordering = ["code"]


class Grid(models.Model):
    """网格: some buildings of one community, looked after by a grid officer."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="grids")
    number = models.PositiveSmallIntegerField(_("网格号"))
    note = models.CharField(_("范围"), max_length=120, blank=True)

    class Meta:
        ordering = ["community_id", "number"]
        constraints = [models.UniqueConstraint(fields=["community", "number"], name="one_grid_number_per_community")]

    def __str__(self) -> str:
        return grid_label(self.number)


def grid_label(number: int) -> str:
    """3 网格."""
    return gettext("%(number)s 网格") % {"number": number}


class Estate(BilingualName, Outlined):
    """小区. It may span several grids; each of its buildings belongs to one."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="estates")
    households = models.PositiveIntegerField(_("户数"), null=True, blank=True)
    area_m2 = models.DecimalField(
        _("专有部分总面积（㎡）"),
        max_digits=11,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("表决名册和它核对"),
    )

    class Meta:
        ordering = ["community_id", "name"]
        constraints = [
            *Outlined.Meta.constraints,
            models.UniqueConstraint(fields=["community", "name"], name="one_estate_name_per_community"),
            models.CheckConstraint(condition=Q(area_m2__isnull=True) | Q(area_m2__gt=0), name="estate_has_an_area"),
        ]


class BuildingUse(models.TextChoices):
    """What happens in a building: rules about fire ask for it."""

    HOMES = "homes", _("住宅")
    MIXED = "mixed", _("下面商铺、上面住宅")
    PUBLIC = "public", _("公共建筑")
    SCHOOL = "school", _("学校、幼儿园")
    CARE = "care", _("养老院、医院")
    SHOPS = "shops", _("商铺")
    WORKS = "works", _("厂房、仓库")
    OTHER = "other", _("其他")


class Building(Located):
    """幢. 3栋, 三幢, 3# and 3号楼 are all number 3; ``suffix`` holds what follows the number (3A)."""

    estate = models.ForeignKey(Estate, models.PROTECT, related_name="buildings")
    grid = models.ForeignKey(Grid, models.PROTECT, related_name="buildings")
    number = models.PositiveSmallIntegerField(_("幢号"))
    suffix = models.CharField(max_length=4, blank=True)
    units = models.PositiveSmallIntegerField(_("单元数"), default=0, help_text=_("没有单元的填 0"))
    floors = models.PositiveSmallIntegerField(_("层数"), default=6)
    use = models.CharField(_("用途"), max_length=6, choices=BuildingUse.choices, blank=True, default="", db_default="")
    height_m = models.DecimalField(_("高度（米）"), max_digits=5, decimal_places=1, null=True, blank=True)
    below_ground = models.PositiveSmallIntegerField(_("地下层数"), null=True, blank=True)
    shops_to_floor = models.PositiveSmallIntegerField(
        _("商铺到几层"), null=True, blank=True, help_text=_("没有商铺填 0")
    )
    stilt_floor = models.BooleanField(_("有架空层"), null=True, blank=True)
    garage = models.BooleanField(_("有车库或车棚"), null=True, blank=True)
    lift = models.BooleanField(_("有电梯"), null=True, blank=True)

    class Meta:
        ordering = ["estate_id", "number", "suffix"]
        constraints = [
            *Located.Meta.constraints,
            models.UniqueConstraint(fields=["estate", "number", "suffix"], name="one_building_number_per_estate"),
            models.CheckConstraint(
                condition=Q(height_m__isnull=True) | Q(height_m__gt=0), name="building_has_a_height"
            ),
            models.CheckConstraint(
                condition=Q(shops_to_floor__isnull=True) | Q(shops_to_floor__lte=F("floors")),
                name="shops_within_the_building",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}{self.suffix}幢"


class Room(BilingualName):
    """A room of the hall that activities can take."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="rooms")
    capacity = models.PositiveSmallIntegerField(_("可容纳人数"), validators=[MinValueValidator(1)])
    is_active = models.BooleanField(_("在用"), default=True, db_default=True)

    class Meta:
        ordering = ["community_id", "name"]
        constraints = [models.UniqueConstraint(fields=["community", "name"], name="one_room_of_a_name_per_hall")]


WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))


class OpeningHours(models.Model):
    """When somebody is in the hall. Separate from the legal calendar: many halls open on Saturdays."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(help_text=_("0 是星期一"))
    opens_at = models.TimeField(_("开门"))
    closes_at = models.TimeField(_("关门"))

    class Meta:
        ordering = ["weekday", "opens_at"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="weekday_of_hours_exists"),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")),
                name="hall_opens_before_it_closes",
                violation_error_message=_("关门时间要晚于开门时间。"),
            ),
            models.UniqueConstraint(fields=["community", "weekday", "opens_at"], name="hours_not_twice"),
        ]


class DayRange(Func):
    """``daterange(first, last, '[]')`` for constraints."""

    function = "DATERANGE"
    output_field = DateRangeField()


class Closure(models.Model):
    """Days on which one hall is closed although the calendar says otherwise."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="closures")
    first_on = models.DateField(_("从"))
    last_on = models.DateField(_("到"))
    reason = models.CharField(_("原因"), max_length=80)

    class Meta:
        ordering = ["first_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_on__lte=F("last_on")),
                name="closure_starts_before_it_ends",
                violation_error_message=_("结束日期不能早于开始日期。"),
            ),
            ExclusionConstraint(
                name="closures_do_not_overlap",
                expressions=[
                    ("community", RangeOperators.EQUAL),
                    (
                        DayRange("first_on", "last_on", RangeBoundary(inclusive_lower=True, inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("这几天已经登记过闭馆。"),
            ),
        ]


class DayKind(models.TextChoices):
    HOLIDAY = "holiday", _("放假")
    MAKEUP = "makeup", _("调休上班")
    ORDINARY = "ordinary", _("照常")  # only by hand: the import says otherwise and must not come back


FEASTS = (
    gettext_noop("元旦"),
    gettext_noop("春节"),
    gettext_noop("春节延长假期"),
    gettext_noop("农历除夕"),
    gettext_noop("清明节"),
    gettext_noop("劳动节"),
    gettext_noop("端午节"),
    gettext_noop("中秋节"),
    gettext_noop("国庆节"),
    gettext_noop("休息日"),
    gettext_noop("中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日"),
)
_FEAST = re.compile("|".join(sorted(FEASTS, key=len, reverse=True)))


def feast_in_reader_language(name: str) -> str:
    """国庆节调休, as the calendar keeps it, for whoever reads; what no notice of the State Council ever said stays as typed."""
    feast, makeup, rest = name.partition("调休")
    words = _FEAST.sub(lambda found: gettext(found[0]), feast)
    return gettext("%(feast)s调休") % {"feast": words} + rest if words and makeup else words or name


class CalendarDay(models.Model):
    """A day that differs from its weekday: a public holiday, or a weekend day worked to make up for one."""

    date = models.DateField(primary_key=True)
    kind = models.CharField(_("类型"), max_length=8, choices=DayKind.choices)
    name = models.CharField(_("名称"), max_length=40)
    works_as = models.PositiveSmallIntegerField(
        _("按星期几开放"), null=True, blank=True, help_text=_("调休上班日按哪一天的时间表开放，0 是星期一")
    )
    is_edited = models.BooleanField(default=False, help_text=_("人工改过的，不再被自动导入覆盖"))

    class Meta:
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=DayKind.MAKEUP) | Q(works_as__isnull=False, works_as__lte=6),
                name="makeup_day_works_as_a_weekday",
            )
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.label}"

    @property
    def label(self) -> str:
        """The feast in the reader's language."""
        return feast_in_reader_language(self.name)


class CalendarYear(models.Model):
    """A year whose holidays were announced by the State Council; any other year is a guess and says so."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    is_announced = models.BooleanField(default=False)
    imported_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.year)


class PlaceQuerySet(models.QuerySet[Any]):
    """Vocabulary of everything that stands in a community (``community`` field on the row)."""

    def visible_to(self, user: Any) -> Self:
        """Rows in the places where this user works; an administrator sees all, a stranger none."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        return self.in_communities(user.community_ids)

    def in_communities(self, ids: Iterable[int]) -> Self:
        """Rows of these communities. Plain numbers are int4 to PostgreSQL, and GIN indexes over a bigint cannot use those."""
        in_one = [Q(community=Cast(Value(pk), models.BigIntegerField())) for pk in sorted(ids)]
        return self.filter(functools.reduce(operator.or_, in_one, Q(pk__in=[])))
