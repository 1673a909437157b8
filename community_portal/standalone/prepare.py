"""Everything between an empty database and a portal that may open.

One Python process for all of it: Django's own start is the costly part of a second run.
"""

import contextlib
import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

from community_portal.standalone.catalogues import compile_all
from community_portal.standalone.one_run import Stop
from community_portal.standalone.rooms import ROOT, VAR, environment

ACCOUNTS = "demo-accounts.txt"


def prepare(folder: Path, values: dict[str, str]) -> None:
    """Database and static files at the same time; a failing part ends the run with its last line."""
    compile_all()
    static = collect_static(folder, values)
    database = _command(folder, values, "community_portal.standalone", "prepare-database", str(folder / ACCOUNTS))
    try:
        _finish(folder, "The database could not be prepared", database)
        finish_static(folder, values, static)
    finally:
        for process in (database, static):
            if process and process.poll() is None:
                process.kill()


def collect_static(folder: Path, values: dict[str, str]) -> subprocess.Popen[str] | None:
    """Compressing takes most of a minute: only when a file, a package or the settings changed."""
    stamp = _stamp(values)
    if (stamp.parent / "staticfiles.json").exists() and stamp.exists() and stamp.read_text() == _static_digest():
        return None
    return _command(folder, values, "django", "collectstatic", "--noinput", "--verbosity", "0")


def finish_static(folder: Path, values: dict[str, str], collecting: subprocess.Popen[str] | None) -> None:
    if collecting:
        _finish(folder, "Static files could not be collected", collecting)
        _stamp(values).write_text(_static_digest())


def _stamp(values: dict[str, str]) -> Path:
    return Path(values.get("STATIC_ROOT") or os.environ.get("STATIC_ROOT") or VAR / "static") / "collected.stamp"


def _static_digest() -> str:
    digest = hashlib.sha256()
    for path in [
        ROOT / "requirements.txt",
        ROOT / "community_portal" / "settings.py",
        *sorted(ROOT.glob("static/**/*")),
    ]:
        if path.is_file():
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _command(folder: Path, values: dict[str, str], *words: str) -> subprocess.Popen[str]:
    # Migrations and demo data may take longer than a page is allowed to.
    patient = {"DATABASE_STATEMENT_TIMEOUT": "10min", "DJANGO_SETTINGS_MODULE": "community_portal.settings"}
    env = environment(folder, values) | patient
    return subprocess.Popen([sys.executable, "-m", *words], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True)


def _finish(folder: Path, trouble: str, process: subprocess.Popen[str]) -> None:
    """Raises Stop with the last line; the whole story goes to a log."""
    _out, said = process.communicate()
    if process.returncode:
        log = folder / "prepare.log"
        log.write_text(said)
        last = (said.strip().splitlines() or ["no reason given"])[-1]
        raise Stop(f"{trouble}: {last} (more in {log})")
    sys.stderr.write(said)


def prepare_database(accounts: Path) -> int:
    """In the process of its own: tables, calendar, and demo data when there are none yet, with a list of who may sign in."""
    import django  # noqa: PLC0415 - the run itself lives without Django
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import OperationalError, connection  # noqa: PLC0415

    django.setup()
    try:
        connection.ensure_connection()
    except OperationalError as error:
        print(f"the database does not answer: {' '.join(str(error).split())}", file=sys.stderr)
        return 1
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    with contextlib.redirect_stdout(io.StringIO()):
        call_command("import_calendar")
        call_command("load_rules")
        call_command("load_catalogue")
        call_command("load_inspection_lists")
        call_command("install_figures")  # data of an older version: what is counted since
    if os.environ.get("PORTAL_DEMO") == "1":
        call_command("load_demo", if_empty=True)
        with accounts.open("w") as file:
            call_command("demo_accounts", stdout=file)
    return 0
