"""What is typed at the public notice and when the street approves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charging.forms.choices import PaperField
from community_portal.matters.forms.fields import WordsField
from community_portal.matters.forms.steps import StepForm


class ObjectionForm(forms.Form):
    words = WordsField(label=_("您的意见"), error_messages={"required": _("请写一写您的意见。")})
    name = forms.CharField(label=_("您是谁"), max_length=60, required=False, help_text=_("可以不写"))


class WaiveForm(forms.Form):
    why = forms.CharField(label=_("为什么可以通融"), max_length=200)
    document = PaperField(label=_("街道的书面决定"), error_messages={"required": _("请附上街道的书面决定。")})


class ApproveForm(StepForm):
    ports = forms.IntegerField(label=_("批准装几个"), min_value=1, max_value=500)
    field_order = ("ports", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ports"].initial = self.matter.planned_ports
