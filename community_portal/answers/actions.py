"""Asking by a link, answering once, taking it back."""

import datetime as dt
import hmac
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal.answers.models import AnswerLink, Second
from community_portal.answers.purposes import QUESTIONS
from community_portal.casework.models import Matter
from community_portal.people.links import answer_hash_of, new_token
from community_portal.people.models import Organisation, User
from community_portal.people.phones import half_width, masked
from community_portal.refusals import Changed, Refusal

MOST_TRIES = 5


@transaction.atomic
def ask_by_link(
    purpose: str,
    matter: Matter,
    *,
    who: str,
    by: User | None,
    at: dt.datetime,
    part: str = "",
    phone: str = "",
    code: str = "",
    organisation: Organisation | None = None,
) -> str:
    """A link for one person, of which the address is answered and never kept; the one they had before ends.

    The second factor are the last four digits of ``phone`` (E.164), or a ``code`` of at least four signs that is told otherwise.
    """
    question = QUESTIONS[purpose]
    if not phone and len(code) < 4:
        raise Refusal(_("请填对方的电话，或者约定一个四位以上的口令。"), code="no_second_factor", field="phone")
    token = new_token()
    sent_to = masked(phone) if phone else (organisation.name if organisation else who)
    second = phone[-4:] if phone else code
    live = AnswerLink.objects.live().filter(purpose=purpose, flow=matter.flow.name, matter_id=matter.pk, part=part)
    live.filter(sent_to=sent_to[:80]).update(revoked_at=at)
    AnswerLink.objects.create(
        purpose=purpose,
        case=matter.case,
        flow=matter.flow.name,
        matter_id=matter.pk,
        part=part,
        token_hash=answer_hash_of(token),
        second=Second.TAIL if phone else Second.CODE,
        second_hash=answer_hash_of(f"{token}:{_same(second)}"),
        sent_to=sent_to[:80],
        who=who[:60],
        organisation=organisation,
        made_by=by,
        made_at=at,
        expires_at=at + question.lasts,
    )
    return f"{settings.PORTAL_URL}{reverse('answer_link', args=[token])}"


def find_link(token: str, *, at: dt.datetime) -> AnswerLink | None:
    """The live link of a token; None for one that is guessed, used, taken back or over, all alike."""
    if not 20 <= len(token) <= 64:
        return None
    rows = AnswerLink.objects.live().filter(token_hash=answer_hash_of(token), expires_at__gt=at)
    return rows.select_related("case__community__street").first()


def link_once(token: str) -> AnswerLink | None:
    """The link of a token, whatever became of it: for whom to telephone."""
    rows = AnswerLink.objects.filter(token_hash=answer_hash_of(token))
    return rows.select_related("case__community__street").first()


def was_answered(token: str, *, at: dt.datetime) -> AnswerLink | None:
    """The link of a token by which an answer was given, as long as it would have lasted: its page says thanks and nothing else."""
    if not 20 <= len(token) <= 64:
        return None
    rows = AnswerLink.objects.filter(token_hash=answer_hash_of(token), used_at__isnull=False, expires_at__gt=at)
    return rows.select_related("case__community__street").first()


def check_second(link: AnswerLink, token: str, typed: str, *, at: dt.datetime) -> bool:
    """Whether the second thing fits. Each wrong try is counted in the row, at once; the fifth ends the link."""
    if hmac.compare_digest(link.second_hash, answer_hash_of(f"{token}:{_same(typed)}")):
        return True
    rows = AnswerLink.objects.live().filter(pk=link.pk, wrong_tries__lt=MOST_TRIES)
    rows.update(wrong_tries=F("wrong_tries") + 1)
    AnswerLink.objects.live().filter(pk=link.pk, wrong_tries__gte=MOST_TRIES).update(revoked_at=at)
    return False


def _same(second: str) -> str:
    """Full-width digits and blanks make no difference."""
    return "".join(half_width(second).split()).casefold()


@transaction.atomic
def answer(link: AnswerLink, *, data: dict[str, Any], at: dt.datetime) -> None:
    """Does the deed of the question, once: whoever sends it again, or answers by another copy of the link, changes nothing.
    Raises Changed when it was answered, taken back, or is not asked any more; and as the deed does."""
    if not AnswerLink.objects.live().filter(pk=link.pk, expires_at__gt=at).update(used_at=at):
        raise Changed(_("这个问题已经有人答过了，谢谢您。"))
    question = QUESTIONS[link.purpose]
    matter = question.read(link.matter_id)
    if not question.is_asked(matter, link.part):
        raise Changed(_("情况有变：这件事不用再答了，谢谢您。"))
    question.act(matter=matter, part=link.part, data=data, link=link, at=at)


def revoke_links(matter: Matter, *, at: dt.datetime, purpose: str = "", part: str | None = None) -> int:
    """Takes back what may still be answered about a matter (of one purpose, of one part)."""
    rows = AnswerLink.objects.live().filter(flow=matter.flow.name, matter_id=matter.pk)
    if purpose:
        rows = rows.filter(purpose=purpose)
    return (rows if part is None else rows.filter(part=part)).update(revoked_at=at)
