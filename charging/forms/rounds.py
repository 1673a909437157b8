"""What is typed about a round, and about how many e-bikes an estate has."""

from django import forms
from django.utils.translation import gettext_lazy as _

from charging.forms.choices import DayField
from charging.models import HowCounted


class ChangeRoundForm(forms.Form):
    target_ports = forms.IntegerField(
        label=_("要装多少个"), min_value=1, error_messages={"min_value": _("目标至少 1 个。")}
    )
    budget = forms.DecimalField(label=_("预算（元）"), max_digits=12, decimal_places=2, min_value=0, required=False)
    source = forms.CharField(label=_("钱从哪里来"), max_length=120, required=False)
    decision = forms.CharField(label=_("依据哪次决定"), max_length=300, required=False)
    opens_on = DayField(label=_("从哪天起"))
    closes_on = DayField(label=_("到哪天止"), required=False)


class RoundForm(ChangeRoundForm):
    number = forms.IntegerField(label=_("第几批"), min_value=1, max_value=999)
    field_order = ("number",)


class CountForm(forms.Form):
    ebikes = forms.IntegerField(label=_("电动车有几辆"), min_value=0, max_value=100_000)
    how = forms.ChoiceField(label=_("怎么数的"), choices=HowCounted.choices, widget=forms.RadioSelect)
    counted_on = DayField(label=_("哪天数的"))
    counted_by = forms.CharField(label=_("谁数的"), max_length=60)
    plates = forms.IntegerField(label=_("登记了牌照的"), min_value=0, required=False)
    homes_without_garage = forms.IntegerField(label=_("没有车库的住户"), min_value=0, max_value=100_000, required=False)
