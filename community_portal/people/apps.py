from typing import Any

from django import forms
from django.apps import AppConfig
from django.core import validators
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

# "Ensure this value is greater than or equal to 1" is a form's word, not ours.
WORDS: dict[type[forms.Field], dict[str, Any]] = {
    forms.Field: {"required": _("这里还没有填。")},
    forms.ChoiceField: {"required": _("请选一项。"), "invalid_choice": _("请重新选一次。")},
    forms.MultipleChoiceField: {"invalid_choice": _("请重新选一次。")},
    forms.ModelChoiceField: {"invalid_choice": _("请重新选一次。")},
    forms.IntegerField: {"invalid": _("请填整数。")},
    forms.DateField: {"invalid": _("请填一个日期，如 2026-11-28。")},
    forms.TimeField: {"invalid": _("请填一个时间，如 9:30。")},
}
LIMITS = {
    validators.MinLengthValidator: _("至少写 %(limit_value)d 个字。"),
    validators.MaxLengthValidator: _("最多写 %(limit_value)d 个字，现在有 %(show_value)d 个。"),
    validators.MinValueValidator: _("不能小于 %(limit_value)s。"),
    validators.MaxValueValidator: _("不能大于 %(limit_value)s。"),
}


class PeopleConfig(AppConfig):
    name = "community_portal.people"
    label = "people"

    def ready(self) -> None:
        for field, words in WORDS.items():
            field.default_error_messages.update(words)
        for limit, sentence in LIMITS.items():
            limit.message = sentence
        autodiscover_modules("finders", "belongings", "departures", "entries", "checks")  # each app registers its own
