"""What a contractor types: when the works begin, photos, products with their papers."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.casework.uploads import read_paper, read_photo
from community_portal.matters.forms.steps import StepForm
from community_portal.people.register.forms import read
from community_portal.web.inputs import DayField
from eldercare.models import Moment, ProductRecord

CAMERA = {"accept": "image/jpeg,image/png,image/webp", "capture": "environment", "data-photos": ""}


class PhotoField(forms.FileField):
    """One photo, read and drawn anew; cleans to a ReadFile, or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.ClearableFileInput(attrs=dict(CAMERA)), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        return read(read_photo, upload, field="photo") if upload else None


class PaperField(forms.FileField):
    """A photo or a PDF; cleans to a ReadFile, or None."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        return read(read_paper, upload, field="certificate") if upload else None


class TakeOrderForm(StepForm):
    starts_on = DayField(label=_("哪天开工"))
    ends_on = DayField(label=_("预计哪天完工"), required=False)
    safety_read = forms.BooleanField(label=_("安全告知已经读给老人听"), required=False)
    field_order = ("starts_on", "ends_on", "safety_read", "words")


class LinePhotoForm(forms.Form):
    moment = forms.ChoiceField(label=_("什么时候"), choices=[(Moment.BEFORE, _("改造前")), (Moment.AFTER, _("改造后"))])
    photo = PhotoField(label=_("照片"))


class ProductForm(forms.ModelForm):  # type: ignore[type-arg]
    """One product with its papers. ``seen`` is the version that the card shows; empty for a product that is new."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    certificate = PaperField(label=_("合格证（照片或 PDF）"), required=False)

    class Meta:
        model = ProductRecord
        fields = ("brand", "model", "serial", "maker", "made_on", "warranty_until")
        widgets: ClassVar[dict[str, Any]] = {"serial": forms.TextInput(attrs={"data-serial": ""})}
        field_classes: ClassVar[dict[str, Any]] = {"made_on": DayField, "warranty_until": DayField}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("brand") and not data.get("serial") and not self.errors:
            self.add_error("brand", _("请写品牌，或者序列号。"))
        return data

    def _post_clean(self) -> None:
        """Rows are written by the action, which says in words what stands against them."""

    def facts(self) -> dict[str, Any]:
        """What the action takes."""
        return dict(self.cleaned_data)
