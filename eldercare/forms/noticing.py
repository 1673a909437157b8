"""What is said against a public notice, and what the street answers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.matters.forms.fields import WordsField


class ObjectionForm(forms.Form):
    words = WordsField(label=_("您的意见"), error_messages={"required": _("请写一写您的意见。")})
    who = forms.CharField(label=_("您是谁"), max_length=60, required=False, help_text=_("可以不写"))
    phone = forms.CharField(label=_("电话"), max_length=20, required=False, help_text=_("留了电话，我们会把答复告诉您"))


class AnswerForm(forms.Form):
    answer = WordsField(label=_("答复"), error_messages={"required": _("请写答复。")})
