"""From a bare machine to a virtual environment: run by `make` with the system's Python, standard library only.

python3 community_portal/standalone/bootstrap.py requirements.txt          makes .venv and installs the pins
python3 community_portal/standalone/bootstrap.py tests/requirements.txt    and what the tests need
"""

import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)


def main(requirements: str) -> None:
    """Does nothing when the pins have not changed since they were installed."""
    if sys.version_info < OLDEST:
        stop(f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed; this is {sys.version.split()[0]}.")
    stamp = VENV / f"installed-{requirements.replace('/', '-')}"
    wanted = digest(ROOT / requirements)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    if not (VENV / "bin" / "python").exists():
        make_venv()
    print(f"Installing what {requirements} names (once, a minute or two) …", flush=True)
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", "install"]
    installed = subprocess.run([*pip, "-r", str(ROOT / requirements)], capture_output=True, text=True)
    if installed.returncode:
        lines = [line for line in installed.stderr.splitlines() if line.startswith("ERROR")]
        stop(
            f"The packages could not be downloaded: {lines[-1] if lines else 'pip failed'}. Check the network, then again."
        )
    stamp.write_text(wanted)


def make_venv() -> None:
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        stop("Python's venv module is missing; on Debian or Ubuntu install it with: apt-get install python3-venv")


def digest(path: Path) -> str:
    """Of the pins and of the files they include."""
    text = path.read_text()
    for line in text.splitlines():
        if line.startswith("-r "):
            text += (path.parent / line[3:].strip()).read_text()
    return hashlib.sha256((text + sys.version).encode()).hexdigest()


def stop(sentence: str) -> None:
    """One clear sentence, and no trace."""
    print(f"Stopped: {sentence}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
