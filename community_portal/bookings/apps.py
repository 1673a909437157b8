from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class BookingsConfig(AppConfig):
    name = "community_portal.bookings"
    label = "bookings"

    def ready(self) -> None:
        autodiscover_modules("agreements")  # what the times of each app's matters were agreed for
