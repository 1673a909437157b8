"""What every form asks alike: a day lies in a year that can be meant."""

import datetime as dt
import importlib
import inspect

import pytest
from django import forms
from django.utils.translation import override

from community_portal import clock
from community_portal.web.inputs import DayField, end_of_year, start_of_year

FORMS = (
    "appointments.activities.desk",
    "appointments.hall.plan_settings",
    "community_portal.people.own_account.views",
    "community_portal.people.register.forms",
    "community_portal.people.staff.forms",
)


@pytest.mark.parametrize("typed", ["0206-11-27", "1899-12-31", "9999-12-31", f"{clock.today().year + 11}-01-01"])
def test_a_year_that_nobody_means_is_refused(typed: str) -> None:
    with pytest.raises(forms.ValidationError, match="请核对日期：年份不对。"):
        DayField().clean(typed)


def test_the_days_of_a_life_and_of_plans_are_taken() -> None:
    for day in (dt.date(1900, 1, 1), clock.today(), dt.date(clock.today().year + 10, 12, 31)):
        assert DayField().clean(f"{day}") == day
    assert DayField(required=False).clean("") is None


def test_a_place_sets_its_own_bounds() -> None:
    year = clock.today().year
    field = DayField(earliest=start_of_year(-1), latest=end_of_year(2))
    assert field.clean(f"{year - 1}-01-01") and field.clean(f"{year + 2}-12-31")
    for wrong in (f"{year - 2}-12-31", f"{year + 3}-01-01"):
        with pytest.raises(forms.ValidationError):
            field.clean(wrong)


@pytest.mark.parametrize("module", FORMS)
def test_every_day_is_asked_for_in_the_same_way(module: str) -> None:
    for _name, form in inspect.getmembers(importlib.import_module(module), inspect.isclass):
        for name, field in getattr(form, "base_fields", {}).items():
            if isinstance(field, forms.DateField):
                assert isinstance(field, DayField), f"{module}: {form.__name__}.{name}"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_day_by_hand_is_read_alike_in_every_language_and_never_both_ways(language: str) -> None:
    with override(language):
        for typed in (
            "1953-03-08", "1953.3.8", "1953年3月8日", "１９５３－３－８", "1953/3/8", "19530308", "1953 年 3 月 8 日",
        ):  # fmt: skip
            assert DayField().clean(typed) == dt.date(1953, 3, 8), typed
        for typed in ("08/03/1953", "3.8.1953", "Mar 8 1953", "1953-3", "1953-13-08", "1953.3/8", "二月八日", "0"):
            with pytest.raises(forms.ValidationError):
                DayField().clean(typed)


def _every_form(kind: type[forms.BaseForm] = forms.BaseForm) -> set[type[forms.BaseForm]]:
    return {kind}.union(*(_every_form(one) for one in kind.__subclasses__()))


def test_no_list_of_choices_begins_with_a_row_of_dashes() -> None:
    """The first line says what it means to choose nothing, or that one has to choose."""
    importlib.import_module("community_portal.urls")
    rooms = ("charging.", "community_portal.deliberations.", "community_portal.people.staff.clients")
    ours = [one for one in _every_form() if one.__module__.startswith(rooms) and not issubclass(one, forms.ModelForm)]
    bare = {
        f"{form.__name__}.{name}"
        for form in ours
        for name, field in getattr(form, "base_fields", {}).items()
        if isinstance(field, forms.ModelChoiceField) and field.empty_label == "---------"
    }
    assert not bare
