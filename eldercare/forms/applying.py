"""What is asked of who applies: what is hard at home, how it stands with the house, papers and consent."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.matters.forms.fields import PhotosField, WordsField
from community_portal.people.models import Resident
from eldercare.models import Hazard, Programme, Tenure

YES_NO = [("yes", _("是")), ("no", _("不是")), ("", _("不清楚"))]
# Each hazard with a picture: big cards to tick.
PICTURES = {
    Hazard.SLIPPERY: "droplet",
    Hazard.STEP: "chevron-up",
    Hazard.NO_RAIL: "grid-3x3-gap",
    Hazard.NARROW: "door-closed",
    Hazard.DARK: "moon",
    Hazard.BED: "house-door",
    Hazard.TOILET: "square",
    Hazard.SHOWER: "sliders",
    Hazard.HOT_WATER: "fire",
    Hazard.CALL: "bell",
    Hazard.MOVING: "person-wheelchair",
    Hazard.FIRE: "plug",
    Hazard.OTHER: "three-dots",
}


class KnownField(forms.TypedChoiceField):
    """Yes, no, or not known (None)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=YES_NO,
            coerce=lambda text: text == "yes",
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no", None: ""}.get(value, value)


class HomeForm(forms.Form):
    """How it stands at home, in the words of a resident."""

    difficulties = forms.MultipleChoiceField(
        label=_("家里哪里不方便？（可以选几样）"),
        choices=Hazard.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    needs = WordsField(label=_("还想说的"), required=False, help_text=_("如：起夜要摸黑，洗澡站不住"))
    tenure = forms.ChoiceField(
        label=_("房子是谁的？"),
        choices=Tenure.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选房子是谁的。")},
    )
    will_be_demolished = KnownField(label=_("两年内要拆迁吗？"))
    other_programme = KnownField(label=_("残联等项目改造过吗？"))
    works_begun = KnownField(label=_("已经自己开工了吗？"))

    @property
    def cards(self) -> list[tuple[Any, str]]:
        """Each tick with its picture."""
        return [(tick, PICTURES[Hazard(tick.data["value"])]) for tick in self["difficulties"]]


class StaffHomeForm(HomeForm):
    """And what only somebody who knows houses can say."""

    is_unsafe = KnownField(label=_("是危房吗？"))
    is_possible = KnownField(label=_("结构上做得了吗？"))


class NewAdaptationForm(StaffHomeForm):
    """At the desk: everything at once, for the resident whose file was open."""

    programme = forms.ModelChoiceField(Programme.objects.none(), label=_("申请哪个项目"), empty_label=None)
    wants = forms.BooleanField(
        label=_("本人（或监护人）愿意改造，也同意评估员和施工师傅上门"),
        required=False,
    )
    photos = PhotosField(label=_("家里的照片"))
    field_order = ("programme",)

    def __init__(self, *args: Any, programmes: list[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["programme"]
        field.queryset = Programme.objects.filter(pk__in=[one.pk for one in programmes])
        field.initial = programmes[0].pk if programmes else None


class WhoForm(forms.Form):
    """For whom: oneself, or somebody who lets one apply for them."""

    resident = forms.ModelChoiceField(
        Resident.objects.none(),
        label=_("给谁申请？"),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("请选给谁申请。")},
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["resident"].queryset = people  # type: ignore[attr-defined]


class PaperForm(forms.Form):
    """One paper: a file, or seen."""

    file = forms.FileField(label=_("照片或 PDF"), required=False)
    was_seen = forms.BooleanField(label=_("看过原件"), required=False)
