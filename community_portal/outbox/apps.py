from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OutboxConfig(AppConfig):
    name = "community_portal.outbox"
    label = "outbox"

    def ready(self) -> None:
        autodiscover_modules("notices")  # each app's kinds of messages register themselves
        autodiscover_modules("forgetting")  # and what each holds of a person
