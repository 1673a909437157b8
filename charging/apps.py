from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from charging.partitions import keep_partitions
from community_portal import clock


class ChargingConfig(AppConfig):
    name = "charging"

    def ready(self) -> None:
        post_migrate.connect(make_tables_of_states, sender=self)


def make_tables_of_states(**_about: Any) -> None:
    """Those of the months around today, before anybody says anything; the task of every night makes the next."""
    keep_partitions(on=clock.today())
