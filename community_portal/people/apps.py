from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PeopleConfig(AppConfig):
    name = "community_portal.people"
    label = "people"

    def ready(self) -> None:
        autodiscover_modules("finders", "belongings")  # each app registers what is its own
