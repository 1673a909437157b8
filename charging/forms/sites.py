"""What is typed about a place: where it is, what was measured, why it is given up, what comes in its stead."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from charging.forms.choices import PaperField, PhotoField, metres
from charging.models import HowMeasured, RejectedBecause, Round, RoundState, Site, SiteKind
from charging.workflow.clearance import asked_facts, is_a_truth
from community_portal.matters.forms.steps import StepForm
from community_portal.people.staff.estate_forms import PlacedForm
from community_portal.places.models import Building, Community, Estate
from community_portal.places.outlines import read_outline
from community_portal.refusals import Refusal


def area_field(**kwargs: Any) -> forms.DecimalField:
    return metres(label=_("面积（平方米）"), max_digits=8, **kwargs)


def ports_field(**kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(label=_("打算装几个"), min_value=1, max_value=500, **{"required": False} | kwargs)


def kind_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("哪一种"), choices=SiteKind.choices, widget=forms.RadioSelect, initial="open")


class OutlinedForm(PlacedForm):
    """A place on the map: its point, its outline, and from which map they were copied."""

    outline = forms.CharField(
        label=_("边界"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("一行一个“经度, 纬度”，沿着边界依次写；画图用，不用来量距离"),
    )

    def clean(self) -> dict[str, Any]:
        """What the deed takes: ``placed`` and an ``outline`` that is one."""
        data = super().clean()
        try:
            data["outline"] = read_outline(data["outline"], self.map_of, box=self.box) if data.get("outline") else None
        except Refusal as refusal:
            self.add_error("outline", refusal.sentence)
        data["placed"] = self.placed
        for typed in ("point", "crs"):
            data.pop(typed, None)
        return data


def _on_the_map(site: Site) -> dict[str, Any]:
    point = {"point": f"{site.lon}, {site.lat}"} if site.point else {}
    return point | {"outline": json.dumps(site.outline) if site.outline else ""}


class ProposeForm(OutlinedForm):
    """A new place in one of the estates of a community."""

    estate = forms.ModelChoiceField(
        Estate.objects.none(), label=_("哪个小区"), empty_label=_("请选"), error_messages={"required": _("请选小区。")}
    )
    building = forms.ModelChoiceField(
        Building.objects.none(), label=_("哪一幢旁边"), required=False, empty_label=_("不挨着哪一幢")
    )
    name = forms.CharField(
        label=_("位置"),
        max_length=60,
        help_text=_("大家一听就知道的，如“一、二单元之间”"),
        error_messages={"required": _("请写在哪里，如“一、二单元之间”。")},
    )
    kind = kind_field()
    planned_ports = ports_field()
    area = area_field()
    round = forms.ModelChoiceField(Round.objects.none(), label=_("哪一批"), required=False, empty_label=_("还没定"))
    words = forms.CharField(label=_("为什么选这里"), max_length=300, required=False)
    is_another = forms.BooleanField(label=_("和旁边那个不是同一处"), required=False)

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, box=community.street.box, **kwargs)
        self.fields["estate"].queryset = Estate.objects.filter(community=community)  # type: ignore[attr-defined]
        buildings = Building.objects.filter(estate__community=community).select_related("estate")
        self.fields["building"].queryset = buildings  # type: ignore[attr-defined]
        self.fields["building"].label_from_instance = lambda one: f"{one.estate} {one}"  # type: ignore[attr-defined]
        self.fields["round"].queryset = rounds_of(community)  # type: ignore[attr-defined]


def rounds_of(community: Community) -> Any:
    return Round.objects.filter(community=community).exclude(state=RoundState.CLOSED)


class PlanForm(OutlinedForm):
    """How large, how many, in which round, and the drawing."""

    name = forms.CharField(label=_("位置"), max_length=60)
    kind = kind_field()
    area = area_field()
    planned_ports = ports_field()
    groups = forms.IntegerField(label=_("分成几组"), min_value=1, max_value=500, initial=1)
    round = forms.ModelChoiceField(Round.objects.none(), label=_("哪一批"), required=False, empty_label=_("还没定"))
    drawing = PaperField(label=_("平面图"), required=False, help_text=_("照片或 PDF，画上位置和尺寸"))

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial", {name: getattr(site, name) for name in (*PLAN_FIELDS, "round")} | _on_the_map(site)
        )
        super().__init__(*args, box=site.community.street.box, **kwargs)
        self.fields["round"].queryset = rounds_of(site.community)  # type: ignore[attr-defined]


PLAN_FIELDS = ("name", "kind", "area", "planned_ports", "groups")


class SurveyForm(StepForm):
    kind = kind_field()
    area = area_field(required=True, error_messages={"required": _("请写面积。")})
    planned_ports = ports_field(required=True, error_messages={"required": _("请写打算装几个。")})
    groups = forms.IntegerField(label=_("分成几组"), min_value=1, max_value=500, initial=1)
    field_order = ("kind", "area", "planned_ports", "groups", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("kind", "area", "planned_ports", "groups"):
            self.fields[name].initial = getattr(self.matter, name)


class MeasureForm(forms.Form):
    """A field for every fact that a rule asks for there, each with how it was measured and by whom; only what is typed is kept.
    What was measured at the place before stands beside it."""

    measured_by = forms.CharField(label=_("谁量的"), max_length=60, error_messages={"required": _("请写谁量的。")})
    how = forms.ChoiceField(
        label=_("怎么量的"),
        choices=HowMeasured.choices,
        widget=forms.RadioSelect,
        initial="tape",
        error_messages={"required": _("请选怎么量的。")},
    )
    photo = PhotoField()

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = asked_facts(site)
        before = _before(site)
        for rule in self.rules:
            self.fields[rule.parameter] = _fact_field(rule, before.get(rule.parameter))
        self.order_fields([*(rule.parameter for rule in self.rules), "how", "measured_by", "photo"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["facts"] = {
            rule.parameter: data[rule.parameter] for rule in self.rules if data.get(rule.parameter) is not None
        }
        if not data["facts"] and not self.errors:
            self.add_error(None, _("一项都没有填。"))
        return data


def _fact_field(rule: Any, before: Any) -> forms.Field:
    help_text = rule.plain_words + (_(" 上一个位置：%(value)s") % {"value": before} if before is not None else "")
    if is_a_truth(rule):
        return forms.TypedChoiceField(
            label=str(rule),
            choices=_yes_words(rule),
            coerce=lambda said: said == "yes",
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
            help_text=help_text,
        )
    return metres(label=f"{rule}（{rule.unit}）" if rule.unit else str(rule), help_text=help_text)


def _yes_words(rule: Any) -> list[tuple[str, Any]]:
    """Yes is what the rule wants: whatever its fact is called."""
    good, bad = ("no", "yes") if rule.limit is False else ("yes", "no")
    return [("", _("没看")), (good, _("符合")), (bad, _("不符合"))]


def _before(site: Site) -> dict[str, Any]:
    """What was measured at the place that was given up for this one: offered, to be measured anew."""
    if site.replaces is None:
        return {}
    rows = site.replaces.measurements.all()
    return {one.parameter: one.metres for one in rows if one.metres is not None}


class RejectForm(StepForm):
    code = forms.ChoiceField(
        label=_("为什么不装"),
        choices=RejectedBecause.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选为什么不装。")},
    )
    plain = forms.CharField(
        label=_("给居民的一句话"),
        max_length=200,
        help_text=_("会发给附近报过飞线的人，如“这里下面有燃气管道，不能装；换到两个单元中间”"),
        error_messages={"required": _("请写一句居民看得懂的话，会发给附近报过飞线的人。")},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ("code", "plain", "words")


class ReSiteForm(StepForm):
    name = forms.CharField(label=_("换到哪里"), max_length=60, error_messages={"required": _("请写换到哪里。")})
    kind = kind_field()
    planned_ports = ports_field()
    area = area_field()
    field_order = ("name", "kind", "planned_ports", "area", "words")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].initial = self.matter.kind
        self.fields["planned_ports"].initial = self.matter.planned_ports
        self.fields["area"].initial = self.matter.area
