"""The door for boxes: who they are, one connection for each, and frames that harm nobody."""

import asyncio
import base64
import binascii
import hmac
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from django.db import connection
from ocpp.messages import MessageType
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from charging.actions.ports import key_hash
from charging.models import ChargePoint
from charging.ocpp.book import Book
from charging.ocpp.box import Box, Known

logger = logging.getLogger(__name__)
BIGGEST = 64 * 1024  # bytes of a message; what is larger ends its connection
ANSWERS_WITHIN = 10  # seconds
NONSENSE = 50  # frames of no use after which a box has to begin anew
PROTOCOLS = ["ocpp1.6"]
logging.getLogger("ocpp").setLevel(logging.CRITICAL)  # it writes every frame down, hostile ones with a stack


class Gateway:
    """``async with Gateway(book, host, port) as gateway: …``"""

    def __init__(self, book: Book, *, host: str, port: int) -> None:
        self.book, self.host, self.port = book, host, port
        self.here: dict[str, ServerConnection] = {}
        self._threads = ThreadPoolExecutor(2, "ocpp-door")
        self._server: Server | None = None

    async def __aenter__(self) -> "Gateway":
        self._server = await serve(
            self.talk,
            self.host,
            self.port,
            process_request=self.let_in,
            subprotocols=PROTOCOLS,  # type: ignore[arg-type]
            max_size=BIGGEST,
            max_queue=16,
            compression=None,
            server_header=None,
        )
        self.port = next(iter(self._server.sockets)).getsockname()[1]
        return self

    async def __aexit__(self, *_error: Any) -> None:
        if self._server:
            self._server.close()
            await self._server.wait_closed()
        self._threads.shutdown(wait=False)

    async def let_in(self, socket: ServerConnection, request: Request) -> Response | None:
        """By name in the address and in the head, and the key; whoever is not known is told so and nothing else."""
        identity = unquote(request.path.partition("?")[0].rpartition("/")[2])[:48]
        name, key = _basic(request.headers.get("Authorization", ""))
        known = None
        if identity and name == identity and "\0" not in identity:
            known = await asyncio.get_running_loop().run_in_executor(self._threads, find, identity, key)
        if known is None:
            logger.warning("a box that is not known, or with a wrong key: %r", identity)
            return socket.respond(HTTPStatus.UNAUTHORIZED, "unknown\n")
        socket.known = known  # type: ignore[attr-defined]
        return None

    async def talk(self, socket: ServerConnection) -> None:
        known: Known = socket.known  # type: ignore[attr-defined]
        before, self.here[known.identity] = self.here.get(known.identity), socket
        if before is not None:  # the newest wins: the other is what a lost network left
            await before.close(1008, "connected anew")
        try:
            await self._listen(Box(known, socket, self.book), socket)
        except ConnectionClosed:
            pass
        finally:
            if self.here.get(known.identity) is socket:
                del self.here[known.identity]

    async def _listen(self, box: Box, socket: ServerConnection) -> None:
        nonsense = 0
        async for frame in socket:
            if _is_call(frame):
                box.is_there()
                try:
                    await asyncio.wait_for(box.route_message(frame), ANSWERS_WITHIN)
                    continue
                except ConnectionClosed:
                    raise
                except Exception as error:  # whatever a frame does, it does to its own connection
                    logger.warning("%s: a frame that cannot be answered: %s", box.id, type(error).__name__)
            nonsense += 1
            if nonsense >= NONSENSE:
                logger.warning("%s: too much of what is no OCPP", box.id)
                await socket.close(1002, "no OCPP")
                return


def _is_call(frame: str | bytes) -> bool:
    """We ask nothing, so answers are nonsense too: the library would keep each for whoever asked."""
    try:
        told = json.loads(frame)
    except (ValueError, RecursionError):
        return False
    if not isinstance(told, list) or len(told) != 4 or told[0] != MessageType.Call or isinstance(told[0], bool):
        return False
    return isinstance(told[1], str) and isinstance(told[2], str) and isinstance(told[3], dict)


def _basic(header: str) -> tuple[str, str]:
    """Name and key of ``Authorization: Basic …``; nothing for anything else."""
    kind, _blank, said = header.partition(" ")
    if kind.casefold() != "basic":
        return "", ""
    try:
        name, _colon, key = base64.b64decode(said, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return name, key


def find(identity: str, key: str) -> Known | None:
    """The box of that name, with that key."""
    try:
        box = ChargePoint.objects.filter(ocpp_identity=identity).first()
        if not hmac.compare_digest(key_hash(key), box.ocpp_key_hash if box else "-" * 64) or box is None:
            return None
        numbers = box.ports.filter(removed_on__isnull=True).values_list("number", flat=True)
        return Known(box.pk, box.code, identity, box.operator_id, frozenset(numbers))
    finally:
        connection.close()  # boxes sign in once in a while; a connection kept for that would be one too many
