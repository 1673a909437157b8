from django.apps import AppConfig


class DashboardsConfig(AppConfig):
    name = "community_portal.dashboards"
    label = "dashboards"
