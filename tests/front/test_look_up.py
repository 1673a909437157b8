"""The look-up without an account: it opens for number and digits together and gives nothing away for less."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from django.test import Client

from community_portal import clock
from community_portal.casework.queries import read_number
from community_portal.matters.lines import look_up
from tests.appointments.test_steps import take_in
from tests.cast import Cast
from tests.factories import make_resident

KEYS = re.compile(rb"[A-Za-z0-9]{64}|[0-9a-f]{32}|nonce=\"[^\"]*\"")  # csrf, once, nonce: new on every page


@pytest.fixture
def nobody(fresh_limits: None) -> Client:
    return Client(HTTP_HOST="localhost")


def ask(client: Client, number: str, tail: str, **more: Any) -> Any:
    return client.post("/look-up/", {"number": number, "tail": tail}, **more)


@pytest.mark.parametrize(
    "number",
    [
        "LT-26-0001",
        "lt-26-0001",
        " LT260001 ",
        "ＬＴ－２６－０００１",
        "LT—26—1",
        "LT 26 0001",
        "LT-26-0001。",
        "编号LT-26-0001",
        "编号：LT-26-0001，",
        "“LT-26-0001”",
        "No. LT-26-0001",
    ],
)
@pytest.mark.parametrize("tail", ["2046", "２０４６"])
def test_found_however_it_is_typed(number: str, tail: str, nobody: Client, cast: Cast) -> None:
    take_in(cast)
    assert "网格员会上门了解情况" in ask(nobody, number, tail).content.decode()


def test_a_matter_without_a_phone_opens_for_no_digits(cast: Cast) -> None:
    request = take_in(cast, resident=make_resident(community=cast.home, phone=None))
    assert request.case.phone_tail == "" and look_up(request.case.number, "", at=clock.now()) == []


def test_a_wrong_number_and_wrong_digits_look_exactly_the_same(nobody: Client, cast: Cast) -> None:
    take_in(cast)
    known, unknown = ask(nobody, "LT-26-0001", "0000"), ask(nobody, "LT-26-0009", "2046")
    assert known.status_code == unknown.status_code == 422

    def bare(answer: Any) -> bytes:
        return KEYS.sub(b"", answer.content).replace(b"0009", b"0001").replace(b"2046", b"0000")

    assert bare(known) == bare(unknown)


def test_it_says_where_it_stands_and_nothing_else(nobody: Client, cast: Cast) -> None:
    request = take_in(cast)
    words = ask(nobody, "LT-26-0001", "2046").content.decode()
    assert cast.home.phone in words
    for secret in (cast.elder.name, request.case.words, request.case.title, request.case.address, str(cast.household)):
        assert secret not in words


def test_guessing_ends_after_ten_tries_at_one_number(nobody: Client, cast: Cast) -> None:
    take_in(cast)
    for n in range(10):
        ask(nobody, "LT-26-0001", f"{n:04d}")
    assert "试得太多了" in ask(nobody, "lt260001", "2046").content.decode()


def test_nor_do_patience_and_many_addresses_find_the_digits(nobody: Client, cast: Cast) -> None:
    take_in(cast)
    with time_machine.travel(clock.now(), tick=False) as time:
        for n in range(60):
            answer = ask(nobody, "LT-26-0001", f"{n:04d}", REMOTE_ADDR=f"203.0.113.{n}")
            assert "没有对上" in answer.content.decode()
            time.shift(dt.timedelta(minutes=1))
        assert "试得太多了" in ask(nobody, "LT-26-0001", "2046").content.decode()
        time.shift(dt.timedelta(days=1))
        assert ask(nobody, "LT-26-0001", "2046").status_code == 200


def test_without_any_phone_on_file_it_opens_for_nobody(nobody: Client, cast: Cast) -> None:
    take_in(cast, resident=make_resident(household=cast.household, phone=None))
    for tail in ("", "0000", "    "):
        assert ask(nobody, "LT-26-0001", tail).status_code == 422


def test_the_askers_digits_open_it_and_without_a_phone_of_his_the_residents(cast: Cast) -> None:
    asker = make_resident(community=cast.home, phone="+8613800007777")
    assert take_in(cast, asker=asker).case.phone_tail == "7777"
    silent = make_resident(community=cast.home, phone=None)
    assert take_in(cast, asker=silent).case.phone_tail == "2046"


@pytest.mark.parametrize(
    ("typed", "read"), [("LT-26-12345", "LT-26-12345"), ("lt26318", "LT-26-0318"), ("灯坏了", "灯坏了"), ("", "")]
)
def test_numbers_are_read_as_they_are_written(typed: str, read: str) -> None:
    assert read_number(typed) == read
