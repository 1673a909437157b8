"""Pages over HTTP: granian as in production, sixteen keep-alive clients on the same two cores."""

import contextlib
import itertools
import multiprocessing
import os
import re
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

from community_portal import clock
from community_portal.demo.bench.bookings import PLENTY, made_sessions
from community_portal.demo.bench.report import Say, fact, heading, rate
from community_portal.people.models import Membership, Resident, Role, User
from community_portal.places.models import Community

CLIENTS, SECONDS = 16, 4
BARE_THEN = 8_200  # bare view of the machine on which the targets were set: a slower one waits longer in proportion


def run(say: Say, *, pairs: int) -> None:
    heading(say, "HTTP ÷ bare view with all middleware (16 clients, the load comes from the same cores)")
    community = Community.objects.order_by("pk").first()
    assert community
    staff, _made = User.objects.get_or_create(username="bench", defaults={"name": "bench"})
    Membership.objects.get_or_create(
        user=staff, role=Role.RECEPTIONIST, community=community, defaults={"starts_on": clock.today()}
    )
    client = Client()
    client.force_login(staff)
    cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={'a' * 32}"

    def same(request: bytes) -> list[Iterator[bytes]]:
        return [itertools.repeat(request)] * CLIENTS

    with _portal() as port:
        bare, listing = _request("GET", "/offline/"), _request("GET", "/requests/", cookie)
        for work in (same(listing), _bookings(community, cookie)):
            _load(port, work)  # a server in service has read its templates and planned its statements
        measured = [(_load(port, same(bare))[0], _load(port, same(listing))[0]) for _pair in range(pairs)]
        rate(say, "staff list of 30 rows", measured, "≥ 0.055")
        measured, waits = [], []
        for _pair in range(pairs):
            floor = _load(port, same(bare))[0]
            value, took = _load(port, _bookings(community, cookie))
            measured.append((floor, value))
            waits += took
        rate(say, "booking POST at the desk", measured, "≥ 0.10")
        limit = (
            f"≤ 40 ms at {BARE_THEN:,}/s, here {40 * BARE_THEN / median(floor for floor, _value in measured):.0f} ms"
        )
        fact(say, "booking POST, p99 at 16 clients", f"{quantiles(waits, n=100)[98]:.0f} ms", limit)
        calm = _load(port, same(bare))[0]
        with _stalled(port, 32):
            rate(say, "bare view beside 32 stalled uploads", [(calm, _load(port, same(bare))[0])], "≥ 0.9")


def _request(method: str, path: str, cookie: str = "", body: str = "") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Cookie: {cookie}"]
    if body:
        lines += ["Content-Type: application/x-www-form-urlencoded", "Referer: http://localhost/"]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body]).encode()


def _bookings(community: Community, cookie: str) -> list[Iterator[bytes]]:
    """For each client its own forms without end: each is a booking of its own, sessions in turn, no resident twice in one."""
    people = list(Resident.objects.filter(community=community).values_list("pk", flat=True)[:40_000])
    sessions = made_sessions(PLENTY)
    run, share = time.time_ns(), len(people) // CLIENTS

    def form(n: int, resident: int, time_round: int) -> bytes:
        body = {
            "resident": resident, "session": sessions[(n + time_round) % len(sessions)], "party_size": 1, "source": "desk",
            "note": "", "once": f"{run}-{time_round}-{resident}", "csrfmiddlewaretoken": "a" * 32,
        }  # fmt: skip
        return _request("POST", "/desk/book/", cookie, urlencode(body))

    def forms(client: int) -> Iterator[bytes]:
        for time_round in itertools.count():
            for n in range(client * share, (client + 1) * share):
                yield form(n, people[n], time_round)

    return [forms(client) for client in range(CLIENTS)]


@contextlib.contextmanager
def _portal() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        str(Path(sys.executable).parent / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(os.cpu_count() or 2), "--blocking-threads", "4", "--no-ws", "--log-level", "error",
        "community_portal.wsgi:application",
    ]  # fmt: skip
    quiet = {**os.environ, "LOG_LEVEL": "ERROR"}
    server = subprocess.Popen(command, cwd=settings.BASE_DIR, env=quiet, stderr=subprocess.DEVNULL)
    try:
        for _try in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.1)
        time.sleep(1)
        yield port
    finally:
        server.terminate()
        server.wait(10)


def _load(port: int, work: list[Iterator[bytes]]) -> tuple[float, list[float]]:
    """Requests a second, and how long each took in ms; every client sends what its iterator gives until the time is over.

    All clients share one process and speak through bare sockets, so that the load costs as little as it can of the two
    cores it shares with the portal.
    """
    heard, told = multiprocessing.Pipe(duplex=False)
    load = multiprocessing.get_context("fork").Process(target=lambda: told.send(_clients(port, work)))
    load.start()
    told.close()
    try:
        waits = heard.recv()
    except EOFError as why:
        raise RuntimeError("the clients ended early; their words stand above") from why
    finally:
        load.join()
    return len(waits) / SECONDS, waits


def _clients(port: int, work: list[Iterator[bytes]]) -> list[float]:
    """Keep-alive clients, each with one request under way at a time."""
    waits: list[float] = []
    until = time.monotonic() + SECONDS
    with selectors.DefaultSelector() as ready:
        for requests in work:
            line = socket.create_connection(("127.0.0.1", port))
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            client = _Line(line, requests)
            ready.register(line, selectors.EVENT_READ, client)
            client.send()
        while time.monotonic() < until:
            for key, _events in ready.select(timeout=1):
                took = key.data.receive()
                if took is not None:
                    waits.append(took)
    return waits


class _Line:
    """One client: what it asks next, and what it has read of the answer."""

    def __init__(self, line: socket.socket, requests: Iterator[bytes]) -> None:
        self.line, self.requests = line, requests

    def send(self) -> None:
        self.read, self.missing = b"", -1
        self.since = time.monotonic()
        self.line.sendall(next(self.requests))

    def receive(self) -> float | None:
        """Reads on; at the end of the answer sends the next request and tells how long this one took in ms.

        A resident who has that time already is refused: that answer does not count.
        """
        part = self.line.recv(262_144)
        if not part:
            raise RuntimeError("the portal closed the line")
        if self.missing < 0:
            self.read += part
            end = self.read.find(b"\r\n\r\n")
            if end < 0:
                return None
            length = re.search(rb"(?i)content-length: (\d+)", self.read[:end])
            self.missing = end + 4 + (int(length[1]) if length else 0) - len(self.read)
        else:
            self.missing -= len(part)
        if self.missing > 0:
            return None
        took, status = (time.monotonic() - self.since) * 1000, int(self.read[9:12])
        if status >= 500:
            raise RuntimeError(f"{status} from the portal")
        self.send()
        return took if status < 400 else None


@contextlib.contextmanager
def _stalled(port: int, count: int) -> Iterator[None]:
    """Uploads that began and never go on."""
    head = b"POST /help/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 9000000\r\n\r\n--x\r\n"
    lines = [socket.create_connection(("127.0.0.1", port)) for _n in range(count)]
    try:
        for line in lines:
            line.sendall(head)
        time.sleep(1)
        yield
    finally:
        for line in lines:
            line.close()
