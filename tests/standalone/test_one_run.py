"""One run per folder; what a killed run left alive is ended by the next."""

import json
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from community_portal.standalone.one_run import Stop, end_earlier

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def mark(pid: int) -> list[float]:
    return [pid, psutil.Process(pid).create_time()]


def test_second_run_is_refused(tmp_path: Path) -> None:
    other = subprocess.Popen(SLEEP)
    (tmp_path / "run.json").write_text(json.dumps({"run": mark(other.pid), "children": []}))
    try:
        with pytest.raises(Stop, match=f"process {other.pid}"):
            end_earlier(tmp_path / "run.json")
    finally:
        other.kill()
        other.wait()


def test_what_a_killed_run_left_is_ended(tmp_path: Path) -> None:
    left, innocent = subprocess.Popen(SLEEP), subprocess.Popen(SLEEP)
    gone = [left.pid, 1.0]  # the same id, but another process once
    (tmp_path / "run.json").write_text(json.dumps({"run": gone, "children": [mark(left.pid), [innocent.pid, 1.0]]}))
    try:
        end_earlier(tmp_path / "run.json")
        assert left.poll() is not None
        assert innocent.poll() is None, "an id that was given out again is not ours"
    finally:
        for process in (left, innocent):
            process.kill()
            process.wait()
