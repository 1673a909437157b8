"""What may be typed about residents. Cleaning is done by the readers of this room, so forms and API say the same words."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.models import CareTag, DelegationScope, IdType, Resident, Sex
from community_portal.people.phones import read_mobile, read_phone
from community_portal.people.register.differences import Difference
from community_portal.people.register.idnumber import normalise, read_birth_date, read_id_number
from community_portal.people.wording import read_name, read_text
from community_portal.refusals import Refusal
from community_portal.web.inputs import DayField, start_of_the_registers


def read(reader: Any, *args: Any, **kwargs: Any) -> Any:
    """A reader's refusal as an error beside the field."""
    try:
        return reader(*args, **kwargs)
    except Refusal as refusal:
        raise forms.ValidationError(refusal.sentence, code=refusal.code) from refusal


class PersonField(forms.ModelChoiceField):
    """For whom: oneself or somebody one acts for."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid_choice": _("您不能代这位居民办理。请本人办理，或先登记委托。")
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Resident.objects.none(), empty_label=None, **kwargs)


def offer_people(form: forms.Form, people: list[Resident]) -> None:
    """``people`` are the choices of its field ``resident``, which is there only while there is a choice. Somebody chosen on a
    page that was opened before stays the one who was meant: when they have taken the delegation back, no other stands in for them."""
    form.fields["resident"].queryset = Resident.objects.filter(pk__in=[p.pk for p in people])  # type: ignore[attr-defined]
    if len(people) < 2 and not form.data.get("resident"):
        del form.fields["resident"]


class ResidentForm(forms.Form):
    """A new file, or a changed one."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    phone = forms.CharField(
        label=_("电话"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    address = forms.CharField(
        label=_("住址"), max_length=200, required=False, help_text=_("如：龙田花苑 12幢503；没有幢号的照实写")
    )
    born_on = DayField(label=_("出生日期"), required=False)
    sex = forms.ChoiceField(label=_("性别"), choices=Sex.choices, required=False)
    id_type = forms.ChoiceField(label=_("证件类型"), choices=IdType.choices, initial=IdType.RESIDENT, required=False)
    id_number = forms.CharField(
        label=_("证件号码"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    care_tags = forms.MultipleChoiceField(
        label=_("需要关照"), choices=CareTag.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(label=_("备注"), max_length=300, required=False)

    def clean_name(self) -> str:
        return read(read_name, self.cleaned_data["name"])

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        return read(read_phone, typed) if typed else ""

    def clean_born_on(self) -> Any:
        born_on = self.cleaned_data["born_on"]
        return read(read_birth_date, born_on, today=clock.today()) if born_on else None

    def clean_id_number(self) -> str:
        typed = self.cleaned_data["id_number"]
        if typed and self.data.get("id_type", IdType.RESIDENT) == IdType.RESIDENT:
            return read(read_id_number, typed, today=clock.today()).number
        return normalise(typed)

    def clean_note(self) -> str:
        return read(read_text, self.cleaned_data["note"], field="note", longest=300)


class EditResidentForm(ResidentForm):
    """The same without the phone, which has its own list."""

    phone = None  # type: ignore[assignment]
    id_number = forms.CharField(
        label=_("证件号码"),
        max_length=40,
        required=False,
        help_text=_("留空就不改"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, resident: Resident) -> "EditResidentForm":
        """Filled from the file; the ID number stays empty: an empty field leaves it as it is."""
        return cls(
            initial={
                "name": resident.name,
                "address": resident.household or "",
                "born_on": resident.born_on,
                "sex": resident.sex,
                "id_type": resident.id_type,
                "care_tags": resident.care_tags,
                "note": resident.note,
                "seen": resident.version,
            }
        )


class ContactForm(forms.Form):
    phone = forms.CharField(label=_("电话"), max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    owner = forms.CharField(label=_("机主"), max_length=50, required=False, help_text=_("本人的电话不用写"))
    relation = forms.CharField(label=_("是居民的"), max_length=20, required=False, help_text=_("如：女儿"))
    is_primary = forms.BooleanField(label=_("首选这个电话"), required=False)

    def clean_phone(self) -> str:
        return read(read_phone, self.cleaned_data["phone"])


class RevealForm(forms.Form):
    reason = forms.CharField(label=_("为什么要看"), max_length=200, min_length=2)


class CareForm(forms.Form):
    """Why somebody looks at what a person needs care for: in the words of who looks, or the number of a matter."""

    reason = forms.CharField(label=_("为什么要看"), max_length=200, min_length=2, help_text=_("写事项编号，或一句话"))


CHOOSE = _("两份不一样，请选留哪一个。")


class MergeForm(forms.Form):
    """Which file counts where both say something else, and how we know that the account behind one may see the other; with both
    answers left empty it parts from its file."""

    statement = forms.CharField(
        label=_("看到了什么，能确定是同一个人"),
        max_length=200,
        required=False,
        help_text=_("如：本人到场，看了身份证原件。会记在这次合并里。"),
    )
    proof = forms.CharField(
        label=_("或者：账号的主人说的出生日期，或证件后四位"),
        max_length=30,
        required=False,
        help_text=_("要和另一份档案上的一样，手机号也要在那份上。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, differences: list[Difference], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.usual = {line.key: line.usual for line in differences}
        for line in differences:
            self.fields[f"choose_{line.key}"] = forms.ChoiceField(
                label=line.label,
                choices=line.choices,
                initial=line.usual,
                required=not line.usual,
                widget=forms.RadioSelect,
                error_messages={"required": CHOOSE},
            )

    @property
    def choosing(self) -> list[Any]:
        """The fields of the differences, as the page shows them."""
        return [self[f"choose_{key}"] for key in self.usual]

    @property
    def answers(self) -> dict[str, Any]:
        """What ``merge_residents`` takes."""
        data = self.cleaned_data
        choices = {key: data[f"choose_{key}"] or usual for key, usual in self.usual.items()}
        return {"statement": data["statement"], "proof": data["proof"], "choices": choices}


class StaffDelegationForm(forms.Form):
    """A delegation that staff write down for a resident who sits beside them."""

    phone = forms.CharField(label=_("受托人手机"), max_length=30, widget=forms.TextInput(attrs={"inputmode": "tel"}))
    relation = forms.CharField(label=_("关系"), max_length=20)
    scopes = forms.MultipleChoiceField(
        label=_("可以代办"), choices=DelegationScope.choices, widget=forms.CheckboxSelectMultiple
    )
    proof = forms.CharField(label=_("凭据"), max_length=120, help_text=_("当面、电话确认，或委托书编号"))
    ends_on = DayField(label=_("到哪一天"), required=False)

    def clean_phone(self) -> str:
        return read(read_mobile, self.cleaned_data["phone"])


class CloseForm(forms.Form):
    """Why a file closes, and since when."""

    why = forms.ChoiceField(label=_("原因"), choices=[("moved_out", _("搬走了")), ("deceased", _("去世"))])
    on = DayField(label=_("哪一天"), earliest=start_of_the_registers)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=True)
