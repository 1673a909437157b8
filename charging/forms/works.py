"""What is typed when it is ordered, looked at and signed for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charging.forms.choices import PaperField, PhotoField
from charging.models import Body
from community_portal.matters.forms.fields import SignatureField
from community_portal.matters.forms.steps import StepForm
from community_portal.people.models import Organisation, Role


class OrderForm(StepForm):
    contractor = forms.ModelChoiceField(
        Organisation.objects.filter(kind=Role.CONTRACTOR),
        label=_("派给哪家施工"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一家施工单位。")},
    )
    price = forms.DecimalField(label=_("造价（元）"), max_digits=12, decimal_places=2, min_value=0, required=False)
    field_order = ("contractor", "price", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["contractor"]
        field.queryset = field.queryset.working_in(self.matter.community.street)


class GasPlanForm(forms.Form):
    document = PaperField(label=_("燃气保护方案（双方签字）"), error_messages={"required": _("请选文件。")})


class PartForm(forms.Form):
    passes = forms.TypedChoiceField(
        label=_("结果"),
        choices=[("yes", _("通过")), ("no", _("不通过"))],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("请选通过还是不通过。")},
    )
    note = forms.CharField(label=_("说明"), max_length=200, required=False)
    photo = PhotoField()


class SignForm(forms.Form):
    body = forms.ChoiceField(label=_("代表哪一方"), choices=Body.choices, widget=forms.RadioSelect)
    name = forms.CharField(label=_("姓名"), max_length=60, error_messages={"required": _("请写姓名。")})
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("第三方是哪家"), required=False, empty_label=_("不是第三方")
    )
    signature = SignatureField(label=_("签名"))

    def __init__(self, *args: Any, site: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        others = Organisation.objects.working_in(site.community.street).exclude(pk=site.contractor_id)
        field.queryset = others.order_by("name")
