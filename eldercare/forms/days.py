from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.matters.forms.fields import WordsField
from community_portal.web.inputs import DayField
from community_portal.web.spoken import short_day
from eldercare.models import AcceptanceVisit
from eldercare.queries.days import waiting_homes


class VisitsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, visit: Any) -> str:
        on = f" · {short_day(visit.day.on)}" if visit.day else ""
        return f"{visit.adaptation.resident} · {visit.adaptation.household}{on}"


class DayForm(forms.Form):
    on = DayField(label=_("哪天"), initial=clock.today)
    name = forms.CharField(label=_("名称"), max_length=80, required=False)
    visits = VisitsField(label=_("哪几户"), queryset=AcceptanceVisit.objects.none(), required=False)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["visits"].queryset = waiting_homes(user)  # type: ignore[attr-defined]

    def clean_visits(self) -> list[AcceptanceVisit]:
        return list(self.cleaned_data["visits"])


class RecallForm(forms.Form):
    maker = forms.CharField(label=_("厂家"), max_length=80)
    model = forms.CharField(label=_("型号"), max_length=60, required=False)
    serials = forms.CharField(
        label=_("序列号"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("几个一起写，用逗号或换行隔开；空着就是全部。"),
    )  # fmt: skip
    words = WordsField(label=_("厂家说的问题"), required=False)
