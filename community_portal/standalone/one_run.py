"""One run per folder, and no process left behind: not after Ctrl-C, a signal or a crash of the run itself."""

import contextlib
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Protocol

import psutil


class Stop(Exception):
    """What went wrong in one sentence for the person at the keyboard."""


class Server(Protocol):
    def start(self) -> None: ...
    def stop(self) -> None: ...


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """The folder is ours: a second run is refused, what a killed run left alive is ended first.

    Within, SIGTERM and a closed terminal end like Ctrl-C. Raises Stop when another run is at work here.
    """
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "run.json"
    end_earlier(record)
    remember_children(folder)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        yield
    finally:
        record.unlink(missing_ok=True)


@contextlib.contextmanager
def started(folder: Path, *servers: Server) -> Iterator[None]:
    """Starts the servers in order; whatever happens, stops them in the other order, and no impatient second Ctrl-C gets between."""
    try:
        for server in servers:
            server.start()
            remember_children(folder)
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for server in reversed(servers):
            server.stop()


def remember_children(folder: Path) -> None:
    """Writes down who runs here. A process is its id and its start: ids are given out again."""
    me = psutil.Process()
    record = {"run": _mark(me), "children": [_mark(child) for child in me.children(recursive=True)]}
    fresh = folder / "run.json.new"
    fresh.write_text(json.dumps(record))
    fresh.replace(folder / "run.json")


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _mark(process: psutil.Process) -> list[float]:
    try:
        return [process.pid, process.create_time()]
    except psutil.NoSuchProcess:
        return [0, 0]


def _alive(mark: list[float]) -> psutil.Process | None:
    pid, began = int(mark[0]), mark[1]
    try:
        process = psutil.Process(pid)
        same = pid and process.create_time() == began and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return None
    return process if same else None


def end_earlier(record: Path) -> None:
    """Ends what the recorded run left alive; raises Stop when that run is itself alive."""
    try:
        earlier = json.loads(record.read_text())
        marks = [earlier["run"], *earlier["children"]]
    except (OSError, ValueError, KeyError):
        return
    if (running := _alive(marks[0])) and running.pid != os.getpid():
        raise Stop(f"It already runs from this folder (process {running.pid}); stop that one first.")
    _end([process for mark in marks[1:] if (process := _alive(mark))])


def _end(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            # To PostgreSQL, SIGINT means: now, but cleanly.
            process.send_signal(signal.SIGINT if process.name() == "postgres" else signal.SIGTERM)
    for process in psutil.wait_procs(processes, timeout=10)[1]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
