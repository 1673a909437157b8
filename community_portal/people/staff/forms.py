"""What managers may type: the hall's week, closures, the public calendar, who works here, grids and buildings."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.people.phones import half_width
from community_portal.people.staff.memberships import roles_given_by
from community_portal.places.models import WEEKDAYS, Building, Community, DayKind, Grid, OpeningHours
from community_portal.web.inputs import DayField, ReadableField, end_of_year, start_of_year

TIME = {"type": "time", "step": "300"}


class WeekForm(forms.Form):
    """Two stretches a day, both may stay empty: a closed day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in range(7):
            for name in (f"opens_{day}", f"closes_{day}", f"opens_{day}_b", f"closes_{day}_b"):
                label = _("开门") if name.startswith("opens") else _("关门")
                self.fields[name] = forms.TimeField(
                    label=label, required=False, widget=forms.TimeInput(attrs=TIME, format="%H:%M")
                )

    @classmethod
    def of(cls, community: Community) -> "WeekForm":
        """As the hall opens now."""
        initial = {}
        for row in OpeningHours.objects.filter(community=community):
            second = "_b" if f"opens_{row.weekday}" in initial else ""
            initial[f"opens_{row.weekday}{second}"] = row.opens_at
            initial[f"closes_{row.weekday}{second}"] = row.closes_at
        return cls(initial=initial)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for day in range(7):
            for second in ("", "_b"):
                opens, closes = data.get(f"opens_{day}{second}"), data.get(f"closes_{day}{second}")
                if bool(opens) != bool(closes) and not self.errors:
                    missing = f"closes_{day}{second}" if opens else f"opens_{day}{second}"
                    self.add_error(missing, _("%(day)s的开门和关门时间要一起填。") % {"day": WEEKDAYS[day]})
        return data

    def box_of(self, day_field: str | None) -> str | None:
        """Which box of the day the action speaks of: the closing that comes too early, else the second stretch."""
        if not day_field:
            return None
        day, data = day_field.removeprefix("day_"), self.cleaned_data
        for second in ("", "_b"):
            opens, closes = data[f"opens_{day}{second}"], data[f"closes_{day}{second}"]
            if opens and opens >= closes:
                return f"closes_{day}{second}"
        return f"opens_{day}_b"

    @property
    def hours(self) -> list[tuple[int, dt.time, dt.time]]:
        """What was typed, as the action wants it."""
        data = self.cleaned_data
        return [
            (day, data[f"opens_{day}{second}"], data[f"closes_{day}{second}"])
            for day in range(7)
            for second in ("", "_b")
            if data[f"opens_{day}{second}"]
        ]

    @property
    def days(self) -> list[tuple[Any, list[Any]]]:
        """Rows of the page: the weekday and its four boxes."""
        names = ("opens_{0}", "closes_{0}", "opens_{0}_b", "closes_{0}_b")
        return [(WEEKDAYS[day], [self[name.format(day)] for name in names]) for day in range(7)]


class ClosureForm(forms.Form):
    first_on = DayField(label=_("从哪天"))
    last_on = DayField(label=_("到哪天"))
    reason = forms.CharField(label=_("原因"), max_length=80, help_text=_("居民会看到，如：设备检修"))


class CalendarDayForm(forms.Form):
    date = DayField(
        label=_("哪一天"),
        earliest=start_of_year(-1),
        latest=end_of_year(2),
        error_messages={"out_of_bounds": _("只能登记去年到后年的日子。")},
    )
    kind = forms.ChoiceField(label=_("是"), choices=DayKind.choices)
    name = ReadableField(label=_("名称"), max_length=40, help_text=_("如：国庆节"))
    works_as = forms.TypedChoiceField(
        label=_("调休日按哪天开放"),
        choices=[("", _("不是调休日")), *((str(i), day) for i, day in enumerate(WEEKDAYS))],
        coerce=int,
        empty_value=None,
        required=False,
    )


class AppointForm(forms.Form):
    who = forms.CharField(
        label=_("用户名或手机号"),
        max_length=40,
        help_text=_(
            "有工作账号的填用户名。没有就填手机号：另开一个工作账号，短信告诉本人；他（她）自己办事用的账号不变。"
        ),
    )
    name = forms.CharField(label=_("姓名"), max_length=60, required=False, help_text=_("新同事填"))
    role = forms.ChoiceField(label=_("岗位"))
    grid = forms.ModelChoiceField(
        label=_("网格"), queryset=Grid.objects.none(), required=False, empty_label=_("不是网格员")
    )
    starts_on = DayField(label=_("从哪天"), required=False)
    ends_on = DayField(label=_("到哪天"), required=False)

    def __init__(self, *args: Any, community: Community, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = roles_given_by(by, community)
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        self.fields["grid"].queryset = Grid.objects.filter(community=community)  # type: ignore[attr-defined]


class GridForm(forms.Form):
    number = forms.IntegerField(label=_("网格号"), min_value=1, max_value=999)
    note = forms.CharField(label=_("范围"), max_length=120, required=False, help_text=_("如：1–4 幢"))


SUFFIX = re.compile("[A-Z0-9]*|[甲乙丙丁]", re.IGNORECASE | re.ASCII)


class BuildingForm(forms.Form):
    estate_name = ReadableField(label=_("小区"), max_length=60)
    number = forms.IntegerField(label=_("幢号"), min_value=1, max_value=999)
    suffix = forms.CharField(label=_("后缀"), max_length=4, required=False, help_text=_("3A 幢填 A"))
    units = forms.IntegerField(label=_("单元数"), min_value=0, max_value=20, initial=0, help_text=_("没有单元填 0"))
    floors = forms.IntegerField(label=_("层数"), min_value=1, max_value=120, initial=6)
    grid = forms.ModelChoiceField(label=_("网格"), queryset=Grid.objects.none(), empty_label=_("请选"))

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["grid"].queryset = Grid.objects.filter(community=community)  # type: ignore[attr-defined]

    def clean_suffix(self) -> str:
        suffix = half_width(self.cleaned_data["suffix"])
        if not SUFFIX.fullmatch(suffix):
            raise forms.ValidationError(_("后缀只能是字母和数字，或者甲、乙、丙、丁。"), code="bad_suffix")
        return suffix


class RemoveForm(forms.Form):
    """One of the grids or buildings: ``grid:3``, ``building:12``."""

    what = forms.ChoiceField(label=_("哪一个"), help_text=_("只能删还没用过的：没有住户、没派过人、没有事项。"))

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grids = Grid.objects.filter(community=community)
        buildings = Building.objects.filter(grid__community=community).select_related("estate")
        self.rows = {f"grid:{grid.pk}": grid for grid in grids} | {f"building:{b.pk}": b for b in buildings}
        names = [
            (key, f"{row.estate} {row}" if isinstance(row, Building) else str(row)) for key, row in self.rows.items()
        ]
        self.fields["what"].choices = [("", _("请选")), *names]  # type: ignore[attr-defined]

    def grids(self) -> list[tuple[Grid, list[Building]]]:
        """Each with its buildings, as read for the choices."""
        buildings = [row for row in self.rows.values() if isinstance(row, Building)]
        grids = [row for row in self.rows.values() if isinstance(row, Grid)]
        return [(grid, [building for building in buildings if building.grid_id == grid.pk]) for grid in grids]

    def clean_what(self) -> Any:
        return self.rows[self.cleaned_data["what"]]
