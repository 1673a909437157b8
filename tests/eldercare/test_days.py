"""A day of acceptance in the order of the way, and a maker's recall."""

import datetime as dt

import pytest

from community_portal import clock
from community_portal.outbox.models import Message
from eldercare.actions.acceptance import record_line
from eldercare.actions.products import record_product
from eldercare.models import AcceptanceDay
from tests.clients import client_of
from tests.eldercare.built import LATER, make_accepting

pytestmark = pytest.mark.django_db


def test_homes_are_put_on_a_day_and_printed_in_order(cast):
    adaptation, visit = make_accepting(cast)
    client = client_of(cast.street_officer)
    assert client.post("/eldercare/days/", {"on": clock.today()}).status_code == 422  # no home
    yesterday = clock.today() - dt.timedelta(days=1)
    assert client.post("/eldercare/days/", {"on": yesterday, "visits": visit.pk}).status_code == 422
    assert client.post("/eldercare/days/", {"on": clock.today(), "visits": visit.pk}).status_code == 303
    day = AcceptanceDay.objects.get()
    page = client.get(f"/eldercare/days/{day.pk}/").content.decode()
    assert "陈平" in page and f"/eldercare/{adaptation.case.number}/accept/" in page and "3 项待验" in page
    row = visit.lines.first()
    record_line(row, result="pass", seen=row.version, by=cast.street_officer, at=LATER)
    assert "2 项待验" in client.get(f"/eldercare/days/{day.pk}/").content.decode()
    assert " · 今天" in client.get("/eldercare/days/").content.decode()
    assert (
        client_of(cast.manager).post("/eldercare/days/", {"on": clock.today(), "visits": visit.pk}).status_code == 403
    )


def test_a_recall_finds_the_homes_and_tells_them_once(cast):
    adaptation, _visit = make_accepting(cast)
    rail, floor, _bed = adaptation.plan.lines.all()
    for line, serial in ((rail, "GL-1"), (floor, "GL-2")):
        record_product(line, number=1, seen=None, maker="固力", serial=serial, by=cast.manager, at=LATER)
    client = client_of(cast.street_officer)
    assert "GL-1" not in client.get("/eldercare/recall/?maker=别家").content.decode()
    assert "GL-2" not in client.get("/eldercare/recall/?maker=固力&serials=GL-1").content.decode()
    asked = {"maker": "固力", "serials": "GL-1, GL-2", "words": "螺丝会锈"}
    page = client.post("/eldercare/recall/", asked | {"look": "1"})
    assert page.status_code == 200 and "GL-2" in page.content.decode()
    assert "formmethod" not in page.content.decode()  # a form with a token is not sent in an address
    assert not Message.objects.filter(kind="recall_for_contractor").exists()
    assert client.post("/eldercare/recall/", asked | {"words": ""}).status_code == 422
    assert client.post("/eldercare/recall/", asked).status_code == 303
    assert Message.objects.filter(kind="recall_for_contractor").count() == 1
