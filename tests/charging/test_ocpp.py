"""The gateway for boxes: 200 of them at once, the wrong key, two of one name, and ten thousand frames that mean no good."""

import asyncio
import base64
import datetime as dt
import json
import os
import random
import signal
import socket as sockets_of_this_machine
import subprocess
import sys
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connection
from ocpp.v16 import ChargePoint as Speaker
from ocpp.v16 import call
from ocpp.v16.enums import ChargePointErrorCode, ChargePointStatus
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from charging.actions.ports import new_ocpp_key
from charging.actions.statuses import Heard as One
from charging.actions.statuses import take_statuses
from charging.models import ChargePoint, Port, PortStatus
from charging.ocpp.book import Book
from charging.ocpp.box import Box, Known, _told
from charging.ocpp.gateway import BIGGEST, NONSENSE, Gateway
from community_portal import clock
from tests.cast import Cast
from tests.charging.boxes import make_box, make_operator, make_serving_site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]


def socket_of(gateway: Gateway, name: str, key: str, **more: Any) -> Any:
    head = base64.b64encode(f"{name}:{key}".encode()).decode()
    return connect(
        f"ws://127.0.0.1:{gateway.port}/ocpp/{name}",
        subprotocols=["ocpp1.6"],  # type: ignore[list-item]
        additional_headers={"Authorization": f"Basic {head}"},
        **more,
    )


def make_boxes(cast: Cast, n: int, *, sockets: int = 2) -> dict[str, str]:
    """Names and keys."""
    site, operator = make_serving_site(cast.home), make_operator()
    return {
        box.code: new_ocpp_key(box, by=None)
        for box in (make_box(site, operator, sockets=sockets, code=f"OC{number:03d}") for number in range(n))
    }


def on_air(talk: Callable[[Gateway, Book], Coroutine[Any, Any, Any]]) -> Any:
    """The gateway on some port while ``talk`` goes on; what it heard is written down afterwards."""

    async def run() -> Any:
        async with Gateway(book, host="127.0.0.1", port=0) as gateway:
            return await talk(gateway, book)

    book = Book()
    book.start()
    try:
        return apart(run())
    finally:
        book.stop()


def apart(talk: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: the browser of other tests has a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, talk).result()


class Simulated(Speaker):
    async def live(self, sockets: int) -> str:
        boot = await self.call(call.BootNotification(charge_point_model="2x", charge_point_vendor="测试"))
        for number in range(1, sockets + 1):
            await self.call(
                call.StatusNotification(
                    connector_id=number,
                    error_code=ChargePointErrorCode.no_error,
                    status=ChargePointStatus.charging if number % 2 else ChargePointStatus.available,
                    timestamp=dt.datetime.now(dt.UTC).isoformat(),
                )
            )
        await self.call(call.Heartbeat())
        return str(boot.status)


async def one_life(gateway: Gateway, name: str, key: str, sockets: int = 2) -> str:
    async with socket_of(gateway, name, key) as socket:
        box = Simulated(name, socket)
        ears = asyncio.create_task(box.start())
        try:
            return await box.live(sockets)
        finally:
            ears.cancel()


def test_two_hundred_boxes_at_once(cast: Cast):
    boxes = make_boxes(cast, 200)

    async def all_of_them(gateway: Gateway, _book: Book) -> list[str]:
        return await asyncio.gather(*(one_life(gateway, *box) for box in boxes.items()))

    assert set(on_air(all_of_them)) == {"Accepted"}
    assert PortStatus.objects.count() == 400
    assert set(Port.objects.filter(number=1).values_list("state", "state_source")) == {("in_use", "ocpp")}
    assert set(Port.objects.filter(number=2).values_list("state", flat=True)) == {"available"}
    assert not ChargePoint.objects.filter(heard_at__isnull=True).exists()


@pytest.mark.parametrize("wrong", ["key", "name", "head", "other"])
def test_whoever_is_not_known_is_refused(cast: Cast, wrong: str):
    (name, key), (other, _other) = make_boxes(cast, 2).items()
    told = {"key": (name, key + "x"), "name": ("NOBODY", key), "other": (other, key), "head": (name, "")}[wrong]

    async def knock(gateway: Gateway, _book: Book) -> int:
        with pytest.raises(InvalidStatus) as refused:
            async with socket_of(gateway, *told):
                pass
        return int(refused.value.response.status_code)

    assert on_air(knock) == 401


def test_a_new_key_ends_the_old_one(cast: Cast):
    ((name, key),) = make_boxes(cast, 1).items()
    new = new_ocpp_key(ChargePoint.objects.get(), by=None)
    assert key not in ChargePoint.objects.get().ocpp_key_hash

    async def both(gateway: Gateway, _book: Book) -> str:
        with pytest.raises(InvalidStatus):
            await one_life(gateway, name, key)
        return await one_life(gateway, name, new)

    assert on_air(both) == "Accepted"


def test_the_newest_connection_of_a_box_wins(cast: Cast):
    ((name, key),) = make_boxes(cast, 1).items()

    async def twice(gateway: Gateway, _book: Book) -> Any:
        async with socket_of(gateway, name, key) as old, socket_of(gateway, name, key) as new:
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(old.recv(), 5)
            await new.send(json.dumps([2, "1", "Heartbeat", {}]))
            answer = json.loads(await asyncio.wait_for(new.recv(), 5))
            return closed.value.rcvd.code, answer[0], list(gateway.here) == [name]  # type: ignore[union-attr]

    assert on_air(twice) == (1008, 3, True)


def hostile(random: random.Random, n: int) -> Any:
    """Frames as nobody should send them."""
    boot: Any = {"chargePointModel": "x", "chargePointVendor": "y"}
    kinds: list[Callable[[], Any]] = [
        lambda: "",
        lambda: "{",
        lambda: "[" * 50_000,
        lambda: random.randbytes(random.randint(1, 300)),
        lambda: "\x00\x01" * 20,
        lambda: json.dumps([3, "1", {}]),
        lambda: json.dumps([4, "1", "InternalError", "", {}]),
        lambda: json.dumps([2, "1", "Explode", {}]),
        lambda: json.dumps([2, 1, "Heartbeat", {}]),
        lambda: json.dumps([2, "1", "Heartbeat", []]),
        lambda: json.dumps([2, "1", "Heartbeat", {"a": {"b": ["c"] * 50}}]),
        lambda: json.dumps([2, "1", "BootNotification", boot | {"chargePointModel": "x" * 5000}]),
        lambda: json.dumps([2, "1", "BootNotification", {}]),
        lambda: json.dumps([2, "1" * 4000, "BootNotification", boot]),
        lambda: json.dumps([2, "1", "StatusNotification", {"connectorId": -1, "errorCode": "NoError", "status": "Charging"}]),
        lambda: json.dumps([2, "1", "StatusNotification", {"connectorId": 10**30, "errorCode": "NoError", "status": "Charging"}]),
        lambda: json.dumps([2, "1", "StatusNotification", {"connectorId": 1, "errorCode": "No", "status": "Gone"}]),
        lambda: json.dumps([2, "1", "StatusNotification", {"connectorId": 99, "errorCode": "NoError", "status": "Charging"}]),
        lambda: json.dumps([2, "1", "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Charging", "timestamp": "9999-99-99T99:99:99Z"}]),
        lambda: json.dumps([2, "1", "StartTransaction", {"connectorId": 1, "idTag": "'; DROP TABLE", "meterStart": 0, "timestamp": "x"}]),
        lambda: json.dumps([True, "1", "Heartbeat", {}]),
        lambda: '[2, "1", "Heartbeat", {"a": ' + "9" * 5000 + "}]",
        lambda: json.dumps({"2": "Heartbeat"}),
        lambda: "null",
        lambda: json.dumps([2, "\ud800", "Heartbeat", {}]),
    ]  # fmt: skip
    for _n in range(n):
        yield random.choice(kinds)()


def test_ten_thousand_hostile_frames_and_it_lives(cast: Cast):
    boxes = make_boxes(cast, 11)
    good, *bad = boxes.items()

    async def attack(gateway: Gateway, box: tuple[str, str], seed: int, n: int) -> int:
        sent, frames = 0, hostile(random.Random(seed), n)
        while sent < n:  # put out for nonsense, it comes back
            try:
                async with socket_of(gateway, *box, max_queue=None) as socket:
                    for frame in frames:
                        await socket.send(frame)
                        sent += 1
            except (ConnectionClosed, OSError):
                sent += 1
                continue
            break
        return sent

    async def besieged(gateway: Gateway, _book: Book) -> Any:
        sieges = [asyncio.create_task(attack(gateway, box, seed, 1000)) for seed, box in enumerate(bad)]
        lives = []
        while not all(siege.done() for siege in sieges):
            lives.append(await one_life(gateway, *good))
        lives.append(await one_life(gateway, *good))
        return sum([await siege for siege in sieges]), set(lives)

    sent, lives = on_air(besieged)
    assert sent >= 10_000
    assert lives == {"Accepted"}
    assert Port.objects.get(point__ocpp_identity=good[0], number=1).state == "in_use"


def test_a_message_that_is_too_large_ends_its_connection(cast: Cast):
    ((name, key),) = make_boxes(cast, 1).items()

    async def shout(gateway: Gateway, _book: Book) -> Any:
        async with socket_of(gateway, name, key) as socket:
            await socket.send("x" * (BIGGEST + 1))
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), 5)
            return closed.value.rcvd.code, await one_life(gateway, name, key)  # type: ignore[union-attr]

    assert on_air(shout) == (1009, "Accepted")


def test_too_much_nonsense_ends_its_connection(cast: Cast):
    ((name, key),) = make_boxes(cast, 1).items()

    async def babble(gateway: Gateway, _book: Book) -> Any:
        async with socket_of(gateway, name, key) as socket:
            for _n in range(NONSENSE):
                await socket.send("{}")
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(socket.recv(), 5)
            return closed.value.rcvd.code  # type: ignore[union-attr]

    assert on_air(babble) == 1002


# ---- what a box says --------------------------------------------------------------------------------------------------
class Heard:
    def __init__(self) -> None:
        self.events: list[Any] = []

    def hear(self, operator: int, heard: Any) -> None:
        self.events += [(one.port, one.word, one.vendor_code) for one in heard]


def box_of(*ports: int) -> tuple[Box, Heard]:
    book = Heard()
    return Box(Known(1, "SH9", "SH9", 7, frozenset(ports)), None, book), book  # type: ignore[arg-type]


def test_what_is_said_of_the_whole_box_is_said_of_each_socket_only_where_none_works():
    box, book = box_of(1, 2)
    box.on_status(0, "NoError", "Available")
    assert book.events == []
    box.on_status(0, "GroundFailure", "Faulted")
    assert book.events == [("SH9-01", "Faulted", "GroundFailure"), ("SH9-02", "Faulted", "GroundFailure")]


def test_signs_that_no_database_holds_are_left_out(cast: Cast):
    box, heard = box_of(1)
    box.on_status(1, "OtherError", "Faulted", vendor_error_code="E\0-\ud8004\x072")
    assert heard.events == [("SH9-01", "Faulted", "E-42")]
    make_boxes(cast, 1)
    port, book = Port.objects.select_related("point").first(), Book()
    assert port is not None
    book.hear(
        port.point.operator_id,
        [
            One("a\0", clock.now(), "Charging", port=port.code),
            One("b", clock.now(), "\ud800", port=port.code),
            One("c", clock.now(), "Charging", port=port.code),
        ],
    )
    book.write()
    assert PortStatus.objects.get().event_id == "c"


def test_a_socket_that_is_not_there_is_no_news_and_a_fault_keeps_the_vendors_code():
    box, book = box_of(1)
    box.on_status(13, "NoError", "Charging")
    box.on_status(1, "OtherError", "Faulted", vendor_error_code="E-42")
    assert book.events == [("SH9-01", "Faulted", "E-42")]


NOW = clock.now()


@pytest.mark.parametrize("told", ["1970-01-01T00:00:00Z", "9999-99-99T99:99:99Z", "yesterday", "", None, 17])
def test_a_clock_that_cannot_be_is_not_believed(told: Any):
    assert _told(told, NOW) == NOW


def test_a_clock_that_can_be_is_believed():
    for minutes in (-3, -60 * 24 * 30, 5):
        at = NOW + dt.timedelta(minutes=minutes)
        assert _told(at.isoformat(), NOW) == at
        assert _told(at.astimezone(dt.UTC).replace(tzinfo=None).isoformat(), NOW) == at
    assert _told((NOW + dt.timedelta(days=7)).isoformat(), NOW) == NOW


def test_while_the_database_is_away_nothing_is_lost(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    make_boxes(cast, 1)
    port, book, away = Port.objects.select_related("point").first(), Book(), [True, True, False]
    assert port is not None

    def may_fail(*args: Any, **given: Any) -> Any:
        if away.pop(0):
            raise OperationalError("gone")
        return take_statuses(*args, **given)

    monkeypatch.setattr("charging.ocpp.book.take_statuses", may_fail)
    book.hear(port.point.operator_id, [One("a", clock.now(), "Charging", port=port.code)])
    book.is_there(port.point_id, at=clock.now())
    for _try in range(3):
        book.write()
    port.refresh_from_db()
    assert (port.state, ChargePoint.objects.filter(heard_at__isnull=False).count()) == ("in_use", 1)


def test_one_state_that_cannot_be_leaves_the_others(cast: Cast):
    make_boxes(cast, 1)
    port, book = Port.objects.select_related("point").first(), Book()
    assert port is not None
    book.hear(
        port.point.operator_id,
        [One("a", clock.now(), "Charging", port="GONE-01"), One("b", clock.now(), "Charging", port=port.code)],
    )
    book.write()
    assert PortStatus.objects.get().port_id == port.pk


@pytest.mark.own_processes
def test_the_command_is_a_process_of_its_own_and_off_without_a_port(cast: Cast, tmp_path: Any):
    ((name, key),) = make_boxes(cast, 1).items()
    env = os.environ | {
        "DATABASE_URL": database_url(),
        "OCPP_PORT": "0",
        "PYTHONUNBUFFERED": "1",
    }
    words = [sys.executable, "manage.py", "ocpp_gateway"]
    off = subprocess.run(words, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert off.returncode == 1 and "OCPP_PORT" in off.stderr
    port = free_port()
    on = subprocess.Popen(words, env=env | {"OCPP_PORT": str(port)}, stdout=subprocess.PIPE, text=True)
    try:
        assert on.stdout is not None and f":{port}" in on.stdout.readline()
        there = type("There", (), {"port": port})()
        assert apart(one_life(there, name, key)) == "Accepted"
        on.send_signal(signal.SIGTERM)
        assert on.wait(15) == 0
    finally:
        on.kill()
        on.stdout.close()  # type: ignore[union-attr]
    assert Port.objects.get(number=1).state == "in_use"


def database_url() -> str:
    told = connection.settings_dict
    return f"postgres://{told['USER']}:{told['PASSWORD']}@{told['HOST']}:{told['PORT']}/{told['NAME']}"


def free_port() -> int:
    with sockets_of_this_machine.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
