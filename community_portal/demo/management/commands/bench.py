"""Every target as floor, value and ratio of one run. Call it by `make bench`: it needs a database of its own."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from appointments.models import HelpRequest
from community_portal.demo.bench import (
    bookings,
    charging,
    drill_pages,
    elder_pages,
    equipment,
    figures,
    lists,
    messages,
    rows,
    web,
)
from community_portal.demo.bench.bulk import fill_city
from community_portal.demo.bench.report import heading, times
from community_portal.demo.bench.search import measure_search
from community_portal.people.models import Resident

SECTIONS = ("booking", "search", "list", "figures", "messages", "charging", "http", "eldercare", "drills", "equipment")
WITHOUT_CITY = {"eldercare", "drills", "equipment"}  # fill a street of their own
IN_A_SMALL_CITY = {"charging"}  # brings its own rows; residents are none of them
SMALL = 1_000
QUICK_ELDERS = {"elders": 5_000, "adaptations": 1_000}
QUICK_DRILLS = {"drills": 120, "people": 60}
QUICK_EQUIPMENT = {"pieces": 5_000, "months": 3}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", default=",".join(SECTIONS), help=f"some of: {', '.join(SECTIONS)}")
        parser.add_argument("--size", type=int, default=1_000_000, help="residents and requests of the large city")
        parser.add_argument("--quick", action="store_true", help="one pair each, 50,000 residents and requests")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["only"].split(",")
        size = 50_000 if options["quick"] else options["size"]
        pairs = 1 if options["quick"] else 5
        say = self.stdout.write
        self._of_services(wanted, quick=options["quick"])
        for count in self._sizes(set(wanted) - WITHOUT_CITY, size):
            self._fill(count)
            self._read(wanted, samples=40 if options["quick"] else 200)
        if "figures" in wanted:
            figures.measure_write_tax(say, pairs=pairs)
        if "messages" in wanted:
            messages.run(say)
        if "charging" in wanted:
            charging.run(say, statuses=300_000 if options["quick"] else 10_000_000)
        if "booking" in wanted:
            bookings.run(say, pairs=pairs)
        if "http" in wanted:
            web.run(say, pairs=min(pairs, 3))

    def _of_services(self, wanted: list[str], *, quick: bool) -> None:
        """First: they read their pages before there is anything on them."""
        if "eldercare" in wanted:
            elder_pages.run(self.stdout.write, **(QUICK_ELDERS if quick else {}))
        if "drills" in wanted:
            drill_pages.run(self.stdout.write, **(QUICK_DRILLS if quick else {}))
        if "equipment" in wanted:
            equipment.run(self.stdout.write, **(QUICK_EQUIPMENT if quick else {}))

    def _sizes(self, wanted: set[str], size: int) -> list[int]:
        return [n for n in (SMALL, size) if wanted - (IN_A_SMALL_CITY if n > SMALL else set())]

    def _read(self, wanted: list[str], *, samples: int) -> None:
        if "search" in wanted:
            self._search(samples=samples)
        if "list" in wanted:
            lists.run(self.stdout.write)
        if "figures" in wanted:
            rows.fill_activities(self.stdout.write, visitors=10)
            figures.run(self.stdout.write)

    def _fill(self, count: int) -> None:
        missing = count - Resident.objects.count()
        if missing > 0:
            self.stdout.write(f"\nFilling up to {count:,} residents and requests")
            fill_city(residents=missing, communities=10 if count <= SMALL else 200, progress=self.stdout.write)
        missing = count - HelpRequest.objects.count()
        if missing > 0:
            rows.fill_requests(self.stdout.write, count=missing)

    def _search(self, *, samples: int) -> None:
        heading(self.stdout.write, f"Search in {Resident.objects.count():,} residents, p95 on the server ÷ SELECT 1")
        for found in measure_search(samples=samples):
            what = f"{found.kind}, {found.scope}"
            times(self.stdout.write, what, found.floor, found.p95, f"≤ {found.target:.1f}")
