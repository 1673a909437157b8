from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "community_portal.bookings"
    label = "bookings"
