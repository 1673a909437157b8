"""Who is told what of a hazard, beyond those who reported it."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext

from community_portal import clock
from community_portal.matters.notices import subject_of, tell_officer
from community_portal.outbox.actions import Recipient, queue_message
from community_portal.outbox.models import Channel
from community_portal.people.models import Membership, Organisation
from safety.models import Hazard, HazardTransfer


def tell_company(kind: str, hazard: Hazard, firm: Organisation, *, at: dt.datetime, **facts: Any) -> None:
    """All who work there and sign in."""
    posts = Membership.objects.in_force(on=clock.local(at).date()).filter(organisation=firm, user__is_active=True)
    for post in posts.select_related("user").order_by("id"):
        tell_officer(kind, hazard, post.user, at=at, **facts)


def tell_body(transfer: HazardTransfer, phone: str, url: str, *, at: dt.datetime) -> None:
    """The link by which a body answers."""
    hazard = transfer.hazard
    queue_message(
        "hazard_asks_body",
        to=Recipient(Channel.SMS, phone),
        at=at,
        dedupe=f"hazard_asks_body:{transfer.pk}:{transfer.chased_count}",
        context={
            "hall": gettext("%(community)s会客厅") % {"community": hazard.community},
            "number": hazard.case.number,
            "title": hazard.case.title,
            "phone": hazard.community.phone,
            "url": url,
            "transfer": transfer.pk,
        },
        subject=subject_of(hazard),
        version=hazard.version,
        community_id=hazard.community_id,
    )
