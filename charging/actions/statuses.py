"""What vendors say of their sockets, taken in by the thousand: once each, the newest by their clock on the socket, in whatever
order it arrives."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from charging.actions.confirming import confirm_by_charging
from charging.models import Channel, ChargePoint, Port
from charging.partitions import month_of, must_have
from charging.status_words import read_state
from community_portal import clock
from community_portal.people.models import Organisation
from community_portal.refusals import Refusal

MOST = 2_000
AHEAD = dt.timedelta(minutes=5)  # clocks of boxes run fast
BACK = dt.timedelta(days=31)  # older news is none, and the months behind it are closed
FLASH = dt.timedelta(seconds=5)


@dataclass(frozen=True)
class Heard:
    """One state as it came: of the socket with our code ``port``, or of ``number`` on the vendor's point ``point``."""

    event_id: str
    at: dt.datetime
    word: str
    port: str = ""
    point: str = ""
    number: int = 0
    vendor_code: str = ""


@dataclass(frozen=True)
class Taken:
    """How many of a call were new, and how many were known already."""

    new: int
    known: int


class Conflicts(Refusal):
    """An event that is known came again and says something else: what came first stays."""

    def __init__(self, ids: list[str]) -> None:
        told = ", ".join(ids[:5])
        super().__init__(
            _("这些编号的状态已经收过，内容不一样：%(ids)s。整批没有收，先收的不变。") % {"ids": told},
            code="event_conflict",
            field="event_id",
            status=409,
        )
        self.ids = ids


@transaction.atomic
def take_statuses(
    heard: Sequence[Heard], *, operator: Organisation, channel: str, at: dt.datetime, is_dry: bool = False
) -> Taken:
    """All of a call or nothing of it. Raises Refusal for the first that cannot be (its number in the sentence), Conflicts for
    what is known otherwise. ``is_dry`` looks and writes nothing."""
    if len(heard) > MOST:
        raise Refusal(_("一次最多 %(n)s 条。") % {"n": MOST}, code="too_many", field="events")
    _one_call_at_a_time(operator)
    ports = _ports_of(operator, heard)
    rows = _rows(heard, ports, at=at)
    known = _known_among(operator, rows, at=at)
    if is_dry or len(known) == len(rows):
        return Taken(len(rows) - len(known), len(heard) - len(rows) + len(known))
    must_have({month_of(clock.local(row[5]).date()) for row in rows.values()})
    new = _insert(operator, list(rows.values()), channel=channel, at=at)
    charging = _put_newest(list(rows.values()), channel=channel)
    confirm_by_charging(charging, at=at)
    return Taken(new, len(heard) - new)


# A row: event_id, port, state, raw, vendor_code, at.
Row = tuple[str, int, str, str, str, dt.datetime]


def _one_call_at_a_time(operator: Organisation) -> None:
    """Two calls of one vendor would each find the other's events missing, and wait for each other's sockets."""
    Organisation.objects.select_for_update(no_key=True).get(pk=operator.pk)


def _ports_of(operator: Organisation, heard: Iterable[Heard]) -> dict[Any, tuple[int, bool]]:
    """The vendor's own sockets among those named, by our code and by its own point and number; one query."""
    codes = {one.port for one in heard if one.port}
    points = {one.point for one in heard if one.point}
    mine = Port.objects.filter(point__operator=operator)
    found = mine.filter(code__in=codes) | mine.filter(point__vendor_id__in=points - {""})
    named: dict[Any, tuple[int, bool]] = {}
    for pk, code, vendor_id, number, gone in found.values_list(
        "pk", "code", "point__vendor_id", "number", "removed_on"
    ):
        named[code] = named[vendor_id, number] = (pk, gone is not None)
    return named


def _rows(heard: Iterable[Heard], ports: dict[Any, tuple[int, bool]], *, at: dt.datetime) -> dict[str, Row]:
    """Each event once; one that stands in the call twice says the same both times."""
    rows: dict[str, Row] = {}
    for number, one in enumerate(heard, start=1):
        row = _row(number, one, ports, at)
        if rows.setdefault(row[0], row) != row:
            raise Conflicts([row[0]])
    return rows


def _row(number: int, one: Heard, ports: dict[Any, tuple[int, bool]], at: dt.datetime) -> Row:
    port = ports.get(one.port or (one.point, one.number))
    if port is None:
        raise _no(number, _("没有这个插座，或者不是你们的。"), "unknown_port")
    if port[1]:
        raise _no(number, _("这个插座已经拆了。"), "removed_port")
    if not one.event_id or len(one.event_id) > 60:
        raise _no(number, _("要有编号，最多 60 个字。"), "event_id")
    if one.at > at + AHEAD:
        raise _no(number, _("时间在将来，请核对设备的时钟。"), "future")
    if one.at < at - BACK:
        raise _no(number, _("时间太早，只收 31 天以内的。"), "too_old")
    said = read_state(one.word)
    return one.event_id, port[0], said.state.value, said.raw[:40], one.vendor_code.strip()[:40], one.at


def _no(number: int, sentence: str, code: str) -> Refusal:
    told = _("第 %(n)s 条：%(why)s整批没有收。") % {"n": number, "why": sentence}
    return Refusal(told, code=code, field=f"events.{number - 1}")


_KNOWN = """
SELECT kept.event_id, kept.port_id = given.port AND kept.raw = given.raw AND kept.vendor_code = given.code AND kept.at = given.at
FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::timestamptz[]) AS given(event_id, port, raw, code, at)
JOIN charging_portstatus kept ON kept.source_id = %s AND kept.event_id = given.event_id AND kept.at > %s
"""


def _known_among(operator: Organisation, rows: dict[str, Row], *, at: dt.datetime) -> set[str]:
    """The events that are here already. Raises Conflicts for those that say something else now."""
    ids, ports, _states, raws, codes, moments = _columns(rows.values())
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [ids, ports, raws, codes, moments, operator.pk, at - BACK - BACK])
        found = cursor.fetchall()
    if other := sorted({event_id for event_id, is_same in found if not is_same}):
        raise Conflicts(other)
    return {event_id for event_id, _same in found}


_INSERT = """
INSERT INTO charging_portstatus (source_id, event_id, port_id, state, raw, vendor_code, at, channel, received_at)
SELECT %s, given.*, %s, %s
FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::timestamptz[]) AS given
ON CONFLICT DO NOTHING
"""


def _insert(operator: Organisation, rows: list[Row], *, channel: str, at: dt.datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [operator.pk, channel, at, *_columns(rows)])
        return int(cursor.rowcount)


# Of two events of one moment the greater name counts, so that every order of arrival ends the same. What was shown stays beside
# it while it lasted long enough to be seen: "available" just before "unavailable" is a flash of the box's own start.
_NEWEST = """
UPDATE charging_port port SET
    earlier_state = CASE WHEN port.state_at IS NULL THEN newest.state
        WHEN newest.at - port.state_at >= %s THEN port.state ELSE port.earlier_state END,
    state = newest.state, raw = newest.raw, vendor_code = newest.code, state_at = newest.at, state_event = newest.event_id,
    state_source = %s
FROM (
    SELECT DISTINCT ON (port_id) * FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::timestamptz[])
        AS given(event_id, port_id, state, raw, code, at)
    ORDER BY port_id, at DESC, event_id COLLATE "C" DESC
) newest
WHERE newest.port_id = port.id
    AND (port.state_at IS NULL OR (newest.at, newest.event_id COLLATE "C") > (port.state_at, port.state_event COLLATE "C"))
RETURNING port.id, port.state, port.state_at
"""


def _put_newest(rows: list[Row], *, channel: str) -> dict[int, dt.datetime]:
    """The sockets that charge by what was just heard, and since when."""
    with connection.cursor() as cursor:
        given: list[Any] = [FLASH, channel, *_columns(rows)]
        cursor.execute(_NEWEST, given)
        return {pk: at for pk, state, at in cursor.fetchall() if state == "in_use"}


def _columns(rows: Iterable[Row]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] or [[], [], [], [], [], []]


def hear_from(points: Iterable[int], *, at: dt.datetime) -> None:
    """Boxes that said they are there, and nothing else; never earlier than they were heard before."""
    ChargePoint.objects.filter(pk__in=list(points)).exclude(heard_at__gte=at).update(heard_at=at)


def set_by_hand(port: Port, *, state: str, by: Any, at: dt.datetime) -> None:
    """Somebody stands before it and says so: a socket of a box that never speaks."""
    one = Heard(f"hand:{by.pk}:{port.pk}:{int(at.timestamp() * 1000)}", at, state, port=port.code)
    take_statuses([one], operator=port.point.operator, channel=Channel.HAND, at=at)
