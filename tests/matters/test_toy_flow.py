"""A service of five states gets its steps from the floor: the walk, the condition, the third party, the agreed visit."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import get_resolver

from community_portal.bookings.actions import call_off
from community_portal.bookings.models import BookingState
from community_portal.casework.actions import PartsMissing
from community_portal.matters.actions import visits
from community_portal.matters.actions.steps import take
from community_portal.matters.checks import check_matters
from community_portal.refusals import NotAllowed, Refusal
from tests.cast import AGREED, MONDAY, Cast
from tests.loans import borrow, make_workshop, put_into
from tests.matters.walk import broken_rules, people_of
from tests.toy_service.actions import bring, order
from tests.toy_service.models import Loan
from tests.toy_service.workflow import LOAN, State

pytestmark = pytest.mark.usefixtures("toy")
HOME = Path(__file__).parent.parent / "toy_service"
MOST_PYTHON, MOST_TEMPLATES = 250, 60
LATER = MONDAY + dt.timedelta(hours=1)


def lines_of(kind: str) -> int:
    """What somebody writes, imports too; migrations are written for them."""
    files = [path for path in HOME.rglob(kind) if "migrations" not in path.parts]
    return sum(bool(line.strip()) for path in files for line in path.read_text("utf-8").splitlines())


def test_a_service_is_short() -> None:
    assert len(LOAN.states) == 5
    assert lines_of("*.py") <= MOST_PYTHON
    assert lines_of("*.html") <= MOST_TEMPLATES


@pytest.mark.django_db
def test_nothing_is_forgotten_and_no_migration_is_missing() -> None:
    assert check_matters() == []
    call_command("makemigrations", "toy_service", check=True, dry_run=True, verbosity=0)


def test_every_page_has_its_mark() -> None:
    found = [p for r in get_resolver().url_patterns[:1] for p in r.url_patterns]
    assert len(found) == 12 and all(p.callback.access for p in found)


@pytest.mark.parametrize("step", LOAN.by_name)
def test_step_is_open_exactly_where_the_table_says(step: str, cast: Cast) -> None:
    workshop, builder = make_workshop()
    people = people_of(cast, contractor=builder)
    loan = put_into(borrow(cast), State.READY, cast, workshop=workshop)
    visit = visits.plan_visit(loan, starts_at=AGREED, wished=True, by=cast.officer, at=MONDAY)
    if step != "call_off_visit":
        call_off(booking=visit, authority="system", by=None, at=MONDAY)
    officer = cast.reception if step == "hand_over" else cast.officer
    data = {
        "words": "写一句",
        "workshop": workshop,
        "officer": officer,
        "starts_at": AGREED,
        "minutes": 30,
        "wished": True,
    }
    broken = broken_rules(
        LOAN, LOAN.by_name[step], people=people, put_into=lambda state: put_into(loan, state, cast), data=data, at=LATER
    )
    assert list(broken) == []


def test_nothing_is_checked_before_every_item_is_decided(cast: Cast, signed_in: Any) -> None:
    loan = borrow(cast)
    client, number = signed_in(cast.officer), loan.case.number
    first, second = loan.items.all()
    page = client.get(f"/loans/{number}/").content.decode()
    assert f'id="item-{first.pk}"' in page, "where the sentences of what is missing lead"
    with pytest.raises(PartsMissing):
        take(loan, "check", by=cast.officer, at=LATER)
    assert client.post(f"/loans/{number}/items/{first.pk}/", {}).status_code == 422
    for item in (first, second):
        assert client.post(f"/loans/{number}/items/{item.pk}/", {"is_needed": "1", "why": "合适"}).status_code == 303
    assert client.post(f"/api/v1/loans/{number}/check/", {}).json()["state"] == "checked"


def test_the_workshop_sees_and_does_its_own_alone(cast: Cast, signed_in: Any) -> None:
    workshop, builder = make_workshop()
    _other, rival = make_workshop("隔壁工坊")
    given, kept = put_into(borrow(cast), State.CHECKED, cast), borrow(cast)
    order(given, workshop=workshop, by=cast.reception, at=LATER)
    number, client = given.case.number, signed_in(builder)
    assert list(Loan.objects.visible_to(builder)) == [given]
    assert client.get(f"/loans/{number}/").status_code == 200
    assert client.get(f"/loans/{kept.case.number}/").status_code == 404
    assert signed_in(rival).get(f"/loans/{number}/").status_code == 404
    assert client.get("/loans/").status_code == 403
    assert f"/loans/{number}/" in client.get("/desk/").content.decode(), "their page lists what waits for them"
    with pytest.raises(NotAllowed):
        take(given, "finish", by=rival, at=LATER)
    page = client.get(f"/loans/{number}/finish/")
    answer = client.post(f"/loans/{number}/finish/", {"seen": page.context["form"]["seen"].value(), "words": "好了"})
    given.refresh_from_db()
    assert answer.status_code == 303 and given.state == State.READY
    with pytest.raises(Refusal):
        order(put_into(kept, State.CHECKED, cast), workshop=None, by=cast.reception, at=LATER)


def test_the_api_names_the_workshop(cast: Cast, signed_in: Any) -> None:
    workshop, _builder = make_workshop()
    loan = put_into(borrow(cast), State.CHECKED, cast)
    answer = signed_in(cast.reception).post(f"/api/v1/loans/{loan.case.number}/order/", {"workshop": workshop.pk})
    loan.refresh_from_db()
    assert answer.status_code == 200 and (loan.state, loan.workshop) == (State.ORDERED, workshop)


def test_it_is_brought_at_the_agreed_time(cast: Cast, signed_in: Any) -> None:
    loan = put_into(borrow(cast), State.READY, cast)
    booking = visits.plan_visit(loan, starts_at=AGREED, wished=True, by=cast.officer, at=MONDAY)
    assert booking.session.title == "送助行器上门" and booking.session.host == cast.officer
    assert "上门时间" in signed_in(cast.elder_account).get(f"/my/loans/{loan.case.number}/").content.decode()
    bring(loan, by=cast.officer, at=AGREED)
    booking.refresh_from_db()
    assert (booking.state, loan.state) == (BookingState.SERVED, State.CLOSED)
