"""What was pressed on the day, by whom, when. Nothing pressed is ever taken away: a correction is a row more, and which row holds
follows from all of them (safety/marks.py), in whatever order they arrived."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from safety.models.drills import Drill, DrillPremises
from safety.models.helpers import Helper


class MarkKind(models.TextChoices):
    ALARM = "alarm", _("拉响警报")
    CALL_119 = "call_119", _("模拟报 119")
    MICRO_STATION = "micro_station", _("微型站到场")
    LAST_OUT = "last_out", _("全部撤出")
    END = "end", _("点齐人，结束")
    FIRST_OUT = "first_out", _("第一个人出来")
    FIRST_ATTACK = "first_attack", _("第一次出水、出粉")
    ASSEMBLED = "assembled", _("到了集合点")
    COUNTED = "counted", _("点完人数")
    FLOOR_CLEAR = "floor_clear", _("这层撤空")
    MET = "met", _("见到了")
    FOUND = "found", _("找到了")


THE_FIVE = (MarkKind.ALARM, MarkKind.CALL_119, MarkKind.MICRO_STATION, MarkKind.LAST_OUT, MarkKind.END)
MORE_MOMENTS = (MarkKind.FIRST_OUT, MarkKind.FIRST_ATTACK, MarkKind.ASSEMBLED, MarkKind.COUNTED)
BY_LEADERS = (MarkKind.ALARM, MarkKind.END)
OF_A_PERSON = (MarkKind.MET, MarkKind.FOUND)


class DrillMark(models.Model):
    """``pressed_at`` is when the button was pressed by our clock, however late the row came; ``happened_at`` what it says: the same,
    but for a correction, which names another time, or none when it takes the mark back."""

    drill = models.ForeignKey(Drill, models.CASCADE, related_name="marks")
    kind = models.CharField(max_length=14, choices=MarkKind.choices)
    house = models.ForeignKey(DrillPremises, models.PROTECT, null=True, blank=True, related_name="marks")
    floor = models.PositiveSmallIntegerField(null=True, blank=True)
    helper = models.ForeignKey(Helper, models.PROTECT, null=True, blank=True, related_name="marks")
    is_correction = models.BooleanField(default=False)
    pressed_at = models.DateTimeField()
    happened_at = models.DateTimeField(null=True, blank=True)
    device_at = models.DateTimeField(null=True, blank=True, help_text="by the clock of the phone, right or wrong")
    words = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=76)
    recorded_at = models.DateTimeField()
    was_offline = models.BooleanField(default=False)
    is_live = models.BooleanField(default=False)

    class Meta:
        ordering = ["pressed_at", "key"]
        constraints = [
            models.UniqueConstraint(fields=["drill", "key"], name="a_press_counts_once"),
            models.UniqueConstraint(
                fields=["drill", "kind", "house", "floor", "helper"],
                condition=Q(is_live=True),
                nulls_distinct=False,
                name="one_live_mark_per_kind_and_scope",
            ),
            models.CheckConstraint(
                condition=Q(is_live=False) | Q(happened_at__isnull=False), name="live_mark_says_when"
            ),
            models.CheckConstraint(
                condition=Q(is_correction=True) & ~Q(words="") | Q(is_correction=False, happened_at__isnull=False),
                name="correction_says_why",
            ),
            models.CheckConstraint(
                condition=Q(kind="floor_clear", house__isnull=False, floor__isnull=False)
                | ~Q(kind="floor_clear") & Q(house__isnull=True, floor__isnull=True),
                name="floor_mark_names_its_floor",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["met", "found"], helper__isnull=False)
                | ~Q(kind__in=["met", "found"]) & Q(helper__isnull=True),
                name="mark_of_a_person_names_them",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="no_mark_is_taken_away", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="mark_stays_as_pressed",
                operation=pgtrigger.UpdateOf("kind", "pressed_at", "happened_at", "is_correction", "key", "by_id"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class AssemblyPoint(models.Model):
    drill = models.ForeignKey(Drill, models.CASCADE, related_name="points")
    name = models.CharField(_("集合点"), max_length=40)
    expected = models.PositiveSmallIntegerField(_("应到"), default=0)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["drill", "name"], name="assembly_point_once_per_drill")]

    def __str__(self) -> str:
        return self.name


class HeadCount(models.Model):
    """Two who count at once are both kept; the newest by the time of counting is shown. ``present`` are all heads that stand there,
    those who had not signed up (``walk_ins``) among them: they never make up for somebody who is missing."""

    point = models.ForeignKey(AssemblyPoint, models.CASCADE, related_name="counts")
    expected = models.PositiveSmallIntegerField(_("应到"))
    present = models.PositiveSmallIntegerField(_("到了"))
    excused = models.PositiveSmallIntegerField(_("在别处"), default=0)
    walk_ins = models.PositiveSmallIntegerField(_("没报名也来的"), default=0)
    unaccounted = models.GeneratedField(
        expression=F("expected") - F("present") - F("excused"), output_field=models.SmallIntegerField(), db_persist=True
    )
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=76)
    recorded_at = models.DateTimeField()
    was_offline = models.BooleanField(default=False)

    class Meta:
        ordering = ["-at", "-key"]
        constraints = [
            models.UniqueConstraint(fields=["point", "key"], name="a_head_count_counts_once"),
            models.CheckConstraint(
                condition=Q(expected__gte=F("present") + F("excused") - F("walk_ins")),
                name="more_than_expected_walked_in",
            ),
        ]
        triggers = [pgtrigger.Protect(name="head_count_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    @property
    def missing(self) -> int:
        return max(0, self.unaccounted + self.walk_ins)
