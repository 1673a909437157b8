"""Where a run keeps its things, and the environment its programs get."""

import os
import secrets
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = Path(os.environ.get("PORTAL_VAR", ROOT / "var")).absolute()


def write_secret(file: Path, text: str) -> None:
    """Readable by its owner alone from the first moment, and whole or not there at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(file.name + ".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(file)


def secret_key(folder: Path) -> str:
    """Made once and kept: encrypted fields are lost without it."""
    file = folder / "secret.key"
    if not file.exists():
        write_secret(file, secrets.token_urlsafe(50))
    return file.read_text()


def write_environment(folder: Path, values: dict[str, str]) -> None:
    """``portal.env``: `manage.py` beside a running portal reads it, so both speak to the same servers."""
    write_secret(folder / "portal.env", "".join(f"{name}={value}\n" for name, value in values.items()))


def environment(folder: Path, values: dict[str, str]) -> dict[str, str]:
    """The given values on top of ours; of the portal.env files only the folder's own counts."""
    return {**os.environ, **values, "PORTAL_ENV_FILE": str(folder / "portal.env"), "PYTHONUNBUFFERED": "1"}
