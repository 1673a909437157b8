"""Asking the elder, and the guardian where there is one, to read a plan and sign it: by a link on their own telephone."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, override

from community_portal.answers.actions import ask_by_link
from community_portal.matters.notices import subject_of
from community_portal.outbox.actions import Recipient, queue_message, resident_recipients
from community_portal.outbox.models import Channel
from community_portal.people.models import User
from community_portal.people.phones import is_mobile
from community_portal.signing.models import Relation
from eldercare.models import Adaptation, PlanVersion
from eldercare.queries.signers import guardian_of, may_sign_from

PLAN = "plan"


def part_of(relation: str, plan: PlanVersion) -> str:
    """``self-2``: who is asked, and about which version."""
    return f"{relation}-{plan.version}"


def read_part(part: str) -> tuple[str, int]:
    relation, _dash, version = part.partition("-")
    return relation, int(version or 0)


def invite_to_sign(adaptation: Adaptation, plan: PlanVersion, *, by: User | None, at: dt.datetime) -> None:
    """A message to each of them; who has a mobile number gets a link that needs no account."""
    resident = adaptation.resident
    for recipient in resident_recipients(resident):
        _invite(adaptation, plan, Relation.SELF, resident.name, recipient, by=by, at=at)
    guardian = guardian_of(adaptation)
    if guardian and is_mobile(guardian.phone):
        to = Recipient(Channel.SMS, guardian.phone)
        _invite(adaptation, plan, Relation.GUARDIAN, guardian.name, to, by=by, at=at)


def _invite(
    adaptation: Adaptation,
    plan: PlanVersion,
    relation: str,
    who: str,
    to: Recipient,
    *,
    by: User | None,
    at: dt.datetime,
) -> None:
    if to.address and not may_sign_from(adaptation, to.address, at=at):
        return
    if to.address:
        part = part_of(relation, plan)
        url = ask_by_link(PLAN, adaptation, who=who, by=by, at=at, part=part, phone=to.address)
    else:
        url = f"{settings.PORTAL_URL}/my/eldercare/adaptations/{adaptation.case.number}/"
    community = adaptation.community
    with override(to.language):
        hall = gettext("%(community)s会客厅") % {"community": community}
    facts: dict[str, Any] = {"hall": hall, "number": adaptation.case.number, "phone": community.phone, "url": url}
    queue_message(
        "adapt_sign_please",
        to=to,
        at=at,
        dedupe=f"adapt_sign_please:{adaptation.pk}:{plan.version}:{relation}",
        context=facts | {"plan": plan.version},
        subject=subject_of(adaptation),
        version=adaptation.version,
        community_id=adaptation.community_id,
    )
