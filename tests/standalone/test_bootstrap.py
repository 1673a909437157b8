"""What goes wrong before there is a virtual environment ends in one sentence."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from community_portal.standalone import bootstrap

pytestmark = pytest.mark.own_processes
OLD = "import runpy, sys; sys.version_info = (3, 9, 0, 'final', 0); sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder with nothing but the entry and one pin."""
    entry = tmp_path / "community_portal" / "standalone" / "bootstrap.py"
    entry.parent.mkdir(parents=True)
    shutil.copy(bootstrap.__file__, entry)
    (tmp_path / "requirements.txt").write_text("no-such-package-anywhere==1\n")
    return tmp_path


def start(house: Path, *before: str, **env: str) -> subprocess.CompletedProcess[str]:
    entry = str(house / "community_portal" / "standalone" / "bootstrap.py")
    own = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
    return subprocess.run(
        [sys._base_executable, *before, entry, "requirements.txt"],  # type: ignore[attr-defined]
        env=own | env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stderr.startswith("Stopped: ") and done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_python_without_venv(house: Path) -> None:
    lame = house / "lame"
    lame.mkdir()
    (lame / "ensurepip.py").write_text("raise ImportError\n")
    assert "apt-get install python3-venv" in one_sentence(start(house, PYTHONPATH=str(lame)))
    assert not (house / ".venv").exists(), "half an environment would pass for a whole one"


def test_old_python(house: Path) -> None:
    assert "Python 3.11 or newer is needed" in one_sentence(start(house, "-c", OLD))


def test_a_linked_environment_is_left_alone(house: Path) -> None:
    theirs = house / "theirs"
    theirs.mkdir()
    (theirs / "kept").write_text("")
    (house / ".venv").symlink_to(theirs)
    assert "is a link" in one_sentence(start(house))
    assert (theirs / "kept").exists()


def test_downloads_fail_in_a_sentence_and_happen_once(house: Path) -> None:
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0"}
    assert "could not be downloaded" in one_sentence(start(house, **nowhere))
    assert not list((house / ".venv").glob("installed-*")), "a failed installation must be tried again"
    (house / "requirements.txt").write_text("# nothing\n")
    assert "Installing" in start(house, **nowhere).stdout
    unchanged = start(house, **nowhere)
    assert (unchanged.returncode, unchanged.stdout) == (0, "")
    (house / "requirements.txt").write_text("# nothing more\n")
    assert "Installing" in start(house, **nowhere).stdout
