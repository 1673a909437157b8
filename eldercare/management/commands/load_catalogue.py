from typing import Any

from django.core.management.base import BaseCommand

from community_portal import clock
from eldercare.actions.catalogues import load_national


class Command(BaseCommand):
    help = "Publishes the national list of items of home adaptations where there is none yet. Safe to run again."

    def handle(self, **options: Any) -> None:
        self.stdout.write(str(load_national(at=clock.now())))
