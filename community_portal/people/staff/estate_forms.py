"""What may be typed of estates and buildings: facts, a point with the map that it comes from, an outline."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.places.coordinates import Box, Crs, Placed, read_point
from community_portal.places.estates import BUILDING_FACTS
from community_portal.places.models import Building, Estate, Street
from community_portal.places.outlines import read_outline
from community_portal.refusals import Refusal

YES_NO = (("unknown", _("不清楚")), ("true", _("有")), ("false", _("没有")))


class PlacedForm(forms.Form):
    """A point, and the map from which it was copied. ``placed`` is what was read."""

    point = forms.CharField(
        label=_("坐标"),
        max_length=60,
        required=False,
        help_text=_("经度在前，如 120.943112, 31.952301。只用来画图，不用来量距离。"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    crs = forms.ChoiceField(label=_("坐标从哪里来"), choices=Crs.choices, required=False, initial=Crs.WGS84)

    def __init__(self, *args: Any, box: Box | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.box = box
        self.placed: Placed | None = None

    @property
    def map_of(self) -> str:
        return self.cleaned_data.get("crs") or Crs.WGS84

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("point"):
            try:
                self.placed = read_point(data["point"], self.map_of, box=self.box)
            except Refusal as refusal:
                self.add_error("point", refusal.sentence)
        return data


class EstateForm(PlacedForm):
    name_en = forms.CharField(label=_("英文名称"), max_length=80, required=False)
    households = forms.IntegerField(label=_("户数"), min_value=0, max_value=100_000, required=False)
    area_m2 = forms.DecimalField(
        label=_("专有部分总面积（㎡）"),
        min_value=1,
        max_digits=11,
        decimal_places=2,
        required=False,
        help_text=_("业主表决的名册和它核对"),
    )
    outline = forms.CharField(
        label=_("边界"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("一行一个“经度, 纬度”，沿着边界依次写；或者 GeoJSON。坐标来源同上。"),
    )
    field_order = ("name_en", "households", "area_m2", "crs", "point", "outline")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("outline"):
            try:
                data["outline"] = read_outline(data["outline"], self.map_of, box=self.box)
            except Refusal as refusal:
                self.add_error("outline", refusal.sentence)
        return data

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, as the action wants it."""
        data = self.cleaned_data
        facts = {name: data[name] for name in ("name_en", "households", "area_m2")}
        return facts | {"placed": self.placed, "outline": data["outline"] or None}

    @classmethod
    def of(cls, estate: Estate, sent: Any = None) -> "EstateForm":
        """As it is known now: the outline in WGS-84, and so the point beside it."""
        outline = json.dumps(estate.outline) if estate.outline else ""
        initial = {"name_en": estate.name_en, "households": estate.households, "area_m2": estate.area_m2}
        initial |= {"outline": outline, **_point_of(estate, as_typed=not outline)}
        return cls(sent, initial=initial, box=estate.community.street.box)


class BuildingFactsForm(PlacedForm):
    use = forms.ChoiceField(label=_("用途"), required=False)
    floors = forms.IntegerField(label=_("层数"), min_value=1, max_value=120)
    below_ground = forms.IntegerField(label=_("地下层数"), min_value=0, max_value=9, required=False)
    height_m = forms.DecimalField(
        label=_("高度（米）"), min_value=1, max_value=700, max_digits=5, decimal_places=1, required=False
    )
    shops_to_floor = forms.IntegerField(
        label=_("商铺到几层"), min_value=0, max_value=120, required=False, help_text=_("没有商铺填 0")
    )
    stilt_floor = forms.NullBooleanField(label=_("架空层"))
    garage = forms.NullBooleanField(label=_("车库或车棚"))
    lift = forms.NullBooleanField(label=_("电梯"))
    field_order = (*BUILDING_FACTS, "crs", "point")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        uses = Building._meta.get_field("use").choices or []
        self.fields["use"].choices = [("", _("不清楚")), *uses]  # type: ignore[attr-defined]
        for name in ("stilt_floor", "garage", "lift"):
            self.fields[name].widget = forms.Select(choices=YES_NO)

    @property
    def facts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in BUILDING_FACTS} | {"placed": self.placed}

    @classmethod
    def of(cls, building: Building, sent: Any = None) -> "BuildingFactsForm":
        facts = {name: getattr(building, name) for name in BUILDING_FACTS}
        words = {None: "unknown", True: "true", False: "false"}
        said = {name: words[facts[name]] for name in ("stilt_floor", "garage", "lift")}
        initial = facts | said | _point_of(building, as_typed=True)
        return cls(sent, initial=initial, box=building.estate.community.street.box)


def _point_of(row: Any, *, as_typed: bool) -> dict[str, Any]:
    if row.point is None:
        return {}
    if as_typed:
        return {"point": row.entered, "crs": row.entered_crs}
    return {"point": "{}, {}".format(*row.point), "crs": Crs.WGS84}


class BoxForm(forms.Form):
    """The four edges of a street; all of them or none."""

    west = forms.DecimalField(label=_("最西的经度"), max_digits=9, decimal_places=6, required=False)
    east = forms.DecimalField(label=_("最东的经度"), max_digits=9, decimal_places=6, required=False)
    south = forms.DecimalField(label=_("最南的纬度"), max_digits=9, decimal_places=6, required=False)
    north = forms.DecimalField(label=_("最北的纬度"), max_digits=9, decimal_places=6, required=False)

    @classmethod
    def of(cls, street: Street, sent: Any = None) -> "BoxForm":
        return cls(sent, initial={name: getattr(street, name) for name in Box._fields}, prefix="box")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        given = [data.get(name) is not None for name in Box._fields]
        if any(given) and not all(given) and not self.errors:
            self.add_error(Box._fields[given.index(False)], _("范围的四个数要一起填。"))
        return data

    @property
    def box(self) -> Box | None:
        west, south, east, north = (self.cleaned_data[name] for name in Box._fields)
        return None if west is None else Box(west, south, east, north)
