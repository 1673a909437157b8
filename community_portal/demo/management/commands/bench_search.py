"""``manage.py bench_search``: how fast the one search box finds, against the targets."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from community_portal.demo.bench.search import measure_search
from community_portal.people.models import Resident


class Command(BaseCommand):
    help = "Measures search in this database (fill it with bench_city first)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--samples", type=int, default=200)

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{Resident.objects.count():,} residents; milliseconds of execution on the server")
        self.stdout.write(f"{'key':18} {'scope':10} {'p50':>7} {'p95':>7} {'worst':>7}  target")
        for m in measure_search(samples=options["samples"]):
            mark = "ok" if m.is_met else "MISSED"
            self.stdout.write(f"{m.kind:18} {m.scope:10} {m.p50:7.2f} {m.p95:7.2f} {m.worst:7.2f}  {m.target} {mark}")
