from charging.models.estates import DemandPoint, DemandSource, EstateFacts, HowCounted
from charging.models.faults import ICONS, ConfirmedBy, Fault, FaultReason, FaultReport
from charging.models.ports import (
    MOST_SOCKETS,
    Channel,
    ChargePoint,
    Patrol,
    Port,
    PortDay,
    PortStatus,
    Tariff,
)
from charging.models.rounds import MONEY, Round, RoundState
from charging.models.sites import HowMeasured, Measurement, RejectedBecause, Site, SiteKind
from charging.models.utilities import Answered, Utility, UtilityAnswer
from charging.models.wires import Cause, Danger, Outcome, WireReport
from charging.models.works import AcceptancePart, AcceptanceSigner, Body, InstallOrder, Part, SiteAcceptance

__all__ = [
    "AcceptancePart",
    "AcceptanceSigner",
    "Answered",
    "Body",
    "Cause",
    "Channel",
    "ChargePoint",
    "ConfirmedBy",
    "Danger",
    "DemandPoint",
    "DemandSource",
    "EstateFacts",
    "Fault",
    "FaultReason",
    "FaultReport",
    "HowCounted",
    "HowMeasured",
    "ICONS",
    "InstallOrder",
    "MONEY",
    "MOST_SOCKETS",
    "Measurement",
    "Outcome",
    "Part",
    "Patrol",
    "Port",
    "PortDay",
    "PortStatus",
    "RejectedBecause",
    "Round",
    "RoundState",
    "Site",
    "SiteAcceptance",
    "SiteKind",
    "Tariff",
    "Utility",
    "UtilityAnswer",
    "WireReport",
]
