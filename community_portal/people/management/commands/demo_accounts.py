"""``manage.py demo_accounts``: who may sign in to a demonstration, one kind a line; `make run` shows it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from community_portal.people.sign_in.demo_accounts import demo_accounts


class Command(BaseCommand):
    help = "Names the demo accounts that exist, with their password."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PORTAL_DEMO:
            raise CommandError("Demo accounts exist only with PORTAL_DEMO=1.")
        known = demo_accounts()
        self.stdout.write(f"accounts     {' '.join(account['username'] for account in known['staff'])}")
        self.stdout.write("password     demo-2026-huiketing")
        self.stdout.write(f"residents    phones {' '.join(known['phones'])}")
