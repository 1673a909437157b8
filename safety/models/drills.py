"""A drill: what is practised where, who leads it, who evaluates it, and what its day came to."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.bookings.models import Session
from community_portal.casework.models import Attachment, Matter, truths_of
from community_portal.casework.models.matters import MatterQuerySet
from community_portal.people.reach import whole_communities
from community_portal.places.models import Community
from safety.models.premises import Premises
from safety.workflow.drill import DRILL
from safety.workflow.states import Drilling

USER = settings.AUTH_USER_MODEL


class Skill(models.TextChoices):
    SMOKE = "smoke", _("烟雾逃生")
    EXTINGUISHER = "extinguisher", _("灭火器")
    KITCHEN = "kitchen", _("厨房着火")
    EBIKE = "ebike", _("电动车着火")
    FIRST_AID = "first_aid", _("急救")
    HOSE = "hose", _("消火栓")


class DrillKind(models.TextChoices):
    """What the whole of it is; each is a tag that settles duties, whichever service declared them."""

    EVACUATION = "evacuation", _("疏散")
    EXTINGUISHING = "extinguishing", _("灭火")
    EBIKE = "ebike", _("电动车")
    FULL = "full", _("全要素")
    FIRST_AID = "first_aid", _("急救培训")


class DrillQuerySet(MatterQuerySet):
    def _seen_at_work(self, user: Any) -> Q:
        """Of those who do not read the whole community: whoever has a task on the day, or somebody to bring down, wherever it is;
        and the grid officer in whose grid one of its houses stands."""
        seen = super()._seen_at_work(user)
        elsewhere = user.community_ids - whole_communities(user, self.model.flow.read_by)
        if not elsewhere:
            return seen
        drills = self.model._default_manager.order_by()
        mine = [drills.filter(members__user=user.pk), drills.filter(helpers__user=user.pk)]
        if user.grid_ids:
            mine.append(drills.filter(houses__premises__grid__in=user.grid_ids))
        for rows in mine:
            seen |= Q(community_id__in=elsewhere, pk__in=rows.values("pk"))
        return seen


class Drill(Matter):
    """``t0`` and the end are those of the live marks; ``participants`` and ``unaccounted`` those of the last head counts."""

    flow = DRILL

    session = models.ForeignKey(Session, models.PROTECT, null=True, blank=True, related_name="drills")
    kinds = ArrayField(models.CharField(max_length=14, choices=DrillKind.choices), verbose_name=_("练什么"))
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    place = models.CharField(_("在哪里集合"), max_length=80, blank=True)
    places_for = models.PositiveIntegerField(_("名额"), default=100)
    scenario = models.TextField(_("假设的险情"), blank=True)
    route = models.TextField(_("疏散路线"), blank=True)
    stop_rule = models.TextField(_("什么情况马上停"), blank=True)
    permission = models.CharField(_("点火、放烟的许可"), max_length=200, blank=True)
    medic = models.CharField(_("现场急救人员"), max_length=80, blank=True)
    weather = models.CharField(_("下雨怎么办"), max_length=120, blank=True)
    commander = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("总指挥")
    )
    deputy = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("副总指挥")
    )
    evaluator = models.ForeignKey(
        USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("评估人")
    )
    notified_at = models.DateTimeField(null=True, blank=True)
    alarm_at = models.DateTimeField(null=True, blank=True)
    over_at = models.DateTimeField(null=True, blank=True)
    abort_why = models.TextField(blank=True)
    evaluated_at = models.DateTimeField(null=True, blank=True)
    participants = models.PositiveIntegerField(default=0)
    unaccounted = models.PositiveIntegerField(default=0)
    micro_station_seconds = models.PositiveIntegerField(null=True, blank=True)
    summary = models.TextField(_("总结"), blank=True)

    objects = DrillQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Matter.Meta):
        constraints = [
            *truths_of(DRILL),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="drill_starts_before_it_ends"),
            models.CheckConstraint(
                condition=Q(evaluator__isnull=True) | ~Q(evaluator=F("commander")) | Q(commander__isnull=True),
                name="drill_is_evaluated_by_another",
            ),
            models.CheckConstraint(
                condition=Q(evaluator__isnull=True) | ~Q(evaluator=F("deputy")) | Q(deputy__isnull=True),
                name="drill_is_not_evaluated_by_the_deputy",
            ),
            models.CheckConstraint(
                condition=Q(notified_at__isnull=True) | Q(notified_at__lt=F("starts_at")),
                name="drill_is_announced_before_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(over_at__isnull=True) | Q(alarm_at__isnull=False, over_at__gt=F("alarm_at")),
                name="drill_ends_after_its_alarm",
            ),
            models.CheckConstraint(condition=~Q(state="aborted") | ~Q(abort_why=""), name="aborted_drill_says_why"),
            models.CheckConstraint(
                condition=~Q(state__in=["actions", "closed"]) | Q(evaluated_at__isnull=False),
                name="closed_drill_is_evaluated",
            ),
        ]

    @property
    def title(self) -> str:
        return self.case.title

    @property
    def is_announced(self) -> bool:
        return self.notified_at is not None and self.state not in (Drilling.DRAFT, Drilling.CANCELLED)

    def leads(self, user: Any) -> bool:
        """The commander or the deputy."""
        return user is not None and user.pk in (self.commander_id, self.deputy_id)


class DrillPremises(models.Model):
    """A house that takes part, with what became of it: ``evacuated_in`` seconds from the alarm until the last floor was clear."""

    drill = models.ForeignKey(Drill, models.CASCADE, related_name="houses")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    premises = models.ForeignKey(Premises, models.PROTECT, related_name="drilled")
    floors = models.PositiveSmallIntegerField()
    guides = models.JSONField(default=dict, blank=True, help_text="who leads which floor: {'5': '吴国平'}")
    evacuated_at = models.DateTimeField(null=True, blank=True)
    evacuated_in = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["drill", "premises"], name="premises_once_per_drill"),
            models.CheckConstraint(
                condition=Q(evacuated_in__isnull=True) | Q(evacuated_in__lte=7200), name="evacuation_within_two_hours"
            ),
        ]

    def __str__(self) -> str:
        return str(self.premises)

    @property
    def levels(self) -> list[int]:
        """From the top down, as the house stands."""
        return list(range(self.floors, 0, -1))


class Group(models.TextChoices):
    """Of R61 39 and R5 43, and who speaks to people."""

    FIGHTING = "fighting", _("灭火行动组")
    COMMUNICATION = "communication", _("通讯联络组")
    EVACUATION = "evacuation", _("疏散引导组")
    AID = "aid", _("安全防护救护组")
    ORDER = "order", _("秩序维护组")


class GroupMember(models.Model):
    drill = models.ForeignKey(Drill, models.CASCADE, related_name="members")
    group = models.CharField(_("组"), max_length=14, choices=Group.choices)
    user = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("账号"))
    name = models.CharField(_("姓名"), max_length=50)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    task = models.CharField(_("做什么"), max_length=80, blank=True)
    is_leader = models.BooleanField(_("组长"), default=False)

    class Meta:
        ordering = ["group", "-is_leader", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["drill", "group"], condition=Q(is_leader=True), name="one_leader_per_drill_group"
            ),
            models.UniqueConstraint(fields=["drill", "group", "name"], name="once_in_a_drill_group"),
        ]

    def __str__(self) -> str:
        return self.name


class DrillStation(models.Model):
    """Where a skill is practised, in rounds; how many did is counted, and who is not."""

    drill = models.ForeignKey(Drill, models.CASCADE, related_name="stations")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    skill = models.CharField(_("练什么"), max_length=12, choices=Skill.choices)
    lead = models.CharField(_("谁教"), max_length=60, blank=True)
    rounds = models.PositiveSmallIntegerField(_("几轮"), default=4)
    per_round = models.PositiveSmallIntegerField(_("每轮几人"), default=10)
    practised = models.PositiveSmallIntegerField(_("练了几人次"), default=0)
    practised_at = models.DateTimeField(null=True, blank=True)
    over_why = models.CharField(_("为什么超过名额"), max_length=120, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["drill", "skill"], name="skill_once_per_drill"),
            models.CheckConstraint(condition=Q(rounds__gte=1, per_round__gte=1), name="station_has_rounds"),
            models.CheckConstraint(
                condition=Q(practised__lte=F("rounds") * F("per_round")) | ~Q(over_why=""),
                name="station_is_over_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(practised=0) | Q(practised_at__isnull=False), name="practised_says_when"
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_skill_display())

    @property
    def capacity(self) -> int:
        return self.rounds * self.per_round


class Check(models.TextChoices):
    NOTICES = "notices", _("通知贴到每个单元")
    POWER = "power", _("断电和燃气的办法说清楚")
    CROWD = "crowd", _("疏散路线没有堵")
    TOLD_119 = "told_119", _("告诉过 119")
    ALARM = "alarm", _("报警主机试过，能复位")


class CheckItem(models.Model):
    """Before it begins each is done, or waived with words; notices are posted with a photo."""

    drill = models.ForeignKey(Drill, models.CASCADE, related_name="checks")
    what = models.CharField(max_length=10, choices=Check.choices)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    waived_why = models.CharField(max_length=200, blank=True)
    photo = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["drill", "what"], name="check_once_per_drill"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="done_check_says_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(waived_why="") | Q(done_at__isnull=False), name="waived_check_says_when"
            ),
            models.CheckConstraint(
                condition=~Q(what="notices") | Q(done_at__isnull=True) | Q(photo__isnull=False) | ~Q(waived_why=""),
                name="posted_notices_have_a_photo",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_what_display())


class Objective(models.Model):
    """What the drill is to show, and whether it did: performed, with some or major challenges, or not at all."""

    class Rating(models.TextChoices):
        PERFORMED = "P", _("做到了")
        SOME = "S", _("基本做到")
        MAJOR = "M", _("差得多")
        UNABLE = "U", _("没做到")

    drill = models.ForeignKey(Drill, models.CASCADE, related_name="objectives")
    number = models.PositiveSmallIntegerField()
    words = models.CharField(_("目标"), max_length=120)
    rating = models.CharField(_("评级"), max_length=1, choices=Rating.choices, blank=True)
    why = models.CharField(_("依据"), max_length=300, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["drill", "number"], name="objective_numbers_are_unique")]

    def __str__(self) -> str:
        return self.words
