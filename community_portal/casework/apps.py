from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CaseworkConfig(AppConfig):
    name = "community_portal.casework"
    label = "casework"

    def ready(self) -> None:
        autodiscover_modules("workflow")  # each app's step table registers itself
