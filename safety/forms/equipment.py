"""What is typed about pieces of equipment, rounds and what is looked at."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.models import Organisation
from community_portal.people.register.forms import read
from community_portal.places.models import Community
from community_portal.web.inputs import DayField, end_of_year, start_of_year
from community_portal.web.workbooks import MOST_BYTES
from safety.actions.equipment_import import Read, read_pieces
from safety.models import Equipment, InspectionTemplate, Premises
from safety.queries.rounds import due_month

FACTS = ("spec", "made_on", "serviced_on", "maker_scrap_on", "organisation", "responsible", "from_stairs_m")
WHERE = ("premises", "floor", "spot")


class PieceForm(forms.ModelForm):  # type: ignore[type-arg]
    """A new piece, or other facts about one that is there (``only_facts``)."""

    floor = forms.IntegerField(
        label=_("几层"), required=False, min_value=-5, max_value=120, help_text=_("地下写负数，架空层写 0")
    )
    from_stairs_m = forms.IntegerField(label=_("离楼梯几米"), required=False, min_value=0, max_value=500)
    made_on = DayField(label=_("出厂"), earliest=start_of_year(-50), latest=end_of_year(0))
    serviced_on = DayField(label=_("上次维修"), required=False, earliest=start_of_year(-50), latest=end_of_year(0))
    maker_scrap_on = DayField(
        label=_("厂家写的报废日期"), required=False, earliest=start_of_year(-50), latest=end_of_year(30),
        help_text=_("身上写着的话；比规定早，按它"),
    )  # fmt: skip

    class Meta:
        model = Equipment
        fields = ("kind", "code", *WHERE, *FACTS)

    def __init__(self, *args: Any, community: Community, only_facts: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        for name in ("kind", "code", *WHERE) if only_facts else ():
            del fields[name]
        if not only_facts:
            fields["premises"].queryset = Premises.objects.filter(community=community)
        fields["organisation"].queryset = Organisation.objects.working_in(community.street).distinct().order_by("name")

    def _post_clean(self) -> None:
        """Into the row, but without its truths: the deed says them beside their fields."""
        for name, value in self.cleaned_data.items():
            setattr(self.instance, name, value)

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in FACTS}


class MoveForm(forms.Form):
    premises = forms.ModelChoiceField(label=_("哪个场所"), queryset=Premises.objects.none())
    floor = forms.IntegerField(label=_("几层"), required=False, min_value=-5, max_value=120)
    spot = forms.CharField(label=_("在哪儿"), max_length=60)
    words = forms.CharField(label=_("为什么挪"), max_length=200, required=False)

    def __init__(self, *args: Any, community: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["premises"].queryset = Premises.objects.filter(community=community)  # type: ignore[attr-defined]


class ServicedForm(forms.Form):
    on = DayField(label=_("哪天修好的"), initial=clock.today, earliest=start_of_year(-10), latest=end_of_year(0))
    words = forms.CharField(label=_("修了什么"), max_length=200, required=False)


class WordsForm(forms.Form):
    words = forms.CharField(label=_("说明"), max_length=120, required=False)


class ScrapForm(forms.Form):
    words = forms.CharField(label=_("为什么报废"), max_length=120)


class ImportForm(forms.Form):
    file = forms.FileField(label=_("器材表格"), help_text=_("Excel（xlsx），格式同导出的文件，一次最多 1000 行"))

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.community = community

    def clean_file(self) -> Read:
        content = self.cleaned_data["file"].read(MOST_BYTES + 1)
        return read(lambda data: read_pieces(data, self.community, on=clock.today()), content)  # type: ignore[no-any-return]


class RoundForm(forms.Form):
    title = forms.CharField(label=_("叫什么"), max_length=60)
    opens_on = DayField(label=_("从哪天起"), earliest=start_of_year(0), latest=end_of_year(1))
    due_on = DayField(label=_("到哪天"), earliest=start_of_year(0), latest=end_of_year(1))
    premises = forms.ModelMultipleChoiceField(
        label=_("查哪些场所"), queryset=Premises.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, premises: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        first, last = due_month(today)
        fields: Any = self.fields
        fields["premises"].queryset = premises
        fields["opens_on"].initial, fields["due_on"].initial = first, last
        fields["title"].initial = _("%(n)s 月消防器材巡查") % {"n": today.month}


class EndForm(forms.Form):
    words = forms.CharField(label=_("为什么没查完"), max_length=200, required=False)


class ListForm(forms.Form):
    lines = forms.CharField(
        label=_("看哪几样"),
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("一行一条，好的时候答“好”，如 压力针在绿区"),
    )
    source = forms.CharField(label=_("依据"), max_length=120)
    valid_from = DayField(label=_("从哪天起"), initial=clock.today, earliest=start_of_year(0), latest=end_of_year(1))

    def __init__(self, *args: Any, before: InspectionTemplate | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if before is not None:
            self.fields["lines"].initial = "\n".join(item.words for item in before.items.all())
            self.fields["source"].initial = before.source
