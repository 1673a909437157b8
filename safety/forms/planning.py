"""What a plan consists of: its own fields, and the rows beside it, each with a small form."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.models import User
from community_portal.people.phones import read_phone
from community_portal.people.staff.memberships import staff_at
from community_portal.refusals import Refusal
from community_portal.web.paging import is_row_number
from safety.dues import in_force
from safety.forms.fields import WallTimeField
from safety.models import (
    AssemblyPoint,
    Drill,
    DrillKind,
    DrillPremises,
    DrillStation,
    GroupMember,
    Objective,
    Premises,
    Question,
)
from safety.workflow.states import LEADERS, READERS

TWO_LINES = forms.Textarea(attrs={"rows": 2})


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]
    """When, where, by whom, and when to stop."""

    kinds = forms.MultipleChoiceField(label=_("练什么"), choices=DrillKind.choices, widget=forms.CheckboxSelectMultiple)
    starts_at = WallTimeField(label=_("开始"))
    ends_at = WallTimeField(label=_("结束"))
    places_for = forms.IntegerField(label=_("名额"), min_value=1, max_value=20_000, initial=100)

    class Meta:
        model = Drill
        fields = (
            "kinds", "starts_at", "ends_at", "place", "places_for", "commander", "deputy", "evaluator", "scenario", "route",
            "stop_rule", "permission", "medic", "weather",
        )  # fmt: skip
        widgets = {name: TWO_LINES for name in ("scenario", "route", "stop_rule")}

    def __init__(self, *args: Any, community: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = staff_at(community.pk, *LEADERS, on=clock.today())
        for name in ("commander", "deputy", "evaluator"):
            self.fields[name].queryset = people  # type: ignore[attr-defined]
            self.fields[name].required = False

    def _post_clean(self) -> None:
        """What may be typed is asked of the fields alone: rules of the plan are the deed's, with their sentences."""


class NewDrillForm(PlanForm):
    """``premises`` is where it will be; more houses are added to the plan."""

    title = forms.CharField(label=_("名称"), max_length=80)
    premises = forms.ModelChoiceField(Premises.objects.none(), label=_("在哪里演练"), required=False)
    field_order = ("title", "premises")

    def __init__(self, *args: Any, community: Any, **kwargs: Any) -> None:
        super().__init__(*args, community=community, **kwargs)
        self.fields["premises"].queryset = in_force(clock.today()).filter(community=community)  # type: ignore[attr-defined]

    def begin_with(self, asked: QueryDict) -> None:
        """What a duty's button asks for, as far as it may be chosen here; anything else leaves the form empty."""
        key, kind = asked.get("premises", ""), asked.get("kind", "")
        if kind in DrillKind.values:
            self.initial["kinds"] = [kind]
        rows = self.fields["premises"].queryset  # type: ignore[attr-defined]
        if premises := rows.filter(pk=int(key) if is_row_number(key) else 0).first():
            title = _("%(where)s消防演练") % {"where": premises}
            self.initial.update(premises=premises.pk, place=premises.name, title=title)


class HouseForm(forms.ModelForm):  # type: ignore[type-arg]
    floors = forms.IntegerField(label=_("几层"), min_value=1, max_value=120, required=False)
    guides = forms.CharField(
        label=_("每层谁引导"), required=False, widget=TWO_LINES, help_text=_("一行一层，如：5 吴国平"), max_length=600
    )

    class Meta:
        model = DrillPremises
        fields = ("premises", "floors", "guides")
        labels = {"premises": _("哪里")}

    def __init__(self, *args: Any, drill: Drill, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["premises"].queryset = Premises.objects.filter(community=drill.community_id)  # type: ignore[attr-defined]

    def clean_guides(self) -> dict[str, str]:
        found = {}
        for line in self.cleaned_data["guides"].splitlines():
            floor, _space, name = line.strip().partition(" ")
            if line.strip() and not (floor.isdecimal() and name.strip()):
                raise forms.ValidationError(_("一行先写第几层，空一格再写姓名。"))
            if name.strip():
                found[str(int(floor))] = name.strip()[:30]
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("premises") and not data.get("floors"):
            data["floors"] = data["premises"].floors
        floors = data.get("floors") or 0
        if any(not 1 <= int(floor) <= floors for floor in data.get("guides") or {}):
            self.add_error("guides", _("这幢楼没有这一层。"))
        return data


class MemberForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = GroupMember
        fields = ("group", "name", "phone", "user", "task", "is_leader")

    def __init__(self, *args: Any, drill: Drill, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = staff_at(drill.community_id, *READERS, on=clock.today())
        self.fields["user"].queryset = User.objects.filter(pk__in=here)  # type: ignore[attr-defined]

    def clean_phone(self) -> str:
        """Where the task is told: what is no number would be written to in vain."""
        try:
            return read_phone(self.cleaned_data["phone"]) if self.cleaned_data["phone"].strip() else ""
        except Refusal as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal


class _OfDrill(forms.ModelForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, drill: Drill, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class StationForm(_OfDrill):
    rounds = forms.IntegerField(label=_("几轮"), min_value=1, max_value=100, initial=4)
    per_round = forms.IntegerField(label=_("每轮几人"), min_value=1, max_value=300, initial=10)

    class Meta:
        model = DrillStation
        fields = ("skill", "lead", "rounds", "per_round")


class PointForm(_OfDrill):
    expected = forms.IntegerField(label=_("应到"), min_value=0, max_value=20_000, initial=0)

    class Meta:
        model = AssemblyPoint
        fields = ("name", "expected")


class ObjectiveForm(_OfDrill):
    class Meta:
        model = Objective
        fields = ("words",)


class QuestionForm(_OfDrill):
    class Meta:
        model = Question
        fields = ("words",)


PARTS: dict[str, Any] = {
    "objectives": ObjectiveForm,
    "houses": HouseForm,
    "members": MemberForm,
    "stations": StationForm,
    "points": PointForm,
    "questions": QuestionForm,
}
TITLES = {
    "objectives": _("目标"),
    "houses": _("在哪里演练"),
    "members": _("五个组"),
    "stations": _("练习站"),
    "points": _("集合点"),
    "questions": _("演练前后问的两个问题"),
}
