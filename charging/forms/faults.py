"""What is typed about a fault: by whoever stands before the socket, and by who repairs it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charging.models import FaultReason, Port
from community_portal.matters.forms.fields import PhotosField
from community_portal.matters.forms.steps import StepForm
from community_portal.people.phones import read_phone
from community_portal.people.register.forms import read


class FaultForm(forms.Form):
    """Reason and done; the rest is for who wants to."""

    reason = forms.ChoiceField(
        label=_("是什么毛病"),
        choices=FaultReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请点一下是什么毛病。")},
    )
    words = forms.CharField(label=_("多说一句"), required=False, max_length=300)
    phone = forms.CharField(label=_("修好了告诉我（电话）"), required=False, max_length=30)
    photos = PhotosField(label=_("照片"))

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        return read(read_phone, typed) if typed.strip() else ""


class PortReportForm(forms.Form):
    """Of a socket that is not before one: by its code, told on the telephone or typed."""

    socket = forms.CharField(label=_("插座上的编号"), max_length=16, help_text=_("印在码旁边，如 SH9-03"))
    reason = forms.ChoiceField(label=_("是什么毛病"), choices=FaultReason.choices, widget=forms.RadioSelect)
    words = forms.CharField(label=_("多说一句"), required=False, max_length=300)

    def __init__(self, *args: Any, community: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def clean_socket(self) -> Port:
        rows = Port.objects.select_related("point__site__grid", "point__operator", "community__street")
        found: Port | None = rows.filter(code=self.cleaned_data["socket"].strip().upper()).first()
        if found is None:
            raise forms.ValidationError(_("没有这个编号，请看插座上的标签。"))
        return found


class RepairForm(StepForm):
    photos = PhotosField(label=_("修好以后的照片"))
    field_order = ("words", "photos")
