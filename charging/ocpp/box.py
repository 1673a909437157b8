"""One box as it speaks: what each of its messages means to us, which is little."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.utils.dateparse import parse_datetime
from ocpp.routing import on
from ocpp.v16 import ChargePoint as Speaker
from ocpp.v16 import call_result
from ocpp.v16.datatypes import IdTagInfo
from ocpp.v16.enums import Action, AuthorizationStatus, DataTransferStatus, RegistrationStatus

from charging.actions.statuses import AHEAD, BACK, Heard
from charging.ocpp.book import Book
from charging.status_words import PortState, read_state
from community_portal import clock

BEATS = 300  # seconds between two heartbeats
WELCOME = IdTagInfo(status=AuthorizationStatus.accepted)  # who may charge is the vendor's business


@dataclass(frozen=True)
class Known:
    """A box as the database knows it."""

    pk: int
    code: str
    identity: str
    operator: int
    ports: frozenset[int]


class Box(Speaker):
    """Handlers only write in the book; nothing here waits for the database."""

    def __init__(self, known: Known, connection: Any, book: Book) -> None:
        super().__init__(known.identity, connection)
        self.known, self.book = known, book

    def is_there(self) -> None:
        self.book.is_there(self.known.pk, at=clock.now())

    @on(Action.boot_notification)
    def on_boot(self, **_said: Any) -> Any:
        return call_result.BootNotification(_moment(clock.now()), BEATS, RegistrationStatus.accepted)

    @on(Action.heartbeat)
    def on_heartbeat(self, **_said: Any) -> Any:
        return call_result.Heartbeat(_moment(clock.now()))

    @on(Action.status_notification)
    def on_status(self, connector_id: int, error_code: str, status: str, **said: Any) -> Any:
        now = clock.now()
        at = _told(said.get("timestamp"), now)
        wrong = "" if error_code == "NoError" else error_code
        vendors = "".join(sign for sign in said.get("vendor_error_code") or "" if sign.isprintable())
        ports = self._meant(connector_id, status)
        self.book.hear(
            self.known.operator,
            [
                Heard(
                    self._event(number, at, status, wrong),
                    at,
                    status,
                    port=f"{self.known.code}-{number:02d}",
                    vendor_code=(vendors or wrong)[:40],
                )
                for number in ports
            ],
        )
        return call_result.StatusNotification()

    def _meant(self, connector: int, status: str) -> list[int]:
        """One socket; 0 is the whole box, which says something of its sockets only when none of them works."""
        if connector in self.known.ports:
            return [connector]
        stopped = read_state(status).state in (PortState.FAULTED, PortState.UNAVAILABLE)
        return sorted(self.known.ports) if connector == 0 and stopped else []

    def _event(self, number: int, at: dt.datetime, status: str, wrong: str) -> str:
        """The same for a message that is sent again."""
        told = f"{self.known.identity}|{number}|{at.isoformat()}|{status}|{wrong}"
        return f"ocpp:{hashlib.sha256(told.encode()).hexdigest()[:40]}"

    @on(Action.authorize)
    def on_authorize(self, **_said: Any) -> Any:
        return call_result.Authorize(WELCOME)

    @on(Action.start_transaction)
    def on_start(self, connector_id: int, timestamp: str, **_said: Any) -> Any:
        """A number that the box gets back at the end; the status of the socket it tells by itself."""
        return call_result.StartTransaction(int(clock.now().timestamp()) % 2_000_000_000, WELCOME)

    @on(Action.stop_transaction)
    def on_stop(self, **_said: Any) -> Any:
        return call_result.StopTransaction()

    @on(Action.meter_values)
    def on_meter(self, **_said: Any) -> Any:
        return call_result.MeterValues()

    @on(Action.data_transfer)
    def on_data(self, **_said: Any) -> Any:
        return call_result.DataTransfer(DataTransferStatus.unknown_vendor_id)

    @on(Action.diagnostics_status_notification)
    def on_diagnostics(self, **_said: Any) -> Any:
        return call_result.DiagnosticsStatusNotification()

    @on(Action.firmware_status_notification)
    def on_firmware(self, **_said: Any) -> Any:
        return call_result.FirmwareStatusNotification()


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _told(text: Any, now: dt.datetime) -> dt.datetime:
    """By the clock of the box; by ours where it has none, or one that cannot be."""
    try:
        told = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        told = None
    if told is None:
        return now
    told = told if told.tzinfo else told.replace(tzinfo=dt.UTC)
    return told if now - BACK < told <= now + AHEAD else now
