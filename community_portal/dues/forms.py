"""What may be typed about what comes due."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.register.forms import read
from community_portal.people.wording import read_text
from community_portal.web.inputs import DayField, start_of_year


class TickForm(forms.Form):
    """Done, when and what; or not needed this time, and why."""

    done_on = DayField(label=_("哪天办的"), initial=clock.today, earliest=start_of_year(-2), latest=lambda today: today)
    words = forms.CharField(label=_("说明"), max_length=300, error_messages={"required": _("请写一句说明。")})

    def __init__(self, *args: Any, is_waiving: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_waiving:
            del self.fields["done_on"]
            self.fields["words"].label = _("为什么这次不用做")

    def clean_words(self) -> str:
        return read(read_text, self.cleaned_data["words"], field="words")
