"""The database away, for real: a process of its own, whose server refuses, or takes the connection and says nothing."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings

pytestmark = pytest.mark.own_processes
ASK = """
import json, time, django
django.setup()
from django.test import Client
client, answers = Client(HTTP_HOST="localhost", raise_request_exception=False), []
client.get("/offline/")
for path, session in (("/healthz", ""), ("/", ""), ("/", "a" * 32), ("/healthz", "a" * 32)):
    client.cookies.clear()
    if session:
        client.cookies["sessionid"] = client.cookies["__Host-session"] = session
    began = time.monotonic()
    answer = client.get(path)
    answers.append([path, answer.status_code, answer["Content-Type"], answer.content.decode(), time.monotonic() - began])
print(json.dumps(answers))
"""


@pytest.fixture(params=["refusing", "silent"])
def gone(request: pytest.FixtureRequest) -> Iterator[int]:
    """The port of a database that does not answer."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if request.param == "silent":
            server.listen(50)
        yield server.getsockname()[1]


def test_health_is_red_and_pages_are_polite_within_three_seconds(gone: int) -> None:
    env = {
        **os.environ, "DATABASE_URL": f"postgres://nobody@127.0.0.1:{gone}/none", "DEBUG": "0",
        "DJANGO_SETTINGS_MODULE": "community_portal.settings", "PYTHONPATH": str(settings.BASE_DIR),
    }  # fmt: skip
    asked = subprocess.run([sys.executable, "-W", "ignore", "-c", ASK], env=env, capture_output=True, text=True)
    answers = json.loads(asked.stdout.splitlines()[-1])
    assert [answer[1] for answer in answers] == [503] * 4, asked.stderr[-2000:]
    for path, _status, kind, body, seconds in answers[:3]:
        assert seconds < 3, path
        if path == "/healthz":
            assert kind == "application/json" and json.loads(body)["database"] is False
        else:
            assert "数据暂时连不上" in body and "12345" in body
