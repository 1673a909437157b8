"""What is typed about retrofits: what, where and why; the steps; measures, zones, what each side gives."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.deliberations.models import PartyRole, Survey
from community_portal.matters.forms.fields import WordsField
from community_portal.matters.forms.steps import StepForm
from community_portal.people.models import Organisation, Role
from community_portal.places.models import Building, Estate
from community_portal.web.inputs import DayField, ReadableField, end_of_year, start_of_year
from safety.models import Divided, Gives, Hazard, MeasureKind, Retrofit
from safety.workflow.states import HAZARD_OPEN


class OpenRetrofitForm(forms.Form):
    """In an estate of theirs: of those that they manage, or of the house."""

    estate = forms.ModelChoiceField(label=_("小区"), queryset=Estate.objects.none(), empty_label=None)
    building = forms.ModelChoiceField(
        label=_("哪一幢"), queryset=Building.objects.none(), required=False, empty_label=_("不限哪一幢")
    )
    place = ReadableField(label=_("哪里"), max_length=60, help_text=_("如：架空层"))
    words = WordsField(label=_("为什么要改"))

    def __init__(self, *args: Any, estates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["estate"].queryset = estates
        fields["building"].queryset = Building.objects.filter(estate__in=estates).select_related("estate")
        fields["building"].label_from_instance = lambda one: f"{one.estate} {one}"


class CountSurveyForm(StepForm):
    """Which survey, and which of its answers says that it is so."""

    survey = forms.ModelChoiceField(label=_("哪份问卷"), queryset=Survey.objects.all(), empty_label=None)
    choice = forms.CharField(label=_("哪个回答算“反映”"), max_length=120, widget=forms.Select)
    field_order = ("survey", "choice", "words", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        rows = Survey.objects.of(self.matter)
        fields["survey"].queryset = rows
        choices = [text for row in rows for question in row.questions for text in question["choices"]]
        fields["choice"].widget.choices = [(text, text) for text in dict.fromkeys(choices)]


class StartForm(StepForm):
    started_on = DayField(label=_("哪天开工"), required=False, earliest=start_of_year(-2), latest=end_of_year(1))
    contractor = forms.ModelChoiceField(
        label=_("施工单位"),
        queryset=Organisation.objects.filter(kind=Role.CONTRACTOR),
        required=False,
        empty_label=_("物业自己做"),
    )
    field_order = ("started_on", "contractor", "words", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["started_on"] = clock.today()
        firms = Organisation.objects.working_in(self.matter.community.street).filter(kind=Role.CONTRACTOR)
        self.fields["contractor"].queryset = firms.distinct().order_by("name")  # type: ignore[attr-defined]


class AcceptForm(StepForm):
    accepted_on = DayField(label=_("哪天验收的"), required=False, earliest=start_of_year(-2), latest=end_of_year(1))
    field_order = ("accepted_on", "words", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["accepted_on"] = clock.today()


class TestForm(StepForm):
    """How many sprinklers were tried, and how many of them work."""

    __test__ = False
    tested = forms.IntegerField(label=_("试了几个喷淋"), min_value=1, max_value=500)
    working = forms.IntegerField(label=_("几个正常"), min_value=0, max_value=500)
    field_order = ("tested", "working", "words", "seen")


class RowForm(forms.Form):
    """Of a row more on the page of a ``retrofit``."""

    def __init__(self, *args: Any, retrofit: Retrofit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.retrofit = retrofit


class HazardJoinForm(RowForm):
    """Open hazards of the estate that stand in no project yet."""

    hazard = forms.ModelChoiceField(label=_("哪条隐患"), queryset=Hazard.objects.none(), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Hazard.objects.filter(state__in=HAZARD_OPEN, estate=self.retrofit.estate_id, retrofits=None)
        field: Any = self.fields["hazard"]
        field.queryset = rows.select_related("case")
        field.label_from_instance = lambda one: f"{one.case.number} {one.case.title}"


class MeasureForm(RowForm):
    kind = forms.ChoiceField(label=_("什么措施"), choices=MeasureKind.choices)
    words = ReadableField(label=_("做什么"), max_length=120)


class ZoneForm(RowForm):
    number = forms.IntegerField(label=_("第几区"), min_value=1, max_value=999)
    bikes = forms.IntegerField(label=_("停几辆"), min_value=1, max_value=999)
    divided_by = forms.ChoiceField(
        label=_("和旁边怎么隔开"), choices=Divided.choices, widget=forms.RadioSelect, initial=Divided.SCREEN
    )
    metres = forms.DecimalField(label=_("隔板多高，或空开多宽（米）"), max_digits=4, decimal_places=2, min_value=0)
    has_sprinkler = forms.BooleanField(label=_("有喷淋"), required=False, initial=True)


class ContributionForm(RowForm):
    role = forms.ChoiceField(label=_("哪一方"), choices=PartyRole.choices)
    name = ReadableField(label=_("单位或姓名"), max_length=60)
    gives = forms.ChoiceField(label=_("出什么"), choices=Gives.choices)
    words = ReadableField(label=_("做了什么"), max_length=120)
    amount = forms.DecimalField(
        label=_("多少钱（元）"), max_digits=11, decimal_places=2, min_value=0, required=False, help_text=_("出钱的才写")
    )
