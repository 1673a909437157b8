"""What is typed about a hazard: by whoever finds it, and at each step until it is gone."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.matters.forms.fields import ColleagueField, PhotosField, SignatureField, WordsField
from community_portal.matters.forms.steps import StepForm
from community_portal.matters.queries import colleagues_for
from community_portal.people.models import Body, Organisation, Role, User
from community_portal.people.staff.managing import manager_of
from community_portal.places.models import Building, Community, Estate
from community_portal.web.inputs import DayField
from safety.models import Hazard, Level, Outcome, Premises
from safety.queries.hazards import FIRST_PHOTOS, alike, asked_now
from safety.queries.property import buildings_of, premises_of
from safety.workflow.hazard_kinds import kinds_as_tree
from safety.workflow.hazards import default_day
from safety.workflow.states import HAZARD_OPEN

NO_KIND = {"required": _("请选是哪一种隐患。")}
LEVELS = [("", _("说不准")), *Level.choices]


def _kinds_to_choose() -> list[Any]:
    return [("", _("请选")), *kinds_as_tree()]


class HazardForm(forms.Form):
    """What and where, with a photo; of the houses of one community."""

    kind = forms.ChoiceField(label=_("是哪一种"), choices=_kinds_to_choose, error_messages=NO_KIND)
    building = forms.ModelChoiceField(
        Building.objects.none(), label=_("哪一幢"), required=False, empty_label=_("说不清")
    )
    place = forms.CharField(
        label=_("具体在哪里"), max_length=120, required=False, help_text=_("如：2 单元 3 楼楼道、车库入口")
    )
    photos = PhotosField(label=_("拍张照片"))
    words = WordsField(label=_("看到什么"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.community = community
        houses = Building.objects.filter(estate__community=community).select_related("estate")
        self.fields["building"].queryset = houses.order_by("estate", "number")  # type: ignore[attr-defined]
        self.fields["building"].label_from_instance = lambda one: f"{one.estate} {one}"  # type: ignore[attr-defined]


class HazardAtWorkForm(HazardForm):
    """By whoever comes round for it: of known premises, too, and how bad it is."""

    premises = forms.ModelChoiceField(
        Premises.objects.none(), label=_("哪个场所"), required=False, empty_label=_("不在名册上")
    )
    level = forms.ChoiceField(
        label=_("级别"), choices=LEVELS, required=False, help_text=_("看准了就选，选了不用再去核实")
    )
    field_order = ("kind", "premises", "building", "place", "photos", "level", "words")

    def __init__(self, *args: Any, company: User | None = None, **kwargs: Any) -> None:
        """``company``: somebody of a property company, who chooses among what it manages alone."""
        super().__init__(*args, **kwargs)
        rows = Premises.objects.filter(community=self.community).order_by("name")
        if company is not None:
            on, houses = clock.today(), self.fields["building"]
            rows = rows.filter(pk__in=premises_of(company, on=on).values("pk"))
            houses.queryset = houses.queryset.filter(pk__in=buildings_of(company, on=on))  # type: ignore[attr-defined]
        self.fields["premises"].queryset = rows  # type: ignore[attr-defined]


class VerifyForm(StepForm):
    kind = forms.ChoiceField(label=_("是哪一种"), choices=kinds_as_tree, error_messages=NO_KIND)
    level = forms.ChoiceField(
        label=_("级别"), choices=Level.choices, widget=forms.RadioSelect, error_messages={"required": _("请选级别。")}
    )
    photos = PhotosField()
    field_order = ("kind", "level", "photos", "words", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {**self.initial, "kind": self.matter.kind, "level": self.matter.level}


class RegradeForm(StepForm):
    level = forms.ChoiceField(label=_("级别"), choices=Level.choices, widget=forms.RadioSelect)
    interim = forms.CharField(label=_("改好以前怎么防"), max_length=200, required=False)
    field_order = ("level", "interim", "words", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {**self.initial, "level": self.matter.level, "interim": self.matter.interim}


class MendedForm(StepForm):
    photos = PhotosField(label=_("整改后的照片"))
    field_order = ("photos", "words", "seen")


class GiveForm(StepForm):
    """To whom, by when, for how much, and what is done meanwhile."""

    officer = ColleagueField(label=_("社区谁负责"))
    organisation = forms.ModelChoiceField(
        Organisation.objects.filter(kind=Role.PROPERTY),
        label=_("责任单位"),
        required=False,
        empty_label=_("不派单位，社区自己改"),
    )
    due_on = DayField(label=_("什么时候改好"), error_messages={"required": _("请选期限。")})
    interim = forms.CharField(
        label=_("改好以前怎么防"), max_length=200, required=False, help_text=_("较大、重大的一定要写")
    )
    cost = forms.DecimalField(label=_("大约多少钱（元）"), max_digits=10, decimal_places=2, min_value=0, required=False)
    paid_by = forms.CharField(label=_("谁出钱"), max_length=40, required=False)
    field_order = ("officer", "organisation", "due_on", "interim", "cost", "paid_by", "words", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        officer: Any = self.fields["officer"]
        officer.offer(colleagues_for(self.matter, on=clock.today()), self.matter.community_id)
        firms = Organisation.objects.filter(kind=Role.PROPERTY).working_in(self.matter.community.street)
        self.fields["organisation"].queryset = firms.distinct().order_by("name")  # type: ignore[attr-defined]
        self.initial = {**self.initial, "due_on": default_day(self.matter), "organisation": _manager_of(self.matter)}


def _manager_of(hazard: Hazard) -> Any:
    """By the contract of the estate, else as it is written at the premises."""
    company = manager_of(hazard.estate_id, on=clock.today()) if hazard.estate_id else None
    if company is not None:
        return company.pk
    return hazard.premises.property_company_id if hazard.premises else None


class LookForm(StepForm):
    """What is asked on the spot: all of it, or after a look that failed what was answered with no. Over HTTP ``answers`` are one
    document, question and yes or no; on a page each question is a field."""

    answers = forms.JSONField(required=False, widget=forms.HiddenInput)
    photos = PhotosField(label=_("现在的样子"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked_now(self.matter)
        for n, question in enumerate(self.asked):
            self.fields[f"q{n}"] = forms.TypedChoiceField(
                label=question,
                choices=(("1", _("是")), ("0", _("不是"))),
                coerce=lambda text: text == "1",
                widget=forms.RadioSelect,
                error_messages={"required": _("请答这一项。")},
            )
        self.order_fields([*(f"q{n}" for n in range(len(self.asked))), "due_on", "photos", "words", "seen"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = {question: data.get(f"q{n}") for n, question in enumerate(self.asked)}
        return data | {"answers": {question: ok for question, ok in given.items() if ok is not None}}


class PassForm(LookForm):
    signature = SignatureField()


class FailForm(LookForm):
    due_on = DayField(label=_("再给到哪天"), error_messages={"required": _("请选期限。")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {**self.initial, "due_on": default_day(self.matter)}


class TransferForm(StepForm):
    body = forms.ModelChoiceField(
        Organisation.objects.filter(kind__in=Body.values),
        label=_("转给"),
        error_messages={"required": _("请选转给哪个单位。")},
    )
    who = forms.CharField(label=_("找谁"), max_length=60, required=False, help_text=_("空着就找登记的联系人"))
    phone = forms.CharField(label=_("对方手机"), max_length=30, required=False, help_text=_("链接发到这里"))
    field_order = ("body", "who", "phone", "words", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        bodies = Organisation.objects.filter(kind__in=Body.values).working_in(self.matter.community.street)
        self.fields["body"].queryset = bodies.distinct().order_by("name")  # type: ignore[attr-defined]


class ChaseForm(StepForm):
    phone = forms.CharField(label=_("对方手机"), max_length=30, required=False, help_text=_("空着就用登记的号码"))
    field_order = ("phone", "words", "seen")


class AnsweredForm(StepForm):
    outcome = forms.ChoiceField(label=_("对方怎么答复"), choices=Outcome.choices, widget=forms.RadioSelect)
    name = forms.CharField(label=_("谁答复的"), max_length=60, error_messages={"required": _("请写谁答复的。")})
    field_order = ("outcome", "name", "words", "seen")


class PassOnForm(StepForm):
    estate = forms.ModelChoiceField(
        Estate.objects.all(), label=_("在哪个小区"), error_messages={"required": _("请选飞线在哪个小区。")}
    )
    field_order = ("estate", "words", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["estate"].queryset = Estate.objects.filter(community=self.matter.community_id)  # type: ignore[attr-defined]
        self.initial = {**self.initial, "estate": self.matter.estate_id}


def with_words_and_photo(hazard: Hazard) -> str:
    """As much as one needs to tell whether it is the same."""
    told = format_html("{} · {}<br><small>{}</small>", hazard.case.title, hazard.case.number, hazard.case.words[:120])
    photos = [reverse("attachment", args=[photo.attachment_id]) for photo in hazard.first_photos[:1]]  # type: ignore[attr-defined]
    return told + format_html_join(
        "", '<br><img src="{}" alt="" width="96" height="96" loading="lazy">', ([url] for url in photos)
    )


class DuplicateForm(StepForm):
    """Of which: those of a week at the same place first, each with its words and its photo."""

    first = forms.ModelChoiceField(
        Hazard.objects.all(),
        label=_("和哪一件是同一处"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一件。")},
    )
    field_order = ("first", "words", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of = self.matter
        near = alike(
            community=of.community_id, kind=of.kind, premises=of.premises_id, building=of.building_id, at=clock.now(),
            but=of.pk,
        )  # fmt: skip
        others = Q(community=of.community_id, state__in=HAZARD_OPEN) & ~Q(pk=of.pk)
        recent = Hazard.objects.filter(others, opened_at__gt=clock.now() - dt.timedelta(days=90))
        rows = Hazard.objects.filter(pk__in=[*[one.pk for one in near], *recent.order_by("-id").values_list("pk", flat=True)[:20]])  # fmt: skip
        field: Any = self.fields["first"]
        field.queryset = rows.select_related("case").prefetch_related(FIRST_PHOTOS).order_by("-id")
        field.label_from_instance = with_words_and_photo


class BodyAnswerForm(forms.Form):
    """What a body says by its link."""

    outcome = forms.ChoiceField(
        label=_("你们怎么处理"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一个。")},
    )
    words = forms.CharField(
        label=_("说明"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写一句怎么处理的。")},
    )  # fmt: skip
    name = forms.CharField(label=_("您的姓名"), max_length=60, error_messages={"required": _("请写您的姓名。")})

    def __init__(self, *args: Any, matter: Hazard, part: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
