"""The six stories as data, told through the real actions, with dates relative to today."""

import datetime as dt
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from community_portal import clock
from community_portal.bookings.actions import open_planned_sessions
from community_portal.dashboards.fold import fold_figures
from community_portal.demo.charging_ports import stand_ports
from community_portal.demo.charging_sites import build_charging
from community_portal.demo.eldercare_accepted import accept_homes
from community_portal.demo.eldercare_register import keep_register
from community_portal.demo.eldercare_warranty import report_faults
from community_portal.demo.hiring import hire_everybody
from community_portal.demo.life import Life, told_at_once
from community_portal.demo.offers import offer_services, set_categories
from community_portal.demo.residents import move_in
from community_portal.demo.safety_retrofits import build_retrofits
from community_portal.demo.settle import new_town, settle
from community_portal.demo.weeks import plan_life
from community_portal.outbox.sweep import deliver_waiting
from community_portal.people.models import User
from community_portal.places.importers import import_calendar
from community_portal.places.models import Community

WEEKS = 6


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there is a community already")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("Demo data exist only with PORTAL_DEMO=1.")
        if Community.objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("There are data already; demo data go into an empty database only.")
        started = time.monotonic()
        self.stdout.write("Telling the stories (half a minute) …")
        now = clock.now()
        # All or nothing: after an interrupted start the next one tells the stories from the beginning.
        with told_at_once():
            with connection.cursor() as cursor:  # a busy machine thinks longer about whole registers than pages may
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            there_before = list(User.objects.values_list("pk", flat=True))
            town = new_town(today=clock.today(), weeks=WEEKS)
            settle(town)
            hire_everybody(town)
            offer_services(town)
            set_categories(town)
            import_calendar(at=now)
            neighbours = move_in(town)
            open_planned_sessions(at=clock.at_wall(town.first_day, dt.time(3)), days=WEEKS * 7 + 37)
            life = Life(town, neighbours, until=now)
            plan_life(life)
            life.live()
            keep_register(town, neighbours, until=now)
            accept_homes(town, neighbours, until=now)
            report_faults(until=now)
            build_charging(town, neighbours, until=now)
            stand_ports(until=now)
            build_retrofits(town, until=now)
            User.objects.exclude(pk__in=there_before).update(is_demo=True)
        deliver_waiting(at=now)
        fold_figures()
        self.stdout.write(f"Told in {time.monotonic() - started:.0f} s.")
