"""A second kind of matter, with a flow of its own, on rows that it borrows from help requests."""

import dataclasses
from typing import Any

import pytest

from appointments.models import HelpRequest
from appointments.workflow import HELP, State
from community_portal import clock
from community_portal.casework.actions import open_part, start_matter
from community_portal.casework.flow import FLOWS
from community_portal.casework.models import Case
from community_portal.matters.kinds import KINDS, MatterKind
from community_portal.people.models import User
from tests.cast import Cast
from tests.factories import Role

IS_HAZARD = {"routed_by": "hazard"}
STANDS = "正在整改"
_STATES = HELP.states | {State.HANDLING: dataclasses.replace(HELP.states[State.HANDLING], plain=STANDS)}


class Hazard(HelpRequest):
    flow = dataclasses.replace(HELP, name="hazard", label="隐患", hue="vermilion", states=_STATES)

    class Meta:
        proxy = True
        app_label = "appointments"


class Hazards(MatterKind):
    def read(self) -> Any:
        return super().read().filter(**IS_HAZARD)


class Requests(MatterKind):
    def read(self) -> Any:
        return super().read().exclude(**IS_HAZARD)


def let_there_be_hazards(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, User]]:
    """Answers which of them were handed over, and to whom."""
    over: list[tuple[int, User]] = []

    def hand_over(found: Hazard, *, officer: User, **_rest: Any) -> None:
        over.append((found.pk, officer))

    told = {field.name: getattr(KINDS[HELP.name], field.name) for field in dataclasses.fields(MatterKind) if field.init}
    own = {"model": Hazard, "hands": frozenset({Role.SAFETY}), "hand_over": hand_over}
    monkeypatch.setitem(FLOWS, "hazard", Hazard.flow)
    monkeypatch.setitem(KINDS, "hazard", Hazards(**told | own))
    monkeypatch.setitem(KINDS, HELP.name, Requests(**told))
    return over


def hazard_of(cast: Cast, case: Case, **over: Any) -> Hazard:
    """One that grew out of the case of a request."""
    part = open_part(case, title=case.title, words=case.words, source=case.source, by=None, at=clock.now())
    values = {"case": part, "community": cast.home, "grid": cast.grid, "state": State.HANDLING, "handler": cast.officer}
    category = HelpRequest.objects.filter(case=case).values_list("category", flat=True)[0]
    found = Hazard(category_id=category, **IS_HAZARD, **values | over)
    start_matter(found, by=None, at=clock.now(), authority="system")
    return found
