from charging.models.estates import DemandPoint, DemandSource, EstateFacts, HowCounted
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
    "Danger",
    "DemandPoint",
    "DemandSource",
    "EstateFacts",
    "HowCounted",
    "HowMeasured",
    "InstallOrder",
    "MONEY",
    "Measurement",
    "Outcome",
    "Part",
    "RejectedBecause",
    "Round",
    "RoundState",
    "Site",
    "SiteAcceptance",
    "SiteKind",
    "Utility",
    "UtilityAnswer",
    "WireReport",
]
