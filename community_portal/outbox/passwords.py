"""A forgotten password: whoever runs the place sets one for once, and its owner is told that somebody did."""

import datetime as dt

from django.db import transaction
from django.utils.translation import override

from community_portal.outbox.actions import Recipient, queue_message, staff_recipients
from community_portal.outbox.models import Channel
from community_portal.outbox.notices import PASSWORD_ISSUED
from community_portal.people.models import User
from community_portal.people.staff.memberships import set_one_time_password
from community_portal.web.spoken import plain_when


@transaction.atomic
def issue_password(user: User, *, by: User, at: dt.datetime) -> str:
    """The one-time password to hand over; raises NotAllowed as ``set_one_time_password``."""
    password = set_one_time_password(user, by=by, at=at)
    by_sms = [Recipient(Channel.SMS, user.work_phone, user, None, user.language)] if user.work_phone else []
    for recipient in [*staff_recipients(user), *by_sms]:
        with override(recipient.language):
            when = plain_when(at)
        queue_message(
            PASSWORD_ISSUED,
            to=recipient,
            at=at,
            dedupe=f"password_issued:{user.pk}:{user.session_round}",
            context={"who": str(by), "when": when},
        )
    return password
