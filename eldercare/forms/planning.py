"""One line of a household plan, and a name under the whole."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.casework.uploads import ReadFile, read_photo
from community_portal.matters.forms.fields import SignatureField
from community_portal.people.register.forms import read
from community_portal.signing.models import Means, Relation
from eldercare.models import CatalogueItem, Ownership, PlanVersion, RoomKind
from eldercare.money import plain_sum

NO_FINDING = "why"


class LineForm(forms.Form):
    """``reason`` is a finding (``finding-3``), an answer of the assessment (``answer-7``), or words (``why``)."""

    reason = forms.ChoiceField(label=_("针对哪个问题"))
    why = forms.CharField(label=_("为什么做"), max_length=200, required=False, help_text=_("上面选了问题就不用写"))
    item = forms.ModelChoiceField(
        CatalogueItem.objects.none(),
        label=_("做哪一项"),
        empty_label=None,
        error_messages={"required": _("请选一项。")},
    )
    room = forms.ChoiceField(label=_("装在哪里"), choices=[("", "—"), *RoomKind.choices], required=False)
    spec = forms.CharField(label=_("规格、做法"), max_length=120, required=False)
    quantity = forms.DecimalField(label=_("数量"), max_digits=10, decimal_places=2, initial=1)
    price = forms.DecimalField(label=_("单价（元）"), max_digits=10, decimal_places=2)
    ownership = forms.ChoiceField(label=_("给还是借"), choices=Ownership.choices, initial=Ownership.GIVEN)
    is_self_paid = forms.BooleanField(label=_("家里自己出"), required=False)

    def __init__(self, *args: Any, items: Any, reasons: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reasons = reasons
        self.fields["item"].queryset = items  # type: ignore[attr-defined]
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            *((key, str(label)) for key, (label, _row) in reasons.items()),
            (NO_FINDING, _("没有对应的问题，写明为什么")),
        ]

    def line(self) -> dict[str, Any]:
        """What the action takes."""
        data = dict(self.cleaned_data)
        reason = data.pop("reason")
        kind, _dash, _pk = reason.partition("-")
        row = self.reasons[reason][1] if reason in self.reasons else None
        return data | {"finding": row if kind == "finding" else None, "answer": row if kind == "answer" else None}


class SignForm(forms.Form):
    """What is ours to pay is ticked before the name is written; ``shown`` is the hash of what was on the screen."""

    pays = forms.BooleanField(required=False)
    shown = forms.CharField(widget=forms.HiddenInput, max_length=64, required=False)
    signature = SignatureField(label=_("签名"))

    def __init__(self, *args: Any, plan: PlanVersion | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        self.fields["shown"].initial = plan.content_sha256 if plan else ""
        if plan is None or not plan.self_pay:
            del self.fields["pays"]
        else:
            self.fields["pays"].label = _("我知道自家要出 %(sum)s 元，验收合格再付") % {"sum": plain_sum(plan.self_pay)}

    @property
    def tick(self) -> Any:
        """What is ours to pay; None where all is free."""
        return self["pays"] if "pays" in self.fields else None

    def clean_pays(self) -> bool:
        if not self.cleaned_data["pays"]:
            raise forms.ValidationError(_("请先勾选：知道自家要出多少钱。"), code="not_told_to_pay")
        return True


class RecordedSignForm(SignForm):
    """What was signed on paper, or on the screen of somebody of staff at the door."""

    relation = forms.ChoiceField(
        label=_("谁签的"),
        choices=[(Relation.SELF, Relation.SELF.label), (Relation.GUARDIAN, Relation.GUARDIAN.label)],
        widget=forms.RadioSelect,
        initial=Relation.SELF,
    )
    name = forms.CharField(label=_("签名人"), max_length=50)
    means = forms.ChoiceField(
        label=_("怎么签的"),
        choices=[(Means.FINGER, Means.FINGER.label), (Means.PAPER, Means.PAPER.label)],
        widget=forms.RadioSelect,
        initial=Means.FINGER,
    )
    photo = forms.FileField(label=_("纸上签名的照片"), required=False)
    field_order = ("relation", "name", "pays", "means", "photo")

    def clean_photo(self) -> ReadFile | None:
        upload = self.cleaned_data["photo"]
        return read(read_photo, upload, field="photo") if upload else None

    def drawn_or_photographed(self) -> ReadFile | None:
        data = self.cleaned_data
        found: ReadFile | None = data["photo"] if data["means"] == Means.PAPER else data["signature"]
        return found
