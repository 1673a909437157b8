"""`make run`: servers, migrations, catalogues, static files, demo data, then web, worker and beat under one runner."""

import contextlib
import json
import multiprocessing
import os
import shlex
import signal
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import TextIO

from honcho.manager import Manager
from honcho.printer import Printer

from community_portal.standalone.one_run import Stop, alone_in, remember_children, started
from community_portal.standalone.prepare import ACCOUNTS, prepare
from community_portal.standalone.rooms import ROOT, VAR, environment, secret_key, write_environment
from community_portal.standalone.servers import Postgres, Redis, why_taken

WORKERS = str(os.cpu_count() or 2)
OPENS_WITHIN = 60  # seconds


def main() -> int:
    """Runs until Ctrl-C; answers the exit code."""
    port = _port()
    with alone_in(VAR):
        if why := why_taken(port, host=_host()):
            raise Stop(why)
        own = []
        values = {
            "SECRET_KEY": os.environ.get("SECRET_KEY") or secret_key(VAR),
            "PORTAL_DEMO": os.environ.get("PORTAL_DEMO", "1"),
            "PORTAL_URL": os.environ.get("PORTAL_URL", f"http://localhost:{port}"),
            "STATIC_ROOT": os.environ.get("STATIC_ROOT", str(VAR / "static")),
            "MEDIA_ROOT": os.environ.get("MEDIA_ROOT", str(VAR / "media")),
            "BEAT_SCHEDULE_FILE": str(VAR / "beat-schedule"),
        }
        # The way to var/ may be open for PostgreSQL's user; people's papers are not.
        Path(values["MEDIA_ROOT"]).mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, server in (("DATABASE_URL", Postgres), ("REDIS_URL", Redis)):
            if os.environ.get(name):
                values[name] = os.environ[name]
            else:
                own.append(server(VAR, is_durable=True))
                values[name] = own[-1].url
        print("Starting …", flush=True)
        with started(VAR, *own):
            write_environment(VAR, values)
            prepare(VAR, values)
            code = _serve(values, port)
        print("Everything is stopped; the data stay in var/.", flush=True)
        return code


def _port() -> int:
    word = os.environ.get("PORT", "8000")
    if not (word.isdecimal() and 0 < int(word) < 65536):
        raise Stop(f"PORT={word} is no port; it is a number from 1 to 65535, such as 8000.")
    return int(word)


def _host() -> str:
    return os.environ.get("HOST", "127.0.0.1")


class Patient:
    """Output that may go away: honcho prints before it stops a process, and a closed terminal would keep it from that."""

    def __init__(self, output: TextIO) -> None:
        self.output = output

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError, RuntimeError):  # RuntimeError: a signal came in the middle of a line
            self.output.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, RuntimeError):  # RuntimeError: a signal came in the middle of a line
            self.output.flush()

    def isatty(self) -> bool:
        return self.output.isatty()


def _serve(values: dict[str, str], port: int) -> int:
    """Until a signal comes or a process ends by itself: then all end, and the exit code says so."""
    env = environment(VAR, values)
    # The worker's warning about root is for servers that stay up; this one is somebody's own machine.
    env["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser"
    web = ["granian", "--interface", "wsgi", "--host", _host(), "--port", str(port), "--workers", WORKERS,
           "--blocking-threads", "4", "--no-ws", "--respawn-failed-workers", "community_portal.wsgi:application"]  # fmt: skip
    celery = ["community_portal.standalone", "after-web", str(port), "celery", "--app", "community_portal", "--quiet"]
    worker = [
        *celery,
        "worker",
        "--queues",
        "alarms,messages,folds,default",
        "--concurrency",
        "2",
        "--loglevel",
        "WARNING",
    ]
    multiprocessing.set_start_method("fork", force=True)  # what honcho is written for
    manager = Manager(Printer(Patient(sys.stdout)))
    processes = [("web", web), ("worker", worker), ("beat", [*celery, "beat", "--loglevel", "WARNING"])]
    if os.environ.get("OCPP_PORT", "0") != "0":  # boxes of charge points that speak for themselves
        processes.append(("ocpp", ["manage", "ocpp_gateway"]))
    for name, words in processes:
        manager.add_process(name, shlex.join([sys.executable, "-m", *words]), env=env, cwd=str(ROOT))
    threading.Thread(target=_announce, args=(port, values), daemon=True).start()
    # honcho answers SIGINT and SIGTERM; a closed terminal means the same.
    signal.signal(signal.SIGHUP, lambda number, frame: os.kill(os.getpid(), signal.SIGTERM))
    manager.loop()
    if manager.returncode in (130, 143):
        return 0
    raise Stop("web, worker or beat ended by itself, so all were stopped; its last words stand above.")


def after_web(port: int, module: str, *words: str) -> int:
    """Becomes that program once the portal answers: on few cores, starts at the same time keep whoever waits for a page waiting."""
    deadline = time.monotonic() + OPENS_WITHIN
    while not _answers(port) and time.monotonic() < deadline:
        time.sleep(0.2)
    os.execv(sys.executable, [sys.executable, "-m", module, *words])


def _announce(port: int, values: dict[str, str]) -> None:
    """Says where the portal is, once it answers."""
    address = f"http://localhost:{port}"
    deadline = time.monotonic() + OPENS_WITHIN
    while not _answers(port):
        if time.monotonic() > deadline:
            print(f"The portal has not answered within {OPENS_WITHIN} s; what it says stands above.", flush=True)
            return
        time.sleep(0.1)
    remember_children(VAR)
    lines = [f"The portal is open: {address}/", f"  staff        {address}/staff/sign-in/"]
    if values["PORTAL_DEMO"] == "1":
        lines += [f"  {line}" for line in (VAR / ACCOUNTS).read_text().splitlines()]
        lines += [f"  codes        {address}/demo/outbox/"]
    lines += [f"  API          {address}/api/docs/", "Ctrl-C stops everything."]
    print("\n" + "\n".join(lines) + "\n", flush=True)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return bool(json.load(answer)["database"])
    except (OSError, ValueError):
        return False
