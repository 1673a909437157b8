"""``manage.py sweep_retention --dry-run``: what is older than its rule says, rule by rule."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from community_portal import clock
from community_portal.people.register.retention import RULES, count_old, sweep


class Command(BaseCommand):
    help = "Lets go of what is older than the retention table says (people/retention.py)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = count_old(at=clock.now()) if options["dry_run"] else sweep(at=clock.now())
        for rule in RULES:
            self.stdout.write(f"{rule.name:18} {counts[rule.name]:>8,}  kept {rule.keep.days} days")
