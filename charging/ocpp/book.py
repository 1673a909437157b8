"""What boxes said, until it is in the database: frames only put it here, a thread of its own writes it down every second."""

import datetime as dt
import logging
import threading
from collections import deque
from collections.abc import Iterable

from django.db import DatabaseError, close_old_connections, connections

from charging.actions.statuses import MOST, Heard, hear_from, take_statuses
from charging.models import Channel
from community_portal import clock
from community_portal.people.models import Organisation
from community_portal.refusals import Refusal

logger = logging.getLogger(__name__)
EVERY = 1.0  # seconds
KEEPS = 50_000  # while the database is away; older than that goes


class Book:
    """Safe to write in from any thread."""

    def __init__(self) -> None:
        self._said: deque[tuple[int, Heard]] = deque(maxlen=KEEPS)  # operator, what
        self._there: dict[int, dt.datetime] = {}  # point, when
        self._lock = threading.Lock()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._write_on, name="ocpp-book", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What was heard until now is still written down."""
        self._ends.set()
        self._thread.join(timeout=10)

    def hear(self, operator: int, heard: Iterable[Heard]) -> None:
        with self._lock:
            self._said.extend((operator, one) for one in heard)

    def is_there(self, point: int, *, at: dt.datetime) -> None:
        with self._lock:
            self._there[point] = at

    def _write_on(self) -> None:
        while not self._ends.wait(EVERY):
            self._try_to_write()
        self._try_to_write()
        connections.close_all()

    def _try_to_write(self) -> None:
        """Whatever it is that cannot be written: the next second has news of its own."""
        try:
            self.write()
        except Exception:
            logger.exception("what boxes said could not be written down")

    def write(self) -> None:
        """All that is there; what the database could not take now waits for the next time."""
        with self._lock:
            said, there = list(self._said), dict(self._there)
            self._said.clear()
            self._there.clear()
        try:
            close_old_connections()
            while said:
                operator = said[0][0]
                batch = [one for firm, one in said if firm == operator][:MOST]
                _take(operator, batch)
                taken = set(map(id, batch))
                said = [pair for pair in said if id(pair[1]) not in taken]
            if there:
                for at in set(there.values()):
                    hear_from([point for point, moment in there.items() if moment == at], at=at)
        except DatabaseError:
            logger.exception("the database is away; %s states wait", len(said))
            with self._lock:
                self._said.extendleft(reversed(said))
                self._there = there | self._there


def _take(operator: int, heard: list[Heard]) -> None:
    """One that cannot be refuses a whole call: then each goes alone, and that one is left out."""
    firm, at = Organisation(pk=operator), clock.now()
    try:
        take_statuses(heard, operator=firm, channel=Channel.OCPP, at=at)
    except (Refusal, ValueError) as refusal:  # ValueError: signs that no database holds
        if len(heard) == 1:
            logger.warning("left out: %s", refusal)
            return
        for one in heard:
            _take(operator, [one])
