"""What may be typed about help requests."""

from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from appointments.models import ROLES_BESIDES, Category, Outcome, PaperState, Urgency, VisitFinding
from community_portal.casework.models import Source
from community_portal.casework.uploads import ReadFile, read_paper
from community_portal.matters.forms.fields import PhotosField, WordsField
from community_portal.matters.forms.steps import SignedForm, StepForm
from community_portal.people.models import ASKED_AT_INTAKE, Resident
from community_portal.people.own_account.consents import WORDINGS, standings_of
from community_portal.people.phones import read_phone
from community_portal.people.register.forms import PersonField, offer_people, read
from community_portal.people.wording import read_name
from community_portal.places.models import Community


def categories_of(community: Community) -> Any:
    """Active categories of everyone and of the street."""
    return Category.objects.filter(is_active=True).filter(street__isnull=True) | Category.objects.filter(
        is_active=True, street=community.street_id
    )


class AskForm(forms.Form):
    """A resident asks for help on the phone."""

    category = forms.ModelChoiceField(
        label=_("哪方面的事"),
        queryset=Category.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("请选一项，拿不准就选“其他”。")},
    )
    words = WordsField(
        label=_("说说遇到的难处"),
        help_text=_("怎么说都行，写一两句就好。"),
        error_messages={"required": _("请写一两句，我们才知道怎么帮。")},
    )
    urgency = forms.ChoiceField(
        label=_("急不急"),
        choices=[
            (Urgency.NORMAL, _("不着急")),
            (Urgency.SOON, _("这几天要办")),
            (Urgency.NOW, _("今天就要人")),
        ],
        widget=forms.RadioSelect,
        required=False,
        initial=Urgency.NORMAL,
        help_text=_("有危险请先打 110、119 或 120。"),
    )
    photos = PhotosField(help_text=_("有照片更清楚，没有也行。"))
    resident = PersonField(label=_("为谁"))
    name = forms.CharField(
        label=_("您的姓名"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("请写您的姓名。")},
    )
    address = forms.CharField(label=_("您的住址"), max_length=200, required=False, help_text=_("如：龙田花苑 12幢503"))

    def __init__(
        self,
        *args: Any,
        community: Community,
        people: list[Resident],
        is_known: bool,
        lacks_address: bool,
        **kwargs: Any,
    ) -> None:
        """``is_known`` False: the first half only; who it is and the photos come after sign-in."""
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = categories_of(community)  # type: ignore[attr-defined]
        offer_people(self, people)
        if people or not is_known:
            del self.fields["name"]
        if not is_known or not lacks_address:
            del self.fields["address"]
        if not is_known:
            del self.fields["photos"]
            self.fields.pop("resident", None)

    def clean_name(self) -> str:
        return read(read_name, self.cleaned_data["name"])

    def clean_urgency(self) -> str:
        return self.cleaned_data["urgency"] or Urgency.NORMAL


class IntakeForm(forms.Form):
    """Sixty seconds beside somebody on the sofa: who, what about, their words."""

    resident = forms.ModelChoiceField(queryset=Resident.objects.none(), required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("姓名"),
        max_length=60,
        required=False,
        help_text=_("输拼音首字母、电话后四位或幢室，也找得到。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("电话"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    address = forms.CharField(label=_("住址"), max_length=200, required=False, help_text=_("如：龙田花苑 12幢503"))
    category = forms.ModelChoiceField(
        label=_("类别"), queryset=Category.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    words = WordsField(label=_("居民怎么说，就怎么记"))
    urgency = forms.ChoiceField(
        label=_("急不急"), choices=Urgency.choices, widget=forms.RadioSelect, initial=Urgency.NORMAL
    )
    source = forms.ChoiceField(
        label=_("怎么来的"),
        choices=[(s.value, s.label) for s in (Source.DESK, Source.PHONE, Source.HOME, Source.GRID, Source.HOTLINE)],
        widget=forms.RadioSelect,
        initial=Source.DESK,
    )
    photos = PhotosField()
    consents = forms.MultipleChoiceField(
        label=_("他（她）同意"),
        required=False,
        choices=[(p.value, p.label) for p in ASKED_AT_INTAKE],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, community: Community, chosen: Resident | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = chosen is None
        if chosen:
            self.fields["consents"].choices = [  # type: ignore[attr-defined]
                (standing.purpose, standing.label) for standing in standings_of(chosen) if standing.is_to_ask
            ]
        self.fields["category"].queryset = categories_of(community)  # type: ignore[attr-defined]
        self.fields["resident"].queryset = Resident.objects.current().filter(community=community)  # type: ignore[attr-defined]

    @property
    def wordings(self) -> list[Any]:
        """What is read out before one agrees."""
        return [(label, WORDINGS[purpose].words) for purpose, label in self.fields["consents"].choices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("resident"):
            for name, reader in (("name", read_name), ("phone", read_phone)):
                if name in self.errors:
                    continue
                typed = data.get(name, "")
                if not typed and name == "phone":
                    continue
                try:
                    data[name] = read(reader, typed)
                except forms.ValidationError as error:
                    self.add_error(name, error)
        return data


class VerifyForm(SignedForm):
    finding = forms.ChoiceField(label=_("核实结果"), choices=VisitFinding.choices, widget=forms.RadioSelect)
    field_order = ("finding", "words", "photos", "signed_by")


class ResolveForm(StepForm):
    outcome = forms.ChoiceField(
        label=_("结果"),
        choices=[(o.value, o.label) for o in (Outcome.SOLVED, Outcome.PARTLY, Outcome.EXPLAINED, Outcome.NOT_POSSIBLE)],
        widget=forms.RadioSelect,
    )
    field_order = ("outcome", "words")


class PaperForm(forms.Form):
    """One line of the checklist."""

    state = forms.ChoiceField(label=_("状态"), choices=PaperState.choices)
    from_whom = forms.CharField(label=_("谁交的"), max_length=50, required=False)
    file = forms.FileField(label=_("材料照片或 PDF"), required=False)

    def clean_file(self) -> ReadFile | None:
        upload = self.cleaned_data["file"]
        return read(read_paper, upload) if upload else None


class LinesField(forms.CharField):
    """One thing on each line; cleans to a list."""

    widget = forms.Textarea(attrs={"rows": 4})

    def __init__(self, *, longest: int = 60, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("一行一样"))
        super().__init__(required=False, **kwargs)
        self.longest = longest

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        lines = [line.strip() for line in (super().clean(value) or "").splitlines() if line.strip()]
        if any(len(line) > self.longest for line in lines):
            raise forms.ValidationError(_("一行最多 %(n)s 个字。"), params={"n": self.longest})
        return lines


class PapersForm(forms.ModelForm):
    """Whatever lists papers, in Chinese and, line for line, in English."""

    papers = LinesField(label=_("要带的材料"))
    papers_en = LinesField(label=_("英文材料"), longest=120, help_text=_("和上面一行对一行；不填就显示中文"))

    def clean_papers_en(self) -> list[str]:
        english: list[str] = self.cleaned_data["papers_en"]
        if english and "papers" in self.cleaned_data and len(english) != len(self.cleaned_data["papers"]):
            raise forms.ValidationError(_("英文材料要和中文一行对一行。"))
        return english


class CategoryForm(PapersForm):
    """A limit longer than a working year is a slip; a request would be promised for the next century."""

    MOST: ClassVar[dict[str, tuple[int, Any]]] = {
        "hours": (240, _("最多 240 个工作小时。")),
        "days": (250, _("最多 250 个工作日。")),
    }
    papers = LinesField(label=_("代办材料"))
    readers = forms.MultipleChoiceField(
        label=_("还有谁能看"),
        choices=ROLES_BESIDES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("接待员、网格员、社区书记和街道干部都能看，不用选。"),
    )

    class Meta:
        model = Category
        fields = [
            "name", "name_en", "assign_hours", "visit_days", "decide_days", "handle_days", "apply_days", "street_days",
            "call_back_days", "promise_days", "papers", "papers_en", "readers", "position", "is_active",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if unit := self.MOST.get(name.rpartition("_")[2]):
                # In place of what the column could hold, so that one sentence speaks and not two.
                field.validators = [MinValueValidator(1), MaxValueValidator(*unit)]
                field.widget.attrs["max"] = unit[0]
