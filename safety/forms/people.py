"""Who comes, and who helps whom."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.models import Resident, User
from community_portal.people.staff.memberships import staff_at
from safety.models import Drill
from safety.workflow.states import READERS


class JoinForm(forms.Form):
    """For whom, how many, and whether somebody at home cannot walk."""

    resident = forms.ModelChoiceField(
        Resident.objects.none(), label=_("给谁报名"), empty_label=None, widget=forms.RadioSelect
    )
    party_size = forms.IntegerField(label=_("一起来几个人"), min_value=1, max_value=50, initial=1)
    needs_help = forms.ModelChoiceField(
        Resident.objects.none(),
        label=_("家里有人走不动？"),
        required=False,
        blank=True,  # or Django leaves the first of the circles out, and a slip cannot be taken back
        empty_label=_("没有，都走得动"),
        widget=forms.RadioSelect,
    )
    wish = forms.CharField(label=_("要怎么帮"), max_length=120, required=False, help_text=_("如：坐轮椅，要两个人抬"))

    def __init__(self, *args: Any, people: list[Resident], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        theirs = Resident.objects.filter(pk__in=[one.pk for one in people])
        for name in ("resident", "needs_help"):
            self.fields[name].queryset = theirs  # type: ignore[attr-defined]


class GroupForm(forms.Form):
    group = forms.CharField(label=_("单位"), max_length=60)
    phone = forms.CharField(label=_("联系电话"), max_length=30, required=False)
    heads = forms.IntegerField(label=_("来几个人"), min_value=1, max_value=2000)
    waits = forms.BooleanField(label=_("排队，有名额整个补上"), required=False, widget=forms.HiddenInput)

    def ask_whether_they_wait(self) -> None:
        """There are too few places: from now on the box is shown."""
        self.fields["waits"].widget = forms.CheckboxInput()


class HelperForm(forms.Form):
    name = forms.CharField(label=_("帮扶人"), max_length=50)
    phone = forms.CharField(label=_("帮扶人电话"), max_length=30)
    user = forms.ModelChoiceField(
        User.objects.none(),
        label=_("是本社区工作人员的，选账号"),
        required=False,
        help_text=_("当天能在手机上按“找到了”"),
    )
    backup_name = forms.CharField(label=_("替补"), max_length=50, required=False)
    backup_phone = forms.CharField(label=_("替补电话"), max_length=30, required=False)

    def __init__(self, *args: Any, drill: Drill, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = staff_at(drill.community_id, *READERS, on=clock.today())
        self.fields["user"].queryset = User.objects.filter(pk__in=here)  # type: ignore[attr-defined]
