"""A forgotten password: whoever runs the place sets one for once, and its owner is told that somebody did."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.outbox.actions import queue_message, staff_recipients
from community_portal.outbox.kinds import Kind, register_kinds
from community_portal.people.models import User
from community_portal.people.staffing import set_one_time_password

register_kinds(
    Kind(
        "password_issued",
        _("设了一次性密码"),
        _("%(when)s %(who)s 给您的工作账号设了一次性密码，登录后要马上改掉。不是您要的，请立刻告诉他（她）。"),
        for_staff=True,
        is_urgent=True,
    )
)


@transaction.atomic
def issue_password(user: User, *, by: User, at: dt.datetime) -> str:
    """The one-time password to hand over; raises NotAllowed as ``set_one_time_password``."""
    password = set_one_time_password(user, by=by, at=at)
    for recipient in staff_recipients(user):
        queue_message(
            "password_issued",
            to=recipient,
            at=at,
            dedupe=f"password_issued:{user.pk}:{user.session_round}",
            context={"who": str(by), "when": f"{clock.local(at):%m-%d %H:%M}"},
        )
    return password
