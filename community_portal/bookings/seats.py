"""The statements that take and free places. Nothing else writes ``Session.taken``.

``take_seats`` is one statement under READ COMMITTED: a guarded UPDATE of the session feeds the INSERTs of the booking, its
messages and its journal line. The guard is re-evaluated on the newest row after every wait, which is what a ``count(*)``
in the same statement would not do: that one counts in the snapshot from before the wait and oversells.

Lock order, the same everywhere: the host of a new session first, the resident next, session rows (several by id), booking rows after them.
So two people who swap their times cannot wait for each other.
"""

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, IntegrityError, OperationalError, connection
from django.utils.translation import gettext_lazy as _

from community_portal.bookings.models import Booking, Session, SessionState
from community_portal.composed import planned
from community_portal.refusals import Changed, Refusal

_TAKE = """
WITH seat AS (
    UPDATE bookings_session SET taken = taken + %(party)s
    WHERE id = %(session)s AND version = %(seen)s AND state = 'open' AND starts_at > %(at)s
        AND taken + %(party)s <= capacity
        AND NOT EXISTS (SELECT FROM people_resident WHERE id = %(resident)s::bigint
            AND (merged_into_id IS NOT NULL OR deceased_on IS NOT NULL OR moved_out_on IS NOT NULL))
    RETURNING id, community_id, starts_at, ends_at
), placed AS (
    INSERT INTO bookings_booking (session_id, community_id, resident_id, party_size, state, starts_at, ends_at,
        held_until, hold_hash, link_hash, source, note, booked_by_id, authority, created_at, cancel_reason,
        moved_from_id, version, group_name, group_phone)
    SELECT id, community_id, %(resident)s::bigint, %(party)s, %(state)s, starts_at, ends_at, %(held_until)s::timestamptz,
        %(hold_hash)s, %(link_hash)s, %(source)s, %(note)s, %(actor)s::bigint, %(authority)s, %(at)s, '',
        %(moved_from)s::bigint, %(version)s::int, %(group_name)s, %(group_phone)s
    FROM seat RETURNING id, community_id, version
), said AS (
    INSERT INTO outbox_message (kind, channel, user_id, resident_id, community_id, address, language, context, subject,
        subject_version, dedupe_key, due_at, expires_at, is_urgent, state, attempts, provider_ref, body, reason,
        created_at)
    SELECT m.kind, m.channel, m.user_id, m.resident_id, p.community_id, m.address, m.language, m.context,
        'booking:' || p.id, p.version, left(m.kind || ':' || p.id || ':' || p.version || ':' || m.whom, 120),
        m.due_at, m.expires_at, m.is_urgent, 'waiting', 0, '', '', '', %(at)s
    FROM placed p, jsonb_to_recordset(%(messages)s::jsonb) AS m(kind text, channel text, user_id bigint,
        resident_id bigint, address text, language text, context jsonb, whom text, due_at timestamptz,
        expires_at timestamptz, is_urgent boolean)
    ON CONFLICT (dedupe_key) DO NOTHING
), journal AS (
    INSERT INTO bookings_bookingevent (booking_id, kind, actor_id, authority, words, at)
    SELECT id, %(event)s, %(actor)s::bigint, %(authority)s, '', %(at)s FROM placed
)
SELECT placed.id, seat.community_id, seat.starts_at, seat.ends_at FROM placed, seat
"""

_LOCK_RESIDENT = """
SELECT merged_into_id, deceased_on, moved_out_on FROM people_resident WHERE id = %(resident)s FOR NO KEY UPDATE
"""

_SHIFT = """
UPDATE bookings_session SET taken = taken + %(seats)s
WHERE id = %(session)s
    AND (%(seats)s <= 0 OR state = 'open' AND starts_at > %(at)s AND taken + %(seats)s <= capacity)
"""

_EXPIRED_SESSIONS = """
SELECT id FROM bookings_session
WHERE id IN (SELECT session_id FROM bookings_booking WHERE state = 'held' AND held_until <= %(at)s
             AND (%(session)s IS NULL OR session_id = %(session)s AND NOT EXISTS (
                 SELECT FROM bookings_waiting w WHERE w.session_id = %(session)s AND w.ended_at IS NULL)) LIMIT 500)
ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""

_EXPIRE = """
WITH gone AS (
    UPDATE bookings_booking SET state = 'expired', version = version + 1
    WHERE session_id = ANY(%(sessions)s) AND state = 'held' AND held_until <= %(at)s
    RETURNING id, session_id, party_size
), freed AS (
    UPDATE bookings_session s SET taken = taken - f.seats
    FROM (SELECT session_id, sum(party_size) AS seats FROM gone GROUP BY session_id) f WHERE s.id = f.session_id
), journal AS (
    INSERT INTO bookings_bookingevent (booking_id, kind, authority, words, at)
    SELECT id, 'expired', 'system', '', %(at)s FROM gone
)
SELECT count(*) FROM gone
"""

_MISCOUNTED = """
SELECT s.id, s.taken, coalesce(sum(b.party_size), 0) AS counted
FROM bookings_session s LEFT JOIN bookings_booking b
    ON b.session_id = s.id AND b.source <> 'walk_in' AND b.state IN ('held', 'booked', 'arrived', 'served', 'no_show')
GROUP BY s.id HAVING s.taken <> coalesce(sum(b.party_size), 0)
"""

FULL = "session_full"


@dataclass(frozen=True)
class Seats:
    """What ``take_seats`` writes: the booking row and the first word of its journal.

    ``messages`` are rows for outbox_message without what only the statement knows (see bookings/telling.py).
    """

    party_size: int
    state: str
    source: str
    authority: str
    resident: int | None = None
    actor: int | None = None
    note: str = ""
    held_until: dt.datetime | None = None
    hold_hash: str = ""
    link_hash: str = ""
    moved_from: int | None = None
    version: int = 1
    event: str = "booked"
    group_name: str = ""
    group_phone: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)


def take_seats(session: Session, seats: Seats, *, at: dt.datetime) -> Booking:
    """Takes places and writes booking, messages and journal in one statement; answers the booking, not read again.

    Raises Refusal: ``session_full`` and ``already_booked`` (409), ``closed`` and ``past`` (422), Changed when the session
    is no longer as ``session`` says, which the messages are worded by, and as ``check_file``.
    Must run inside a transaction, and leaves it whole whatever it raises.
    """
    values = vars(seats) | {"session": session.pk, "seen": session.version, "at": at}
    values["party"], values["messages"] = values.pop("party_size"), json.dumps(seats.messages, ensure_ascii=False)
    found = _take(values)
    # What looks full may be held by somebody who walked away; then look once more.
    if found is None and release_expired(at=at, session_id=session.pk):
        found = _take(values)
    if found is None:
        if seats.resident:
            lock_resident(seats.resident)  # held already: asks only whether the file still counts
        raise why_not(session.pk, seen=session.version, at=at)
    pk, community_id, starts_at, ends_at = found
    booking = Booking(
        pk=pk, session_id=session.pk, community_id=community_id, resident_id=seats.resident, party_size=seats.party_size,
        state=seats.state, starts_at=starts_at, ends_at=ends_at, held_until=seats.held_until, hold_hash=seats.hold_hash,
        link_hash=seats.link_hash, source=seats.source, note=seats.note, booked_by_id=seats.actor,
        authority=seats.authority, created_at=at, moved_from_id=seats.moved_from, version=seats.version,
        group_name=seats.group_name, group_phone=seats.group_phone,
    )  # fmt: skip
    booking._state.adding, booking._state.db = False, connection.alias
    return booking


def shift_seats(session_id: int, seats: int, *, at: dt.datetime) -> None:
    """Takes (positive) or frees (negative) places of a session and locks its row. Raises as ``take_seats`` does."""
    values = {"session": session_id, "seats": seats, "at": at}
    if _count(_SHIFT, values):
        return
    if release_expired(at=at, session_id=session_id) and _count(_SHIFT, values):
        return
    raise why_not(session_id, at=at)


def lock_sessions(*session_ids: int) -> dict[int, int]:
    """Locks session rows in the one order, before anything is done to several of them; answers the version of each."""
    with refusing(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, version FROM bookings_session WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [list(session_ids)],
        )
        return dict(cursor.fetchall())


def lock_host(user_id: int) -> None:
    """Two who want the same person come one after the other, and the second hears that they are busy: the exclusion constraint
    alone would let their inserts wait for each other. Before any session row is locked."""
    with refusing(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM people_user WHERE id = %s FOR NO KEY UPDATE", [user_id])


def lock_resident(resident_id: int) -> None:
    """As ``lock_host``, for somebody who books two times at once: the second hears that they have that time already.

    Raises as ``check_file``: read before the lock the file may still be open and stand on its own.
    """
    with refusing(), connection.cursor() as cursor:
        cursor.execute(*planned(_LOCK_RESIDENT, {"resident": resident_id}))
        found = cursor.fetchone()
    if found is None:
        raise file_was_merged()
    check_file(*found)


def check_file(merged_into: int | None, deceased_on: dt.date | None, moved_out_on: dt.date | None) -> None:
    """Nobody is waited for who does not come. Raises Changed when the file was merged into another, Refusal ``file_closed`` when it
    was closed."""
    if merged_into:
        raise file_was_merged()
    if deceased_on:
        words = _("档案上写着已经去世，不能预约。登记错了的，请社区先恢复档案。")
    elif moved_out_on:
        words = _("档案上写着已经搬走，不能预约。还住在这里的，请社区先恢复档案。")
    else:
        return
    raise Refusal(words, code="file_closed", field="resident")


def release_expired(*, at: dt.datetime, session_id: int | None = None) -> int:
    """Frees the places of holds that ended; answers how many holds. Of one session when given, unless somebody waits for a place
    of it: then the sweep frees them for whoever waits. Safe to run twice."""
    with connection.cursor() as cursor:
        cursor.execute(_EXPIRED_SESSIONS, {"at": at, "session": session_id})
        sessions = [row[0] for row in cursor.fetchall()]
        if not sessions:
            return 0
        # A statement of its own: its snapshot begins after the locks, so nobody's confirmation is missed.
        cursor.execute(_EXPIRE, {"at": at, "sessions": sessions})
        return cursor.fetchone()[0]


def miscounted_sessions() -> list[tuple[int, int, int]]:
    """Sessions whose ``taken`` is not the sum of their live parties: (id, taken, counted). Always empty."""
    with connection.cursor() as cursor:
        cursor.execute(_MISCOUNTED)
        return cursor.fetchall()


def why_not(session_id: int, *, at: dt.datetime, seen: int | None = None) -> Refusal:
    """Why a session gives no place: gone, cancelled, begun, other than the version ``seen``, or full."""
    session = Session.objects.filter(pk=session_id).only("state", "starts_at", "version").first()
    if session is None or session.state != SessionState.OPEN:
        return Refusal(_("这一场已经取消，请另选时间。"), code="closed", field="session")
    if session.starts_at <= at:
        return Refusal(_("这一场已经开始，不能再约了，请另选时间。"), code="past", field="session")
    if seen is not None and session.version != seen:
        return session_changed()
    return Refusal(_("这一场刚刚约满了，请另选时间。"), code=FULL, field="session", status=409)


def session_changed() -> Changed:
    """Another room, other words: what was read of the session no longer holds."""
    return Changed(_("情况有变：这一场刚刚改动过，请再看一眼。"))


def file_was_merged() -> Changed:
    """Nobody would find a booking on a file that shows up no more, nor know that its person is busy then."""
    return Changed(_("情况有变：这份档案已经合并到另一份，请重新找一次居民。"))


def already_booked() -> Refusal:
    """The resident has something else at that time."""
    return Refusal(_("这位居民这个时间已有预约，请另选时间。"), code="already_booked", field="resident", status=409)


_BY_CONSTRAINT = {
    "resident_is_in_one_booking_at_a_time": already_booked,
    "session_is_never_oversold": lambda: Refusal(
        _("这一场刚刚约满了，请另选时间。"), code=FULL, field="session", status=409
    ),
    "staff_member_is_in_one_session_at_a_time": lambda: Refusal(
        _("这位工作人员这个时间已有安排。"), code="host_busy", field="host", status=409
    ),
    "room_is_in_one_session_at_a_time": lambda: Refusal(
        _("这个房间这个时间已有安排。"), code="room_busy", field="room", status=409
    ),
    "one_waits_once_for_a_session": lambda: Refusal(
        _("已经在排队了，有名额会告诉您。"), code="already_waiting", field="resident", status=409
    ),
    "booking_is_for_somebody": lambda: Refusal(_("至少要有一个人来。"), code="party_size", field="party_size"),
}


@contextmanager
def refusing() -> Iterator[None]:
    """Turns what the database refuses into a sentence: constraints by name, a long queue into "once more, please"."""
    try:
        yield
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        if name in _BY_CONSTRAINT:
            raise _BY_CONSTRAINT[name]() from error
        raise
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") in ("55P03", "40P01"):
            raise Changed(_("同一时间很多人在约，请再点一次。"), code="busy") from error
        raise


def _take(values: dict[str, Any]) -> tuple | None:
    """Savepoint, lock of the resident and the statement go to the server together: one way there and back for all three."""
    steps = ["SAVEPOINT taking", planned(_TAKE, values)[0]]
    if values["resident"]:
        steps.insert(1, planned(_LOCK_RESIDENT, {"resident": values["resident"]})[0])
    with refusing(), connection.cursor() as cursor:
        try:
            cursor.execute("; ".join(steps), values)
            return cursor.fetchone()
        except DatabaseError:
            cursor.execute("ROLLBACK TO SAVEPOINT taking")
            raise


def _count(statement: str, values: dict[str, Any]) -> int:
    with refusing(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount
