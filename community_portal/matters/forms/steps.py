"""The forms of steps. Each is made for a matter and the step that is taken; a service adds its own from ``StepForm``."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.bookings.queries import free_times
from community_portal.casework.flow import Step
from community_portal.matters.forms.fields import (
    ColleagueField,
    OfferedTimeField,
    PhotosField,
    SignatureField,
    WordsField,
    about_photos,
)
from community_portal.matters.queries import colleagues_for, visitor_of
from community_portal.people.models import Role, User
from community_portal.people.staff.memberships import staff_at
from community_portal.web.spoken import short_when

OTHER_TIME = "other"
SCORES = [("5", _("5 很满意")), ("4", _("4 满意")), ("3", _("3 一般")), ("2", _("2 不满意")), ("1", _("1 很不满意"))]


class StepForm(forms.Form):
    """What every step takes: the version the page showed, and words, named and asked for as its table says."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    words = WordsField(label=_("说明"), required=False)

    def __init__(self, *args: Any, matter: Any, step: Step, by: User | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {"seen": matter.version}
        super().__init__(*args, **kwargs)
        self.matter, self.by = matter, by
        self.fields["words"].required = step.needs_words
        if step.words_label:
            self.fields["words"].label = step.words_label  # type: ignore[assignment]


class AssignForm(StepForm):
    """To a grid officer of the house."""

    officer = ColleagueField(label=_("派给"))
    field_order = ("officer", "words", "seen")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["officer"].offer(self.people(), self.matter.community_id)  # type: ignore[attr-defined]

    def people(self) -> Any:
        return staff_at(self.matter.community_id, Role.GRID_OFFICER, on=clock.today())


class HandOverForm(AssignForm):
    """To any colleague of the house but the one who has it now."""

    officer = ColleagueField(label=_("转给"))

    def people(self) -> Any:
        return colleagues_for(self.matter, on=clock.today()).exclude(pk=self.matter.handler_id)


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
    field_order = ("slot", "starts_at", "wished", "minutes", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visitor: Any = visitor_of(self.matter, self.by)  # somebody has it in hand, or there is no such step
        free = free_times(visitor, self.matter.case.resident, at=clock.now())
        self.fields["slot"].choices = [  # type: ignore[attr-defined]
            *((clock.local(time).isoformat(timespec="minutes"), short_when(time)) for time in free),
            (OTHER_TIME, _("别的时间")),
        ]
        # A number put into words is put there at once, in the language of that moment: not when the class is made.
        self.fields["minutes"].choices = [  # type: ignore[attr-defined]
            (n, _("%(n)s 分钟") % {"n": n}) for n in (15, 30, 45, 60, 90)
        ]
        self.fields["slot"].error_messages["invalid_choice"] = _("这个时间刚刚有了安排，请再选一个。")
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


class SignedForm(StepForm):
    """Photos, and the signature of whoever was there (or the name of who confirmed)."""

    photos = PhotosField()
    signature = SignatureField()
    signed_by = forms.CharField(
        label=_("签名人"), max_length=50, required=False, help_text=_("本人签不了，写谁当面确认")
    )
    field_order: Any = ("words", "photos", "signed_by")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["photos"].help_text = about_photos(self.matter.case.resident)


class ExtensionForm(StepForm):
    days = forms.IntegerField(label=_("延长几个工作日"), min_value=1, max_value=15, initial=3)
    field_order = ("days", "words")


class CallBackForm(StepForm):
    satisfaction = forms.TypedChoiceField(
        label=_("居民满意吗"),
        choices=[*SCORES, ("", _("没打通，或没有表态"))],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    field_order = ("satisfaction", "words")


class AnswerForm(StepForm):
    photos = PhotosField()
    field_order = ("words", "photos")
