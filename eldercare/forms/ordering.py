"""What is typed when works are ordered, and when the builder wants something changed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.matters.forms.steps import StepForm
from community_portal.people.models import Organisation, Role
from eldercare.actions.changes import DROP
from eldercare.models import CatalogueItem, PlanLine

OF_A_CHANGE = ("line", "what", "item", "spec", "quantity", "price")


class OrderForm(StepForm):
    contractor = forms.ModelChoiceField(
        Organisation.objects.filter(kind=Role.CONTRACTOR),
        label=_("派给哪家施工"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一家施工单位。")},
    )
    field_order = ("contractor", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["contractor"]
        field.queryset = field.queryset.working_in(self.matter.community.street)


class AskChangeForm(StepForm):
    """One line of the plan: done otherwise, or not at all. What is left empty stays as it is."""

    line = forms.ModelChoiceField(
        PlanLine.objects.all(),
        label=_("哪一行"),
        empty_label=None,
        error_messages={"required": _("请选方案里的一行。")},
    )
    what = forms.ChoiceField(
        label=_("怎么变"),
        choices=[("change", _("换一种做法")), (DROP, _("不做了"))],
        widget=forms.RadioSelect,
        initial="change",
    )
    item = forms.ModelChoiceField(
        CatalogueItem.objects.all(), label=_("换成"), required=False, empty_label=_("还是这一样")
    )
    spec = forms.CharField(label=_("规格、做法"), max_length=120, required=False)
    quantity = forms.DecimalField(label=_("数量"), max_digits=10, decimal_places=2, required=False)
    price = forms.DecimalField(label=_("单价（元）"), max_digits=10, decimal_places=2, required=False)
    field_order = ("line", "what", "item", "spec", "quantity", "price", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        line: Any = self.fields["line"]
        line.queryset = PlanLine.objects.filter(plan=self.matter.signed_plan).select_related("item")
        item: Any = self.fields["item"]
        item.queryset = CatalogueItem.objects.filter(catalogue=self.matter.catalogue_id)
