"""What may be typed on the pages that all services share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.flow import FLOWS
from community_portal.casework.models import Task
from community_portal.casework.queries import due_words, read_number
from community_portal.matters.forms.fields import WordsField
from community_portal.matters.kinds import KINDS
from community_portal.people.models import User
from community_portal.people.phones import half_width
from community_portal.people.staff.memberships import staff_at
from community_portal.places.models import Community


class LookUpForm(forms.Form):
    """The public look-up: number and last four digits of the phone, or the six that whoever left no name was given."""

    number = forms.CharField(
        label=_("事项编号"),
        max_length=40,
        help_text=_("如 LT-26-0318"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("请填编号，在短信和告知单上。")},
    )
    tail = forms.RegexField(
        label=_("手机号后四位，或 6 位查询码"),
        regex=r"^\d{4}(\d{2})?$",
        strip=True,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("请填手机号后四位或查询码。"), "invalid": _("请填四位或六位数字。")},
    )

    def clean_number(self) -> str:
        return read_number(self.cleaned_data["number"])

    def clean_tail(self) -> str:
        return half_width(self.cleaned_data["tail"])


class HandedOverField(forms.ModelMultipleChoiceField):
    """Matters to tick, by their tasks, each on a line with its number, where it stands and until when."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, task: Task) -> str:
        due, state = due_words(task.due_at, at=clock.now())[0], FLOWS[task.flow].states[task.state]
        return " · ".join(filter(None, [task.case.number, task.case.title, str(state.label), due]))


class HandOverWorkForm(forms.Form):
    """All or some of what a colleague has in hand, and who takes it over. At most a hundred at once: the rest comes next."""

    MOST = 100

    tasks = HandedOverField(
        label=_("哪些事"),
        queryset=Task.objects.none(),
        error_messages={
            "required": _("请至少选一件。"),
            "invalid_choice": _("有一件刚刚改动过，已经不在他（她）手上，请再看一眼。"),
        },
    )
    officer = forms.ModelChoiceField(
        label=_("转给"),
        queryset=User.objects.none(),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一位同事。")},
    )
    words = WordsField(label=_("交代几句"), required=False)

    def __init__(self, *args: Any, community: Community, leaver: User, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = list(rows[: self.MOST])
        self.fields["tasks"].queryset = rows.filter(pk__in=[task.pk for task in first])  # type: ignore[attr-defined]
        self.fields["tasks"].initial = [task.pk for task in first]
        roles = frozenset[str]().union(*(KINDS[task.flow].hands for task in first))
        people = staff_at(community.pk, *roles, on=clock.today()).exclude(pk=leaver.pk)
        self.fields["officer"].queryset = people  # type: ignore[attr-defined]
