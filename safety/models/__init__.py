from safety.models.day import (
    MORE_MOMENTS,
    OF_A_PERSON,
    THE_FIVE,
    AssemblyPoint,
    DrillMark,
    HeadCount,
    MarkKind,
)
from safety.models.drills import (
    Check,
    CheckItem,
    Drill,
    DrillKind,
    DrillPremises,
    DrillStation,
    Group,
    GroupMember,
    Objective,
    Skill,
)
from safety.models.evaluations import CorrectiveAction, Observation, Question
from safety.models.helpers import Helper
from safety.models.premises import Premises, PremisesKind

__all__ = [
    "MORE_MOMENTS",
    "OF_A_PERSON",
    "THE_FIVE",
    "AssemblyPoint",
    "Check",
    "CheckItem",
    "CorrectiveAction",
    "Drill",
    "DrillKind",
    "DrillMark",
    "DrillPremises",
    "DrillStation",
    "Group",
    "GroupMember",
    "HeadCount",
    "Helper",
    "MarkKind",
    "Objective",
    "Observation",
    "Premises",
    "PremisesKind",
    "Question",
    "Skill",
]
