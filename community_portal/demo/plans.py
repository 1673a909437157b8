"""What is written down of a place before it is built: streets, communities and estates as data."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class EstatePlan:
    """An estate with its buildings: ``buildings[grid number] = building numbers``."""

    name: str
    name_en: str
    buildings: dict[int, tuple[int, ...]]
    units: int = 2
    floors: int = 6


@dataclass(frozen=True)
class CommunityPlan:
    """``share`` scales how much life the community gets; ``grids`` are what each grid covers."""

    code: str
    name: str
    name_en: str
    address: str
    phone: str
    grids: tuple[str, ...]
    estates: tuple[EstatePlan, ...]
    share: float = 1.0
    rooms: tuple[tuple[str, str, int], ...] = (("活动室", "Activity room", 40),)


@dataclass(frozen=True)
class StreetPlan:
    code: str
    name: str
    name_en: str
    district: str
    phone: str
    communities: tuple[CommunityPlan, ...] = field(default_factory=tuple)
