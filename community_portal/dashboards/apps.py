from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class DashboardsConfig(AppConfig):
    name = "community_portal.dashboards"
    label = "dashboards"

    def ready(self) -> None:
        autodiscover_modules("measures")  # each app's figures register themselves
