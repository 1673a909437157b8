"""The portal as `make run` starts it: from nothing to open, and down again without a trace."""

import json
import os
import platform
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import psutil
import psycopg2
import pytest

from community_portal.standalone.rooms import ROOT
from community_portal.standalone.servers import free_port

pytestmark = pytest.mark.own_processes
OUTSIDE = ("DATABASE_URL", "REDIS_URL", "PORTAL_ENV_FILE", "SECRET_KEY", "PORTAL_URL", "MEDIA_ROOT")


def environment(folder: Path, port: int) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if name not in OUTSIDE}
    return own | {"PORTAL_VAR": str(folder), "PORT": str(port), "PORTAL_DEMO": "0", "PYTHONUNBUFFERED": "1"}


def start(folder: Path, port: int | str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "community_portal.standalone", "run"]
    env = environment(folder, 1) | {"PORT": str(port)}
    return subprocess.run(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30
    )


class Portal:
    """A running portal in a session of its own, as from a terminal."""

    def __init__(self, folder: Path, **over: str) -> None:
        self.folder, self.port, self.log = folder, free_port(), folder / "said.log"
        folder.mkdir(exist_ok=True)
        with self.log.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "community_portal.standalone", "run"],
                cwd=ROOT, env=environment(folder, self.port) | over, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
                start_new_session=True,
            )  # fmt: skip

    def wait_open(self) -> None:
        deadline = time.monotonic() + 90
        while "The portal is open" not in self.log.read_text():
            assert self.process.poll() is None and time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def value(self, name: str) -> str:
        lines = dict(line.split("=", 1) for line in (self.folder / "portal.env").read_text().splitlines())
        return lines[name]


def left_over(family: list[psutil.Process]) -> list[psutil.Process]:
    _gone, alive = psutil.wait_procs(family, timeout=3)
    return [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture
def portals(tmp_path: Path) -> Iterator[list[Portal]]:
    opened: list[Portal] = []
    yield opened
    for portal in opened:
        if portal.process.poll() is None:
            portal.process.terminate()
            portal.process.wait(timeout=30)


def test_taken_port(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = start(tmp_path, port)
    assert done.returncode == 1
    assert done.stderr == f"Stopped: Port {port} is taken; choose another with: make run PORT={port + 1}\n"


def test_a_port_that_is_none(tmp_path: Path) -> None:
    done = start(tmp_path, "eight")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "PORT=eight is no port" in done.stderr


def test_down_without_a_trace_and_up_again_with_everything(tmp_path: Path, portals: list[Portal]) -> None:
    folder = tmp_path / "var"
    first = Portal(folder)
    portals.append(first)
    first.wait_open()
    with urllib.request.urlopen(f"http://127.0.0.1:{first.port}/healthz") as answer:
        assert json.load(answer)["database"] is True
    secret = first.value("SECRET_KEY")
    for file in ("portal.env", "secret.key", "postgres.password"):
        assert stat.S_IMODE((folder / file).stat().st_mode) == 0o600
    with psycopg2.connect(first.value("DATABASE_URL")) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        cursor.execute(
            "INSERT INTO dashboards_coarserollup (measure, is_month, day, label, amount)"
            " VALUES ('help_requests_received', false, '2026-11-01', '', 9)"
        )
    connection.close()

    # One of the processes dies by itself: all end, with a sentence.
    family = first.family()
    beat = next(process for process in family if "beat" in process.cmdline())
    beat.kill()
    assert first.process.wait(timeout=30) == 1
    assert "ended by itself, so all were stopped" in first.log.read_text()
    assert left_over(family) == []

    # Again: the same secret, the same data; Ctrl-C reaches the whole foreground group.
    second = Portal(folder)
    portals.append(second)
    second.wait_open()
    assert second.value("SECRET_KEY") == secret
    with psycopg2.connect(second.value("DATABASE_URL")) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM kept")
        assert cursor.fetchone() == (42,)
        cursor.execute("SELECT sum(amount) FROM dashboards_coarserollup")
        assert cursor.fetchone() == (0,), "what an older version had summed is counted anew"
    connection.close()
    assert "already runs from this folder" in start(folder, free_port()).stderr
    runs_on_the_servers_it_is_given(tmp_path / "guest", portals, second)
    family = second.family()
    os.killpg(second.process.pid, signal.SIGINT)
    assert second.process.wait(timeout=30) == 0
    assert "Traceback" not in second.log.read_text()
    assert left_over(family) == []


def runs_on_the_servers_it_is_given(folder: Path, portals: list[Portal], host: Portal) -> None:
    """It makes none of its own, and at its end leaves those alone that are not its own."""
    given = {name: host.value(name) for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY")}
    guest = Portal(folder, **given)
    portals.append(guest)
    guest.wait_open()
    assert {name: guest.value(name) for name in given} == given
    assert not {"postgres", "redis"} & {process.name().split("-")[0] for process in guest.family()}
    assert not {"postgres", "redis"} & {path.name for path in folder.iterdir()}
    guest.process.send_signal(signal.SIGTERM)
    assert guest.process.wait(timeout=30) == 0
    with urllib.request.urlopen(f"http://127.0.0.1:{host.port}/healthz") as answer:
        assert json.load(answer)["database"] is True


def test_background_work_starts_when_the_page_can_be_seen() -> None:
    answers = [False, False, True]

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"database": answers.pop(0)}).encode())

        def log_message(self, *words: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Health) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        words = [sys.executable, "-m", "community_portal.standalone", "after-web", str(server.server_port), "platform"]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60)
        server.shutdown()
    assert answers == [] and platform.platform() in done.stdout, done.stderr
