from django.apps import AppConfig


class DeliberationsConfig(AppConfig):
    name = "community_portal.deliberations"
    label = "deliberations"
