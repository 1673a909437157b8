from typing import Any

from django.core.management.base import BaseCommand

from community_portal import clock
from community_portal.rules.actions import load_rulebook


class Command(BaseCommand):
    help = "Publishes the general rules that the services bring, where there is no version yet. Safe to run again."

    def handle(self, **options: Any) -> None:
        for made in load_rulebook(at=clock.now()):
            self.stdout.write(f"{made.code} {made.version}")
