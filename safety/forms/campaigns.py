"""What is typed about campaigns and their sessions."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.matters.forms.fields import PhotosField
from community_portal.matters.forms.steps import StepForm
from community_portal.people.models import Body, Organisation
from community_portal.places.models import Community, Street
from community_portal.web.inputs import DayField, end_of_year, start_of_year
from safety.forms.fields import WallTimeField
from safety.models import Audience, Campaign, CampaignSession, Channel, Heads, Premises

COUNTS = (
    "heads", "heads_how", "signed", "children", "consents", "people_sent", "leaflets", "asked_before", "right_before",
    "asked_after", "right_after", "crowded_why",
)  # fmt: skip

NO_BODY_YET = _("街道还没登记机关、学校、企业。在“设置 → 机关学校企业”登记了，这里就能选。")
MOST = 100_000  # heads, places, leaflets of one session


class CampaignForm(forms.ModelForm):  # type: ignore[type-arg]
    name = forms.CharField(label=_("名称"), max_length=60, error_messages={"required": _("请写名称。")})
    name_en = forms.CharField(label=_("英文名称"), max_length=80, required=False)
    starts_on = DayField(label=_("从哪天起"), earliest=start_of_year(-1), latest=end_of_year(2))
    ends_on = DayField(label=_("到哪天为止"), earliest=start_of_year(-1), latest=end_of_year(2))
    audiences = forms.MultipleChoiceField(
        label=_("讲给谁听"), choices=Audience.choices, widget=forms.CheckboxSelectMultiple
    )
    planned_sessions = forms.IntegerField(label=_("打算办几场"), min_value=1, max_value=1000, initial=1)

    class Meta:
        model = Campaign
        fields: ClassVar[list[str]] = [
            "name", "name_en", "topic", "starts_on", "ends_on", "audiences", "planned_sessions", "organiser", "partners",
            "words",
        ]  # fmt: skip
        widgets: ClassVar[dict[str, Any]] = {"partners": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, street: Street, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = Organisation.objects.working_in(street).filter(kind__in=Body.values).distinct().order_by("name")
        self.fields["organiser"].queryset = bodies  # type: ignore[attr-defined]
        self.fields["partners"].queryset = bodies  # type: ignore[attr-defined]
        if not bodies.exists():
            self.fields["partners"].help_text = NO_BODY_YET

    def _post_clean(self) -> None:
        """What may be typed is asked of the fields alone: what holds for a campaign the deed says, beside its field."""


class SessionForm(forms.ModelForm):  # type: ignore[type-arg]
    """One session, planned in one house."""

    place = forms.CharField(label=_("在哪里"), max_length=80, required=False, help_text=_("选了场所的可以空着"))
    starts_at = WallTimeField(label=_("开始"))
    ends_at = WallTimeField(label=_("结束"))
    places_for = forms.IntegerField(label=_("坐得下几人"), min_value=1, max_value=MOST)
    is_sure = forms.BooleanField(label=_("不是同一场"), required=False)

    class Meta:
        model = CampaignSession
        fields: ClassVar[list[str]] = [
            "campaign", "venue", "premises", "place", "host", "contact_name", "contact_phone", "starts_at", "ends_at",
            "audience", "places_for", "materials",
        ]  # fmt: skip

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        running = Campaign.objects.filter(street=community.street_id, ends_on__gte=clock.today())
        self.fields["campaign"].queryset = running  # type: ignore[attr-defined]
        self.fields["premises"].queryset = Premises.objects.filter(community=community)  # type: ignore[attr-defined]
        bodies = Organisation.objects.working_in(community.street).filter(kind__in=Body.values)
        self.fields["host"].queryset = bodies.distinct().order_by("name")  # type: ignore[attr-defined]
        if not bodies.exists():
            self.fields["host"].help_text = NO_BODY_YET
        self.fields["is_sure"].widget = forms.HiddenInput()

    def ask_whether_sure(self) -> None:
        """Somebody plans the same: from now on the box is shown."""
        self.fields["is_sure"].widget = forms.CheckboxInput()

    def _post_clean(self) -> None:
        """What may be typed is asked of the fields alone: rules of a session are the deed's, with their sentences."""


def _number(label: Any, most: int = MOST) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=most, required=False, initial=0)


class CountsForm(StepForm):
    """How many came, how that is known, and what was answered before and after."""

    heads = forms.IntegerField(label=_("来了几人"), min_value=0, max_value=MOST)
    heads_how = forms.ChoiceField(label=_("人数怎么知道的"), choices=Heads.choices, widget=forms.RadioSelect)
    signed = _number(_("其中签到的"))
    children = _number(_("其中孩子"))
    consents = _number(_("监护人同意拍照的孩子"))
    people_sent = _number(_("去了几位工作人员"), 1000)
    leaflets = _number(_("发了几份材料"))
    asked_before = _number(_("讲之前问了几题次"))
    right_before = _number(_("讲之前答对"))
    asked_after = _number(_("讲之后问了几题次"))
    right_after = _number(_("讲之后答对"))
    crowded_why = forms.CharField(label=_("人多的，写怎么坐下的"), max_length=160, required=False)
    field_order = (*COUNTS, "words", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.matter.heads_how:
            self.initial = {**self.initial, **{name: getattr(self.matter, name) for name in COUNTS}}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        return data | {name: data.get(name) or 0 for name in COUNTS if name not in ("heads_how", "crowded_why")}


class AskForm(StepForm):
    """To whom the link goes."""

    contact_name = forms.CharField(label=_("那边的联系人"), max_length=40, required=False)
    contact_phone = forms.CharField(label=_("联系电话"), max_length=30, required=False)
    field_order = ("contact_name", "contact_phone", "words", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        about = {"contact_name": self.matter.contact_name, "contact_phone": self.matter.contact_phone}
        self.initial = {**self.initial, **about}


class MoveForm(StepForm):
    starts_at = WallTimeField(label=_("新的开始"))
    ends_at = WallTimeField(label=_("新的结束"))
    field_order = ("starts_at", "ends_at", "words", "seen")


class FeedbackForm(forms.Form):
    feedback = forms.CharField(
        label=_("他们怎么说"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("请写一句他们怎么说。")},
    )  # fmt: skip
    feedback_consent = forms.BooleanField(label=_("同意把这句话写进简报"), required=False)


class SessionPhotosForm(forms.Form):
    photos = PhotosField()
    faces = forms.IntegerField(
        label=_("照片上认得出几个人"),
        min_value=0,
        max_value=500,
        error_messages={"required": _("请填人数，没有就填 0。")},
    )


class ReachForm(forms.Form):
    channel = forms.ChoiceField(label=_("在哪里"), choices=Channel.choices)
    views = forms.IntegerField(label=_("一共看了几次"), min_value=0, max_value=2_000_000_000)
    as_of = DayField(label=_("截至哪天"), initial=clock.today, earliest=start_of_year(-1), latest=lambda today: today)


class VenueAnswerForm(forms.Form):
    """What a venue says by its link: it suits, or what would suit."""

    comes = forms.TypedChoiceField(
        label=_("这个时间方便吗"),
        choices=(("1", _("方便，来吧")), ("0", _("想换个时间"))),
        coerce=lambda text: text == "1",
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一个。")},
    )
    name = forms.CharField(label=_("您的姓名"), max_length=40, error_messages={"required": _("请写您的姓名。")})
    words = forms.CharField(
        label=_("要说的话"), max_length=200, required=False, help_text=_("想换时间的，写什么时候方便"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, *args: Any, matter: CampaignSession, part: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
