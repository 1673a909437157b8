from django import forms
from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "community_portal.people"
    label = "people"

    def ready(self) -> None:
        # "This field is required" is a form's word, not ours.
        forms.Field.default_error_messages["required"] = _("这里还没有填。")
        forms.ChoiceField.default_error_messages["required"] = _("请选一项。")
        autodiscover_modules("finders", "belongings")  # each app registers what is its own
