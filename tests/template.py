"""A database with every table and no row, of which each test process takes a copy: migrating takes most of a minute on a busy
machine, copying a second. It is kept beside the tests' other databases until a migration or a package changes."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg2
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
WHERE = ("host", "port", "user", "password")
LOCK = 7_120_401  # of whoever makes it; the others wait


def migrated() -> str:
    """Its name; makes it where there is none yet, and takes away those of other migrations."""
    name = f"migrated_{_digest()}"
    told = connection.get_connection_params()
    keeper = psycopg2.connect(dbname="postgres", **{key: told[key] for key in WHERE if key in told})
    keeper.autocommit = True
    try:
        with keeper.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            cursor.execute(
                "SELECT datname FROM pg_database WHERE datname LIKE 'migrated\\_%' AND datname <> 'migrated_half'"
            )
            found = {row[0] for row in cursor.fetchall()}
            if name not in found:
                for old in found:
                    cursor.execute(f'DROP DATABASE "{old}"')
                _make(cursor, name)
    finally:
        keeper.close()
    return name


def _digest() -> str:
    digest = hashlib.sha256()
    for path in [
        ROOT / "requirements.txt",
        ROOT / "community_portal" / "settings.py",
        *sorted(ROOT.glob("*/migrations/*.py")),
    ]:
        digest.update(path.read_bytes())
    for path in sorted(ROOT.glob("community_portal/*/migrations/*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _make(cursor: Any, name: str) -> None:
    """Under another name until it is whole."""
    cursor.execute("DROP DATABASE IF EXISTS migrated_half")
    cursor.execute("CREATE DATABASE migrated_half")
    url = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/migrated_half"
    env = os.environ | {"DATABASE_URL": url, "DATABASE_STATEMENT_TIMEOUT": "10min"}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=env, check=True)
    cursor.execute(f'ALTER DATABASE migrated_half RENAME TO "{name}"')
