"""`manage.py api_client ORGANISATION --name SYSTEM --scope port_status` prints a new key; `--revoke` ends the one of that name."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community_portal import clock
from community_portal.people.api_clients import issue_client, revoke_client
from community_portal.people.models import ApiClient, Organisation
from community_portal.refusals import Refusal


class Command(BaseCommand):
    help = "Gives a program of another organisation a key of the API (Authorization: Client …), or takes it back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organisation")
        parser.add_argument("--name", required=True)
        parser.add_argument("--scope", action="append", default=[], dest="scopes")
        parser.add_argument("--revoke", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = Organisation.objects.filter(name=options["organisation"]).first()
        if organisation is None:
            raise CommandError(f"no organisation named {options['organisation']}")
        if options["revoke"]:
            self._revoke(organisation, options["name"])
            return
        try:
            said = {"name": options["name"], "scopes": options["scopes"]}
            _client, token = issue_client(organisation, by=None, at=clock.now(), **said)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(token)

    def _revoke(self, organisation: Organisation, name: str) -> None:
        client = ApiClient.objects.live().filter(organisation=organisation, name=name).first()
        if client is None:
            raise CommandError(f"{organisation} has no key named {name}")
        revoke_client(client, by=None, at=clock.now())
        self.stdout.write("revoked")
