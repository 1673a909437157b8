"""One run per folder; what a killed run left alive is ended by the next."""

import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from community_portal.standalone.one_run import Stop, alone_in

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def keep_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest's own answer to Ctrl-C stays as it is."""
    monkeypatch.setattr("signal.signal", lambda number, answer: None)


def mark(pid: int) -> list[float]:
    return [pid, psutil.Process(pid).create_time()]


def test_second_run_is_refused(tmp_path: Path, keep_signals: None) -> None:
    other = subprocess.Popen(SLEEP)
    (tmp_path / "run.json").write_text(json.dumps({"run": mark(other.pid), "children": []}))
    try:
        with pytest.raises(Stop, match=f"process {other.pid}"), alone_in(tmp_path):
            pass
    finally:
        other.kill()
        other.wait()


def test_what_a_killed_run_left_is_ended(tmp_path: Path, keep_signals: None) -> None:
    left, innocent = subprocess.Popen(SLEEP), subprocess.Popen(SLEEP)
    gone = [left.pid, 1.0]  # the same id, but another process once
    (tmp_path / "run.json").write_text(json.dumps({"run": gone, "children": [mark(left.pid), [innocent.pid, 1.0]]}))
    try:
        with alone_in(tmp_path):
            assert left.poll() is not None
            assert innocent.poll() is None, "an id that was given out again is not ours"
        assert not (tmp_path / "run.json").exists()
    finally:
        for process in (left, innocent):
            process.kill()
            process.wait()
