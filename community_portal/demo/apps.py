from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "community_portal.demo"
    label = "demo"
