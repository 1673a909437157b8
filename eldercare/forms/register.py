"""What may be typed about an elder."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.casework.uploads import read_paper
from community_portal.matters.forms.fields import WordsField
from community_portal.people.phones import read_phone
from community_portal.people.register.forms import read
from community_portal.people.wording import read_name
from community_portal.web.inputs import DayField
from eldercare.actions.register import FIELDS, MOST_CONTACTS, Contact
from eldercare.models import Disability, ElderProfile, Hardship, Living, Tier


class ProofField(forms.FileField):
    """The paper of a hardship; cleans to a ReadFile, or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}), **kwargs
        )

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        return read(read_paper, upload, field="proof") if upload else None


class ProfileForm(forms.Form):
    """How an elder lives and what makes it hard."""

    living = forms.ChoiceField(
        label=_("和谁住"), choices=Living.choices, widget=forms.RadioSelect, initial=Living.OTHER
    )
    hardship = forms.ChoiceField(label=_("困难情况"), choices=Hardship.choices, initial=Hardship.NONE)
    hardship_proof = forms.CharField(label=_("证明编号"), max_length=60, required=False)
    proof = ProofField(label=_("证明（照片或 PDF）"), required=False)
    has_seen_proof = forms.BooleanField(label=_("我亲眼看过证明"), required=False)
    hardship_valid_until = DayField(label=_("证明有效到"), required=False)
    disability = forms.ChoiceField(label=_("残疾"), choices=Disability.choices, initial=Disability.NONE)
    disability_level = forms.TypedChoiceField(
        label=_("残疾等级"),
        choices=[("", "—"), (1, _("一级")), (2, _("二级")), (3, _("三级")), (4, _("四级"))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    disability_certificate = forms.CharField(label=_("残疾证号"), max_length=40, required=False)
    general_practitioner = forms.CharField(label=_("家庭医生"), max_length=60, required=False)
    allergies = forms.CharField(
        label=_("过敏"), max_length=200, required=False, help_text=_("用顿号隔开，如：青霉素、花生")
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def of(cls, elder: ElderProfile | None) -> "ProfileForm":
        """Filled from the profile."""
        if elder is None:
            return cls()
        initial = {name: getattr(elder, name) for name in FIELDS} | {"seen": elder.version}
        return cls(initial=initial | {"allergies": str(_("、")).join(elder.allergies)})

    def clean_allergies(self) -> list[str]:
        typed = self.cleaned_data["allergies"].replace("，", "、").replace(",", "、")
        return [word.strip() for word in typed.split("、") if word.strip()]


class TierForm(forms.Form):
    """By hand with a reason; left empty, the rules say it again."""

    tier = forms.ChoiceField(label=_("探访等级"), choices=[("", _("按规则")), *Tier.choices], required=False)
    why = forms.CharField(label=_("为什么是这一级"), max_length=200, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)


class ContactForm(forms.Form):
    """One line of the calling order; an empty one counts for nothing."""

    name = forms.CharField(label=_("姓名"), max_length=50, required=False)
    relation = forms.CharField(label=_("关系"), max_length=20, required=False)
    phone = forms.CharField(
        label=_("电话"), max_length=30, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    is_guardian = forms.BooleanField(label=_("监护人"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not (data.get("name") or data.get("phone")):
            return data
        for name, reader in (("name", read_name), ("phone", read_phone)):
            if name not in self.errors:
                try:
                    data[name] = read(reader, data.get(name, ""))
                except forms.ValidationError as error:
                    self.add_error(name, error)
        return data

    @property
    def contact(self) -> Contact | None:
        data = self.cleaned_data
        if not data.get("name"):
            return None
        return Contact(data["name"], data["relation"], data["phone"], data["is_guardian"])


FamilyForms = forms.formset_factory(ContactForm, extra=2, max_num=MOST_CONTACTS, validate_max=True)


def family_forms(elder: ElderProfile, data: Any = None) -> Any:
    """Who is to be rung, in order, and two empty lines."""
    known = elder.family.values("name", "relation", "phone", "is_guardian")
    return FamilyForms(data, prefix="family", initial=list(known))


class WelfareVisitForm(forms.Form):
    """Three answers, each a button."""

    found = forms.ChoiceField(
        choices=[("well", _("见到人了，都好")), ("help", _("见到人了，要帮忙")), ("shut", _("没见到人"))],
        error_messages={"required": _("请选见到人了没有。")},
    )
    words = WordsField(label=_("看到的、说到的"), required=False)
