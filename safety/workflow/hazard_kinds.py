"""What a hazard may be, how bad, and who found it; what is asked when somebody comes back to look."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class HazardKind(TextChoices):
    """The leaves of the tree; ``TREE`` says which branch each hangs on."""

    BLOCKED_WAY = "blocked_way", _("楼道、通道堆东西")
    LOCKED_EXIT = "locked_exit", _("安全出口锁了、堵了")
    FIRE_LANE = "fire_lane", _("消防车道被占")
    WIRE = "wire", _("从楼上拉线充电")
    INDOOR_CHARGING = "indoor_charging", _("电动车进楼、在楼道充电")
    WIRING = "wiring", _("电线老化、私拉乱接")
    EXTINGUISHER = "extinguisher", _("灭火器不行了")
    HYDRANT = "hydrant", _("消火栓没水、打不开")
    FIRE_DOOR = "fire_door", _("防火门关不上、坏了")
    LIGHTS = "lights", _("应急灯、指示牌不亮")
    ALARM = "alarm", _("报警、喷淋失灵")
    GAS = "gas", _("燃气漏、管子老化")
    FIRE = "fire", _("明火、烧东西")
    STORAGE = "storage", _("存了易燃易爆的东西")
    OTHER = "other", _("别的")


TREE: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (_("逃生的路"), (HazardKind.BLOCKED_WAY, HazardKind.LOCKED_EXIT, HazardKind.FIRE_LANE)),
    (_("用电"), (HazardKind.WIRE, HazardKind.INDOOR_CHARGING, HazardKind.WIRING)),
    (
        _("消防设施"),
        (HazardKind.EXTINGUISHER, HazardKind.HYDRANT, HazardKind.FIRE_DOOR, HazardKind.LIGHTS, HazardKind.ALARM),
    ),
    (_("火、气、易燃物"), (HazardKind.GAS, HazardKind.FIRE, HazardKind.STORAGE)),
    (_("其他"), (HazardKind.OTHER,)),
)


def kinds_as_tree() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """For a field: each branch with its leaves."""
    return [(branch, [(kind, HazardKind(kind).label) for kind in leaves]) for branch, leaves in TREE]


class Level(TextChoices):
    GENERAL = "general", _("一般")
    SERIOUS = "serious", _("较大")
    MAJOR = "major", _("重大")


RANK = {"": 0, Level.GENERAL: 1, Level.SERIOUS: 2, Level.MAJOR: 3}
HIGH = frozenset({Level.SERIOUS, Level.MAJOR})  # until they are gone something is done at once


class HazardSource(TextChoices):
    """Who found it."""

    RESIDENT = "resident", _("居民反映")
    GRID = "grid", _("网格员发现")
    PROPERTY = "property", _("物业发现")
    STAFF = "staff", _("社区发现")
    ROUND = "round", _("设施巡查")
    DRILL = "drill", _("演练发现")
    SURVEY = "survey", _("问卷反映")
    HOTLINE = "hotline", _("12345 转来")


# What is asked on the spot of any; then of each kind. What was answered with no is all that the next look asks.
OF_ANY = (_("没有新的危险吗？"),)
QUESTIONS: dict[str, tuple[Any, ...]] = {
    HazardKind.BLOCKED_WAY: (_("够 1.2 米宽吗？"), _("堆的东西都搬走了吗？"), _("没有新堆的东西吗？")),
    HazardKind.LOCKED_EXIT: (_("门从里面推得开吗？"), _("锁和杂物都拿掉了吗？")),
    HazardKind.FIRE_LANE: (_("够 4 米宽吗？"), _("车和杂物都移走了吗？")),
    HazardKind.WIRE: (_("线收掉了吗？"), _("没有别的飞线吗？")),
    HazardKind.INDOOR_CHARGING: (_("车和电池都搬出去了吗？"), _("楼道里没有插座在充电吗？")),
    HazardKind.WIRING: (_("线换好、包好了吗？"), _("装了漏电保护吗？")),
    HazardKind.EXTINGUISHER: (_("压力在绿区吗？"), _("没有过期吗？")),
    HazardKind.HYDRANT: (_("打开有水吗？"), _("水带、枪头齐吗？")),
    HazardKind.FIRE_DOOR: (_("能自己关上吗？"), _("门上没有东西卡着吗？")),
    HazardKind.LIGHTS: (_("断电以后亮吗？"),),
    HazardKind.ALARM: (_("试过，响吗？"),),
}


def questions_of(kind: str) -> list[Any]:
    return list(QUESTIONS.get(kind, OF_ANY))
