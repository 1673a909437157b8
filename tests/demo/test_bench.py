"""The bench runs on small sizes; it measures, it never judges."""

import re
from typing import Any

import pytest
from django.db import connection

from community_portal.bookings.models import Booking
from community_portal.demo.bench import bookings, drill_pages, elder_pages, equipment, figures, lists, messages, rows
from community_portal.demo.bench.bulk import fill_city
from community_portal.demo.bench.search import measure_search
from community_portal.people.models import Resident
from eldercare.models import Adaptation, ElderProfile
from safety.models import Drill, Equipment, Inspection


def _once(script: str, **_how: Any) -> float:
    """The statement of a script, done once with values in place of what pgbench draws."""
    sql = "\n".join(line for line in script.splitlines() if not line.startswith("\\"))
    drawn = {"n": "1", "person": str(Resident.objects.order_by("pk")[0].pk)}
    with connection.cursor() as cursor:
        cursor.execute(re.sub(r"(?<!:):(n|person)\b", lambda found: drawn[found[1]], sql))
        assert cursor.rowcount == 1
    return 900.0


@pytest.mark.django_db(transaction=True)
def test_small_sections_print_their_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(bookings, "one_row_floor", lambda flush_us=0: 1000.0)
    monkeypatch.setattr(bookings, "pgbench", _once)
    fill_city(residents=200, communities=4, progress=said.append)
    rows.fill_requests(said.append, count=200)
    lists.run(said.append)
    rows.fill_activities(said.append, visitors=2)
    monkeypatch.setattr(figures, "pgbench", lambda script: 800.0)
    figures.run(said.append)
    figures.measure_write_tax(said.append, pairs=1)
    messages.run(said.append, count=20)
    bookings.run(said.append, pairs=1)
    assert len(list(measure_search(samples=2))) > 10
    text = "\n".join(said)
    for line in (
        "newest 30",
        "one hot session",
        "bare tables",
        "0.900",
        "sold twice",
        "swept by one worker",
        "the whole city",
        "a new request",
        "persons, one street",
        "what is late now",
        "there or not",
    ):
        assert line in text


@pytest.mark.django_db(transaction=True)
def test_pages_of_eldercare_are_read_empty_and_full() -> None:
    said: list[str] = []
    elder_pages.run(said.append, elders=300, adaptations=35, samples=1)
    text = "\n".join(said)
    for line in ("elders: full ÷ empty", "eldercare: full ÷ 30 rows", "adaptation_plan", "acceptance", "elder_file"):
        assert line in text
    assert ElderProfile.objects.count() == 300
    assert Adaptation.objects.count() == 35


@pytest.mark.django_db(transaction=True)
def test_pages_of_drills_are_read_empty_and_full_and_two_phones_call_a_roll() -> None:
    said: list[str] = []
    drill_pages.run(said.append, drills=36, people=20, samples=1)
    text = "\n".join(said)
    for line in ("drills: full ÷ empty", "duties_desk: full ÷ 30 rows", "drill_roll", "called in, each once", "= 20"):
        assert line in text
    assert Drill.objects.count() == 36
    assert Booking.objects.filter(state="arrived").count() == 20


@pytest.mark.django_db(transaction=True)
def test_pages_of_equipment_are_read_empty_and_full() -> None:
    said: list[str] = []
    equipment.run(said.append, pieces=400, months=2, samples=1)
    text = "\n".join(said)
    for line in ("equipment_list", "a round on the phone", "what fails", "looks taken in"):
        assert line in text
    assert Equipment.objects.count() == 400
    assert Inspection.objects.count() == 840
