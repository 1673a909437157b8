from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PeopleConfig(AppConfig):
    name = "community_portal.people"
    label = "people"

    def ready(self) -> None:
        autodiscover_modules("finders")  # each app's part of the search box registers itself
