"""What may be typed about help requests."""

import datetime as dt
from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from appointments.models import ROLES_BESIDES, Category, Outcome, PaperState, Urgency, VisitFinding
from appointments.requests.queries import loads_of
from community_portal import clock
from community_portal.bookings.queries import free_times
from community_portal.casework.models import Source
from community_portal.casework.uploads import ReadFile, read_paper, read_photos, read_signature
from community_portal.people.models import ASKED_AT_INTAKE, COMMUNITY_STAFF, Purpose, Resident, Role, User
from community_portal.people.own_account.consents import WORDINGS, standings_of
from community_portal.people.phones import read_phone
from community_portal.people.register.forms import PersonField, offer_people, read
from community_portal.people.staff.memberships import staff_at
from community_portal.people.wording import LONGEST_TEXT, read_name, read_text
from community_portal.places.models import Community
from community_portal.web.spoken import short_when

MOST_PHOTOS = 6


class SeveralFiles(forms.ClearableFileInput):
    """Django's own file input, for several files at once."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Up to six photos, each read, re-encoded and without GPS; cleans to a list of ReadFile."""

    widget = SeveralFiles

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("照片"))
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)
        self.widget.attrs |= {"accept": "image/jpeg,image/png,image/webp", "multiple": True, "data-photos": ""}

    def clean(self, data: Any, initial: Any = None) -> list[ReadFile]:
        uploads = [u for u in (data if isinstance(data, (list, tuple)) else [data]) if isinstance(u, UploadedFile)]
        if len(uploads) > MOST_PHOTOS:
            raise forms.ValidationError(_("一次最多 6 张照片。"))
        return read(read_photos, uploads) if uploads else []


class WordsField(forms.CharField):
    """A longer text: control characters dropped, 2,000 characters at most, with a sentence instead of a cut."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4, "data-limit": LONGEST_TEXT}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        return super().clean(read(read_text, value or "", field="words"))


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
    """Sixty seconds beside somebody on the sofa: who, what about, his words."""

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


class StepForm(forms.Form):
    """What every step takes: the version the page showed, and words where the table asks for them."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    words = WordsField(label=_("说明"), required=False)

    def __init__(self, *args: Any, request: Any = None, needs_words: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].required = needs_words


class ColleagueField(forms.ModelChoiceField):
    """Colleagues to choose from, each with the grids he looks after and how much he has in hand."""

    widget = forms.RadioSelect
    default_error_messages: ClassVar[dict[str, Any]] = {"required": _("请选一位同事。")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=User.objects.none(), empty_label=None, **kwargs)

    def offer(self, people: QuerySet[User], community_id: int) -> None:
        self.queryset = people
        self.loads = loads_of(people, community_id, on=clock.today())

    def label_from_instance(self, user: User) -> str:
        return " · ".join([str(user), *self.loads.get(user.pk, [])])


class AssignForm(StepForm):
    officer = ColleagueField(label=_("派给"))
    field_order = ["officer", "words", "seen"]

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        people = staff_at(request.community_id, Role.GRID_OFFICER, on=clock.today())
        self.fields["officer"].offer(people, request.community_id)  # type: ignore[attr-defined]
        self.fields["words"].label = _("为什么派给他（她）")


def colleagues(community_id: int) -> QuerySet[User]:
    """Who may have a request in hand."""
    return staff_at(community_id, *COMMUNITY_STAFF, on=clock.today())


class HandOverForm(AssignForm):
    """To any colleague of the house but the one who has it now."""

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        people = colleagues(request.community_id).exclude(pk=request.handler_id)
        self.fields["officer"].offer(people, request.community_id)  # type: ignore[attr-defined]
        self.fields["officer"].label = _("转给")
        self.fields["words"].label = _("交代几句")


OTHER_TIME = "other"


class OfferedTimeField(forms.ChoiceField):
    """One of the times on offer; none is chosen when another time is written below."""

    widget = forms.RadioSelect

    def validate(self, value: str) -> None:
        if value:
            super().validate(value)


class PlanVisitForm(StepForm):
    """When does the officer come: one of a few free times, or any other."""

    slot = OfferedTimeField(label=_("空着的时间"))
    starts_at = forms.DateTimeField(
        label=_("别的时间，写在这里"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": _("请填日期和时间，如 2026-11-28 9:30。")},
    )
    wished = forms.BooleanField(
        label=_("居民要求这个时间"),
        required=False,
        help_text=_("晚上和休息日要居民要求才能约；比时限晚的，时限顺延到那天下班。"),
    )
    minutes = forms.TypedChoiceField(label=_("大约多久"), coerce=int, initial=30)
    field_order = ["slot", "starts_at", "wished", "minutes", "words"]

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        free = free_times(request.handler, request.case.resident, at=clock.now())
        self.fields["slot"].choices = [  # type: ignore[attr-defined]
            *((clock.local(time).isoformat(timespec="minutes"), short_when(time)) for time in free),
            (OTHER_TIME, _("别的时间")),
        ]
        # A number put into words is put there at once, in the language of that moment: not when the class is made.
        self.fields["minutes"].choices = [  # type: ignore[attr-defined]
            (n, _("%(n)s 分钟") % {"n": n}) for n in (15, 30, 45, 60, 90)
        ]
        self.fields["slot"].error_messages["invalid_choice"] = _("这个时间刚刚有了安排，请再选一个。")
        self.fields["words"].label = _("给居民的话")
        self.fields["words"].help_text = _("会写在短信里，如：请准备好病历。")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        slot, typed = data.get("slot", ""), data.get("starts_at")
        if self.errors.keys() & {"slot", "starts_at"}:
            return data
        if slot in ("", OTHER_TIME):
            if typed is None:
                field = "starts_at" if slot else "slot"
                self.add_error(field, _("请写日期和时间。") if slot else _("请选一个时间，或者在下面写一个。"))
            return data
        if typed is not None:
            self.add_error("starts_at", _("上面选了一个时间，这里又写了一个，请只留一个。"))
        data["starts_at"] = dt.datetime.fromisoformat(slot)
        return data


def _about_photos(resident: Resident | None) -> Any:
    """Whether he agreed to photos of his home."""
    if resident is None:
        return ""
    standing = next(standing for standing in standings_of(resident) if standing.purpose == Purpose.PHOTOS)
    if standing.live:
        return _("他（她）同意过拍照。")
    return _("他（她）不同意拍照，请用文字写。") if standing.past else _("拍之前先问一声，同意才拍。")


class VisitForm(StepForm):
    finding = forms.ChoiceField(label=_("核实结果"), choices=VisitFinding.choices, widget=forms.RadioSelect)
    photos = PhotosField()
    signature = forms.CharField(required=False, widget=forms.HiddenInput)
    signed_by = forms.CharField(
        label=_("签名人"), max_length=50, required=False, help_text=_("本人签不了，写谁当面确认")
    )
    field_order = ["finding", "words", "photos", "signed_by"]

    def __init__(self, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(*args, request=request, **kwargs)
        self.fields["words"].label = _("看到、听到的")
        self.fields["photos"].help_text = _about_photos(request.case.resident)

    def clean_signature(self) -> ReadFile | None:
        return read(read_signature, self.cleaned_data["signature"])


class ExtensionForm(StepForm):
    days = forms.IntegerField(label=_("延长几个工作日"), min_value=1, max_value=15, initial=3)
    field_order = ["days", "words"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = _("为什么要延期")


class QuestionForm(StepForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = _("请居民补充什么")


class ResolveForm(StepForm):
    outcome = forms.ChoiceField(
        label=_("结果"),
        choices=[(o.value, o.label) for o in (Outcome.SOLVED, Outcome.PARTLY, Outcome.EXPLAINED, Outcome.NOT_POSSIBLE)],
        widget=forms.RadioSelect,
    )
    field_order = ["outcome", "words"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = _("告诉居民")


SCORES = [("5", _("5 很满意")), ("4", _("4 满意")), ("3", _("3 一般")), ("2", _("2 不满意")), ("1", _("1 很不满意"))]


class CallBackForm(StepForm):
    satisfaction = forms.TypedChoiceField(
        label=_("居民满意吗"),
        choices=[*SCORES, ("", _("没打通，或没有表态"))],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    field_order = ["satisfaction", "words"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = _("居民怎么说")


class AnswerForm(StepForm):
    photos = PhotosField()
    field_order = ["words", "photos"]


class PaperForm(forms.Form):
    """One line of the checklist."""

    state = forms.ChoiceField(label=_("状态"), choices=PaperState.choices)
    from_whom = forms.CharField(label=_("谁交的"), max_length=50, required=False)
    file = forms.FileField(label=_("材料照片或 PDF"), required=False)

    def clean_file(self) -> ReadFile | None:
        upload = self.cleaned_data["file"]
        return read(read_paper, upload) if upload else None


class AddWordsForm(forms.Form):
    words = WordsField(label=_("补充说明"), required=False)
    photos = PhotosField()


class RateForm(forms.Form):
    satisfaction = forms.TypedChoiceField(
        label=_("这件事办得怎么样"),
        choices=SCORES,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一项。")},
    )
    words = WordsField(label=_("想说的话"), required=False)


STEP_FORMS: dict[str, type[StepForm]] = {
    "assign": AssignForm,
    "hand_over": HandOverForm,
    "plan_visit": PlanVisitForm,
    "verify": VisitForm,
    "ask_extension": ExtensionForm,
    "ask_resident": QuestionForm,
    "resolve": ResolveForm,
    "call_back": CallBackForm,
    "answer": AnswerForm,
}


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
