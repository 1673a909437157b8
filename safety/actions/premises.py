"""The premises of a community: what duties are about. What is due follows a change at once."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.models import User
from community_portal.refusals import Changed, NotAllowed, Refusal
from safety.dues import follow_premises
from safety.models import Premises
from safety.rights import has_one_of
from safety.workflow.states import PLANNERS


@transaction.atomic
def save_premises(
    premises: Premises, *, by: User | None, at: dt.datetime, seen: str | None = None, now: str = ""
) -> Premises:
    """New or changed. Raises Refusal ``twice`` for a name that is there already, ``until`` for an end before the beginning,
    Changed when it is not any more what the page showed (``seen`` and ``now`` are editions)."""
    if not has_one_of(by, premises.community_id, PLANNERS):
        raise NotAllowed(_("场所由安全专员或书记来登记。"))
    if seen and now and seen != now:
        raise Changed(_("情况有变：这个场所刚刚改过，请再看一眼。"))
    if premises.until and premises.until < premises.since:
        raise Refusal(_("结束要晚于开始。"), code="until", field="until")
    try:
        with transaction.atomic():
            premises.save()
    except IntegrityError as error:
        raise Refusal(_("这个名称已经有了。"), code="twice", field="name") from error
    follow_premises(premises, on=clock.local(at).date(), at=at)
    return premises
