"""Data of a server without fsync: kept after a stop, never after anything else."""

import os
import signal
from pathlib import Path

import psycopg2
import pytest

from community_portal.standalone.servers import Postgres

pytestmark = [pytest.mark.own_processes, pytest.mark.long]


def _databases(server: Postgres) -> set[str]:
    connection = psycopg2.connect(server.url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        found = {name for (name,) in cursor.fetchall()}
    connection.close()
    return found


def _run(folder: Path, *, make: str = "", ends: signal.Signals | None = None) -> set[str]:
    server = Postgres(folder, is_durable=False)
    server.start()
    try:
        found = _databases(server)
        if make:
            connection = psycopg2.connect(server.url)
            connection.autocommit = True
            connection.cursor().execute(f"CREATE DATABASE {make}")
            connection.close()
        if ends:
            os.kill(server.process.pid, ends)
            server.process.wait()
    finally:
        server.stop()
    return found


def test_data_without_fsync_are_kept_after_a_stop_alone(tmp_path):
    tmp_path.chmod(0o711)
    _run(tmp_path, make="kept")
    assert "kept" in _run(tmp_path, ends=signal.SIGQUIT)
    assert "kept" not in _run(tmp_path)
