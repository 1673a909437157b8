"""What is pressed and typed on the day."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.matters.forms.fields import PhotosField
from safety.forms.fields import WallTimeField
from safety.models import Drill, DrillMark, DrillPremises, Helper, MarkKind


class PressForm(forms.Form):
    """Which button: of the whole, of a floor of a house, of a person."""

    kind = forms.ChoiceField(choices=MarkKind.choices)
    house = forms.ModelChoiceField(DrillPremises.objects.none(), required=False)
    floor = forms.IntegerField(required=False, min_value=1, max_value=200)
    helper = forms.ModelChoiceField(Helper.objects.none(), required=False)
    device_at = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M:%S.%fZ"])
    words = forms.CharField(label=_("为什么"), max_length=300, required=False)

    def __init__(self, *args: Any, drill: Drill, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["house"].queryset = drill.houses.all()  # type: ignore[attr-defined]
        self.fields["helper"].queryset = drill.helpers.all()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        of_floor, of_person = (
            data.get("kind") == MarkKind.FLOOR_CLEAR,
            data.get("kind") in (MarkKind.MET, MarkKind.FOUND),
        )
        if of_floor != bool(data.get("house") and data.get("floor")) or of_person != bool(data.get("helper")):
            raise forms.ValidationError(_("按的这个时刻不对，请再看一眼。"))
        return data


class CorrectForm(PressForm):
    """Another time, or none: then the mark is taken back."""

    happened_at = WallTimeField(
        seconds=True, label=_("实际的时间"), required=False, help_text=_("空着就是撤掉这个时刻")
    )

    def is_about(self, mark: DrillMark) -> bool:
        """Of the many on the page: this one was sent."""
        scope = {"kind": mark.kind, "house": mark.house_id, "floor": mark.floor, "helper": mark.helper_id}
        return self.is_bound and all(str(self.data.get(name) or "") == str(of or "") for name, of in scope.items())


class CountForm(forms.Form):
    expected = forms.IntegerField(label=_("应到"), min_value=0, max_value=20_000)
    present = forms.IntegerField(label=_("到了，没报名的也算上"), min_value=0, max_value=20_000)
    excused = forms.IntegerField(label=_("在别处"), min_value=0, max_value=20_000, initial=0)
    walk_ins = forms.IntegerField(label=_("其中没报名也来的"), min_value=0, max_value=20_000, initial=0)


class CheckForm(forms.Form):
    photos = PhotosField()
    waived_why = forms.CharField(label=_("不用做的，写为什么"), max_length=200, required=False)
