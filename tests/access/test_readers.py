"""Role × kind of request × surface: whoever reads a request finds it wherever requests are shown, whoever does not, nowhere."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from django.test import Client, override_settings

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.bookings.models import Booking
from community_portal.casework.models import AttachmentKind, Task
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.matters.actions.visits import plan_visit
from community_portal.people.models import Look, User, ViewLog
from tests.cast import Cast, make_cast
from tests.factories import Role, make_building, make_category, make_grid, make_household, make_member, make_resident

STAFF = {"reception", "officer", "manager", "street", "admin"}
# Who reads a request, by what it is about (its category names the specialist), and where it is.
READS = {
    "care": STAFF | {"eldercare"},
    "bikes": STAFF | {"charging"},
    "fire": STAFF | {"safety"},
    "lamp": STAFF,
    "other_grid": STAFF - {"officer"},
    "in_hand": STAFF | {"safety"},  # nobody's category, but a colleague was asked for one step of it
    "next_door": {"neighbour", "admin"},
}
NAMES = {"care": Role.ELDERCARE, "bikes": Role.CHARGING, "fire": Role.SAFETY}
NOT_AGREED = ("next_door", "other_grid")
EVERYBODY = ("reception", "officer", "manager", "street", "eldercare", "charging", "safety", "neighbour", "admin")
# A surface that opens to some roles only; every other one opens to all of them.
OPENS_TO = {
    "figure rows": {"manager", "street", "admin"},
    "intake": set(EVERYBODY) - {"street"},
}


@dataclass
class Street:
    cast: Cast
    people: dict[str, User]
    requests: dict[str, HelpRequest] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    media: Path = Path()


@pytest.fixture(scope="module")
def lasting_street(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Street]:
    """One for all cells: nothing here is changed."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(MEDIA_ROOT=media):
            street = make_street()
        street.media = media
        yield street
        transaction.set_rollback(True)


@pytest.fixture
def street(lasting_street: Street, settings: Any) -> Street:
    settings.MEDIA_ROOT = lasting_street.media
    return lasting_street


def make_street() -> Street:
    cast = make_cast()
    people = {
        "reception": cast.reception, "officer": cast.officer, "manager": cast.manager, "street": cast.street_officer,
        "neighbour": cast.stranger, "admin": cast.admin,
    }  # fmt: skip
    people |= {str(role): make_member(role, community=cast.home) for role in NAMES.values()}
    street = Street(cast, people)
    far = make_household(building=make_building(grid=make_grid(community=cast.home, number=8)))
    for n, kind in enumerate(READS):
        category = make_category(code=kind.replace("_", "-"), readers=[NAMES[kind]] if kind in NAMES else [])
        resident = make_resident(household=far if kind == "other_grid" else cast.household, name=f"居民{kind}")
        place, clerk = cast.home, cast.reception
        if kind == "next_door":
            resident, place, clerk = cast.stranger_resident, cast.next_door, cast.stranger
        _take_in(street, kind, n, community=place, category=category, resident=resident, by=clerk)
    Task.objects.filter(case=street.requests["in_hand"].case).update(assignee=people["safety"])
    for name, user in people.items():
        street.clients[name] = Client(HTTP_HOST="localhost")
        street.clients[name].force_login(user)
    return street


def _take_in(street: Street, kind: str, n: int, **given: Any) -> None:
    at = clock.now()
    request = register_request(words=f"{words_of(kind)}。帮帮忙", at=at, **given)
    event = request.case.events.get(kind="opened")
    file = ReadFile(data=b"%%PDF-1.4 %d" % n, name="证明.pdf", content_type="application/pdf", extension="pdf")
    about: dict[str, Any] = {"kind": AttachmentKind.PAPER, "event": event, "is_public": False}
    street.files[kind] = keep_file(request.case, file, by=given["by"], at=at, **about).pk
    if kind not in NOT_AGREED:
        _agree_visit(street, request, n, at=at)
    street.requests[kind] = request


def _agree_visit(street: Street, request: HelpRequest, n: int, *, at: dt.datetime) -> None:
    """The officer comes; today, whatever the hour of the test."""
    tomorrow = clock.at_wall(clock.today() + dt.timedelta(days=1), dt.time(9 + n))
    officer = street.people["officer"]
    visit = plan_visit(request, starts_at=tomorrow, minutes=10, wished=True, by=officer, at=at)
    starts = clock.at_wall(clock.today(), dt.time(23, 5 + 5 * n))
    Booking.objects.filter(pk=visit.pk).update(starts_at=starts, ends_at=starts + dt.timedelta(minutes=4))


def words_of(kind: str) -> str:
    """The subject, which no other has."""
    return "".join(chr(0x5000 + ord(letter)) for letter in kind)


def shows(client: Client, address: str, words: str) -> bool:
    answer = client.get(address)
    if answer.status_code in (403, 404):
        return False
    assert answer.status_code == 200, (address, answer.status_code)
    return words in answer.content.decode()


def sheet_of(client: Client, address: str) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(client.get(address).content))
    return [str(row[0]) for row in book.worksheets[0].iter_rows(values_only=True, min_row=2)]


def csv_of(client: Client, address: str) -> list[str]:
    text = client.get(address).content.decode("utf-8-sig")
    return [row[0] for row in csv.reader(io.StringIO(text))][1:]


# Each answers whether this reader finds that request there.
SURFACES: dict[str, Callable[[Street, Client, str, HelpRequest], bool]] = {
    "list": lambda s, c, kind, r: shows(c, "/requests/", words_of(kind)),
    "list by words": lambda s, c, kind, r: shows(c, f"/requests/?q={words_of(kind)}", r.case.number),
    "page": lambda s, c, kind, r: shows(c, f"/requests/{r.case.number}/", words_of(kind)),
    "journal": lambda s, c, kind, r: shows(c, f"/requests/{r.case.number}/", "登记了求助"),
    "slip": lambda s, c, kind, r: shows(c, f"/requests/{r.case.number}/slip/", r.case.number),
    "file": lambda s, c, kind, r: c.get(f"/files/{s.files[kind]}/").status_code == 200,
    "search by number": lambda s, c, kind, r: shows(c, f"/find/?q={r.case.number}", words_of(kind)),
    "search by words": lambda s, c, kind, r: shows(c, f"/find/?q={words_of(kind)}", r.case.number),
    "resident's panel": lambda s, c, kind, r: shows(c, f"/residents/{r.case.resident_id}/cases/", words_of(kind)),
    "intake": lambda s, c, kind, r: shows(c, f"/desk/intake/?resident={r.case.resident_id}", words_of(kind)),
    "csv": lambda s, c, kind, r: r.case.number in csv_of(c, "/requests/?as=csv"),
    "xlsx": lambda s, c, kind, r: r.case.number in sheet_of(c, "/requests/?as=xlsx"),
    "figure rows": lambda s, c, kind, r: shows(c, "/dashboard/rows/requests_taken_in/?period=all", words_of(kind)),
    "API list": lambda s, c, kind, r: shows(c, "/api/v1/help-requests/", r.case.number),
    "API": lambda s, c, kind, r: c.get(f"/api/v1/help-requests/{r.case.number}/").status_code == 200,
}
AGREED = {
    "day sheet": lambda s, c, kind, r: shows(c, "/desk/visits/", words_of(kind)),
    "printed day sheet": lambda s, c, kind, r: shows(c, "/desk/visits/?print=1", f"居民{kind}"),
    "name on the day sheet": lambda s, c, kind, r: shows(c, f"/desk/visits/?q=居民{kind}", _row_of(s, kind)),
    "words on the day sheet": lambda s, c, kind, r: shows(c, f"/desk/visits/?q={words_of(kind)}", f"居民{kind}"),
    "visit": lambda s, c, kind, r: c.get(f"/desk/visits/{_agreed(s, kind).pk}/").status_code == 302,
    "change of a visit": lambda s, c, kind, r: _finds_to_change(s, c, kind),
    "mark of a visit": lambda s, c, kind, r: c.post(f"/desk/visits/{_agreed(s, kind).pk}/arrived/").status_code != 404,
    "resident's visits": lambda s, c, kind, r: shows(c, f"/residents/{r.case.resident_id}/bookings/", "上门核实"),
    "API bookings": lambda s, c, kind, r: shows(c, "/api/v1/bookings/", f'"name":"{r.case.resident}"'),
}


def _agreed(street: Street, kind: str) -> Booking:
    return Booking.objects.get(resident=street.requests[kind].case.resident)


def _row_of(street: Street, kind: str) -> str:
    """What the desk shows of a booking besides what somebody typed to find it."""
    return f'href="/requests/{street.requests[kind].case.number}/"'


def _finds_to_change(street: Street, client: Client, kind: str) -> bool:
    """Without a reason nothing happens: it is found, or not."""
    answer = client.post(f"/desk/visits/{_agreed(street, kind).pk}/change/", {"reason": ""})
    assert answer.status_code in (403, 404, 422), answer.status_code  # the street looks on, whatever it reads
    return answer.status_code != 404


@pytest.mark.parametrize("surface", SURFACES)
def test_who_reads_it_finds_it_there_and_nobody_else(surface: str, street: Street) -> None:
    wrong = [
        f"{role} × {kind}: {'finds' if found else 'does not find'} it in {surface}"
        for kind, request in street.requests.items()
        for role in EVERYBODY
        if (found := SURFACES[surface](street, street.clients[role], kind, request)) != expected(role, kind, surface)
    ]
    assert not wrong, "\n".join(wrong)


def expected(role: str, kind: str, surface: str) -> bool:
    return role in READS[kind] and role in OPENS_TO.get(surface, EVERYBODY)


@pytest.mark.parametrize("surface", AGREED)
def test_an_agreed_visit_is_read_by_who_reads_what_it_is_for(surface: str, street: Street) -> None:
    agreed = [kind for kind in street.requests if kind not in NOT_AGREED]
    wrong = [
        f"{role} × {kind}: {'finds' if found else 'does not find'} it in {surface}"
        for kind in agreed
        for role in EVERYBODY
        if (found := AGREED[surface](street, street.clients[role], kind, street.requests[kind]))
        != (role in READS[kind])
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", EVERYBODY)
def test_screen_file_and_api_show_the_same(role: str, street: Street) -> None:
    client, readable = street.clients[role], {r.case.number for k, r in street.requests.items() if role in READS[k]}
    on_screen = {row.number for row in client.get("/requests/").context["rows"]}
    of_api = {row["reference"] for row in client.get("/api/v1/help-requests/").json()["results"]}
    as_files = set(csv_of(client, "/requests/?as=csv")), set(sheet_of(client, "/requests/?as=xlsx"))
    assert (on_screen, of_api, *as_files) == (readable,) * 4


@pytest.mark.parametrize("role", EVERYBODY)
def test_what_somebody_does_not_read_is_only_counted(role: str, street: Street) -> None:
    """On the panel of a resident's file and at the intake."""
    for kind, request in street.requests.items():
        if role in READS[kind] or kind == "next_door" or role == "neighbour":
            continue
        for address in (
            f"/residents/{request.case.resident_id}/cases/",
            f"/desk/intake/?resident={request.case.resident_id}",
        ):
            answer = street.clients[role].get(address)
            assert answer.status_code == 403 or "1 件其他事项" in answer.content.decode(), (role, kind, address)


@pytest.mark.django_db
def test_whoever_went_out_in_a_file_is_in_the_look_log(cast: Cast, signed_in: Any) -> None:
    for words in ("灯坏了", "水管漏了"):
        register_request(
            community=cast.home, category=make_category(), words=words, resident=cast.elder, by=cast.reception, at=clock.now()
        )  # fmt: skip
    desk = signed_in(cast.reception)
    for kind in ("csv", "xlsx"):
        assert desk.get(f"/requests/?as={kind}").status_code == 200
    [row] = ViewLog.objects.all()
    assert (row.viewer, row.resident, row.what, row.day) == (cast.reception, cast.elder, Look.EXPORT, clock.today())
