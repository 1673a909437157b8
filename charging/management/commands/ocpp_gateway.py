"""The gateway for boxes that speak OCPP 1.6-J: ws://host:OCPP_PORT/ocpp/NAME, with the key of the box as password. Where the network
is not ours, a proxy with TLS stands before it."""

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from charging.ocpp.book import Book
from charging.ocpp.gateway import Gateway


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.OCPP_PORT:
            raise CommandError("The gateway is off: OCPP_PORT names the port on which it listens.")
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        ends, book = asyncio.Event(), Book()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, ends.set)
        book.start()
        async with Gateway(book, host=settings.OCPP_HOST, port=settings.OCPP_PORT) as gateway:
            self.stdout.write(f"Boxes are heard on {gateway.host}:{gateway.port}.")
            await ends.wait()
        await asyncio.to_thread(book.stop)
