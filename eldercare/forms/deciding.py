"""What the street types when it decides."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.matters.forms.steps import StepForm
from community_portal.people.models import Organisation, Role
from eldercare.models import Exclusion


class FindEligibleForm(StepForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = _("书面理由")  # type: ignore[assignment]
        self.fields["words"].help_text = _("有一条不符合、又可以由街道说明的，必须写；都符合的可以不写。")


class RejectForm(StepForm):
    exclusion = forms.ChoiceField(label=_("不符合的原因"), choices=Exclusion.choices, widget=forms.RadioSelect)
    field_order = ("exclusion", "words")


class EndNoticeForm(StepForm):
    assessor = forms.ModelChoiceField(
        Organisation.objects.filter(kind=Role.ASSESSOR),
        label=_("交给哪家评估"),
        required=False,
        empty_label=_("养老专干自己评"),
    )
    field_order = ("assessor", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["assessor"]
        field.queryset = field.queryset.working_in(self.matter.community.street)
