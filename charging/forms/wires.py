"""What is typed about a wire: by whoever reports it, and by staff at each step."""

from typing import Any

from django import forms
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from charging.actions.wires import HIGHEST_FLOOR
from charging.models import Cause, Danger, Outcome, WireReport
from charging.workflow.wires import OPEN
from community_portal.casework.models import Attachment, AttachmentKind
from community_portal.matters.forms.fields import PhotosField, WordsField
from community_portal.matters.forms.steps import StepForm
from community_portal.places.models import Building, Community, Estate

MOST = 30  # reports of one estate to choose from
PHOTOS = Prefetch(
    "case__attachments", Attachment.objects.filter(kind=AttachmentKind.PHOTO).order_by("id"), to_attr="first_photos"
)


class WireForm(forms.Form):
    """Where the wire hangs, from which floor, whether it is dangerous, and a photo; of the estates of one community."""

    estate = forms.ModelChoiceField(
        Estate.objects.none(), label=_("哪个小区"), empty_label=_("请选"), error_messages={"required": _("请选小区。")}
    )
    building = forms.ModelChoiceField(
        Building.objects.none(), label=_("哪一幢"), required=False, empty_label=_("说不清")
    )
    unit = forms.CharField(label=_("几单元"), max_length=20, required=False)
    floor = forms.IntegerField(label=_("从几楼拉下来"), min_value=1, max_value=HIGHEST_FLOOR, required=False)
    place = forms.CharField(
        label=_("旁边有什么"), max_length=120, required=False, help_text=_("说不清哪一幢，就写这里")
    )
    dangers = forms.MultipleChoiceField(
        label=_("危不危险"), choices=Danger.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    cause = forms.ChoiceField(
        label=_("知道为什么吗"), choices=[("", _("不知道")), *Cause.choices], required=False, widget=forms.RadioSelect
    )
    photos = PhotosField(label=_("拍张照片"))
    words = WordsField(label=_("还想说什么"), required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["estate"].queryset = Estate.objects.filter(community=community)  # type: ignore[attr-defined]
        buildings = Building.objects.filter(estate__community=community).select_related("estate")
        self.fields["building"].queryset = buildings  # type: ignore[attr-defined]
        self.fields["building"].label_from_instance = _with_estate  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Where one building is chosen, its estate is known."""
        data = super().clean() or {}
        building = data.get("building")
        if building and not data.get("estate"):
            data["estate"] = building.estate
            self.errors.pop("estate", None)
        return data


def _with_estate(building: Building) -> str:
    return f"{building.estate} {building}"


def _with_words_and_photo(wire: WireReport) -> str:
    told = format_html("{} · {}<br><small>{}</small>", wire.case.title, wire.case.number, wire.case.words[:120])
    photos = [reverse("attachment", args=[photo.pk]) for photo in wire.case.first_photos[:1]]  # type: ignore[attr-defined]
    return told + format_html_join(
        "", '<br><img src="{}" alt="" width="96" height="96" loading="lazy">', ([url] for url in photos)
    )


class CheckForm(StepForm):
    cause = forms.ChoiceField(
        label=_("为什么这样充"), choices=[("", _("没问到")), *Cause.choices], required=False, widget=forms.RadioSelect
    )
    field_order = ("cause", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cause"].initial = self.matter.cause


class JoinForm(StepForm):
    """To which of the open reports of the same estate: each with what was said of it and its photo, or nobody could tell."""

    first = forms.ModelChoiceField(
        WireReport.objects.none(),
        label=_("和哪一件是同一处"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一件。")},
    )
    field_order = ("first", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = WireReport.objects.filter(estate=self.matter.estate_id, state__in=OPEN).exclude(pk=self.matter.pk)
        field: Any = self.fields["first"]
        # Cut off in the database: of a queryset that is cut here no row can be taken, so that no choice would ever be right.
        newest = rows.filter(pk__in=rows.order_by("-id").values("pk")[:MOST])
        field.queryset = newest.select_related("case").prefetch_related(PHOTOS).order_by("-id")
        field.label_from_instance = _with_words_and_photo


class CloseForm(StepForm):
    outcome = forms.ChoiceField(
        label=_("结果怎么样"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选结果怎么样。")},
    )
    field_order = ("outcome", "words")
