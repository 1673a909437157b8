"""Real processes against the tests' database: one sweep that may be killed, and Celery workers that certainly are."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import uuid
from pathlib import Path

from celery import Celery
from django.conf import settings
from django.db import connection

from tests.outbox import recording

SWEEP = """
import django; django.setup()
from tests.outbox import words
from community_portal.outbox.sweep import deliver_due
deliver_due()
"""


def environment(**over: str) -> dict[str, str]:
    """What a process needs to stand beside this one."""
    database = connection.settings_dict
    url = (
        f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    )
    return {
        **os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "community_portal.settings",
        "PYTHONPATH": str(settings.BASE_DIR), "SMS_BACKEND": settings.SMS_BACKEND, "REDIS_URL": settings.REDIS_URL, **over,
    }  # fmt: skip


def sweep_in_another_process(*, dies: str = "") -> int:
    """A sweep with a connection of its own; SIGKILL takes it where the provider says. Answers its exit code."""
    env = environment(**{recording.DIES: dies})
    return subprocess.run([sys.executable, "-c", SWEEP], env=env, timeout=60).returncode


class Worker:
    """One Celery worker, in a process group of its own so that it can be killed whole."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "celery", "--app", "tests.outbox.celery_worker", "worker"]
        command += ["--queues", "messages", "--concurrency", "2", "--loglevel", "INFO", "--hostname", f"{log.stem}@%h"]
        command += ["--without-gossip", "--without-mingle"]
        self.log = log
        with log.open("wb") as out:
            self.process = subprocess.Popen(
                command, env=env, start_new_session=True, cwd=settings.BASE_DIR, stdout=out, stderr=out
            )

    @property
    def is_ready(self) -> bool:
        return self.process.poll() is None and b" ready." in self.log.read_bytes()

    def hands(self) -> list[int]:
        """The ids of its processes that do the work."""
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill(self) -> None:
        """As when its machine loses power."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=10)


class Workers:
    """Celery workers on keys of their own in the tests' Redis; ``wake`` is what beat does in real life."""

    def __init__(self, folder: Path, *, slow: float = 0.0) -> None:
        keys = f"test-{uuid.uuid4().hex[:8]}-"
        self.folder, self.env = folder, environment(**{"KEYS": keys, recording.SLOW: str(slow)})
        self.running: list[Worker] = []
        self.bell = Celery(broker=settings.REDIS_URL)
        self.bell.conf.broker_transport_options = {"global_keyprefix": keys}

    def start(self) -> None:
        self.running.append(Worker(self.env, self.folder / f"w{uuid.uuid4().hex[:6]}.log"))

    def tend(self) -> None:
        """What systemd does: a worker that ended is started anew."""
        for worker in list(self.running):
            if worker.process.poll() is not None:
                self.running.remove(worker)
                self.start()

    def wake(self, task: str = "outbox.deliver_due_messages") -> None:
        self.bell.send_task(task, queue="messages", expires=30)

    def ready(self) -> list[Worker]:
        return [worker for worker in self.running if worker.is_ready]

    def wait_until_ready(self, *, seconds: float = 40) -> None:
        gives_up = time.monotonic() + seconds
        while len(self.ready()) < len(self.running):
            assert time.monotonic() < gives_up, [worker.log.read_text()[-2000:] for worker in self.running]
            time.sleep(0.1)

    def stop(self) -> None:
        for worker in self.running:
            worker.kill()
        self.bell.close()
