from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class RulesConfig(AppConfig):
    name = "community_portal.rules"
    label = "rules"

    def ready(self) -> None:
        autodiscover_modules("rulebook")  # each service's general rules make themselves known
