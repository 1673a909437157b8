"""公示: objections in its days, by page or on paper; the street answers each, and ends the notice when its days are over."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.actions import commission
from community_portal.matters.actions.steps import authority_in, take
from community_portal.people.authority import SYSTEM
from community_portal.people.models import Organisation, Role, User
from community_portal.people.phones import read_phone
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, NotAllowed, Refusal
from eldercare.models import Adaptation, Objection
from eldercare.workflow.states import State


@transaction.atomic
def object_to(
    adaptation: Adaptation,
    *,
    words: str,
    at: dt.datetime,
    who: str = "",
    phone: str = "",
    recorded_by: User | None = None,
) -> Objection:
    """Anybody may, without a name; ``recorded_by`` who wrote down what came on paper. Raises Changed when the days are over."""
    words = read_text(words, field="words")
    if len(words) < 2:
        raise Refusal(_("请写一写您的意见。"), code="no_words", field="words")
    today = clock.local(at).date()
    if adaptation.state != State.NOTICE or adaptation.notice_until is None or today > adaptation.notice_until:
        raise Changed(_("公示已经结束，请打电话给社区。"))
    authority = authority_in(adaptation, recorded_by, at=at) if recorded_by else SYSTEM
    made = Objection.objects.create(
        adaptation=adaptation,
        words=words,
        who=read_text(who, field="who", longest=60),
        phone=read_phone(phone) if phone.strip() else "",
        at=at,
        recorded_by=recorded_by,
    )
    adaptation.write("objected", by=recorded_by, at=at, authority=authority)
    return made


@transaction.atomic
def answer_objection(objection: Objection, *, words: str, by: User, at: dt.datetime) -> None:
    """By the street, once."""
    adaptation = objection.adaptation
    if not by.has_role_at(adaptation.community_id, Role.STREET_OFFICER):
        raise NotAllowed(_("异议由街道答复。"))
    words = read_text(words, field="answer")
    if len(words) < 2:
        raise Refusal(_("请写答复。"), code="no_words", field="answer")
    rows = Objection.objects.filter(pk=objection.pk, answered_at__isnull=True)
    if not rows.update(answer=words, answered_by=by, answered_at=at):
        raise Changed(_("情况有变：这条异议刚刚有人答过了。"))
    adaptation.write("objection_answered", by=by, at=at, authority=authority_in(adaptation, by, at=at))


@transaction.atomic
def end_notice(
    adaptation: Adaptation,
    *,
    by: User,
    at: dt.datetime,
    assessor: Organisation | None = None,
    seen: int | None = None,
    words: str = "",
) -> None:
    """The days are over and every objection is answered: whoever assesses is given it."""
    if adaptation.notice_until is not None and clock.local(at).date() <= adaptation.notice_until:
        raise Refusal(_("公示还没有满。"), code="notice_runs", status=409)
    changes = {"assessor": assessor} if assessor else {}
    take(adaptation, "end_notice", by=by, at=at, seen=seen, words=words, changes=changes)
    if assessor:
        commission(adaptation, organisation=assessor, role=Role.ASSESSOR, by=by, at=at)
