"""What is written down of a place before it is built: streets, communities and estates as data."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class EstatePlan:
    """An estate with its buildings: ``buildings[grid number] = building numbers``. ``homes_from`` is the lowest floor with homes;
    with ``is_full`` somebody is on file behind every door."""

    name: str
    name_en: str
    buildings: dict[int, tuple[int, ...]]
    units: int = 2
    floors: int = 6
    homes_from: int = 1
    is_full: bool = False

    def doors(self, number: int) -> list[str]:
        """The addresses of the homes in one of its buildings, three to a floor and unit."""
        units = [f"{unit}单元" for unit in range(1, self.units + 1)] or [""]
        floors = range(self.homes_from, self.floors + 1)
        return [f"{self.name} {number}幢{u}{floor}{n:02d}" for u in units for floor in floors for n in (1, 2, 3)]


@dataclass(frozen=True)
class Pace:
    """How much happens in a community: one of ``visits`` a day, one of ``solved`` problems in all, the rest are numbers of requests.

    ``slow`` are requests answered later than promised, by the days since they were taken in; ``desk`` whether the desk also
    has one of everything to do as we speak.
    """

    visits: tuple[int, ...]
    visits_ahead: int
    solved: tuple[int, ...]
    explained: int
    partly: int
    not_eligible: int
    not_possible: int
    half_way: int
    slow: tuple[int, ...]
    withdrawn: int
    fresh: int
    desk: bool = True


LIVELY = Pace((4, 5, 6), 5, (8,), 6, 2, 2, 1, half_way=7, slow=(7, 16, 22), withdrawn=2, fresh=9)
USUAL = Pace((1, 2, 2), 2, (4, 5, 6, 7), 2, 2, 1, 1, half_way=3, slow=(7, 16), withdrawn=1, fresh=4)
QUIET = Pace((0, 0, 0, 1), 0, (1, 2), 1, 1, 0, 0, half_way=0, slow=(), withdrawn=0, fresh=2, desk=False)
DESK_SERVICES = ("allowance", "residence", "senior-card", "care-advice")


@dataclass(frozen=True)
class CommunityPlan:
    """``grids`` are what each grid covers; ``residents`` how many are on file beside the people of the stories, ``elders`` which
    part of them is over sixty."""

    code: str
    name: str
    name_en: str
    address: str
    phone: str
    grids: tuple[str, ...]
    estates: tuple[EstatePlan, ...]
    pace: Pace = USUAL
    residents: int = 46
    elders: float = 0.55
    rooms: tuple[tuple[str, str, int], ...] = (("活动室", "Activity room", 40),)
    services: tuple[str, ...] = DESK_SERVICES


@dataclass(frozen=True)
class StreetPlan:
    code: str
    name: str
    name_en: str
    district: str
    phone: str
    communities: tuple[CommunityPlan, ...] = field(default_factory=tuple)
