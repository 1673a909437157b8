"""What is typed about a fault: by whoever stands before the socket, and by who repairs it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from charging.models import FaultReason
from community_portal.matters.forms.fields import PhotosField, WordsField
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


class RepairForm(StepForm):
    photos = PhotosField(label=_("修好以后的照片"))
    field_order = ("words", "photos")


class StillBrokenForm(forms.Form):
    words = WordsField(label=_("哪里还不行"), required=False)
