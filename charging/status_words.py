"""What vendors say of a socket, in our five words. OCPP 1.6 and OCPI 2.2 as data; what nobody knows is unknown and kept as it came.

Whether a socket is planned, in service or removed is a fact of ours (models/ports.py): no feed of a vendor changes it.
"""

from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PortState(TextChoices):
    """What a socket does, as last heard."""

    AVAILABLE = "available", _("空")
    IN_USE = "in_use", _("在充")
    FAULTED = "faulted", _("坏了")
    UNAVAILABLE = "unavailable", _("停用")
    UNKNOWN = "unknown", _("不知道")


WORKING = frozenset({PortState.AVAILABLE, PortState.IN_USE})
_FREE, _BUSY, _BROKEN, _OFF, _DUNNO = PortState

OCPP_16: dict[str, PortState] = {
    "Available": _FREE,
    "Preparing": _BUSY,
    "Charging": _BUSY,
    "SuspendedEVSE": _BUSY,
    "SuspendedEV": _BUSY,
    "Finishing": _BUSY,  # full, and still in the socket
    "Reserved": _OFF,
    "Unavailable": _OFF,
    "Faulted": _BROKEN,
}
OCPI_22: dict[str, PortState] = {
    "AVAILABLE": _FREE,
    "BLOCKED": _OFF,  # by whatever stands before it
    "CHARGING": _BUSY,
    "INOPERATIVE": _OFF,
    "OUTOFORDER": _BROKEN,
    "PLANNED": _OFF,
    "REMOVED": _OFF,
    "RESERVED": _OFF,
    "UNKNOWN": _DUNNO,
}
# As lists of operators write it.
IN_CHINESE: dict[str, PortState] = {
    "空闲": _FREE,
    "空": _FREE,
    "充电中": _BUSY,
    "充电": _BUSY,
    "占用": _BUSY,
    "充满": _BUSY,
    "故障": _BROKEN,
    "坏了": _BROKEN,
    "停用": _OFF,
    "维护": _OFF,
    "离线": _DUNNO,
    "未知": _DUNNO,
}
OCPP_ERRORS: dict[str, object] = {
    "NoError": "",
    "ConnectorLockFailure": _("锁扣坏了"),
    "EVCommunicationError": _("和车连不上"),
    "GroundFailure": _("漏电"),
    "HighTemperature": _("过热"),
    "InternalError": _("内部故障"),
    "LocalListConflict": _("卡名单冲突"),
    "OtherError": _("其他故障"),
    "OverCurrentFailure": _("电流过大"),
    "OverVoltage": _("电压过高"),
    "PowerMeterFailure": _("电表坏了"),
    "PowerSwitchFailure": _("开关坏了"),
    "ReaderFailure": _("读卡器坏了"),
    "ResetFailure": _("重启失败"),
    "UnderVoltage": _("电压过低"),
    "WeakSignal": _("信号弱"),
}
_KNOWN = {
    word.casefold(): state
    for words in ({state.value: state for state in PortState}, OCPP_16, OCPI_22, IN_CHINESE)
    for word, state in words.items()
}


class Said(NamedTuple):
    """A word of a vendor: what it means to us, and as it came."""

    state: PortState
    raw: str


def read_state(word: str) -> Said:
    """Whatever the case in which it is written."""
    raw = word.strip()
    return Said(_KNOWN.get(raw.casefold(), _DUNNO), raw)
