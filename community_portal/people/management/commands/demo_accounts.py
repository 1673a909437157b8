"""``manage.py demo_accounts``: who may sign in to a demonstration, one kind a line; `make run` shows it.

``--end``: a portal that was a demonstration and is none any more disables them for good.
"""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from community_portal.people.sign_in.demo_accounts import demo_accounts, end_demo_accounts


class Command(BaseCommand):
    help = "Names the demo accounts that exist, with their password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--end", action="store_true", help="disable them, on a portal that is no demonstration")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["end"]:
            self._end()
        else:
            self._name()

    def _end(self) -> None:
        if settings.PORTAL_DEMO:
            raise CommandError("This is a demonstration (PORTAL_DEMO=1); its accounts stay.")
        self.stdout.write(f"{end_demo_accounts()} accounts are disabled.")

    def _name(self) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("Demo accounts exist only with PORTAL_DEMO=1.")
        known = demo_accounts()
        self.stdout.write(f"accounts     {' '.join(account['username'] for account in known['staff'])}")
        self.stdout.write("password     demo-2026-huiketing")
        self.stdout.write(f"residents    phones {' '.join(known['phones'])}")
