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
from tests.cast import Cast
from tests.factories import make_resident
from tests.loans import borrow

pytestmark = pytest.mark.usefixtures("toy")
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
    borrow(cast)
    assert "已收到，正在核对" in ask(nobody, number, tail).content.decode()


def test_a_matter_without_a_phone_opens_for_no_digits(cast: Cast) -> None:
    loan = borrow(cast, resident=make_resident(community=cast.home, phone=None))
    assert loan.case.phone_tail == "" and look_up(loan.case.number, "", at=clock.now()) == []


def test_a_wrong_number_and_wrong_digits_look_exactly_the_same(nobody: Client, cast: Cast) -> None:
    borrow(cast)
    known, unknown = ask(nobody, "LT-26-0001", "0000"), ask(nobody, "LT-26-0009", "2046")
    assert known.status_code == unknown.status_code == 422

    def bare(answer: Any) -> bytes:
        return KEYS.sub(b"", answer.content).replace(b"0009", b"0001").replace(b"2046", b"0000")

    assert bare(known) == bare(unknown)


def test_it_says_where_it_stands_and_nothing_else(nobody: Client, cast: Cast) -> None:
    loan = borrow(cast)
    words = ask(nobody, "LT-26-0001", "2046").content.decode()
    assert cast.home.phone in words
    for secret in (cast.elder.name, loan.case.words, loan.case.title, loan.case.address, str(cast.household)):
        assert secret not in words


def test_guessing_ends_after_ten_tries_at_one_number(nobody: Client, cast: Cast) -> None:
    borrow(cast)
    for n in range(10):
        ask(nobody, "LT-26-0001", f"{n:04d}")
    assert "试得太多了" in ask(nobody, "lt260001", "2046").content.decode()


def test_nor_do_patience_and_many_addresses_find_the_digits(nobody: Client, cast: Cast) -> None:
    borrow(cast)
    with time_machine.travel(clock.now(), tick=False) as time:
        for n in range(60):
            answer = ask(nobody, "LT-26-0001", f"{n:04d}", REMOTE_ADDR=f"203.0.113.{n}")
            assert "没有对上" in answer.content.decode()
            time.shift(dt.timedelta(minutes=1))
        assert "试得太多了" in ask(nobody, "LT-26-0001", "2046").content.decode()
        time.shift(dt.timedelta(days=1))
        assert ask(nobody, "LT-26-0001", "2046").status_code == 200


def test_without_any_phone_on_file_it_opens_for_nobody(nobody: Client, cast: Cast) -> None:
    borrow(cast, resident=make_resident(household=cast.household, phone=None))
    for tail in ("", "0000", "    "):
        assert ask(nobody, "LT-26-0001", tail).status_code == 422


def test_the_askers_digits_open_it_and_without_a_phone_of_his_the_residents(cast: Cast) -> None:
    asker = make_resident(community=cast.home, phone="+8613800007777")
    assert borrow(cast, asker=asker).case.phone_tail == "7777"
    silent = make_resident(community=cast.home, phone=None)
    assert borrow(cast, asker=silent).case.phone_tail == "2046"


@pytest.mark.parametrize(
    ("typed", "read"), [("LT-26-12345", "LT-26-12345"), ("lt26318", "LT-26-0318"), ("灯坏了", "灯坏了"), ("", "")]
)
def test_numbers_are_read_as_they_are_written(typed: str, read: str) -> None:
    assert read_number(typed) == read
