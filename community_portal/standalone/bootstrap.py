"""From a bare machine to a virtual environment: run by `make` with the system's Python, standard library only.

python3 community_portal/standalone/bootstrap.py requirements.txt          makes .venv and installs the pins
python3 community_portal/standalone/bootstrap.py tests/requirements.txt    and what the tests need
"""

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OLDEST = (3, 11)


def main(requirements: str) -> None:
    """Does nothing when the pins have not changed since they were installed."""
    if sys.version_info < OLDEST:
        stop(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}.")
    venv, var = ROOT / ".venv", ROOT / "var"
    var.mkdir(exist_ok=True)
    with (var / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # `make run` and `make test` may both be the first
        make_venv(venv)
        stamp = venv / f"installed-{requirements.replace('/', '-')}"
        wanted = digest(ROOT / requirements)
        if not stamp.exists() or stamp.read_text() != wanted:
            install(venv, ROOT / requirements)
            stamp.write_text(wanted)


def make_venv(venv: Path) -> None:
    """Anew when it is half made, of another Python, or was moved: its scripts know their place by heart."""
    made_for = f"{sys.version_info[0]}.{sys.version_info[1]} {venv}"
    mark = venv / "made-for"
    if (venv / "bin" / "python").exists() and mark.exists() and mark.read_text() == made_for:
        return
    if venv.is_symlink():
        stop(
            f"{venv} is a link to an environment of somebody else's, which would be emptied. Remove the link and try again."
        )
    try:
        import ensurepip  # noqa: F401, PLC0415 - Debian leaves it out of its python3 package
        import venv as module  # noqa: F401, PLC0415
    except ImportError:
        stop("Python's venv module is missing; on Debian or Ubuntu install it with: apt-get install python3-venv")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(venv)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if made.returncode:
        stop(
            f"The virtual environment could not be made in {venv}: {(made.stdout.splitlines() or ['no reason given'])[-1]}"
        )
    mark.write_text(made_for)


def install(venv: Path, requirements: Path) -> None:
    print(f"Installing what {requirements.name} names (once, a minute or two) …", flush=True)
    pip = [str(venv / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", "install"]
    installed = subprocess.run([*pip, "--retries", "2", "-r", str(requirements)], stderr=subprocess.PIPE, text=True)
    if installed.returncode:
        lines = [line for line in installed.stderr.splitlines() if line.startswith("ERROR")] or ["pip gave no reason"]
        stop(f"The packages could not be downloaded ({lines[-1]}). Check the network and try again.")


def digest(path: Path) -> str:
    """Of the pins and of the files they include."""
    text = path.read_text()
    for line in text.splitlines():
        if line.startswith("-r "):
            text += (path.parent / line[3:].strip()).read_text()
    return hashlib.sha256(text.encode()).hexdigest()


def stop(sentence: str) -> None:
    """One clear sentence, and no trace."""
    print(f"Stopped: {sentence}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        stop(f"{error.strerror}: {error.filename}")
