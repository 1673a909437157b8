"""What may be typed about rules."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.register.forms import read
from community_portal.people.wording import read_text
from community_portal.rules.drafts import Read, read_file
from community_portal.rules.models import Rule
from community_portal.web.inputs import DayField, end_of_year


def _day_after(today: dt.date) -> dt.date:
    return today + dt.timedelta(days=1)


def _tomorrow() -> dt.date:
    return _day_after(clock.today())


class PublishForm(forms.Form):
    """From when on, and by which text."""

    valid_from = DayField(label=_("从哪天起"), initial=_tomorrow, earliest=_day_after, latest=end_of_year(2))
    source = forms.CharField(
        label=_("依据"),
        max_length=200,
        help_text=_("文件名称和文号，居民问起来说得清"),
        error_messages={"required": _("请写依据的文件。")},
    )

    def clean_source(self) -> str:
        return read(read_text, self.cleaned_data["source"], field="source")


class LimitForm(PublishForm):
    """Another limit for one rule: a number, a word, or a list as JSON; and its sentence, which most often names the limit."""

    limit = forms.CharField(label=_("新的限值"), max_length=200, error_messages={"required": _("请填新的限值。")})
    plain = forms.CharField(
        label=_("一句话说明"),
        max_length=200,
        help_text=_("居民看的就是这一句，里面的数也要改"),
        error_messages={"required": _("请写一句话说明。")},
    )
    plain_en = forms.CharField(label=_("英文说明"), max_length=300, required=False)
    field_order = ["limit", "plain", "plain_en", "valid_from", "source"]

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"plain": rule.plain, "plain_en": rule.plain_en, **self.initial}
        if not rule.plain_en:
            del self.fields["plain_en"]
        self.fields["limit"].help_text = " ".join(filter(None, [rule.get_operator_display(), rule.unit]))

    def clean_plain(self) -> str:
        return read(read_text, self.cleaned_data["plain"], field="plain")

    def clean_limit(self) -> Any:
        typed = self.cleaned_data["limit"].strip()
        try:
            return json.loads(typed, parse_float=Decimal)
        except ValueError:
            return typed


class ImportForm(PublishForm):
    """A whole new version from a file."""

    file = forms.FileField(label=_("规则文件"), help_text=_("JSON 或 Excel（xlsx），格式同导出的文件"))
    field_order = ["file", "valid_from", "source"]

    def clean_file(self) -> Read:
        upload = self.cleaned_data["file"]
        return read(read_file, upload.read(1024 * 1024 + 1), upload.name or "")
