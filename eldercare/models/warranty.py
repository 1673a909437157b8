"""报修: something that was built or brought does not work any more."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Matter, truths_of
from community_portal.people.models import Organisation
from eldercare.models.adaptations import Adaptation
from eldercare.models.works import ProductRecord
from eldercare.workflow.warranty import UNDER_WAY, WARRANTY, WITH_BUILDER


class WarrantyTicket(Matter):
    """One fault of one product. ``under_warranty`` is what held on the day of the report, whatever is put right later."""

    flow = WARRANTY

    adaptation = models.ForeignKey(Adaptation, models.PROTECT, related_name="warranty_tickets")
    product = models.ForeignKey(
        ProductRecord, models.PROTECT, related_name="warranty_tickets", verbose_name=_("哪一件坏了")
    )
    under_warranty = models.BooleanField(_("在保修期内"))
    contractor = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁来修")
    )
    fault = models.TextField(_("怎么坏了"), blank=True)
    found = models.TextField(_("查到的毛病"), blank=True)
    repaired = models.TextField(_("怎么修的"), blank=True)
    found_at = models.DateTimeField(null=True, blank=True)
    repaired_at = models.DateTimeField(null=True, blank=True)

    class Meta(Matter.Meta):
        constraints = [
            *truths_of(WARRANTY),
            models.UniqueConstraint(
                fields=["product"],
                condition=Q(state__in=[str(state) for state in sorted(UNDER_WAY)]),
                name="one_open_ticket_per_product",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[str(state) for state in sorted(WITH_BUILDER)]) | Q(contractor__isnull=False),
                name="ticket_is_with_a_builder",
            ),
            models.CheckConstraint(
                condition=~Q(state="found") | Q(found_at__isnull=False), name="found_fault_says_when"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["repaired", "closed"])
                | Q(found_at__isnull=False, repaired_at__isnull=False, repaired_at__gte=models.F("found_at")),
                name="repaired_after_it_was_found",
            ),
        ]
