"""What a role gets at an address, in the words in which policy.py says it."""

from dataclasses import dataclass
from typing import Any

ANONYMOUS, RESIDENT, OTHER_RESIDENT = "anonymous", "resident", "other_resident"
RECEPTION, OFFICER, MANAGER, STREET = "reception", "grid_officer", "manager", "street_officer"
SPECIALIST, CHARGER, THIRD_PARTY, NEIGHBOUR, ADMIN = "eldercare", "charging", "third_party", "neighbour", "admin"

# ``other_resident`` and ``neighbour`` (a receptionist) belong to the community next door.
ROLES = (
    ANONYMOUS,
    RESIDENT,
    OTHER_RESIDENT,
    RECEPTION,
    OFFICER,
    MANAGER,
    STREET,
    SPECIALIST,
    CHARGER,
    THIRD_PARTY,
    NEIGHBOUR,
    ADMIN,
)
HOME = (RECEPTION, OFFICER, MANAGER, STREET)  # work at home; the specialists too, but read and write less
STAFF = (*HOME, SPECIALIST, CHARGER, NEIGHBOUR, ADMIN)
SIGNED_IN = ROLES[1:]

Cells = dict[str, str]


def cells(rest: str, **named: str) -> Cells:
    """Every role gets ``rest`` but for the named."""
    assert set(named) <= set(ROLES), named
    return {role: named.get(role, rest) for role in ROLES}


def only(*admitted: str, **named: str) -> Cells:
    """These are admitted, the anonymous are sent to the door, the rest is forbidden, but for the named."""
    return cells("403", **({ANONYMOUS: "in"} | dict.fromkeys(admitted, "ok") | named))


def nobody_finds(table: Cells, *roles: str) -> Cells:
    """The same, but these roles (all who were admitted, when none is named) find nothing: the thing is not theirs."""
    who = roles or [role for role, cell in table.items() if cell in ("ok", "405")]
    return table | dict.fromkeys(who, "404")


def refuses_method(table: Cells) -> Cells:
    """405 instead of a page."""
    return {role: "405" if cell in ("ok", "404") else cell for role, cell in table.items()}


@dataclass(frozen=True)
class Policy:
    get: Cells
    post: Cells
    get_other: Cells | None = None
    post_other: Cells | None = None
    body: Any = None


def page(admitted: Cells, *, body: Any = None) -> Policy:
    """Shows a form and takes it."""
    return Policy(admitted, admitted, body=body)


def shown(admitted: Cells) -> Policy:
    """A page that only shows; POST to it does nothing more (such views do not look at the method)."""
    return Policy(admitted, admitted)


def deed(admitted: Cells, *, body: Any = None) -> Policy:
    """POST only."""
    return Policy(refuses_method(admitted), admitted, body=body)


def thing(own: Cells, other: Cells, *, body: Any = None) -> Policy:
    """A page of one thing, which may belong to another place."""
    return Policy(own, own, other, other, body=body)


def deed_on(own: Cells, other: Cells, *, body: Any = None) -> Policy:
    """POST only, on one thing, which may belong to another place."""
    return Policy(refuses_method(own), own, refuses_method(other), other, body=body)


EVERYONE = cells("ok")
EVERYONE_SIGNED_IN = only(*SIGNED_IN)
ALL_STAFF = only(*STAFF)
WITH_ROLE = only(*STAFF, THIRD_PARTY)
PLANNERS = only(MANAGER, STREET, ADMIN)
DESK = (RECEPTION, OFFICER, MANAGER, SPECIALIST, CHARGER, NEIGHBOUR, ADMIN)
REGISTRARS = (RECEPTION, OFFICER, MANAGER, SPECIALIST, NEIGHBOUR, ADMIN)

# A thing of home: the neighbour's staff does not find it. A thing next door: only they, and the administrator, do.
OF_HOME = only(*HOME, SPECIALIST, CHARGER, ADMIN, neighbour="404")
OF_NEXT_DOOR = only(NEIGHBOUR, ADMIN, **dict.fromkeys((*HOME, SPECIALIST, CHARGER), "404"))
# A request for care: of the specialists only that for eldercare reads it.
REQUEST_OF_HOME = nobody_finds(OF_HOME, CHARGER)
# Meetings, votes and objections that stand alone; a third party sees those about what it was given, and here none.
DELIBERATED = OF_HOME | {THIRD_PARTY: "404"}
DELIBERATED_NEXT_DOOR = OF_NEXT_DOOR | {THIRD_PARTY: "404"}
CALLERS = only(MANAGER, STREET, CHARGER, ADMIN)


def registrars(*roles: str) -> tuple[Cells, Cells]:
    """The two columns of a page on one thing for some roles: at home and next door."""
    at_home = [role for role in roles if role not in (NEIGHBOUR, ADMIN)]
    return (
        only(*at_home, ADMIN, **({NEIGHBOUR: "404"} if NEIGHBOUR in roles else {})),
        only(ADMIN, **({NEIGHBOUR: "ok"} if NEIGHBOUR in roles else {}), **dict.fromkeys(at_home, "404")),
    )


MINE = only(RESIDENT, **dict.fromkeys(SIGNED_IN[1:], "404"))
OTHERS = only(OTHER_RESIDENT, **dict.fromkeys((RESIDENT, *SIGNED_IN[2:]), "404"))
API_SIGNED_IN = cells("ok", anonymous="401")

# The API has no doors: 401 without an account.
FIGURES = cells("404", anonymous="401", **dict.fromkeys((*HOME, SPECIALIST, CHARGER, ADMIN), "ok"))
FIGURES_NEXT_DOOR = cells("404", anonymous="401", neighbour="ok", admin="ok")
API_OF_HOME = cells("404", anonymous="401", **dict.fromkeys((RESIDENT, *HOME, SPECIALIST, CHARGER, ADMIN), "ok"))
API_REQUEST_OF_HOME = nobody_finds(API_OF_HOME, CHARGER)
API_OF_NEXT_DOOR = cells("404", anonymous="401", other_resident="ok", neighbour="ok", admin="ok")
API_NO_POST = cells("405", anonymous="401")
API_SCORES_OF_HOME = cells("404", anonymous="401", **dict.fromkeys((OFFICER, MANAGER, STREET, SPECIALIST, ADMIN), "ok"))
API_SCORES_NEXT_DOOR = cells("404", anonymous="401", admin="ok")
# Who reads scores and does not assess is told that it is for others to do.
API_ASSESSING = API_SCORES_OF_HOME | dict.fromkeys((OFFICER, MANAGER, STREET), "403")

FAULT_OF_HOME = nobody_finds(OF_HOME, SPECIALIST, OFFICER)  # in no grid
API_FAULT_OF_HOME = cells("404", anonymous="401", **dict.fromkeys((RECEPTION, MANAGER, STREET, CHARGER, ADMIN), "ok"))
API_FAULT_NEXT_DOOR = cells("404", anonymous="401", neighbour="ok", admin="ok")
# A wire is read by all who may be asked about it but the specialist for eldercare and officers of other grids; a place by the
# specialist for charging, the manager and the street.
WIRE_OF_HOME = nobody_finds(OF_HOME, SPECIALIST, OFFICER)
SITERS = (MANAGER, STREET, CHARGER, ADMIN)
SITE_OF_HOME = nobody_finds(OF_HOME, SPECIALIST, OFFICER, RECEPTION)
SITE_NEXT_DOOR = nobody_finds(OF_NEXT_DOOR, NEIGHBOUR)
API_SITE_OF_HOME = cells("404", anonymous="401", **dict.fromkeys(SITERS, "ok"))
API_SITE_NEXT_DOOR = cells("404", anonymous="401", admin="ok")
API_WIRE_OF_HOME = nobody_finds(API_OF_HOME, SPECIALIST, OFFICER)
# Residents read no votes here: theirs comes by a link.
API_VOTE_OF_HOME = API_OF_HOME | {RESIDENT: "404"}
API_VOTE_NEXT_DOOR = API_OF_NEXT_DOOR | {OTHER_RESIDENT: "404"}
# A drill of the whole community: read by those who answer for it, not by an officer of one grid.
DRILL_OF_HOME = nobody_finds(OF_HOME, RECEPTION, OFFICER, SPECIALIST, CHARGER)
DRILL_NEXT_DOOR = nobody_finds(OF_NEXT_DOOR, NEIGHBOUR)
DRILL_READ = only(MANAGER, STREET, ADMIN, grid_officer="404")
DRILL_READ_NEXT_DOOR = only(ADMIN, **dict.fromkeys((OFFICER, MANAGER, STREET), "404"))
DRILL_PRESSED = DRILL_READ
API_DRILL = nobody_finds(API_OF_HOME, RESIDENT, RECEPTION, OFFICER, SPECIALIST, CHARGER)
API_DRILL_NEXT_DOOR = nobody_finds(API_OF_NEXT_DOOR, "other_resident", NEIGHBOUR)

CARERS = (RECEPTION, OFFICER, MANAGER, STREET, SPECIALIST, NEIGHBOUR, ADMIN)  # who reads elders and adaptations
SCORERS = (OFFICER, MANAGER, STREET, SPECIALIST, ADMIN)  # and their scores
