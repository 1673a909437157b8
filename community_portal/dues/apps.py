from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DuesConfig(AppConfig):
    name = "community_portal.dues"
    label = "dues"

    def ready(self) -> None:
        autodiscover_modules("dues")  # each service's duties make themselves known
