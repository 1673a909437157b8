"""`manage.py api_token USERNAME` prints the account's API token, made at the first call; `--new` ends the old one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from rest_framework.authtoken.models import Token

from community_portal.people.models import User


class Command(BaseCommand):
    help = "Prints the API token of an account (Authorization: Token …)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--new", action="store_true", help="a fresh token; the old one stops working")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"no account named {options['username']}")
        if not user.may_come_in:
            raise CommandError(f"{user.username} is disabled, or of a demonstration")
        if options["new"]:
            Token.objects.filter(user=user).delete()
        token, _made = Token.objects.get_or_create(user=user)
        self.stdout.write(token.key)
