"""`make run`: servers, migrations, catalogues, static files, demo data, then web, worker and beat under one runner."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType

from honcho.manager import Manager

from community_portal.standalone.catalogues import compile_all
from community_portal.standalone.rooms import ROOT, VAR, environment, secret_key, write_environment
from community_portal.standalone.servers import Postgres, Redis, Stop, is_taken

BIN = Path(sys.executable).parent
WORKERS = str(os.cpu_count() or 2)


def main() -> int:
    """Runs until Ctrl-C; answers the exit code."""
    port = int(os.environ.get("PORT", "8000"))
    if is_taken(port):
        raise Stop(f"Port {port} is taken; choose another with: make run PORT={port + 1}")
    started: list[Postgres | Redis] = []
    # A SIGTERM while setting up ends like Ctrl-C: whatever was started is stopped again.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        values = _start_servers(started, port)
        prepare(values)
        return _serve(values, port)
    except KeyboardInterrupt:
        return 0
    finally:
        for server in reversed(started):
            server.stop()
        print("Everything is stopped; the data stay in var/.", flush=True)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _start_servers(started: list[Postgres | Redis], port: int) -> dict[str, str]:
    VAR.mkdir(exist_ok=True)
    values = {
        "SECRET_KEY": os.environ.get("SECRET_KEY") or secret_key(VAR),
        "PORTAL_DEMO": os.environ.get("PORTAL_DEMO", "1"),
        "PORTAL_URL": os.environ.get("PORTAL_URL", f"http://localhost:{port}"),
    }
    if os.environ.get("DATABASE_URL"):
        values["DATABASE_URL"] = os.environ["DATABASE_URL"]
    else:
        print("Starting PostgreSQL …", flush=True)
        postgres = Postgres(VAR, is_durable=True)
        started.append(postgres)
        postgres.start()
        values["DATABASE_URL"] = postgres.url
    if os.environ.get("REDIS_URL"):
        values["REDIS_URL"] = os.environ["REDIS_URL"]
    else:
        redis = Redis(VAR, is_durable=True)
        started.append(redis)
        redis.start()
        values["REDIS_URL"] = redis.url
    write_environment(VAR, values)
    return values


def prepare(values: dict[str, str]) -> None:
    """Everything between an empty database and a portal that may open."""
    compile_all()
    manage(values, "migrate", "--verbosity", "0")
    manage(values, "createcachetable")
    manage(values, "collectstatic", "--noinput", "--verbosity", "0")
    manage(values, "import_calendar")
    if values["PORTAL_DEMO"] == "1":
        manage(values, "load_demo", "--if-empty")


def manage(values: dict[str, str], *words: str) -> None:
    """One management command; a failing one ends the run with its last line."""
    # Migrations and demo data may take longer than a page is allowed to.
    env = environment(values) | {"DATABASE_STATEMENT_TIMEOUT": "10min"}
    done = subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise Stop(f"manage.py {words[0]} failed: {(done.stderr.strip().splitlines() or ['no word'])[-1]}")


def _serve(values: dict[str, str], port: int) -> int:
    manager = Manager()
    env = environment(values)
    host = os.environ.get("HOST", "127.0.0.1")
    web = (
        f"{BIN}/granian --interface wsgi --host {host} --port {port} --workers {WORKERS} --blocking-threads 4"
        " --no-ws --respawn-failed-workers community_portal.wsgi:application"
    )
    celery = f"{BIN}/celery --app community_portal --quiet"
    manager.add_process("web", web, env=env, cwd=str(ROOT))
    manager.add_process(
        "worker",
        f"{celery} worker --queues messages,folds,default --concurrency 2 --loglevel WARNING",
        env=env,
        cwd=str(ROOT),
    )
    manager.add_process("beat", f"{celery} beat --loglevel WARNING", env=env, cwd=str(ROOT))
    threading.Thread(target=_announce, args=(port, values), daemon=True).start()
    manager.loop()
    if manager.returncode not in (0, None, 130, -2, -15):
        print("One of the processes ended by itself; its last words stand above. Everything is stopped.", flush=True)
        return int(manager.returncode)
    return 0


def _announce(port: int, values: dict[str, str]) -> None:
    """Says where the portal is, once it answers."""
    address = f"http://localhost:{port}"
    for _try in range(240):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
                if json.load(answer)["database"]:
                    break
        except (OSError, urllib.error.URLError, ValueError):
            pass
        time.sleep(0.25)
    lines = [f"The portal is open: {address}/", f"  staff        {address}/staff/sign-in/"]
    if values["PORTAL_DEMO"] == "1":
        lines += [
            "  accounts     reception grid manager eldercare charging safety street contractor agency admin",
            "  password     demo-2026-huiketing",
            "  residents    phones 13800000001 … 13800000005",
            f"  codes        {address}/demo/outbox/",
        ]
    lines += [f"  API          {address}/api/docs/", "Ctrl-C stops everything."]
    print("\n" + "\n".join(lines) + "\n", flush=True)
