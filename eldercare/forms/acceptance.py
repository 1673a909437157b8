"""What the three bodies write down while they walk through a home."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.matters.forms.fields import SignatureField, WordsField
from community_portal.people.models import Organisation
from community_portal.signing.models import FAMILY, OWN_WILL, Relation
from community_portal.web.inputs import DayField
from eldercare.forms.works import PhotoField, ProductForm
from eldercare.models import LineResult, MemberBody, ProductRecord

TRUTH = {"yes": True, "no": False}


def _either(value: str) -> bool | None:
    return TRUTH.get(value)


class EitherField(forms.TypedChoiceField):
    """Yes, no, or not said: two buttons; cleans to True, False or None."""

    widget = forms.RadioSelect

    def __init__(self, *, yes: Any, no: Any, **kwargs: Any) -> None:
        given: dict[str, Any] = {
            "choices": [("yes", yes), ("no", no)],
            "coerce": _either,
            "empty_value": None,
            "required": False,
        }
        super().__init__(**given | kwargs)

    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


class LineForm(forms.Form):
    """A card: what was found, and what is said of it."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    result = forms.ChoiceField(
        choices=[("", _("重新看")), *((r, r.label) for r in LineResult if r != LineResult.WAIVED)], required=False
    )
    found_quantity = forms.DecimalField(
        label=_("实际数量"), min_value=0, max_digits=10, decimal_places=2, required=False
    )
    found_spec = forms.CharField(label=_("实际规格、做法"), max_length=120, required=False)
    photo = PhotoField(label=_("拍一张"), required=False)
    words = forms.CharField(label=_("说明"), max_length=300, required=False)
    defect = forms.CharField(label=_("哪里不对"), max_length=200, required=False)
    rectify_by = DayField(label=_("哪天前改好"), required=False)


class CheckProductForm(ProductForm):
    """The same card at the acceptance: tried, too."""

    works_now = EitherField(label=_("现在能用"), yes=_("能用"), no=_("不能用"))
    pull_test = EitherField(label=_("拉一拉，牢不牢"), yes=_("牢"), no=_("不牢"))

    class Meta(ProductForm.Meta):
        model = ProductRecord


class WaiveForm(forms.Form):
    """免做: why, and two signatures."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    words = WordsField(label=_("为什么免做"))
    name = forms.CharField(label=_("签名人"), max_length=50)
    relation = forms.ChoiceField(label=_("是谁"), choices=[(r, Relation(r).label) for r in OWN_WILL])
    signature = SignatureField(label=_("本人或监护人签名"))
    street_signature = SignatureField(label=_("街道签名"))


SCORES = [(n, str(n)) for n in range(1, 6)]


class ScoreField(forms.TypedChoiceField):
    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=SCORES, coerce=int, empty_value=None, required=False, **kwargs)


class TalkForm(forms.Form):
    """What the elder, or one of the family, says."""

    name = forms.CharField(label=_("和谁谈"), max_length=50)
    relation = forms.ChoiceField(label=_("关系"), choices=[(r, Relation(r).label) for r in FAMILY])
    alone = forms.BooleanField(label=_("单独谈的"), required=False)
    can_use = EitherField(label=_("会用了吗"), yes=_("会用"), no=_("还不会"))
    was_taught = EitherField(label=_("有人教过吗"), yes=_("教过"), no=_("没教"))
    feels_safer = EitherField(label=_("觉得更安全吗"), yes=_("更安全"), no=_("没有"))
    strain_before = ScoreField(label=_("改造前照护有多累（1 轻松，5 很累）"))
    strain_after = ScoreField(label=_("改造后有多累（1 轻松，5 很累）"))
    score = ScoreField(label=_("满意吗（5 很满意）"))
    words = WordsField(label=_("怎么说的，原话"), required=False)
    may_be_quoted = forms.BooleanField(label=_("同意引用这句话（不写真名）"), required=False)
    why_not = forms.CharField(label=_("没法谈的，写为什么"), max_length=200, required=False)


class VisitTalkForm(TalkForm):
    """At an acceptance, where two may talk with the same person. ``seen``: the talks that the page showed (``talks_seen``)."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4000)


class JoinForm(forms.Form):
    body = forms.ChoiceField(label=_("代表哪一方"), choices=MemberBody.choices)
    name = forms.CharField(label=_("姓名"), max_length=50)
    organisation = forms.ModelChoiceField(
        label=_("单位"), queryset=Organisation.objects.order_by("name"), required=False
    )


class SignForm(forms.Form):
    seen_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)
    signature = SignatureField(label=_("签名"))
