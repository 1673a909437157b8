from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "community_portal.people"
    label = "people"
