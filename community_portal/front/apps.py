from django.apps import AppConfig


class FrontConfig(AppConfig):
    name = "community_portal.front"
    label = "front"
