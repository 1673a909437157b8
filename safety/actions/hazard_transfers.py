"""What is not the community's to mend is passed to the body whose it is: asked by a link, reminded, answered. Meanwhile no time passes."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.answers.actions import ask_by_link, revoke_links
from community_portal.casework.actions import take_step
from community_portal.matters.actions.steps import take
from community_portal.matters.notices import tell_manager
from community_portal.people.models import Body, Organisation, OrganisationContact, User
from community_portal.people.phones import is_mobile, read_phone
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, Refusal
from safety.actions.hazard_telling import tell_body
from safety.models import Hazard, HazardTransfer, Outcome
from safety.workflow.states import HAZARD_GIVEN

TRANSFER = "hazard_transfer"


@transaction.atomic
def transfer(
    hazard: Hazard,
    *,
    body: Organisation | None,
    who: str = "",
    phone: str = "",
    words: str,
    by: User | None,
    at: dt.datetime,
    **given: Any,
) -> str:
    """To a body, by a link to somebody there; the address of the link. Raises Refusal beside ``body``, ``phone``."""
    if body is None or not _is_a_body_of(body, hazard):
        raise Refusal(_("请选转给哪个单位。"), code="no_body", field="body")
    name, number = _contact_of(body, who, phone)
    take(hazard, "transfer", by=by, at=at, words=words, changes={"transferred_to": body}, **given)
    row = HazardTransfer.objects.create(
        hazard=hazard, body=body, asked_of=name, asked_at=at, asked_by=by, words=read_text(words, field="words")
    )
    return _ask(row, number, by=by, at=at)


def _is_a_body_of(body: Organisation, hazard: Hazard) -> bool:
    here = Organisation.objects.filter(pk=body.pk, kind__in=Body.values).working_in(hazard.community.street)
    return here.exists()


def _contact_of(body: Organisation, who: str, phone: str) -> tuple[str, str]:
    """Whom one asks for there, and their number: as typed, else who is on the list."""
    known: OrganisationContact | None = body.contacts.filter(until=None).first()
    name = read_text(who or "", field="who", longest=60) or (known.name if known else body.name)
    number = read_phone(phone) if (phone or "").strip() else (known.phone if known else "")
    if not is_mobile(number):
        raise Refusal(_("请填对方的手机号，链接用短信发到这里。"), code="no_mobile", field="phone")
    return name, number


def _ask(row: HazardTransfer, number: str, *, by: User | None, at: dt.datetime) -> str:
    url = ask_by_link(
        TRANSFER, row.hazard, who=row.asked_of, part=str(row.pk), phone=number, organisation=row.body, by=by, at=at
    )
    tell_body(row, number, url, at=at)
    return url


def waiting(hazard: Hazard) -> HazardTransfer | None:
    """What waits for an answer."""
    return hazard.transfers.filter(answered_at=None).select_related("body", "hazard__case", "hazard__community").first()


@transaction.atomic
def chase(hazard: Hazard, *, phone: str = "", by: User | None, at: dt.datetime, **given: Any) -> str:
    """Asked again by a new link, the old one ends; how often is kept."""
    row = waiting(hazard)
    if row is None:
        raise Changed(_("情况有变：没有在等的答复。"))
    _name, number = _contact_of(row.body, row.asked_of, phone)
    take(hazard, "chase", by=by, at=at, **given)
    row.chased_count, row.chased_at, row.hazard = row.chased_count + 1, at, hazard
    row.save(update_fields=["chased_count", "chased_at"])
    return _ask(row, number, by=by, at=at)


def _day_moves(hazard: Hazard) -> None:
    """By as long as it waited, where it had a day."""
    if hazard.due_on is not None and hazard.due_at is not None and hazard.state in HAZARD_GIVEN:
        hazard.due_on = clock.local(hazard.due_at).date()
        Hazard.objects.filter(pk=hazard.pk).update(due_on=hazard.due_on)


def _answer(row: HazardTransfer, *, outcome: str, words: str, name: str, at: dt.datetime) -> None:
    if outcome not in Outcome.values:
        raise Refusal(_("请选对方怎么答复。"), code="no_outcome", field="outcome")
    name = read_text(name or "", field="name", longest=60)
    if not name:
        raise Refusal(_("请写谁答复的。"), code="nobody_answered", field="name")
    row.outcome, row.answer, row.name, row.answered_at = outcome, words, name, at
    row.save(update_fields=["outcome", "answer", "name", "answered_at"])


@transaction.atomic
def record_answer(
    hazard: Hazard, *, outcome: str, name: str, words: str, by: User | None, at: dt.datetime, **given: Any
) -> None:
    """What the body said by telephone or on paper; its link ends."""
    row = waiting(hazard)
    if row is None:
        raise Changed(_("情况有变：没有在等的答复。"))
    words = read_text(words, field="words")
    take(hazard, "answered", by=by, at=at, words=words, **given)
    _day_moves(hazard)
    _answer(row, outcome=outcome, words=words, name=name, at=at)
    revoke_links(hazard, purpose=TRANSFER, at=at)


@transaction.atomic
def answer_by_link(hazard: Hazard, part: str, *, outcome: str, name: str, words: str, at: dt.datetime) -> None:
    """What the body says by its link; the community goes on where it waited, and hears of it."""
    row = waiting(hazard)
    if row is None or str(row.pk) != part:
        raise Changed(_("情况有变：这件事不用再答了，谢谢您。"))
    words = read_text(words, field="words")
    if len(words) < 2:
        raise Refusal(_("请写一句怎么处理的。"), code="no_words", field="words")
    _answer(row, outcome=outcome, words=words, name=name, at=at)
    take_step(hazard, "answered", by=None, at=at, authority="link", words=words)
    _day_moves(hazard)
    hazard.write("answered_by_link", by=None, at=at, authority="link", detail={"name": row.name})
    tell_manager("hazard_body_answered", hazard, at=at, words=words[:120], body=row.body.name)
