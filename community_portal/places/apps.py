from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "community_portal.places"
    label = "places"
