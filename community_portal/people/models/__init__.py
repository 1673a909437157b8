"""Who is who: accounts that sign in, residents in the register, and who may act for whom.

A ``User`` signs in, a ``Resident`` is a person on file; most residents never sign in, and one account may act for several.
"""

from community_portal.people.models.accounts import (
    MEMBERSHIPS_OF,
    Membership,
    MembershipQuerySet,
    Organisation,
    OrganisationQuerySet,
    User,
)
from community_portal.people.models.bodies import OrganisationContact
from community_portal.people.models.clients import ApiClient, ApiClientQuerySet
from community_portal.people.models.consents import ASKED_AT_INTAKE, Consent, ConsentChannel, Purpose
from community_portal.people.models.managing import ManagedEstate, ManagedEstateQuerySet
from community_portal.people.models.records import (
    AccountLog,
    CalendarLink,
    CalendarLinkQuerySet,
    Look,
    Submission,
    ViewLog,
)
from community_portal.people.models.residents import (
    CareTag,
    Contact,
    Delegation,
    DelegationQuerySet,
    DelegationScope,
    FileMerge,
    Household,
    IdType,
    Resident,
    ResidentQuerySet,
    Sex,
    ToldApart,
)
from community_portal.people.models.roles import (
    COMMUNITY_STAFF,
    HOUSE_STAFF,
    RUNS,
    SEES_SENSITIVE,
    SPECIALISTS,
    STAFF,
    THIRD_PARTIES,
    Body,
    Role,
)

__all__ = [
    "ASKED_AT_INTAKE",
    "AccountLog",
    "ApiClient",
    "ApiClientQuerySet",
    "Body",
    "COMMUNITY_STAFF",
    "CalendarLink",
    "CalendarLinkQuerySet",
    "CareTag",
    "Consent",
    "ConsentChannel",
    "Contact",
    "Delegation",
    "DelegationQuerySet",
    "DelegationScope",
    "FileMerge",
    "HOUSE_STAFF",
    "Household",
    "IdType",
    "Look",
    "MEMBERSHIPS_OF",
    "ManagedEstate",
    "ManagedEstateQuerySet",
    "Membership",
    "MembershipQuerySet",
    "Organisation",
    "OrganisationContact",
    "OrganisationQuerySet",
    "Purpose",
    "RUNS",
    "Resident",
    "ResidentQuerySet",
    "Role",
    "SEES_SENSITIVE",
    "SPECIALISTS",
    "STAFF",
    "Sex",
    "Submission",
    "THIRD_PARTIES",
    "ToldApart",
    "User",
    "ViewLog",
]
