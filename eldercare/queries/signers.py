"""Who may put their name under a plan, as what, and from which telephone."""

import datetime as dt
from typing import Any

from django.db.models import Q

from community_portal import clock
from community_portal.casework.models import Commission
from community_portal.people.models import Contact, Membership, Resident
from community_portal.people.register.queries import age_of
from community_portal.signing.models import Relation
from eldercare.models import Adaptation, FamilyContact

OF_AGE = 18


def guardian_of(adaptation: Adaptation) -> FamilyContact | None:
    return FamilyContact.objects.filter(elder__resident=adaptation.resident_id, is_guardian=True).first()


def relation_of(adaptation: Adaptation, user: Any) -> str:
    """As what somebody who is signed in may sign: themselves, or the guardian by the number they signed in with; else empty."""
    if user.resident_id is not None and user.resident_id == adaptation.resident.present_file.pk:
        return Relation.SELF
    guardian = guardian_of(adaptation)
    return Relation.GUARDIAN if guardian and guardian.phone == user.phone else ""


def name_of(adaptation: Adaptation, relation: str) -> str:
    """Whose name is expected there."""
    guardian = guardian_of(adaptation) if relation == Relation.GUARDIAN else None
    return guardian.name if guardian else adaptation.resident.name


def has_left(resident: Resident) -> bool:
    return resident.deceased_on is not None or resident.moved_out_on is not None


def is_minor(resident: Resident, *, at: dt.datetime) -> bool:
    age = age_of(resident, on=clock.local(at).date())
    return age is not None and age < OF_AGE


def may_sign_from(adaptation: Adaptation, phone: str, *, at: dt.datetime) -> bool:
    """Not from the telephone of somebody who works on it, nor from a child's."""
    return not (_is_workers(adaptation, phone) or _is_of_a_minor(phone, at=at))


def _is_of_a_minor(phone: str, *, at: dt.datetime) -> bool:
    """Every file that has this number is a child's."""
    holders = [contact.resident for contact in Contact.objects.filter(phone=phone).select_related("resident")]
    return bool(holders) and all(is_minor(holder, at=at) for holder in holders)


def _is_workers(adaptation: Adaptation, phone: str) -> bool:
    """A member of staff there, or of an organisation that it was given."""
    given = Commission.objects.of_row(adaptation.flow.name, adaptation.pk).values("organisation")
    posts = Membership.objects.filter(Q(user__phone=phone) | Q(user__work_phone=phone))
    place = adaptation.community_id
    here = Q(community=place) | Q(grid__community=place) | Q(street__communities=place)
    return posts.filter(here | Q(organisation__in=given)).exists()
