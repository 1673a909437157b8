"""What is typed about something broken: which, how, a photo; who repairs it, and how it stands afterwards."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.matters.forms.fields import PhotosField, WordsField
from community_portal.matters.forms.steps import StepForm
from community_portal.web.spoken import short_day
from eldercare.forms.ordering import OrderForm
from eldercare.models import ProductRecord


class ProductChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """What stands in the home, each with what its warranty says today."""

    widget = forms.RadioSelect

    def label_from_instance(self, product: Any) -> str:
        name = " ".join(filter(None, [str(product.line.item), str(product)]))
        return f"{name} · {warranty_words(product)}"


def warranty_words(product: ProductRecord) -> str:
    until = product.warranty_until
    if until is None:
        return str(_("没记保修期"))
    sentence = _("保修到 %(day)s") if until >= clock.today() else _("%(day)s 已过保修")
    return str(sentence % {"day": short_day(until)})


class ReportForm(forms.Form):
    product = ProductChoice(
        ProductRecord.objects.none(),
        label=_("哪一件坏了"),
        empty_label=None,
        error_messages={
            "required": _("请选是哪一件坏了。"),
            "invalid_choice": _("这一件已经报修了，或者不在这家。"),
        },
    )
    words = WordsField(label=_("怎么坏了"), error_messages={"required": _("请写一句怎么坏了。")})
    photos = PhotosField(label=_("拍一张（可以不拍）"))

    def __init__(self, *args: Any, products: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["product"]
        field.queryset = products.filter(is_reported=False)


class SendOutForm(OrderForm):
    """Who repairs it; offered first: who built it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contractor"].label = _("派给哪家修")  # type: ignore[assignment]
        self.fields["contractor"].initial = self.matter.adaptation.contractor_id


class RepairForm(StepForm):
    photos = PhotosField(label=_("修好以后的照片"), required=True)
    field_order = ("words", "photos")
