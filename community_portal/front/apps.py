from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class FrontConfig(AppConfig):
    name = "community_portal.front"
    label = "front"

    def ready(self) -> None:
        autodiscover_modules("reports")  # each service says what may be reported to it
