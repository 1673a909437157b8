from typing import Any

from django.core.management.base import BaseCommand

from community_portal import clock
from safety.actions.inspection_lists import load_general


class Command(BaseCommand):
    help = (
        "Publishes what is looked at at each kind of equipment where there is no general list yet. Safe to run again."
    )

    def handle(self, **options: Any) -> None:
        self.stdout.write(str(load_general(at=clock.now())))
