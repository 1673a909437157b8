"""What whoever evaluates a drill writes down."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.models import Organisation, User
from community_portal.people.staff.memberships import staff_at
from community_portal.web.inputs import DayField
from safety.models import Drill, DrillStation, Objective, Observation, Question
from safety.workflow.states import READERS


class RateForm(forms.Form):
    rating = forms.ChoiceField(label=_("评级"), choices=Objective.Rating.choices)
    why = forms.CharField(label=_("依据"), max_length=300, required=False)


class ObserveForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Observation
        fields = ("kind", "words", "why", "no_action_why")


class ActionForm(forms.Form):
    title = forms.CharField(label=_("要改什么"), max_length=80)
    officer = forms.ModelChoiceField(User.objects.none(), label=_("谁负责"), empty_label=_("请选"))
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("责任单位"), required=False, empty_label=_("没有")
    )
    due_on = DayField(label=_("什么时候改好"))

    def __init__(self, *args: Any, drill: Drill, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].queryset = staff_at(drill.community_id, *READERS, on=clock.today())  # type: ignore[attr-defined]
        companies = Organisation.objects.filter(kind="property").working_in(drill.community.street)
        self.fields["organisation"].queryset = companies  # type: ignore[attr-defined]


def _heads(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=20_000)


class PracticeForm(forms.ModelForm):  # type: ignore[type-arg]
    practised = _heads(_("练了几人次"))

    class Meta:
        model = DrillStation
        fields = ("practised", "over_why")

    def _post_clean(self) -> None:
        """More than there were places is the deed's to refuse, with its sentence."""


class AnswersForm(forms.ModelForm):  # type: ignore[type-arg]
    before_asked = _heads(_("演练前问了"))
    before_right = _heads(_("演练前答对"))
    after_asked = _heads(_("演练后问了"))
    after_right = _heads(_("演练后答对"))

    class Meta:
        model = Question
        fields = ("before_asked", "before_right", "after_asked", "after_right")

    def _post_clean(self) -> None:
        """More right than asked is the deed's to refuse, with its sentence."""
