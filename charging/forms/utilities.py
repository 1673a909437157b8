"""Asking a utility, and what it answers: by its link, or written down at the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charging.forms.choices import DayField, PaperField, metres
from charging.models import Answered, Site


class AskForm(forms.Form):
    who = forms.CharField(label=_("问谁"), max_length=60, error_messages={"required": _("请写问谁。")})
    phone = forms.CharField(label=_("手机"), max_length=20, required=False, help_text=_("链接发到这个手机"))
    code = forms.CharField(
        label=_("没有手机就约定口令"), max_length=20, required=False, help_text=_("四位以上，电话里告诉对方")
    )
    is_required = forms.BooleanField(label=_("一定要答复才能装"), required=False, initial=True)


class ChaseForm(forms.Form):
    phone = forms.CharField(label=_("手机"), max_length=20, required=False)
    code = forms.CharField(label=_("没有手机就约定口令"), max_length=20, required=False)


class AnswerForm(forms.Form):
    """可以, 有条件, 不可以; in writing, by somebody with a name."""

    answer = forms.ChoiceField(
        label=_("能不能装"),
        choices=Answered.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选可以、有条件，还是不可以。")},
    )
    conditions = forms.CharField(label=_("要满足什么条件"), max_length=300, required=False)
    distance = metres(label=_("离管线多远（米）"))
    words = forms.CharField(label=_("说明"), max_length=300, required=False)
    valid_until = DayField(label=_("管到哪天"), required=False, help_text=_("不写就按规定的天数算"))
    document = PaperField(
        label=_("书面答复"),
        help_text=_("照片或 PDF"),
        error_messages={"required": _("请附上书面答复（照片或 PDF），口头的不算。")},
    )
    name = forms.CharField(label=_("您的姓名"), max_length=60, error_messages={"required": _("请写谁答复的。")})


class AnswerByLinkForm(AnswerForm):
    def __init__(self, *args: Any, matter: Site, part: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
