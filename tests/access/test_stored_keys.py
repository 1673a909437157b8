"""Every write that there is, sent with keys that were answered before: what was kept is the answer, on its own address, to its
own person, for its own words. Anywhere else the key is as good as none."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from community_portal import clock
from community_portal.people.models import Submission
from community_portal.people.once import API_HEADER, FORM_KEY, fingerprint_of
from tests.access.cells import SIGNED_IN, Policy
from tests.access.policy import POLICY
from tests.access.test_twice import _is_once
from tests.access.test_walk import address_of, addresses, ask, session_of
from tests.access.world import World

VIEWS = {name: pattern.callback for name, pattern in addresses()}
WRITES = sorted(name for name in VIEWS if any(POLICY[name].post[role] == "ok" for role in SIGNED_IN))
API = [name for name in WRITES if hasattr(VIEWS[name], "cls")]
FORMS = [name for name in WRITES if _is_once(VIEWS[name])]
KEY, KEPT = "stored-key-0123456789", "/kept/from/before/"
ODD = (
    "",
    " ",
    "k" * 76,
    "k" * 77,
    "k" * 5000,
    "\0",
    "键",
    "' OR 1=1 --",
    "%s",
    "{}",
    "\u202e",
    "a\nb",
    "../..",
    "null",
)
# What every request may leave behind: the session's own time, the key, the attempts that are counted.
OF_EVERY_REQUEST = {"django_session", "people_submission", "shared_cache"}
pytestmark = [pytest.mark.long, pytest.mark.django_db]  # the second so that this file alone has a database too


@pytest.fixture(scope="module")
def everything(lasting_world: World) -> World:
    """Each thing is made and everybody is signed in before anything is undone."""
    for name in WRITES:
        to(name, lasting_world)
    for role in SIGNED_IN:
        session_of(lasting_world, role)
    return lasting_world


@pytest.mark.parametrize("name", FORMS)
def test_a_form_sent_before_gets_what_was_kept_and_nothing_is_done(name: str, everything: World) -> None:
    with stored(everything, name) as send, nothing_written():
        answer = send(KEY)
        assert (answer.status_code, answer["Location"]) == (303, KEPT)


@pytest.mark.parametrize("name", API)
def test_a_call_sent_before_gets_what_was_kept_and_nothing_is_done(name: str, everything: World) -> None:
    with stored(everything, name) as send, nothing_written():
        answer = send(KEY)
        assert (answer.status_code, answer.json(), answer["Idempotency-Replayed"]) == (201, {"kept": True}, "true")


@pytest.mark.parametrize("name", [*FORMS, *API])
def test_with_other_words_it_is_refused_and_nothing_is_done(name: str, everything: World) -> None:
    with stored(everything, name) as send, nothing_written():
        answer = send(KEY, typed="别的话")
        assert answer.status_code == (422 if name in API else 409)
        assert name not in API or answer.json()["code"] == "key_reused"


@pytest.mark.parametrize("name", FORMS)
def test_a_key_of_another_page_answers_for_none(name: str, everything: World) -> None:
    others = [FORMS[FORMS.index(name) - 1], API[0], next(other for other in WRITES if other not in (*FORMS, *API))]
    without = plain(everything, name)
    for other in others:
        with stored(everything, other, role=role_for(name)):
            assert told(send(everything, name, KEY)) == without, other


@pytest.mark.parametrize("name", API)
def test_a_key_of_another_call_is_refused_and_one_of_a_page_is_none(name: str, everything: World) -> None:
    with stored(everything, API[API.index(name) - 1], role=role_for(name)), nothing_written():
        answer = send(everything, name, KEY)
        assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")
    with stored(everything, FORMS[0], role=role_for(name)):
        assert told(send(everything, name, KEY)) == plain(everything, name)


@pytest.mark.parametrize("name", [*FORMS, *API])
def test_a_key_of_somebody_else_is_none(name: str, everything: World) -> None:
    somebody = next(role for role in SIGNED_IN if role != role_for(name))
    with stored(everything, name, role=somebody):
        assert told(send(everything, name, KEY)) == plain(everything, name)


@pytest.mark.parametrize("name", WRITES)
def test_whatever_stands_for_a_key_is_no_trouble(name: str, everything: World) -> None:
    without = plain(everything, name)
    answers = {key[:80]: told(send(everything, name, key)) for key in ODD if name not in API or sent_in_a_header(key)}
    unlike = {key: answer for key, answer in answers.items() if answer != without}
    if name in API:
        unlike = {key: answer for key, answer in unlike.items() if answer != (422, "bad_key")}
    assert unlike == {}


def sent_in_a_header(key: str) -> bool:
    return "\n" not in key and "\0" not in key


def to(name: str, world: World) -> str:
    """The same address each time, though a new thing may be made for it at the first."""
    return world.home.once(f"address of {name}", lambda home: address_of(name, home))


def role_for(name: str) -> str:
    return next(role for role in SIGNED_IN if POLICY[name].post[role] == "ok")


def plain(world: World, name: str) -> tuple[int, str]:
    """What the write says without a key; an empty one, as a form with nothing in it is shown and not read."""
    return told(send(world, name, None if name in API else ""))


def told(answer: Any) -> tuple[int, str]:
    """Its status, and of an API's refusal the code; where a page leads to may name a row that was just made."""
    is_api = answer["Content-Type"] == "application/json" and answer.status_code >= 400
    return answer.status_code, answer.json().get("code", "") if is_api else "kept" if answer.get(
        "Location"
    ) == KEPT else ""


def send(world: World, name: str, key: str | None, **over: str) -> Any:
    """The write by somebody who may, with a key in the form or in the header."""
    body = (POLICY[name].body or {}) | over
    headers = {}
    if key is not None and name in API:
        headers = {API_HEADER: key}
    elif key is not None:
        body = body | {FORM_KEY: key}
    return ask(world, role_for(name), to(name, world), "POST", Policy({}, {}, body=body), **headers)


@contextmanager
def stored(world: World, name: str, *, role: str = "") -> Iterator[Any]:
    """As if this person (the one who sends, unless another is named) had sent this very write before, under KEY."""
    user, address = world.people[role or role_for(name)], to(name, world)
    typed = {field: [value] for field, value in (POLICY[name].body or {}).items()}
    as_api, as_form = json.dumps(typed, sort_keys=True), json.dumps([typed, {}], sort_keys=True)
    if name in API:
        row = {"key": f"api:{KEY}", "fingerprint": fingerprint_of("POST", address, as_api), "status": 201}
    else:
        row = {"key": fingerprint_of(address, KEY), "fingerprint": fingerprint_of(as_form), "status": 303}
    with transaction.atomic():
        Submission.objects.create(scope=f"user:{user.pk}", body='{"kept":true}', location=KEPT, at=clock.now(), **row)
        yield lambda key, **over: send(world, name, key, **over)
        transaction.set_rollback(True)


@contextmanager
def nothing_written() -> Iterator[None]:
    """No row came, changed or went meanwhile, not even one that was undone."""
    before = written()
    yield
    assert {table: count for table, count in written().items() if count != before.get(table, 0)} == {}


def written() -> dict[str, int]:
    """Rows that this transaction wrote so far, by table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return {table: count for table, count in cursor.fetchall() if count and table not in OF_EVERY_REQUEST}
