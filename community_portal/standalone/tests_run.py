"""`make test`: own servers in var/test, so that it runs beside `make run`; then pytest."""

import os
import subprocess
import sys

from community_portal.standalone.catalogues import compile_all
from community_portal.standalone.rooms import ROOT, VAR, environment
from community_portal.standalone.run import manage
from community_portal.standalone.servers import Postgres, Redis

FOLDER = VAR / "test"


def main(words: list[str]) -> int:
    """Answers pytest's exit code."""
    postgres, redis = Postgres(FOLDER, is_durable=False), Redis(FOLDER, is_durable=False)
    try:
        postgres.start()
        redis.start()
        values = {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": redis.url,
            "SECRET_KEY": "only-for-tests-0123456789-0123456789-0123456789",
            "PORTAL_DEMO": "1",
            "PORTAL_URL": "http://localhost:8000",
            "STATIC_ROOT": str(FOLDER / "static"),
            "MEDIA_ROOT": str(FOLDER / "media"),
            "DJANGO_SETTINGS_MODULE": "community_portal.settings",
        }
        compile_all()
        manage(values, "collectstatic", "--noinput", "--verbosity", "0")
        # Django's live test server serves plain names; the manifest was proved by the line above.
        values["DEBUG"] = "1"
        spread = (
            []
            if any(w.startswith(("-n", "-x", "--pdb")) for w in words)
            else ["-n", os.environ.get("TEST_WORKERS", "2")]
        )
        return subprocess.run(
            [sys.executable, "-m", "pytest", *spread, *words], cwd=ROOT, env=environment(values)
        ).returncode
    finally:
        redis.stop()
        postgres.stop()
