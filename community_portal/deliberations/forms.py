"""What may be typed about meetings, votes, ballots and objections."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.uploads import read_paper, read_photo
from community_portal.deliberations.actions.meetings import Invited
from community_portal.deliberations.actions.rolls import ReadRoll, read_roll
from community_portal.deliberations.models import (
    BallotChannel,
    Channel,
    Choice,
    Heads,
    MeetingKind,
    Opinion,
    PartyRole,
    RollEntry,
    Survey,
    Vote,
)
from community_portal.deliberations.models.votes import KINDS as VOTE_KINDS
from community_portal.matters.forms.fields import WordsField
from community_portal.people.models import STAFF, Organisation, User
from community_portal.people.register.forms import read
from community_portal.people.staff.memberships import staff_at
from community_portal.places.models import Community, Estate
from community_portal.web.inputs import DayField, ReadableField
from community_portal.web.workbooks import MOST_BYTES

AT = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """A day and a time, on the clock of the house."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=AT)
        words = {"invalid": _("请填日期和时间，如 2026-11-28 9:30。")}
        super().__init__(widget=widget, error_messages=words, **kwargs)


class PaperField(forms.FileField):
    """A photo or a PDF; cleans to a ReadFile, or None."""

    def __init__(self, *, photo: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.is_photo = photo
        self.widget.attrs["accept"] = "image/jpeg,image/png,image/webp" + ("" if photo else ",application/pdf")

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        return read(read_photo if self.is_photo else read_paper, upload) if upload else None


class MeetingForm(forms.Form):
    """A meeting, and the sides that are asked to it: by their roles, third parties and bodies by name."""

    kind = forms.ChoiceField(label=_("什么会"), choices=MeetingKind.choices)
    title = ReadableField(label=_("议题"), max_length=120)
    starts_at = MomentField(label=_("什么时候"))
    place = ReadableField(label=_("在哪里"), max_length=120)
    roles = forms.MultipleChoiceField(
        label=_("请哪几方"), choices=PartyRole.choices, widget=forms.CheckboxSelectMultiple
    )
    estate = forms.ModelChoiceField(label=_("哪个小区的事"), queryset=Estate.objects.none(), empty_label=None)
    others = forms.CharField(
        label=_("还请了谁"), max_length=300, required=False, help_text=_("单位或姓名，几个用顿号分开")
    )

    def __init__(self, *args: Any, estates: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if estates is None:
            del self.fields["estate"]
        else:
            self.fields["estate"].queryset = estates  # type: ignore[attr-defined]

    @property
    def parties(self) -> list[Invited]:
        data = self.cleaned_data
        named = [name.strip() for name in data["others"].replace("，", "、").split("、") if name.strip()]
        sides = [Invited(role) for role in data["roles"]]
        return sides + [Invited(PartyRole.OTHER, name[:80]) for name in dict.fromkeys(named)]


class CameForm(forms.Form):
    """How many came of each side."""

    def __init__(self, *args: Any, parties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for party in parties:
            self.fields[f"party_{party.pk}"] = forms.IntegerField(
                label=str(party), min_value=0, max_value=500, required=False
            )

    @property
    def came(self) -> dict[int, int]:
        return {int(name.removeprefix("party_")): n or 0 for name, n in self.cleaned_data.items()}


class MinutesForm(forms.Form):
    words = WordsField(label=_("纪要"), required=False)
    file = PaperField(label=_("或者传一份（照片、PDF）"), required=False)
    publish = forms.BooleanField(label=_("居民可以看"), required=False)


class DecisionForm(forms.Form):
    words = forms.CharField(label=_("定了什么"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    owner = forms.ModelChoiceField(
        label=_("哪位同事办"), queryset=User.objects.none(), required=False, empty_label=_("不是同事办")
    )
    organisation = forms.ModelChoiceField(
        label=_("哪家单位办"), queryset=Organisation.objects.none(), required=False, empty_label=_("不是单位办")
    )
    due_on = DayField(label=_("哪天前"))

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = staff_at(community.pk, *STAFF, on=clock.today())
        firms = Organisation.objects.working_in(community.street).order_by("name").distinct()
        self.fields["owner"].queryset = people  # type: ignore[attr-defined]
        self.fields["organisation"].queryset = firms  # type: ignore[attr-defined]


class DoneForm(forms.Form):
    words = forms.CharField(label=_("怎么办的"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
    file = PaperField(label=_("凭证（照片、PDF）"), required=False)


class SayWhyForm(forms.Form):
    words = forms.CharField(label=_("为什么"), max_length=200)


class VoteForm(forms.Form):
    kind = forms.ChoiceField(label=_("哪种表决"), choices=VOTE_KINDS)
    is_special = forms.BooleanField(label=_("改变共有部分用途、利用共有部分经营一类：要四分之三同意"), required=False)
    heads = forms.ChoiceField(label=_("怎么算户数"), choices=Heads.choices)
    question = ReadableField(label=_("问什么"), max_length=200, help_text=_("能用“同意”“不同意”来答的一句话"))
    explanation = WordsField(label=_("说明"), required=False, help_text=_("装在哪、花谁的钱；投票的人先看到这些"))
    estate = forms.ModelChoiceField(
        label=_("小区"), queryset=Estate.objects.none(), required=False, empty_label=_("不限一个小区")
    )
    opens_at = MomentField(label=_("从"))
    closes_at = MomentField(label=_("到"))

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["estate"].queryset = Estate.objects.filter(community=community)  # type: ignore[attr-defined]


class RollForm(forms.Form):
    file = forms.FileField(
        label=_("名册（Excel）"), help_text=_("第一行写：房号、面积、业主、投票人、手机。后三列可以不全。")
    )

    def clean_file(self) -> ReadRoll:
        return read(read_roll, self.cleaned_data["file"].read(MOST_BYTES + 1))


class GoOnForm(forms.Form):
    closes_at = MomentField(label=_("延长到"))


class BallotForm(forms.Form):
    """A ballot on paper, as it is written down."""

    entry = forms.ModelChoiceField(label=_("哪一户"), queryset=RollEntry.objects.none(), empty_label=_("请选"))
    choice = forms.ChoiceField(label=_("选什么"), choices=Choice.choices, widget=forms.RadioSelect)
    channel = forms.ChoiceField(
        label=_("怎么投的"),
        choices=[(one.value, one.label) for one in (BallotChannel.PAPER, BallotChannel.DOOR)],
        widget=forms.RadioSelect,
    )
    cast_at = MomentField(label=_("票上写的时间"))
    proof = PaperField(label=_("票的照片"), photo=True)

    def __init__(self, *args: Any, vote: Vote, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entry"].queryset = vote.roll.all()  # type: ignore[attr-defined]


class CastForm(forms.Form):
    """What somebody votes from their phone, and that it is them."""

    choice = forms.ChoiceField(
        label=_("您的意见"),
        choices=Choice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一项。")},
    )
    tail = forms.CharField(
        label=_("您的手机号后四位"),
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("请填这一项，我们才知道是您。")},
    )


class ObjectionForm(forms.Form):
    words = WordsField(label=_("原话"))
    name = forms.CharField(label=_("谁说的"), max_length=60, required=False, help_text=_("可以不写"))
    channel = forms.ChoiceField(
        label=_("怎么说的"), choices=[(one.value, one.label) for one in Channel if one != Channel.ONLINE]
    )
    due_on = DayField(label=_("哪天前答复"))


class ReplyForm(forms.Form):
    reply = WordsField(label=_("答复"), help_text=_("公开，大家都能看到"))


class OpinionForm(forms.Form):
    about = ReadableField(label=_("说的是什么"), max_length=60, help_text=_("如：噪声、位置、收费"))
    words = WordsField(label=_("原话"))
    name = forms.CharField(label=_("谁说的"), max_length=60, required=False, help_text=_("可以不写"))
    channel = forms.ChoiceField(label=_("怎么说的"), choices=Channel.choices)


class MergeForm(forms.Form):
    """One opinion says the same as another."""

    opinion = forms.ModelChoiceField(label=_("这一条"), queryset=Opinion.objects.none(), empty_label=_("请选"))
    into = forms.ModelChoiceField(label=_("和这一条说的一样"), queryset=Opinion.objects.none(), empty_label=_("请选"))

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.queryset = rows  # type: ignore[attr-defined]


class AnswerOpinionForm(ReplyForm):
    opinion = forms.ModelChoiceField(label=_("答复哪一条"), queryset=Opinion.objects.none(), empty_label=_("请选"))
    field_order = ("opinion", "reply")

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["opinion"].queryset = rows  # type: ignore[attr-defined]


class SurveyForm(forms.Form):
    """Questions, one a line, with their choices behind a colon."""

    title = ReadableField(label=_("问卷"), max_length=80)
    questions = forms.CharField(
        label=_("问题"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("一行一个问题，冒号后面写选项，用顿号分开。如：装在哪里：东边、西边、都不要"),
    )
    base_count = forms.IntegerField(label=_("一共多少户"), min_value=1, max_value=100_000)
    base_how = ReadableField(label=_("这个数怎么来的"), max_length=120, help_text=_("如：在册住户，11 月 1 日"))
    opens_on = DayField(label=_("从哪天"))
    closes_on = DayField(label=_("到哪天"))

    def clean_questions(self) -> list[dict[str, Any]]:
        found = []
        for number, line in enumerate(filter(str.strip, self.cleaned_data["questions"].splitlines()), start=1):
            text, _colon, choices = line.replace(":", "：").partition("：")
            offered = [one.strip() for one in choices.replace("，", "、").replace(",", "、").split("、") if one.strip()]
            if not text.strip():
                raise forms.ValidationError(_("第 %(n)s 行没有写问题。") % {"n": number}, code="no_text")
            if len(offered) < 2 or len(set(offered)) < len(offered):
                raise forms.ValidationError(_("第 %(n)s 行要有两个不同的选项。") % {"n": number}, code="choices")
            found.append({"code": f"q{number}", "text": text.strip()[:200], "choices": offered[:12]})
        return found


class HouseholdForm(forms.Form):
    """What one household answers."""

    household = forms.CharField(label=_("哪一户"), max_length=60, help_text=_("如：3幢1单元402"))
    channel = forms.ChoiceField(label=_("怎么答的"), choices=Channel.choices)

    def __init__(self, *args: Any, survey: Survey, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in survey.questions:
            self.fields[question["code"]] = forms.ChoiceField(
                label=question["text"],
                choices=[(choice, choice) for choice in question["choices"]],
                widget=forms.RadioSelect,
            )
        self.fields["words"] = WordsField(label=_("还想说的"), required=False)

    @property
    def told(self) -> dict[str, Any]:
        """As the action wants it."""
        data = dict(self.cleaned_data)
        named = {name: data.pop(name) for name in ("household", "channel", "words")}
        return {**named, "answers": data}


class OwnHouseholdForm(HouseholdForm):
    """The same, by the household itself."""

    channel = None  # type: ignore[assignment]

    @property
    def told(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        named = {name: data.pop(name) for name in ("household", "words")}
        return {**named, "channel": Channel.ONLINE, "answers": data}
