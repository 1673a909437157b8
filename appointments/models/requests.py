"""Help requests (求助与帮办): a resident's words, carried to the last one."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from appointments.workflow import BEFORE_VERIFIED, HELP
from community_portal.casework.models import Attachment, Matter, truths_of
from community_portal.matters.models import Extendable, Rated, Visited, VisitPlan
from community_portal.people.models import STAFF, Role
from community_portal.places.models import BilingualName, Street, list_in_reader_language

ROLES_BESIDES = [(role.value, role.label) for role in Role if role in STAFF - HELP.read_by]


class Category(BilingualName):
    """What a request is about, with its limits in working time and the papers an application needs."""

    street = models.ForeignKey(Street, models.PROTECT, null=True, blank=True, related_name="+")
    code = models.SlugField(max_length=30, unique=True)
    icon = models.CharField(max_length=30, default="chat-heart")
    assign_hours = models.PositiveSmallIntegerField(_("派单（工作小时）"), default=2, validators=[MinValueValidator(1)])
    visit_days = models.PositiveSmallIntegerField(_("上门核实（工作日）"), default=1, validators=[MinValueValidator(1)])
    decide_days = models.PositiveSmallIntegerField(
        _("核实后答复（工作日）"), default=1, validators=[MinValueValidator(1)]
    )
    handle_days = models.PositiveSmallIntegerField(
        _("社区办理（工作日）"), default=5, validators=[MinValueValidator(1)]
    )
    apply_days = models.PositiveSmallIntegerField(
        _("代办申请（工作日）"), default=10, validators=[MinValueValidator(1)]
    )
    street_days = models.PositiveSmallIntegerField(
        _("街道办理（工作日）"), default=10, validators=[MinValueValidator(1)]
    )
    call_back_days = models.PositiveSmallIntegerField(_("回访（工作日）"), default=2, validators=[MinValueValidator(1)])
    promise_days = models.PositiveSmallIntegerField(
        _("承诺办结（工作日）"), default=15, validators=[MinValueValidator(1)]
    )
    papers = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=_("代办材料"))
    papers_en = ArrayField(models.CharField(max_length=120), default=list, blank=True, verbose_name=_("英文材料"))
    readers = ArrayField(
        models.CharField(max_length=20, choices=ROLES_BESIDES),
        default=list,
        blank=True,
        verbose_name=_("还有谁能看"),
        help_text=_("接待员、网格员、社区书记和街道干部都能看，不用选。"),
    )
    position = models.PositiveSmallIntegerField(_("顺序"), default=100)
    is_active = models.BooleanField(_("在用"), default=True)
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["position", "id"]

    @property
    def reader_labels(self) -> list[str]:
        """Who else reads what is asked for, in words."""
        return [str(label) for role, label in ROLES_BESIDES if role in self.readers]

    @property
    def papers_to_bring(self) -> list[str]:
        """The papers in the reader's language."""
        return list_in_reader_language(self.papers, self.papers_en)


class Urgency(models.TextChoices):
    NORMAL = "normal", _("一般")
    SOON = "soon", _("较急")
    NOW = "now", _("紧急")


class Outcome(models.TextChoices):
    """Closed is not solved: what really came of it."""

    SOLVED = "solved", _("已解决")
    PARTLY = "partly", _("部分解决")
    EXPLAINED = "explained", _("已解释")
    NOT_POSSIBLE = "not_possible", _("办不了")
    NOT_ELIGIBLE = "not_eligible", _("不符合条件")
    WITHDRAWN = "withdrawn", _("居民撤回")


class HelpRequest(Extendable, Rated, Visited):
    """One request for help. Its flow stands in appointments/workflow.py."""

    flow = HELP
    visits = VisitPlan("上门核实", "Home verification", waits_in=BEFORE_VERIFIED)

    @classmethod
    def also_read_by(cls, role: str) -> Q:
        """A specialist reads what is of the categories that name them."""
        return Q(category__in=Category.objects.filter(readers__contains=[role]).order_by().values("pk"))

    category = models.ForeignKey(Category, models.PROTECT, related_name="requests", verbose_name=_("类别"))
    urgency = models.CharField(_("紧急程度"), max_length=8, choices=Urgency.choices, default=Urgency.NORMAL)
    routed_by = models.CharField(
        max_length=20, blank=True, help_text="why this officer: building, household, by_hand, none"
    )
    not_home_count = models.PositiveSmallIntegerField(default=0)
    is_errand = models.BooleanField(default=False, help_text="帮办代办: applied for on the resident's behalf")
    outcome = models.CharField(max_length=12, choices=Outcome.choices, blank=True)
    answer = models.TextField(blank=True, help_text="what the resident was told at the end")
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta(Matter.Meta):
        constraints = [
            *truths_of(HELP),
            *Rated.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(state__in=["resolved", "not_eligible", "closed", "withdrawn"]) | ~Q(outcome=""),
                name="ended_help_request_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["assigned", "visiting"]) | Q(handler__isnull=False),
                name="assigned_help_request_has_a_handler",
            ),
        ]
        indexes = [
            *Matter.Meta.indexes,
            models.Index(fields=["community", "category", "-id"], name="help_by_category_in_place"),
        ]


class VisitFinding(models.TextChoices):
    CONFIRMED = "confirmed", _("情况属实")
    PARTLY = "partly", _("部分属实")
    NOT_CONFIRMED = "not_confirmed", _("与所述不符")


class HomeVisit(models.Model):
    """上门核实: one knock on a door, whether somebody opened or not."""

    request = models.ForeignKey(HelpRequest, models.PROTECT, related_name="home_visits")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    visited_at = models.DateTimeField()
    was_home = models.BooleanField()
    finding = models.CharField(_("核实结果"), max_length=14, choices=VisitFinding.choices, blank=True)
    words = models.TextField(_("看到、听到的"), blank=True)
    signed_by = models.CharField(_("签名人"), max_length=50, blank=True)
    signature = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    was_offline = models.BooleanField(default=False, help_text="written down without a network and sent later")

    class Meta:
        ordering = ["visited_at"]
        constraints = [
            models.CheckConstraint(condition=Q(was_home=False) | ~Q(finding=""), name="visit_at_home_has_a_finding")
        ]


class PaperState(models.TextChoices):
    MISSING = "missing", _("待收")
    RECEIVED = "received", _("已收")
    CHECKED = "checked", _("已核对")


class Paper(models.Model):
    """A line of the checklist of papers for an errand on behalf (帮办材料)."""

    request = models.ForeignKey(HelpRequest, models.CASCADE, related_name="papers")
    name = models.CharField(_("材料"), max_length=60)
    state = models.CharField(max_length=10, choices=PaperState.choices, default=PaperState.MISSING)
    from_whom = models.CharField(_("谁交的"), max_length=50, blank=True)
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["request", "name"], name="paper_once_per_request")]

    def __str__(self) -> str:
        return dict(zip(self.request.category.papers, self.request.category.papers_to_bring, strict=True)).get(
            self.name, self.name
        )
