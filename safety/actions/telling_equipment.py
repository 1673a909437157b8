"""Who hears that a piece failed: those who look after safety there, while the hazard is open."""

import datetime as dt

from community_portal import clock
from community_portal.matters.notices import tell_officer
from community_portal.people.models import Role
from community_portal.people.staff.memberships import managers_of, staff_at
from safety.models import Equipment, Hazard


def tell_of_failure(piece: Equipment, hazard: Hazard, *, at: dt.datetime) -> None:
    on = clock.local(at).date()
    hearers = list(staff_at(piece.community_id, Role.SAFETY, on=on)) or managers_of(piece.community_id, on=on)
    for officer in hearers:
        tell_officer("equipment_fails", hazard, officer, at=at, piece=str(piece), where=piece.where)
