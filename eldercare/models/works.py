"""What the contractor does: the order, photos of each line before and after, the products with their papers."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Attachment
from community_portal.people.models import Organisation
from eldercare.models.adaptations import Adaptation, PlanLine, PlanVersion


class WorkOrder(models.Model):
    """One contractor at a time; one that was refused stays readable with its words."""

    adaptation = models.ForeignKey(Adaptation, models.PROTECT, related_name="orders")
    contractor = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    plan = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ordered_on = models.DateField()
    seen_at = models.DateTimeField(null=True, blank=True, help_text="somebody of the contractor opened it")
    starts_on = models.DateField(_("开工日期"), null=True, blank=True)
    ends_on = models.DateField(_("预计完工"), null=True, blank=True)
    safety_read_at = models.DateTimeField(_("安全告知"), null=True, blank=True)
    done_on = models.DateField(_("完工日期"), null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    refused_why = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["adaptation"], condition=Q(refused_at__isnull=True), name="one_order_per_adaptation"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(starts_on__gte=F("ordered_on")), name="works_start_after_order"
            ),
            models.CheckConstraint(
                condition=(Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")))
                & (Q(done_on__isnull=True) | Q(done_on__gte=F("starts_on"))),
                name="works_end_after_they_start",
            ),
        ]
        indexes = [
            models.Index(
                fields=["ordered_on", "id"],
                name="orders_seen_by_nobody",
                condition=Q(seen_at__isnull=True, refused_at__isnull=True),
            )
        ]


class Moment(models.TextChoices):
    BEFORE = "before", _("改造前")
    AFTER = "after", _("改造后")
    FOUND = "found", _("验收时")


class LinePhoto(models.Model):
    """A photo of a line. ``taken_at`` is the camera's; None where it says none, which is allowed and marked."""

    line = models.ForeignKey(PlanLine, models.PROTECT, related_name="photos")
    moment = models.CharField(max_length=8, choices=Moment.choices)
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    round = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["line", "attachment", "moment"], name="line_photo_once")]


class Loan(models.TextChoices):
    """Of things that are lent (criterion 9): who has them now."""

    NONE = "none", _("归老人")
    OUT = "out", _("借出")
    BACK = "back", _("已收回")


class ProductRecord(models.Model):
    """One product as it stands there: make, number, papers, and whether it worked when it was tried."""

    line = models.ForeignKey(PlanLine, models.PROTECT, related_name="products")
    number = models.PositiveSmallIntegerField(_("第几件"), default=1)
    brand = models.CharField(_("品牌"), max_length=60, blank=True)
    model = models.CharField(_("型号"), max_length=60, blank=True)
    serial = models.CharField(_("序列号"), max_length=60, blank=True)
    maker = models.CharField(_("厂家"), max_length=80, blank=True)
    made_on = models.DateField(_("生产日期"), null=True, blank=True)
    certificate = models.ForeignKey(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("合格证")
    )
    warranty_until = models.DateField(_("保修到"), null=True, blank=True)
    works_now = models.BooleanField(_("现在能用"), null=True, blank=True)
    pull_test = models.BooleanField(_("拉拔试验"), null=True, blank=True, help_text="None: not of that kind")
    loan = models.CharField(max_length=6, choices=Loan.choices, default=Loan.NONE)
    came_back_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["line", "number"]
        constraints = [
            models.UniqueConstraint(fields=["line", "number"], name="product_once_per_line"),
            models.UniqueConstraint(
                fields=["maker", "serial"],
                condition=~Q(serial="") & ~Q(loan="back"),
                name="serial_stands_in_one_home",
            ),
            models.CheckConstraint(
                condition=~Q(loan="back") | Q(came_back_on__isnull=False), name="what_came_back_says_when"
            ),
            models.CheckConstraint(
                condition=Q(warranty_until__isnull=True) | Q(made_on__isnull=True) | Q(warranty_until__gt=F("made_on")),
                name="warranty_ends_after_making",
            ),
        ]
        indexes = [models.Index(fields=["maker", "model", "serial"], name="products_by_maker")]

    def __str__(self) -> str:
        return " ".join(filter(None, [self.brand, self.model, self.serial]))
