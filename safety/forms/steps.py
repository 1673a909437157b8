"""What the steps of a corrective action ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.matters.forms.fields import PhotosField
from community_portal.matters.forms.steps import StepForm
from safety.models import Drill
from safety.workflow.states import BEFORE, Drilling


class ProveForm(StepForm):
    photos = PhotosField()
    field_order = ("words", "photos", "seen")


class CarryForm(StepForm):
    """Drills of the same community that have not been held yet."""

    drill = forms.ModelChoiceField(Drill.objects.none(), label=_("在哪场演练验"), empty_label=_("请选"))
    field_order = ("drill", "words", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ahead = Drill.objects.filter(state__in=[*BEFORE, Drilling.RUNNING]).select_related("case")
        here = ahead.filter(community=self.matter.community_id).exclude(pk=self.matter.drill_id)
        field = self.fields["drill"]
        field.queryset = here.order_by("starts_at")  # type: ignore[attr-defined]
        field.label_from_instance = lambda one: f"{one.case.number} {one.case.title}"  # type: ignore[attr-defined]
