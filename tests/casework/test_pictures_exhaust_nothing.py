"""Eight people send the dearest pictures there are, all at once, to a real web process: it stays small, and pages answer."""

import http.client
import re
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

import psutil
import pytest
from django.core.cache import caches
from django.test import Client
from PIL import Image

from tests.casework.photos import as_bytes, png_of_zeros
from tests.cast import make_cast
from tests.factories import make_category, make_resident, make_resident_account
from tests.outbox.processes import environment

pytestmark = [pytest.mark.own_processes, pytest.mark.django_db(transaction=True)]
PEOPLE, PHOTOS = 8, 6
MOST_MEMORY = 600 * 1024 * 1024
TOO_MUCH = 2 * MOST_MEMORY  # here the test ends the process, before it takes the machine with it


class Web:
    """One process of granian with its four threads, as `make run` starts them, and how much memory it has held."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
            "--workers",
            "1",
        ]
        command += ["--blocking-threads", "4", "--no-ws", "community_portal.wsgi:application"]
        self.log = folder / "web.log"
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(command, env=environment(), stdout=out, stderr=out)
        self.most_memory, self.is_over = 0, threading.Event()

    def wait(self) -> None:
        gives_up = time.monotonic() + 60
        while time.monotonic() < gives_up:
            try:
                return void(self.page("/healthz"))
            except OSError:
                time.sleep(0.2)
        raise AssertionError(self.log.read_text()[-2000:])

    def page(self, path: str) -> float:
        """Seconds until the page was there."""
        started = time.monotonic()
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            line.request("GET", path, headers={"Host": "localhost"})
            assert line.getresponse().read()
        return time.monotonic() - started

    def post(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as line:
            line.request("POST", "/help/", body, headers)
            answer = line.getresponse()
            return answer.status, answer.read().decode()

    def watch(self) -> None:
        worker = psutil.Process(self.process.pid).children(recursive=True)[-1]
        while not self.is_over.wait(0.01) and worker.is_running():
            self.most_memory = max(self.most_memory, worker.memory_info().rss)
            if self.most_memory > TOO_MUCH:
                return self.end()
        return None

    def end(self) -> None:
        for process in [*psutil.Process(self.process.pid).children(recursive=True), self.process]:
            process.kill()
        self.process.wait(10)


def void(_answer: Any) -> None:
    """For its errors only."""


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    web = Web(tmp_path)
    yield web
    web.is_over.set()
    if web.process.poll() is None:
        web.end()


def asking(user: Any, category: int, picture: bytes) -> tuple[bytes, dict[str, str]]:
    """What a browser sends with the form, photos and all."""
    client = Client(HTTP_HOST="localhost")
    client.force_login(user)
    page = client.get("/help/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    mark = uuid.uuid4().hex
    fields = {"csrfmiddlewaretoken": token[1], "category": str(category), "words": "楼道灯不亮", "urgency": "normal"}
    body = b"".join(
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    for n in range(PHOTOS):
        head = f'--{mark}\r\nContent-Disposition: form-data; name="photos"; filename="{n}.png"\r\n'
        body += head.encode() + b"Content-Type: image/png\r\n\r\n" + picture + b"\r\n"
    cookies = "; ".join(f"{name}={cookie.value}" for name, cookie in client.cookies.items())
    headers = {"Host": "localhost", "Cookie": cookies, "Content-Type": f"multipart/form-data; boundary={mark}"}
    return body + f"--{mark}--\r\n".encode(), headers


@pytest.mark.parametrize(
    ("picture", "statuses", "sentence"),
    [
        (png_of_zeros(7300, 5440, is_colour=True), {422}, "像素太多了"),
        (png_of_zeros(4000, 3990, is_colour=True), {303, 422}, "过几秒再交"),
    ],
    ids=["more than may be", "as many as may be"],
)
def test_pictures_exhaust_neither_memory_nor_threads(
    web: Web, picture: bytes, statuses: set[int], sentence: str
) -> None:
    assert len(picture) < 200_000
    caches["default"].clear()
    cast, category = make_cast(), make_category().pk
    accounts = [make_resident_account(make_resident(household=cast.household)) for _n in range(PEOPLE)]
    posts = [asking(user, category, picture) for user in accounts]
    answers: list[tuple[int, str]] = []

    def send(body: bytes, headers: dict[str, str]) -> None:
        answers.append(web.post(body, headers))

    web.wait()
    senders = [threading.Thread(target=send, args=post) for post in posts]
    for thread in [watcher := threading.Thread(target=web.watch), *senders]:
        thread.start()
    waited = []
    while any(sender.is_alive() for sender in senders) or len(waited) < 5:
        waited.append(web.page("/"))
        time.sleep(0.02)
    web.is_over.set()
    watcher.join(5)
    assert web.most_memory < MOST_MEMORY, f"{web.most_memory / 1e6:.0f} MB"
    assert median(waited) < 1, waited
    assert {status for status, _page in answers} <= statuses and len(answers) == PEOPLE
    told = [page for status, page in answers if status == 422]
    assert all(sentence in page and "楼道灯不亮" in page for page in told)


def test_a_photo_of_a_modern_phone_does_not_fill_the_memory(web: Web) -> None:
    """Forty-eight million pixels with the shades of a real one, in files of some megabytes."""
    tile = Image.effect_noise((1008, 1008), 40).convert("RGB")
    picture = Image.new("RGB", (8064, 6048))
    for x in range(0, 8064, 1008):
        for y in range(0, 6048, 1008):
            picture.paste(tile, (x, y))
    caches["default"].clear()
    user = make_cast().elder_account
    body, headers = asking(user, make_category().pk, as_bytes(picture, "JPEG", quality=40))
    web.wait()
    (watcher := threading.Thread(target=web.watch)).start()
    assert web.post(body, headers)[0] == 303
    web.is_over.set()
    watcher.join(5)
    assert web.most_memory < MOST_MEMORY, f"{web.most_memory / 1e6:.0f} MB"
