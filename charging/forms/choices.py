"""Fields that several forms of charging have."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal.casework.uploads import read_paper, read_photo
from community_portal.people.register.forms import read


class PaperField(forms.FileField):
    """One paper, a photo or a PDF; cleans to a ReadFile, or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs |= {"accept": "application/pdf,image/jpeg,image/png,image/webp"}

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        return read(read_paper, upload) if upload else None


class PhotoField(forms.FileField):
    """One photo, drawn anew; cleans to a ReadFile, or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("照片"))
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)
        self.widget.attrs |= {"accept": "image/jpeg,image/png,image/webp"}

    def clean(self, data: Any, initial: Any = None) -> Any:
        upload = super().clean(data, initial)
        return read(read_photo, upload) if upload else None


class DayField(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        kwargs.setdefault("error_messages", {"invalid": _("请填日期，如 2026-11-28。")})
        super().__init__(**kwargs)


def metres(**kwargs: Any) -> forms.DecimalField:
    """A distance as it is typed, two places after the point."""
    given = {"max_digits": 6, "decimal_places": 2, "min_value": 0, "required": False} | kwargs
    field = forms.DecimalField(**given)
    field.widget.attrs |= {"inputmode": "decimal"}
    return field
