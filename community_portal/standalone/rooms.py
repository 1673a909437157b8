"""Where a run keeps its things, and the environment its programs get."""

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = ROOT / "var"


def secret_key(folder: Path) -> str:
    """Made once and kept: encrypted fields are lost without it."""
    file = folder / "secret.key"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text()


def write_environment(folder: Path, values: dict[str, str]) -> None:
    """``portal.env``: `manage.py` beside a running portal reads it, so both speak to the same servers."""
    file = folder / "portal.env"
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text("".join(f"{name}={value}\n" for name, value in values.items()))


def environment(values: dict[str, str]) -> dict[str, str]:
    """The given values on top of ours, which win over a portal.env of another run."""
    return {**os.environ, **values, "PYTHONUNBUFFERED": "1"}
