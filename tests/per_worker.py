"""Loaded before Django: each xdist worker gets a Redis database of its own, as each gets a PostgreSQL database."""

import os
import re

worker = re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or "0"
address = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
if worker != "0" or os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["REDIS_URL"] = f"{address.rsplit('/', 1)[0]}/{int(worker) + 1}"
