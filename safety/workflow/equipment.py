"""What stands there against fire, how far each piece is in its life, and what is told of it in its history."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from community_portal.people.models import Role
from safety.workflow.hazard_kinds import HazardKind
from safety.workflow.states import PLANNERS

INSPECTORS = PLANNERS | {Role.GRID_OFFICER}


class EquipmentKind(TextChoices):
    POWDER = "powder", _("干粉灭火器")
    WATER = "water", _("水基型灭火器")
    CO2 = "co2", _("二氧化碳灭火器")
    HYDRANT = "hydrant", _("消火栓")
    SPRINKLER = "sprinkler", _("喷淋")
    SMOKE = "smoke", _("烟感")
    LIGHT = "light", _("应急灯")
    DOOR = "door", _("防火门")


EXTINGUISHERS = frozenset({EquipmentKind.POWDER, EquipmentKind.WATER, EquipmentKind.CO2})
ICONS = {
    EquipmentKind.POWDER: "fire",
    EquipmentKind.WATER: "droplet",
    EquipmentKind.CO2: "fire",
    EquipmentKind.HYDRANT: "droplet",
    EquipmentKind.SPRINKLER: "droplet",
    EquipmentKind.SMOKE: "bell",
    EquipmentKind.LIGHT: "sun",
    EquipmentKind.DOOR: "door-open",
}
# What it is called when one of them fails.
AS_HAZARD = {kind: HazardKind.EXTINGUISHER for kind in EXTINGUISHERS} | {
    EquipmentKind.HYDRANT: HazardKind.HYDRANT,
    EquipmentKind.SPRINKLER: HazardKind.ALARM,
    EquipmentKind.SMOKE: HazardKind.ALARM,
    EquipmentKind.LIGHT: HazardKind.LIGHTS,
    EquipmentKind.DOOR: HazardKind.FIRE_DOOR,
}


class Standing(TextChoices):
    """Where a piece is in its life. Whether it is in order follows from its dates and from hazards that are open about it."""

    IN_USE = "in_use", _("在用")
    AT_SERVICE = "at_service", _("送去维修")
    MISSING = "missing", _("没找到")
    SCRAPPED = "scrapped", _("已报废")


class Told(TextChoices):
    """Lines of the history of a piece."""

    REGISTERED = "registered", _("登记")
    CHANGED = "changed", _("改了登记")
    MOVED = "moved", _("挪了地方")
    SENT = "sent", _("送去维修")
    SERVICED = "serviced", _("维修好了")
    MISSING = "missing", _("没找到")
    FOUND = "found", _("找到了")
    SCRAPPED = "scrapped", _("报废")


class Answer(TextChoices):
    OK = "ok", _("好")
    FAIL = "fail", _("不好")
    NA = "na", _("没有这项")


class Seen(TextChoices):
    """What came of one look."""

    OK = "ok", _("都好")
    FAIL = "fail", _("有不好的")
    NOT_FOUND = "not_found", _("没找到")


class Flag(TextChoices):
    """Looks that were too quick to be looks; they are counted apart."""

    NONE = "", _("正常")
    QUICK = "quick", _("太快")
    BULK = "bulk", _("一下子太多")


class Gap(TextChoices):
    """What the end of a round lists."""

    NOT_FOUND = "not_found", _("没找到")
    NOT_VISITED = "not_visited", _("没去看")
    MOVED = "moved", _("挪了地方")
