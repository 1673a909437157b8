from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules

from community_portal.dashboards import triggers
from community_portal.dashboards.checks import check_figures


class DashboardsConfig(AppConfig):
    name = "community_portal.dashboards"
    label = "dashboards"

    def ready(self) -> None:
        # Each app's figures register themselves, then what it shows of them.
        autodiscover_modules("measures", "boards", "hands")
        post_migrate.connect(count_what_is_declared, sender=self)
        checks.register(check_figures)


def count_what_is_declared(**_about: Any) -> None:
    """Every table is there now. Rows from before a measure was declared are counted by `manage.py install_figures`."""
    if not triggers.is_current():
        triggers.install()
