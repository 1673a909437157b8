"""``manage.py bench_city --residents 1000000``: fills a database of its own for measuring."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from community_portal.demo.bench.bulk import fill_city


class Command(BaseCommand):
    help = "Fills this database with an invented city for measuring. Never run it where real residents are on file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--residents", type=int, default=1_000_000)
        parser.add_argument("--communities", type=int, default=200)

    def handle(self, *args: Any, **options: Any) -> None:
        fill_city(
            residents=options["residents"],
            communities=options["communities"],
            progress=lambda line: self.stdout.write(line),
        )
