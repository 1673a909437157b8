from django.apps import AppConfig


class SigningConfig(AppConfig):
    name = "community_portal.signing"
    label = "signing"
