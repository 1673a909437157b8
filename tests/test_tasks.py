"""Every task of the schedule, run twice at one moment, leaves the same database and the same sent list as run once."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.contrib.sessions.models import Session as BrowserSession
from django.db import connection

from appointments.requests.actions.intake import register_request
from charging.partitions import AHEAD, month_of, name_of, partitions
from community_portal import clock
from community_portal.bookings.actions import book, hold_session
from community_portal.celery import app
from community_portal.dues.kinds import KINDS as DUTIES
from community_portal.people.models import Membership
from tests.cast import Cast, make_cast
from tests.charging.boxes import make_ports
from tests.dues import duties
from tests.dues.duties import EBIKE
from tests.factories import Role, make_category, make_member, make_opening, make_resident, make_session
from tests.outbox import recording

pytestmark = pytest.mark.django_db
app.loader.import_default_modules()  # as a worker does when it starts
MONDAY = clock.at_wall(dt.date(2026, 11, 23), dt.time(9, 42))
WEDNESDAY_NIGHT = clock.at_wall(dt.date(2026, 11, 25), dt.time(20, 30))
# They count anew and tell the log what does not fit: where nothing is wrong they write nothing.
LOOK_ONLY = {
    "dashboards.recount_figures",
    "casework.verify_journals",
    "bookings.verify_seats",
    "outbox.reconcile_messages",
}


@pytest.fixture
def two_days_of_life(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Something for each task: words to be said, a form left open, a plan without times, a visit nobody came to, a limit
    that passed and an alarm, a duty, work and an evening in the hands of somebody who left, figures not folded, an old session of a browser, no calendar yet,
    sockets that serve, a month without a table for what they say."""
    monkeypatch.setenv(recording.PLACE, str(tmp_path / "calls.db"))
    settings.SMS_BACKEND = "tests.outbox.recording.Idempotent"
    cast = make_cast()
    hour = dt.timedelta(hours=1)
    with time_machine.travel(MONDAY, tick=False):
        leaver = make_member(Role.GRID_OFFICER, grid=cast.grid)
        for name in ("张三", "李四"):
            resident = make_resident(household=cast.household, name=name)
            session = make_session(community=cast.home, starts_at=MONDAY + 5 * hour)
            book(session=session, resident=resident, by=cast.reception, at=MONDAY)
            register_request(
                community=cast.home, category=make_category(), words="灯坏了", resident=resident, by=cast.reception,
                at=MONDAY,
            )  # fmt: skip
        hold_session(session=session, hold_token="t" * 32, by=cast.elder_account, at=MONDAY)
        for weekday in range(5):
            make_opening(community=cast.home, weekday=weekday)
        BrowserSession.objects.create(session_key="old", session_data="", expire_date=MONDAY)
    make_ports(cast.home)
    with connection.cursor() as cursor:  # the night that would have made it was missed
        cursor.execute(f"DROP TABLE {name_of(month_of(WEDNESDAY_NIGHT.date(), AHEAD))}")
    monkeypatch.setitem(DUTIES, EBIKE.name, EBIKE)
    monkeypatch.setattr(duties, "HOUSES", [duties.subject(1, cast.home.pk)])
    apps.get_model("casework", "Task").objects.filter(case__resident__name="李四").update(assignee=leaver)
    Membership.objects.filter(user=leaver).update(ends_on=MONDAY.date())
    make_session(community=cast.home, starts_at=WEDNESDAY_NIGHT + 40 * hour, kind="activity", host=leaver)
    task = apps.get_model("casework", "Task").objects.filter(case__resident__name="张三").get()
    apps.get_model("casework", "Alarm").objects.create(
        task=task, level=0, due_at=WEDNESDAY_NIGHT, ends_at=WEDNESDAY_NIGHT + hour
    )
    return cast


def everything() -> tuple[dict[str, list[Any]], list[int]]:
    """Every row of every table, and what reached the provider."""
    rows = {str(model._meta): list(model._default_manager.order_by("pk").values()) for model in apps.get_models()}
    rows["months of states"] = sorted(partitions())
    return rows, recording.calls()


@pytest.mark.parametrize("name", sorted(entry["task"] for entry in app.conf.beat_schedule.values()))
def test_twice_is_once(name: str, two_days_of_life: Cast) -> None:
    task = app.tasks[name]
    with time_machine.travel(WEDNESDAY_NIGHT, tick=False):
        before = everything()
        task()
        once = everything()
        task()
        assert everything() == once
    assert (once == before) is (name in LOOK_ONLY), "a task with nothing to do proves nothing"


def test_everything_scheduled_is_a_task() -> None:
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)
