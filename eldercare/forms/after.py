"""What is typed after the acceptance: the invoice, a follow-up."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.matters.forms.steps import StepForm
from community_portal.web.inputs import DayField
from eldercare.actions.after import payable_lines

MONEY: dict[str, Any] = {"max_digits": 10, "decimal_places": 2, "min_value": Decimal(0)}


class SettleForm(StepForm):
    """A field for each line that passed, with what the plan says; the action takes them together as ``amounts``."""

    invoice = forms.CharField(label=_("发票号"), max_length=40)
    invoice_sum = forms.DecimalField(label=_("发票金额（元）"), **MONEY)
    amounts = forms.JSONField(required=False, widget=forms.HiddenInput)
    bank_tail = forms.RegexField(r"^\d{4}$", label=_("收款账号后四位"), required=False)
    paid_on = DayField(label=_("付款日期"), initial=clock.today)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for line in payable_lines(self.matter):
            label = _("第 %(n)s 项 %(line)s（元）") % {"n": line.number, "line": line}
            self.fields[f"line_{line.number}"] = forms.DecimalField(
                label=label, initial=line.funded + line.family, **MONEY
            )
        lines = [name for name in self.fields if name.startswith("line_")]
        self.order_fields(["invoice", *lines, "invoice_sum", "bank_tail", "paid_on", "words"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        prefix = "line_"
        data["amounts"] = {name.removeprefix(prefix): value for name, value in data.items() if name.startswith(prefix)}
        return data


class ReturnForm(forms.Form):
    on = DayField(label=_("哪天收回"), initial=clock.today)
