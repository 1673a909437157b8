"""What the browser draws by itself for a date."""

from typing import Any

from django import forms


class DayInput(forms.DateInput):
    """The browser's own calendar. It reads a day in one spelling only, whatever the language of the page: any other shows
    an empty field, and saving that forgets the day."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
