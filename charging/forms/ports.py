"""What is typed about points, prices, patrols and files of states."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charging.actions.patrols import CHECKS
from charging.models import MOST_SOCKETS, ChargePoint
from community_portal.matters.forms.fields import PhotosField
from community_portal.people.models import Organisation, Role
from community_portal.web.inputs import DayField
from community_portal.web.workbooks import MOST_BYTES

OF_A_POINT = ("place", "place_en", "maker", "model", "vendor_id", "opens_at", "closes_at")
TIME = {"widget": forms.TimeInput(attrs={"type": "time"}), "required": False}


class PointForm(forms.ModelForm):
    """A box to be put down. ``street``: whose operators may be chosen."""

    opens_at = forms.TimeField(label=_("几点开"), help_text=_("不填就是全天"), **TIME)  # type: ignore[arg-type]
    closes_at = forms.TimeField(label=_("几点关"), **TIME)  # type: ignore[arg-type]

    class Meta:
        model = ChargePoint
        fields = ("code", "operator", "sockets", *OF_A_POINT)

    def __init__(self, *args: Any, street: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        firms = Organisation.objects.filter(kind=Role.OPERATOR).working_in(street).order_by("name")
        self.fields["operator"].queryset = firms.distinct()  # type: ignore[attr-defined]
        self.fields["operator"].empty_label = _("请选")  # type: ignore[attr-defined]
        self.fields["sockets"].widget.attrs |= {"min": 1, "max": MOST_SOCKETS}


class TariffForm(forms.Form):
    price = forms.DecimalField(label=_("电价（元 / 度）"), min_value=0, max_value=10, max_digits=6, decimal_places=4)
    service_fee = forms.DecimalField(
        label=_("服务费（元 / 度）"), min_value=0, max_value=10, max_digits=6, decimal_places=4
    )
    valid_from = DayField(label=_("从哪天起"))


class RemoveForm(forms.Form):
    words = forms.CharField(label=_("为什么拆"), max_length=120)


class PatrolForm(forms.Form):
    failed = forms.MultipleChoiceField(
        label=_("哪些不好"),
        help_text=_("都好就不用点"),
        choices=list(CHECKS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    words = forms.CharField(label=_("说明"), required=False, max_length=300)
    photos = PhotosField(label=_("照片"))


class StatusFileForm(forms.Form):
    file = forms.FileField(label=_("状态表格（CSV）"))

    def clean_file(self) -> bytes:
        upload = self.cleaned_data["file"]
        if upload.size > MOST_BYTES:
            raise forms.ValidationError(_("文件太大，最多 1 MB。"))
        content: bytes = upload.read()
        return content


def today_first(form: TariffForm, today: dt.date) -> TariffForm:
    """A price begins today unless told otherwise."""
    form.fields["valid_from"].initial = today
    return form
