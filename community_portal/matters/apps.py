from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class MattersConfig(AppConfig):
    name = "community_portal.matters"
    label = "matters"

    def ready(self) -> None:
        autodiscover_modules("matters")  # each app says there which kinds of matters it has
        autodiscover_modules("checks")
