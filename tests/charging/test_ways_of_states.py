"""The ways by which states come in beside the gateway: a file that an operator looks at first, and a program with a key."""

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.test import APIClient

from charging.actions.faults import report_fault
from charging.models import Port, PortStatus
from charging.status_files import read_statuses
from community_portal import clock
from community_portal.people.api_clients import issue_client, revoke_client
from community_portal.people.models import Role
from community_portal.refusals import Refusal
from tests.cast import Cast
from tests.charging.boxes import make_operator, make_operator_member, make_ports
from tests.charging.test_port_pages import MINUTE, NOW, say, words_of

# ---- files of states --------------------------------------------------------------------------------------------------
HEAD = "插座,状态,时间,故障码,流水号\n"


def test_a_file_is_looked_at_first_and_then_exactly_that_is_taken_in(cast: Cast, signed_in: Any):
    operator, ports = make_ports(cast.home, sockets=2)
    client, page = signed_in(make_operator_member(operator)), reverse("import_statuses")
    when = f"{clock.local(NOW - 5 * MINUTE):%Y-%m-%d %H:%M:%S}"
    file = _upload(f"{HEAD}{ports[0].code},充电中,{when},,7\n{ports[1].code.lower()},故障,{when},E-1,8\n".encode("gbk"))
    shown = client.post(page, {"file": file, "once": "a" * 32})
    assert shown.status_code == 200 and "新的 2 条" in words_of(shown)
    assert not PortStatus.objects.exists()
    approved = shown.context["approved"]
    assert client.post(page, {"approved": approved, "once": "b" * 32}).status_code == 303
    assert client.post(page, {"approved": approved, "once": "c" * 32}).status_code == 303
    assert PortStatus.objects.count() == 2
    ports[1].refresh_from_db()
    assert (ports[1].state, ports[1].vendor_code, ports[1].state_source) == ("faulted", "E-1", "csv")
    assert client.post(page, {"approved": approved[:-3] + "xxx", "once": "d" * 32}).status_code == 409
    other = signed_in(make_operator_member(make_operator()))
    assert other.post(page, {"approved": approved, "once": "e" * 32}).status_code == 409


def _upload(content: bytes) -> Any:
    return SimpleUploadedFile("states.csv", content, "text/csv")


ROW = "SH9-01,空闲,2026-11-30 14:05"


@pytest.mark.parametrize(
    "content",
    [
        (HEAD + ROW).encode(),
        ("\ufeff" + HEAD + ROW + "\r\n").encode(),
        (HEAD + ROW).encode("gbk"),
        (HEAD + ROW).replace(",", ";").encode(),
        ("port,state,time\n" + ROW).encode(),
        (HEAD + "\n\n" + ROW + ",,\n,,,\n").encode(),
        (HEAD + ROW.replace("2026-11-30 14:05", "2026-11-30T06:05:00Z")).encode(),
        (HEAD + ROW.replace("2026-11-30 14:05", "2026/11/30 14:05")).encode(),
    ],
)
def test_files_as_office_programs_write_them(content: bytes):
    read = read_statuses(content)
    assert read.refused == []
    (one,) = read.heard
    assert (one.port, one.word, clock.local(one.at).strftime("%H:%M")) == ("SH9-01", "空闲", "14:05")
    assert one.event_id == read_statuses(content).heard[0].event_id


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("=cmd|'/c calc'!A1,空闲,2026-11-30 14:05", "公式"),
        ("SH9-01,+1,2026-11-30 14:05", "公式"),
        ("SH9-01,空闲,昨天", "看不懂时间"),
        ("SH9-01,空闲,2026-13-41 14:05", "看不懂时间"),
        (",空闲,2026-11-30 14:05", "都要填"),
        ("SH9-01,,2026-11-30 14:05", "都要填"),
    ],
)
def test_a_line_that_cannot_be_is_named(row: str, words: str):
    read = read_statuses((HEAD + ROW + "\n" + row).encode())
    ((number, sentence),) = read.refused
    assert number == 3 and words in sentence


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02", b"a,b\n1,2", (HEAD + (ROW + "\n") * 2001).encode(), b"x" * 1_048_577]
)
def test_what_is_no_such_file_is_refused(content: bytes):
    with pytest.raises(Refusal) as refused:
        read_statuses(content)
    assert refused.value.field == "file"


def test_a_file_about_sockets_of_others_is_refused_whole(cast: Cast, signed_in: Any):
    operator, _ports = make_ports(cast.home)
    _other, theirs = make_ports(cast.home)
    when = f"{clock.local(NOW):%Y-%m-%d %H:%M:%S}"
    answer = signed_in(make_operator_member(operator)).post(
        reverse("import_statuses"), {"file": _upload(f"{HEAD}{theirs[0].code},空闲,{when}".encode()), "once": "a" * 32}
    )
    assert answer.status_code == 422 and "不是你们的" in words_of(answer)


# ---- over HTTP --------------------------------------------------------------------------------------------------------
def client_of(operator: Any, *scopes: str) -> APIClient:
    row, token = issue_client(operator, name=f"平台{scopes}", scopes=scopes or ["port_status"], by=None, at=NOW)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Client {token}")
    client.row = row  # type: ignore[attr-defined]
    return client


def event(port: Port, **over: Any) -> dict[str, Any]:
    return {"event_id": "one", "port": port.code, "state": "Charging", "at": NOW.isoformat()} | over


@pytest.mark.usefixtures("fresh_limits")
def test_a_vendors_program_sends_states(cast: Cast):
    operator, ports = make_ports(cast.home)
    client, page = client_of(operator), reverse("port_status")
    answer = client.post(page, {"events": [event(ports[0]), event(ports[1], event_id="two")]}, format="json")
    assert (answer.status_code, answer.json()) == (200, {"new": 2, "known": 0})
    assert client.post(page, {"events": [event(ports[0])]}, format="json").json() == {"new": 0, "known": 1}
    other = client.post(page, {"events": [event(ports[0], state="Faulted")]}, format="json")
    assert (other.status_code, other.json()["code"]) == (409, "event_conflict")
    ports[0].refresh_from_db()
    assert ports[0].state == "in_use"


@pytest.mark.usefixtures("fresh_limits")
@pytest.mark.parametrize(
    "events",
    [
        None, {}, "x", [None], [1], [{}], [{"event_id": "a"}],
        [{"event_id": 7, "port": "P", "state": "x", "at": "2026-11-30T00:00:00Z"}],
        [{"event_id": "a", "port": "P", "state": "x", "at": "2026-11-30T00:00:00"}],
        [{"event_id": "a", "port": "P", "state": "x", "at": 5}],
        [{"event_id": "a\\u0000", "port": "P", "state": "x", "at": "2026-11-30T00:00:00Z", "number": True}],
        [{"event_id": "a", "port": ["P"], "state": "x", "at": "2026-11-30T00:00:00Z"}],
        [{"event_id": "a", "port": "P", "state": "x", "at": "2026-11-30T00:00:00Z"}] * 2001,
        [{"event_id": "a", "point": "P", "number": 10**30, "state": "x", "at": "2026-11-30T00:00:00Z"}],
    ],
)  # fmt: skip
def test_what_is_no_call_is_refused(cast: Cast, events: Any):
    operator, _ports = make_ports(cast.home)
    answer = client_of(operator).post(reverse("port_status"), {"events": events}, format="json")
    assert answer.status_code == 422
    assert not PortStatus.objects.exists()


@pytest.mark.usefixtures("fresh_limits")
def test_who_may_not_send_states(cast: Cast, signed_in: Any):
    operator, ports = make_ports(cast.home)
    page, body = reverse("port_status"), {"events": [event(ports[0])]}
    assert APIClient().post(page, body, format="json").status_code == 401
    member = APIClient()
    member.force_login(make_operator_member(operator))
    assert member.post(page, body, format="json").status_code in (401, 403)
    client = client_of(operator)
    revoke_client(client.row, by=None, at=NOW)  # type: ignore[attr-defined]
    assert client.post(page, body, format="json").status_code == 401
    other, _ports = make_ports(cast.home)
    assert client_of(other).post(page, body, format="json").status_code == 422
    builder = make_operator(kind=Role.CONTRACTOR)
    assert client_of(builder).post(page, body, format="json").status_code == 403


@pytest.mark.usefixtures("fresh_limits")
def test_sites_for_everybodys_maps(cast: Cast):
    _operator, (port, *_rest) = make_ports(cast.home, sockets=4)
    make_ports(cast.next_door)
    say(port, "Available")
    answer = APIClient().get(reverse("charge_sites_api"))
    assert answer.status_code == 200 and answer.json()["type"] == "FeatureCollection"
    assert len(answer.json()["features"]) == 2
    (site,) = APIClient().get(reverse("charge_sites_api") + "?community=LT").json()["features"]
    told = site["properties"]
    assert (told["ports"], told["free"], told["unknown"], told["community"]) == (4, 1, 3, "LT")
    assert dt.datetime.fromisoformat(told["as_of"]) == NOW - 2 * MINUTE
    assert APIClient().get(reverse("charge_sites_api") + "?community=NO").json()["features"] == []


def test_faults_over_http_are_those_one_may_see(cast: Cast):
    operator, ports = make_ports(cast.home)
    member, stranger = make_operator_member(operator), make_operator_member(make_operator())
    fault = report_fault(ports[0], reason="hot", at=NOW).fault
    client = APIClient()
    client.force_login(member)
    (told,) = client.get(reverse("faults_api-list")).json()["results"]
    assert (told["reference"], told["reason"], told["state"]) == (fault.case.number, "hot", "with_operator")
    done = client.post(reverse("faults_api-step", args=[fault.case.number, "repair"]), {"words": "换了"}, format="json")
    assert done.status_code == 200 and done.json()["state"] == "repaired"
    client.force_login(stranger)
    assert client.get(reverse("faults_api-list")).json()["results"] == []
