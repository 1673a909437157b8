"""Pages over HTTP: granian as in production, sixteen keep-alive clients in processes of their own on the same two cores."""

import contextlib
import http.client
import multiprocessing
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

from community_portal import clock
from community_portal.bookings.models import Session
from community_portal.demo.bench.report import Say, fact, heading, rate
from community_portal.people.models import Membership, Resident, Role, User
from community_portal.places.models import Community

CLIENTS, SECONDS = 16, 4
Request = tuple[str, str, str | None, dict[str, str]]


def run(say: Say, *, pairs: int) -> None:
    heading(say, "HTTP ÷ bare view with all middleware (16 clients, the load comes from the same cores)")
    community = Community.objects.order_by("pk").first()
    assert community
    staff, _made = User.objects.get_or_create(username="bench", defaults={"name": "bench"})
    Membership.objects.get_or_create(
        user=staff, role=Role.RECEPTIONIST, community=community, defaults={"starts_on": clock.today()}
    )
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={'a' * 32}"
    headers = {"Cookie": cookie, "Host": "localhost"}
    with _portal() as port:
        bare: list[Request] = [("GET", "/offline/", None, {"Host": "localhost"})]
        listing: list[Request] = [("GET", "/requests/", None, headers)]
        measured = [(_load(port, [bare] * CLIENTS)[0], _load(port, [listing] * CLIENTS)[0]) for _pair in range(pairs)]
        rate(say, "staff list of 30 rows", measured, "≥ 0.055")
        measured, waits = [], []
        for _pair in range(pairs):
            floor = _load(port, [bare] * CLIENTS)[0]
            value, took = _load(port, _bookings(community, headers))
            measured.append((floor, value))
            waits += took
        rate(say, "booking POST at the desk", measured, "≥ 0.10")
        fact(say, "booking POST, p99 at 16 clients", f"{quantiles(waits, n=100)[98]:.0f} ms", "≤ 40 ms")
        calm = _load(port, [bare] * CLIENTS)[0]
        with _stalled(port, 32):
            rate(say, "bare view beside 32 stalled uploads", [(calm, _load(port, [bare] * CLIENTS)[0])], "≥ 0.9")


def _bookings(community: Community, headers: dict[str, str]) -> list[list[Request]]:
    """For each client its own forms: every booking another resident, sessions in turn."""
    people = list(Resident.objects.filter(community=community).values_list("pk", flat=True)[:40_000])
    sessions = list(
        Session.objects.filter(community=community, starts_at__gt=clock.now()).values_list("pk", flat=True)[:1000]
    )
    offset = int(time.time()) % len(sessions)
    share = len(people) // CLIENTS
    post = headers | {"Content-Type": "application/x-www-form-urlencoded", "Referer": "http://localhost/"}

    def form(n: int, resident: int) -> Request:
        body = {
            "resident": resident, "session": sessions[(n + offset) % len(sessions)], "party_size": 1, "source": "desk", "note": "",
            "once": f"{time.time_ns()}-{n}-{resident}", "csrfmiddlewaretoken": "a" * 32,
        }  # fmt: skip
        return ("POST", "/desk/book/", urlencode(body), post)

    return [[form(n * share + i, people[n * share + i]) for i in range(share)] for n in range(CLIENTS)]


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


def _load(port: int, work: list[list[Request]]) -> tuple[float, list[float]]:
    """Requests a second, and how long each took in ms; every client repeats its list until the time is over."""
    with multiprocessing.get_context("fork").Pool(4) as pool:
        shares = [(port, work[n::4]) for n in range(4)]
        found = pool.starmap(_clients, shares)
    waits = [wait for share in found for wait in share]
    return len(waits) / SECONDS, waits


def _clients(port: int, work: list[list[Request]]) -> list[float]:
    """Several keep-alive clients in turn in one process: each sends, then each reads."""
    lines = [http.client.HTTPConnection("127.0.0.1", port, timeout=20) for _requests in work]
    waits: list[float] = []
    until, turn = time.monotonic() + SECONDS, 0
    while time.monotonic() < until:
        started: list[float] = []
        for line, requests in zip(lines, work, strict=True):
            method, path, body, headers = requests[turn % len(requests)]
            started.append(time.monotonic())
            line.request(method, path, body, headers)
        for line, since in zip(lines, started, strict=True):
            answer: Any = line.getresponse()
            answer.read()
            if answer.status >= 500:
                raise RuntimeError(f"{answer.status} from the portal")
            if answer.status < 400:  # a resident who has that time already is refused, and does not count
                waits.append((time.monotonic() - since) * 1000)
        turn += 1
    return waits


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
