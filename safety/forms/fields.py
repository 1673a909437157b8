"""A day with its time, as a clock on the wall shows it."""

from typing import Any

from django import forms

FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]


class WallTimeField(forms.DateTimeField):
    """``seconds``: to the second, for what was measured."""

    def __init__(self, *, seconds: bool = False, **kwargs: Any) -> None:
        attrs = {"type": "datetime-local"} | ({"step": "1"} if seconds else {})
        shown = FORMATS[1] if seconds else FORMATS[0]
        super().__init__(input_formats=FORMATS, widget=forms.DateTimeInput(attrs=attrs, format=shown), **kwargs)
