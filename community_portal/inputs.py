"""What comes in by forms: days as the browser draws them, and words without what nobody can see."""

import re
from typing import Any

from django import forms

# Control characters but tab and line break, marks that turn or join lines of text, blanks that count as letters. Joiners
# stay where something stands beside them: emoji and some scripts need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\u2800\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb]"
)
_NOTHING = re.compile(r"[\s\u200c\u200d\ufe0e\ufe0f]*")


def visible(text: str) -> str:
    """The text without what nobody can see; empty when nothing is left to see."""
    seen = _UNSEEN.sub("", text)
    return "" if _NOTHING.fullmatch(seen) else seen


class DayInput(forms.DateInput):
    """The browser's own calendar. It reads a day in one spelling only, whatever the language of the page: any other shows
    an empty field, and saving that forgets the day."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")
