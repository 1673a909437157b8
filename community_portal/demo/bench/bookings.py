"""The booking statement itself under pgbench: spread over a thousand sessions, and all on one."""

import datetime as dt
import json

from django.db import connection
from django.db.models import Max

from community_portal import clock
from community_portal.bookings.models import Session, SessionKind
from community_portal.bookings.seats import _TAKE
from community_portal.demo.bench.report import Say, heading, rate
from community_portal.demo.bench.server import one_row_floor, pgbench
from community_portal.people.models import Resident
from community_portal.places.models import Community

SESSIONS = 1000
PLENTY = 1_000_000


def run(say: Say, *, pairs: int) -> None:
    heading(say, "Booking SQL ÷ one durable INSERT (8 clients)")
    first = _sessions()
    for what, session, target in (
        ("one statement, spread over 1,000 sessions", f"({first} + :n)", "≥ 0.75"),
        ("one statement, one hot session", f"({first})", "≥ 0.25"),
    ):
        script = f"\\set n random(0, {SESSIONS - 1})\n{_as_script(session)};"
        rate(
            say,
            what,
            [(one_row_floor(), pgbench(script, seconds=4 if pairs > 1 else 2)) for _pair in range(pairs)],
            target,
        )


def _sessions() -> int:
    """A thousand half hours, one after the other, with room for everybody; answers the first id."""
    community = Community.objects.order_by("pk").first()
    assert community, "the bench fills its database first"
    last = Session.objects.aggregate(last=Max("ends_at"))["last"] or clock.now()
    starts = max(last, clock.now()) + dt.timedelta(days=2)  # after those of an earlier run, so that nobody is doubled
    half = dt.timedelta(minutes=30)
    made = Session.objects.bulk_create(
        Session(
            community=community, kind=SessionKind.VISIT, title="bench", starts_at=starts + half * n,
            ends_at=starts + half * (n + 1), capacity=PLENTY,
        )
        for n in range(SESSIONS)
    )  # fmt: skip
    return made[0].pk


def _as_script(session: str) -> str:
    """The statement with this run's values in place of its parameters; every booking is for another resident."""
    people = Resident.objects.order_by("pk").values_list("pk", flat=True)
    low, count = people[0], Resident.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE IF NOT EXISTS bench_people CACHE 100")
    message = {
        "kind": "booking_confirmed", "channel": "sms", "user_id": None, "resident_id": "RESIDENT", "address": "+8613800000000",
        "language": "zh-hans", "context": {"what": "bench"}, "whom": "sms", "due_at": "2026-01-01",
        "expires_at": "2036-01-01", "is_urgent": False,
    }  # fmt: skip

    def resident(draw: str) -> str:
        return f"({low} + {draw}('bench_people') % {count})"

    # The message is for the same person: a row of residents that every client locks would be a queue of our own making.
    messages = json.dumps([message]).replace('"RESIDENT"', f"' || {resident('currval')} || '")
    values = {
        "session": session, "party": "1", "at": "now()", "state": "'booked'", "held_until": "NULL::timestamptz",
        "hold_hash": "''", "link_hash": "''", "source": "'desk'", "note": "''", "actor": "NULL::bigint",
        "authority": "'self'", "moved_from": "NULL::bigint", "version": "1", "event": "'booked'",
        "resident": resident("nextval"), "messages": f"('{messages}')",
    }  # fmt: skip
    sql = _TAKE
    for name, value in values.items():
        sql = sql.replace(f"%({name})s", value)
    return " ".join(sql.split())  # no colon may stand before a word or number: pgbench would take it for a variable
