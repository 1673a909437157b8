"""What may be typed in an assessment and while looking at a home."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.uploads import ReadFile, read_photo
from community_portal.matters.forms.fields import SignatureField
from community_portal.people.models import User
from community_portal.people.register.forms import read
from community_portal.signing.models import FAMILY, Relation
from community_portal.web.inputs import DayField
from eldercare.ability import Cause, Risk
from eldercare.models import Hazard, Reason, RoomKind, Severity

INFORMANTS = [("", "—"), *[(r.value, r.label) for r in (*map(Relation, FAMILY), Relation.OTHER)]]
MOST_RISKS = 4


def today_at_most(today: Any) -> Any:
    return today


class OpenAssessmentForm(forms.Form):
    """Why, where, with whom; what is not known yet can be said at the end."""

    reason = forms.ChoiceField(
        label=_("为什么评"), choices=Reason.choices, widget=forms.RadioSelect, initial=Reason.FIRST
    )
    on = DayField(label=_("哪天评"), latest=today_at_most)
    place = forms.CharField(label=_("在哪里评"), max_length=100, required=False)
    informant = forms.CharField(label=_("谁提供情况"), max_length=50, required=False)
    informant_relation = forms.ChoiceField(label=_("和老人的关系"), choices=INFORMANTS, required=False)
    assessor_2 = forms.ModelChoiceField(
        label=_("另一位评估员"), queryset=User.objects.none(), required=False, empty_label=_("还没定")
    )

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"on": clock.today(), "place": _("家里"), "reason": Reason.FIRST})
        super().__init__(*args, **kwargs)
        self.fields["assessor_2"].queryset = colleagues  # type: ignore[attr-defined]


class PeopleForm(forms.Form):
    """Who assesses with whom, and who told how things are."""

    assessor_2 = forms.ModelChoiceField(label=_("另一位评估员"), queryset=User.objects.none(), empty_label=_("还没定"))
    informant = forms.CharField(label=_("谁提供情况"), max_length=50)
    informant_relation = forms.ChoiceField(label=_("和老人的关系"), choices=INFORMANTS)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, colleagues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assessor_2"].queryset = colleagues  # type: ignore[attr-defined]


class FactsForm(forms.Form):
    """Coma, diagnoses, care risks of the last thirty days."""

    is_in_coma = forms.BooleanField(label=_("昏迷"), required=False)
    icd_codes = forms.CharField(
        label=_("疾病编码（ICD-10）"), max_length=200, required=False, help_text=_("用空格隔开，如：F00.1 I10")
    )
    diagnosed_on = DayField(label=_("确诊日期"), required=False)
    diagnosed_at = forms.CharField(label=_("确诊医院"), max_length=80, required=False)
    is_by_psychiatrist = forms.BooleanField(label=_("精神科医生确诊"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_icd_codes(self) -> list[str]:
        return self.cleaned_data["icd_codes"].replace("，", " ").replace("、", " ").replace(",", " ").split()


class RiskForm(forms.Form):
    """One care risk with its day; an empty line counts for nothing."""

    kind = forms.ChoiceField(label=_("照护风险"), choices=[("", "—"), *Risk.choices], required=False)
    on = DayField(label=_("哪一天"), required=False, latest=today_at_most)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") and not data.get("on") and "on" not in self.errors:
            self.add_error("on", _("请写是哪一天。"))
        if data.get("on") and not data.get("kind"):
            self.add_error("kind", _("请选是哪一种照护风险。"))
        return data


RiskForms = forms.formset_factory(RiskForm, extra=MOST_RISKS, max_num=10)


class SigningForm(forms.Form):
    """Which cause makes the level worse, why, and the three signatures."""

    change_code = forms.ChoiceField(label=_("等级变更"), required=False, widget=forms.RadioSelect)
    change_why = forms.CharField(label=_("为什么选这一条"), max_length=200, required=False)
    signature_assessor_1 = SignatureField(label=_("评估员签名"))
    signature_assessor_2 = SignatureField(label=_("另一位评估员签名"))
    signature_informant = SignatureField(label=_("提供情况的人签名"))
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen_total = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, causes: list[Cause], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [("", _("不变更")), *[(cause.value, cause.label) for cause in causes]]
        self.fields["change_code"].choices = offered  # type: ignore[attr-defined]


class RoomsForm(forms.Form):
    rooms = forms.MultipleChoiceField(
        label=_("看了哪些房间"),
        choices=RoomKind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请选看了哪些房间。")},
    )


class FindingForm(forms.Form):
    """One thing in the way."""

    room = forms.ChoiceField(label=_("哪里"), choices=RoomKind.choices, widget=forms.RadioSelect)
    hazard = forms.ChoiceField(label=_("什么问题"), choices=Hazard.choices, widget=forms.RadioSelect)
    severity = forms.TypedChoiceField(
        label=_("多严重"),
        choices=Severity.choices,
        coerce=int,
        widget=forms.RadioSelect,
        initial=Severity.SERIOUS,
    )
    measure = forms.DecimalField(label=_("量出来"), max_digits=7, decimal_places=1, min_value=0, required=False)
    unit = forms.ChoiceField(
        label=_("单位"), choices=[("", "—"), ("cm", "cm"), ("°C", "°C"), ("%", "%")], required=False
    )
    words = forms.CharField(label=_("怎么回事"), max_length=200, required=False)
    photo = forms.FileField(
        label=_("照片"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp", "data-photos": ""}),
    )

    def clean_photo(self) -> ReadFile | None:
        upload = self.cleaned_data["photo"]
        return read(read_photo, upload, field="photo") if upload else None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("measure") is not None and not data.get("unit"):
            self.add_error("unit", _("量了数就要写单位。"))
        return data
