"""Who hears of a fault: the operator's people, and everybody who reported it and left a number or an account."""

import datetime as dt

from django.db.models import Q
from django.utils.translation import gettext, override

from charging.models import Fault
from community_portal import clock
from community_portal.matters.notices import subject_of, tell_officer
from community_portal.outbox.actions import Recipient, queue_message
from community_portal.outbox.models import Channel
from community_portal.people.models import Membership, Organisation, User


def members_of(organisation: Organisation, *, on: dt.date) -> list[User]:
    """Who works for an organisation on that day."""
    posts = Membership.objects.in_force(on=on).filter(organisation=organisation, user__is_active=True)
    return [post.user for post in posts.select_related("user").order_by("id")]


def tell_operator(fault: Fault, *, at: dt.datetime) -> None:
    for member in members_of(fault.operator, on=clock.local(at).date()):
        tell_officer("port_fault_given", fault, member, at=at)


def tell_reporters(kind: str, fault: Fault, *, at: dt.datetime, words: str = "") -> None:
    """Each number and each account once."""
    wants = fault.reports.filter(~Q(phone="") | Q(account__isnull=False)).select_related("account")
    told = {(one.phone or f"user:{one.account_id}"): one for one in wants}
    for report in told.values():
        user = report.account if report.account and report.account.is_active else None
        if report.phone:
            _queue(kind, fault, Recipient(Channel.SMS, report.phone), at=at, words=words)
        if user:
            _queue(kind, fault, Recipient(Channel.SCREEN, "", user, None, user.language), at=at, words=words)


def _queue(kind: str, fault: Fault, to: Recipient, *, at: dt.datetime, words: str) -> None:
    with override(to.language):
        hall = gettext("%(community)s会客厅") % {"community": fault.community}
    subject = subject_of(fault)
    queue_message(
        kind,
        to=to,
        at=at,
        dedupe=f"{kind}:{subject}:{fault.version}",
        context={"hall": hall, "port": fault.port.code, "words": words[:120], "phone": fault.community.phone},
        subject=subject,
        version=fault.version,
        community_id=fault.community_id,
    )
