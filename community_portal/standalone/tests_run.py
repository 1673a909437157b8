"""`make test`: own servers in var/test, so that it runs beside `make run`; then pytest."""

import os
import subprocess
import sys

from community_portal.standalone.catalogues import compile_all
from community_portal.standalone.one_run import alone_in, started
from community_portal.standalone.prepare import collect_static, finish_static
from community_portal.standalone.rooms import ROOT, VAR, environment
from community_portal.standalone.servers import Postgres, Redis

FOLDER = VAR / "test"
NO_SPREAD = ("-n", "--numprocesses", "--pdb", "--trace", "--collect-only", "--co")


def main(words: list[str]) -> int:
    """Answers pytest's exit code. Two workers unless the words say otherwise or TEST_WORKERS does."""
    with alone_in(FOLDER):
        postgres, redis = Postgres(FOLDER, is_durable=False), Redis(FOLDER, is_durable=False)
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
        with started(FOLDER, postgres, redis):
            compile_all()
            finish_static(FOLDER, values, collect_static(FOLDER, values))
            # Django's live test server serves plain names; the manifest was proved by the line above.
            values["DEBUG"] = "1"
            spread = (
                [] if any(word.startswith(NO_SPREAD) for word in words) else ["-n", os.environ.get("TEST_WORKERS", "2")]
            )
            command = [sys.executable, "-m", "pytest", *spread, *words]
            return subprocess.run(command, cwd=ROOT, env=environment(FOLDER, values)).returncode
