"""The times agreed for matters: which they are, and what a matter makes of news of them; one registration for all kinds."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from community_portal.bookings.agreements import Purpose, register_agreements
from community_portal.bookings.models import Booking, CancelReason
from community_portal.casework.actions import in_source_words
from community_portal.casework.models import Case
from community_portal.matters.actions.visits import agreed_detail
from community_portal.matters.kinds import KINDS, MatterKind
from community_portal.matters.models import Visited
from community_portal.people.models import User
from community_portal.people.reach import whole_communities


@dataclass(frozen=True)
class VisitOfMatter:
    """A matter and a time that was agreed for it."""

    matter: Visited
    booking: Booking

    def still_waits(self) -> bool:
        """Nobody was there yet, and the officer who was to come still has it in hand."""
        is_theirs = self.matter.handler_id == self.booking.session.host_id
        return is_theirs and self.matter.state in self.matter.visits.waits_in

    def write(self, kind: str, *, authority: str, by: User | None, at: dt.datetime, reason: str = "") -> None:
        self.matter.write(
            kind,
            by=by,
            at=at,
            authority=authority,
            words=in_source_words(CancelReason(reason).label) if reason else "",
            detail=agreed_detail(self.booking),
            is_public=True,
            on_behalf_of=self.booking.resident if authority.startswith("delegation:") else None,
        )


class VisitsOfMatters:
    def reads_all(self, user: User) -> bool:
        readers = (kind.flow.read_by for kind, _rows in _visited())
        return all(user.community_ids <= whole_communities(user, roles) for roles in readers)

    def read_by(self, user: User) -> Q:
        read = Q(pk__in=[])
        for _kind, rows in _visited():
            agreed = rows.visible_to(user).filter(planned_visit__isnull=False)
            read |= Q(pk__in=agreed.order_by().values("planned_visit"))
        return read

    def purposes(self, bookings: list[int]) -> dict[int, Purpose]:
        found: dict[int, Purpose] = {}
        for kind, rows in _visited():
            agreed = rows.filter(planned_visit__in=bookings)
            for matter in agreed.select_related("case", "grid__community"):
                found[matter.planned_visit_id] = _purpose(kind, matter)
        return found

    def of_matters_of(self, user: User) -> Iterable[int]:
        cases = Case.objects.concerning(user)
        for _kind, rows in _visited():
            agreed = rows.filter(case__in=cases, planned_visit__isnull=False)
            yield from agreed.values_list("planned_visit", flat=True)

    def lock(self, booking: Booking) -> VisitOfMatter | None:
        for _kind, rows in _visited():
            locked = rows.select_for_update(of=("self",)).select_related("case")
            matter = locked.filter(planned_visit=booking).first()
            if matter is not None:
                return VisitOfMatter(matter, booking)
        return None


def _visited() -> Iterator[tuple[MatterKind, Any]]:
    """Kinds for which a time is agreed, each with all of its rows."""
    return ((kind, kind.model.objects.all()) for kind in KINDS.values() if kind.is_visited)


def _purpose(kind: MatterKind, matter: Any) -> Purpose:
    number = matter.case.number
    return Purpose(number, kind.url_of(number), matter.grid, kind.my_url_of(number), matter.case.title)


register_agreements(VisitsOfMatters())
