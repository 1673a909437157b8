"""``manage.py import_calendar [YEAR …]``: public holidays and make-up days; set-up calls it, the nightly task repeats it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from community_portal import clock
from community_portal.places.importers import import_calendar


class Command(BaseCommand):
    help = "Imports public holidays and make-up working days (last year, this year and the next when none is named)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("years", nargs="*", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        for year in import_calendar(at=clock.local(clock.now()), years=options["years"]):
            state = "announced" if year.is_announced else "not announced yet: legal days and weekends only"
            self.stdout.write(
                f"{year.year}: {year.written} written, {year.removed} removed, {year.kept} kept ({state})"
            )
