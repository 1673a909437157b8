"""A place that was dangerous and is made safe by everybody together: who was asked, who met, what was built, and whether it works."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Matter, truths_of
from community_portal.deliberations.models import Meeting, PartyRole, Survey
from community_portal.people.models import Organisation
from community_portal.places.models import Building, Community, Estate
from safety.models.hazards import Hazard
from safety.workflow.retrofit import RETROFIT
from safety.workflow.retrofit_states import FOLLOW_UPS

USER = settings.AUTH_USER_MODEL


class Retrofit(Matter):
    """``asked``, ``answered``, ``reported`` are households: of the base, of those who answered, and who said that it is so.
    ``days`` are those of the calendar from the first start until the first acceptance; works that a failed test opened again are
    told by ``round``."""

    flow = RETROFIT

    estate = models.ForeignKey(Estate, models.PROTECT, related_name="retrofits", verbose_name=_("小区"))
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, related_name="retrofits", verbose_name=_("哪一幢")
    )
    place = models.CharField(_("哪里"), max_length=60)
    survey = models.ForeignKey(Survey, models.PROTECT, null=True, blank=True, related_name="+")
    asked = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)
    reported = models.PositiveIntegerField(default=0)
    reported_what = models.CharField(max_length=120, blank=True)
    surveyed_at = models.DateTimeField(null=True, blank=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="+")
    company = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="managed the estate at the works",
    )
    contractor = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("施工单位")
    )
    round = models.PositiveSmallIntegerField(default=1)
    started_on = models.DateField(_("哪天开工"), null=True, blank=True)
    done_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    accepted_on = models.DateField(_("哪天验收"), null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    next_check_on = models.DateField(null=True, blank=True, help_text="when it is to be tested next, in use")
    days = models.GeneratedField(
        expression=Func(
            F("accepted_on"), F("started_on"), template="(%(expressions)s)", arg_joiner=" - ",
            output_field=models.IntegerField(),
        ),
        output_field=models.IntegerField(null=True),
        db_persist=True,
    )  # fmt: skip

    class Meta(Matter.Meta):
        constraints = [
            *truths_of(RETROFIT),
            models.CheckConstraint(
                condition=Q(accepted_on__isnull=True) | Q(started_on__isnull=False, accepted_on__gte=F("started_on")),
                name="retrofit_is_accepted_after_its_start",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["works", "accepting", "running", "closed"]) | Q(started_on__isnull=False),
                name="retrofit_in_works_has_a_start",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["running", "closed"])
                | Q(accepted_on__isnull=False, accepted_by__isnull=False, accepted_at__isnull=False),
                name="retrofit_in_use_was_accepted",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True) | Q(done_by__isnull=True) | ~Q(accepted_by=F("done_by")),
                name="retrofit_is_accepted_by_another",
            ),
            models.CheckConstraint(
                condition=Q(reported__lte=F("answered"), answered__lte=F("asked")),
                name="retrofit_survey_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(surveyed_at__isnull=True) | Q(asked__gt=0, survey__isnull=False),
                name="retrofit_survey_has_a_base",
            ),
            models.CheckConstraint(
                condition=Q(next_check_on__isnull=True) | Q(state="running"), name="retrofit_in_use_is_tested"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["survey", "meeting", "cancelled"]) | Q(meeting__isnull=False),
                name="agreed_retrofit_names_its_meeting",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="retrofit_is_accepted_by_outsiders",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("accepted_by_id") | pgtrigger.Insert,
                condition=pgtrigger.Q(new__accepted_by__isnull=False),
                func="""
                    IF EXISTS (SELECT 1 FROM people_membership m WHERE m.user_id = NEW.accepted_by_id
                            AND m.organisation_id IN (NEW.company_id, NEW.contractor_id)
                            AND (m.ends_on IS NULL OR m.ends_on >= NEW.accepted_on)) THEN
                        RAISE EXCEPTION 'nobody accepts their own works' USING ERRCODE = 'check_violation',
                            CONSTRAINT = 'retrofit_is_accepted_by_outsiders';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    @property
    def title(self) -> str:
        return self.case.title

    def checks_now(self) -> "models.QuerySet[RetrofitCheck]":
        """The tests after the last acceptance."""
        return self.checks.filter(round=self.round).order_by("after_days")

    @property
    def next_check(self) -> "RetrofitCheck | None":
        """The test that comes next, in use."""
        return self.checks_now().filter(done_on__isnull=True).first()


class RetrofitHazard(models.Model):
    """A hazard that is made good with it; only its own re-inspection closes it."""

    retrofit = models.ForeignKey(Retrofit, models.CASCADE, related_name="hazards")
    hazard = models.ForeignKey(Hazard, models.PROTECT, related_name="retrofits")

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["hazard"], name="hazard_in_one_retrofit")]

    def __str__(self) -> str:
        return str(self.hazard)


class MeasureKind(models.TextChoices):
    BOARD = "board", _("防火隔板")
    ZONE = "zone", _("划分区")
    SPRINKLER = "sprinkler", _("喷淋")
    CLEAR = "clear", _("清理堆物")
    SIGN = "sign", _("画线、标牌")
    OTHER = "other", _("其他")


class RetrofitMeasure(models.Model):
    """What is done there, how much of it, and when it was."""

    retrofit = models.ForeignKey(Retrofit, models.CASCADE, related_name="measures")
    kind = models.CharField(_("什么措施"), max_length=9, choices=MeasureKind.choices)
    words = models.CharField(_("做什么"), max_length=120)
    done_on = models.DateField(_("哪天做好"), null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="measure_says_what"),
            models.UniqueConstraint(fields=["retrofit", "words"], name="measure_once_per_retrofit"),
        ]

    def __str__(self) -> str:
        return self.words


class Divided(models.TextChoices):
    SCREEN = "screen", _("防火隔板")
    GAP = "gap", _("空开")


class RetrofitZone(models.Model):
    """Where so many bikes stand, divided from the next by a screen so high or a gap so wide, under a sprinkler. ``most_bikes`` and
    ``least_m`` are the limits of the rules by which it was allowed."""

    retrofit = models.ForeignKey(Retrofit, models.CASCADE, related_name="zones")
    number = models.PositiveSmallIntegerField(_("第几区"))
    bikes = models.PositiveSmallIntegerField(_("停几辆"))
    divided_by = models.CharField(_("和旁边怎么隔开"), max_length=6, choices=Divided.choices)
    metres = models.DecimalField(_("隔板多高，或空开多宽（米）"), max_digits=4, decimal_places=2)
    has_sprinkler = models.BooleanField(_("有喷淋"), default=False)
    most_bikes = models.PositiveSmallIntegerField()
    least_m = models.DecimalField(max_digits=4, decimal_places=2)
    rules = models.CharField(max_length=60, help_text="the version of the rules that allowed it")

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["retrofit", "number"], name="zone_numbers_are_unique"),
            models.CheckConstraint(
                condition=Q(number__gte=1, bikes__gte=1, bikes__lte=F("most_bikes")), name="zone_holds_what_it_may"
            ),
            models.CheckConstraint(condition=Q(metres__gte=F("least_m")), name="zone_is_divided"),
            models.CheckConstraint(condition=Q(has_sprinkler=True), name="zone_has_a_sprinkler"),
        ]

    def __str__(self) -> str:
        return str(_("%(n)s 区") % {"n": self.number})


class Gives(models.TextChoices):
    MONEY = "money", _("出钱")
    PEOPLE = "people", _("出人")
    THINGS = "things", _("出物")
    SKILL = "skill", _("出技术")


class Contribution(models.Model):
    """What one of the sides gave to it."""

    retrofit = models.ForeignKey(Retrofit, models.CASCADE, related_name="contributions")
    role = models.CharField(_("哪一方"), max_length=10, choices=PartyRole.choices)
    name = models.CharField(_("单位或姓名"), max_length=60)
    gives = models.CharField(_("出什么"), max_length=6, choices=Gives.choices)
    words = models.CharField(_("做了什么"), max_length=120)
    amount = models.DecimalField(_("多少钱（元）"), max_digits=11, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(gives="money", amount__isnull=False, amount__gt=0)
                | ~Q(gives="money") & Q(amount__isnull=True),
                name="money_is_an_amount",
            ),
            models.UniqueConstraint(fields=["retrofit", "name", "words"], name="contribution_once"),
        ]

    def __str__(self) -> str:
        return self.name


class DayAfter(Func):
    """A day, so many days later."""

    template = "(%(expressions)s)"
    arg_joiner = " + "
    output_field = models.DateField()


class RetrofitCheck(models.Model):
    """The test of everything so many days after an acceptance."""

    retrofit = models.ForeignKey(Retrofit, models.CASCADE, related_name="checks")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    after_days = models.PositiveSmallIntegerField()
    since = models.DateField()
    due_on = models.DateField(_("哪天"))
    done_on = models.DateField(null=True, blank=True)
    done_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    passed = models.BooleanField(null=True, blank=True)
    tested = models.PositiveSmallIntegerField(_("试了几个喷淋"), default=0)
    working = models.PositiveSmallIntegerField(_("几个正常"), default=0)
    words = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        ordering = ["round", "after_days"]
        constraints = [
            models.UniqueConstraint(fields=["retrofit", "round", "after_days"], name="tested_once_after_so_long"),
            models.CheckConstraint(condition=Q(after_days__in=FOLLOW_UPS), name="tested_after_30_and_90_days"),
            models.CheckConstraint(condition=Q(due_on=DayAfter("since", "after_days")), name="test_is_due_by_its_days"),
            models.CheckConstraint(
                condition=Q(done_on__isnull=True, passed__isnull=True)
                | Q(done_on__isnull=False, passed__isnull=False, tested__gt=0),
                name="test_done_says_what_came_of_it",
            ),
            models.CheckConstraint(
                condition=Q(working__lte=F("tested")) & (~Q(passed=True) | Q(working=F("tested"))),
                name="test_is_passed_by_all",
            ),
        ]

    @property
    def ref(self) -> str:
        """With its number, so that a list of due items knows the address."""
        return f"retrofit:{self.retrofit.case.number}:{self.pk}"
