"""`make bench`: a durable PostgreSQL of its own in var/bench, nothing else running, then `manage.py bench`."""

import subprocess
import sys

from community_portal.standalone.one_run import alone_in, started
from community_portal.standalone.prepare import prepare
from community_portal.standalone.rooms import ROOT, VAR, environment, secret_key
from community_portal.standalone.servers import Postgres, Redis

FOLDER = VAR / "bench"


def main(words: list[str]) -> int:
    """Answers the bench's exit code."""
    with alone_in(FOLDER):
        postgres, redis = Postgres(FOLDER, is_durable=True), Redis(FOLDER, is_durable=True)
        values = {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": redis.url,
            "SECRET_KEY": secret_key(FOLDER),
            "PORTAL_DEMO": "0",
            "DATABASE_STATEMENT_TIMEOUT": "30min",
            "STATIC_ROOT": str(FOLDER / "static"),
            "MEDIA_ROOT": str(FOLDER / "media"),
        }
        with started(FOLDER, postgres, redis):
            prepare(FOLDER, values)
            command = [sys.executable, "manage.py", "bench", *words]
            return subprocess.run(command, cwd=ROOT, env=environment(FOLDER, values)).returncode
