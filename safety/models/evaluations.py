"""What somebody else saw, what people knew before and after, and what has to become better until the next drill."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Matter, truths_of
from community_portal.people.models import Organisation
from safety.models.drills import Drill
from safety.workflow.corrective import CORRECTIVE


class Question(models.Model):
    """Asked of those who came, before and after; sums alone are kept."""

    drill = models.ForeignKey(Drill, models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField()
    words = models.CharField(_("问题"), max_length=120)
    before_asked = models.PositiveSmallIntegerField(_("演练前问了"), default=0)
    before_right = models.PositiveSmallIntegerField(_("演练前答对"), default=0)
    after_asked = models.PositiveSmallIntegerField(_("演练后问了"), default=0)
    after_right = models.PositiveSmallIntegerField(_("演练后答对"), default=0)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["drill", "number"], name="question_numbers_are_unique"),
            models.CheckConstraint(
                condition=Q(before_right__lte=F("before_asked"), after_right__lte=F("after_asked")),
                name="no_more_right_than_asked",
            ),
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def before(self) -> int | None:
        return round(100 * self.before_right / self.before_asked) if self.before_asked else None

    @property
    def after(self) -> int | None:
        return round(100 * self.after_right / self.after_asked) if self.after_asked else None


class Observation(models.Model):
    """What is to be improved leads to an action, or says why not."""

    class Kind(models.TextChoices):
        STRENGTH = "strength", _("做得好")
        IMPROVE = "improve", _("要改进")

    drill = models.ForeignKey(Drill, models.CASCADE, related_name="observations")
    kind = models.CharField(_("好还是要改"), max_length=8, choices=Kind.choices)
    words = models.CharField(_("看到什么"), max_length=200)
    why = models.CharField(_("为什么会这样"), max_length=200, blank=True)
    no_action_why = models.CharField(_("为什么不用整改"), max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.words


class CorrectiveAction(Matter):
    """A case of its own, part of that of its drill. Whoever owns it does not check it."""

    flow = CORRECTIVE

    drill = models.ForeignKey(Drill, models.PROTECT, related_name="actions")
    observation = models.ForeignKey(Observation, models.PROTECT, null=True, blank=True, related_name="actions")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任单位")
    )
    due_on = models.DateField(_("什么时候改好"))
    proof = models.TextField(_("怎么改的"), blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    retest_in = models.ForeignKey(
        Drill, models.PROTECT, null=True, blank=True, related_name="retests", verbose_name=_("下次在哪场演练验")
    )
    retested_at = models.DateTimeField(null=True, blank=True)
    retest_passed = models.BooleanField(null=True, blank=True)

    class Meta(Matter.Meta):
        constraints = [
            *truths_of(CORRECTIVE),
            models.CheckConstraint(
                condition=~Q(state__in=["proof", "checked", "retested"]) | ~Q(proof=""), name="action_done_has_proof"
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | Q(done_by__isnull=False) & ~Q(checked_by=F("done_by")),
                name="action_is_checked_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["checked", "retested"]) | Q(checked_by__isnull=False),
                name="checked_action_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state="retested") | Q(retest_in__isnull=False, retested_at__isnull=False),
                name="retested_in_a_drill",
            ),
            models.CheckConstraint(
                condition=Q(retest_in__isnull=True) | ~Q(retest_in=F("drill")), name="retest_is_another_drill"
            ),
        ]
