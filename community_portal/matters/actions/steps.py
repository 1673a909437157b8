"""Taking a step of a matter: who acts by what authority, what they say, and who is told.

``seen`` is the version that the page showed; an older one is refused, so nobody acts on a state that is gone.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.actions import authority_over, take_step
from community_portal.casework.models import Event, Matter, asked_by_delegation
from community_portal.matters.kinds import kind_of
from community_portal.matters.notices import tell_resident
from community_portal.people.authority import authority_for, is_party
from community_portal.people.models import DelegationScope, Resident, User
from community_portal.people.wording import read_text
from community_portal.refusals import Refusal


@transaction.atomic
def take(
    matter: Matter,
    name: str,
    *,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
    words: str = "",
    changes: dict[str, Any] | None = None,
    detail: dict[str, Any] | None = None,
) -> Event:
    """One step of its table with authority, words and notices; words are asked for where the table says so.

    ``changes`` are further fields of the matter set with it, ``detail`` what its line in the journal keeps. Raises as
    ``take_step`` does, and Refusal beside ``words``.
    """
    step = matter.flow.by_name[name]
    words = read_text(words, field="words")
    if step.needs_words and len(words) < 2:
        raise Refusal(_("请写一句说明。"), code="no_words", field="words")
    party = by is not None and acts_as_party(matter, by, at=at)
    authority = authority_in(matter, by, at=at, party=party)
    event = take_step(
        matter,
        name,
        by=by,
        at=at,
        authority=authority,
        is_party=party,
        seen=seen,
        words=words,
        detail=detail,
        changes=changes,
        on_behalf_of=matter.case.resident if not authority.startswith("self") else None,
    )
    for kind in step.notices:
        tell_resident(kind, matter, at=at, words=words)
    return event


def acts_as_party(matter: Matter, user: User, *, at: dt.datetime) -> bool:
    """Is this the resident concerned, who asked, or a delegate of theirs?"""
    return is_party(
        user,
        resident=matter.case.resident,
        asker=_asker_in_their_own_right(matter),
        scope=DelegationScope.REQUEST,
        on=clock.local(at).date(),
    )


def speaks_for_themselves(matter: Matter, user: User) -> bool:
    """The person it is about, or who asked in their own right: nobody's delegate."""
    people = filter(None, (matter.case.resident, _asker_in_their_own_right(matter)))
    return user.resident_id in {person.present_file.pk for person in people}


def _asker_in_their_own_right(matter: Matter) -> Resident | None:
    case = matter.case
    return None if case.asker_id and asked_by_delegation(case).exists() else case.asker


def authority_in(matter: Matter, by: User | None, *, at: dt.datetime, party: bool | None = None) -> str:
    """``self`` or the delegation of a party (``party``, where the caller knows), else the role of staff or of an organisation
    that was given it; raises NotAllowed for anybody else."""
    if party is None:
        party = by is not None and acts_as_party(matter, by, at=at)
    if by is None or not party:
        return authority_over(matter, by)
    if speaks_for_themselves(matter, by):
        return "self"
    return authority_for(
        by, resident=matter.case.resident, community_id=matter.community_id, scope=DelegationScope.REQUEST, at=at
    )


def must_work_here(officer: User | None, matter: Matter) -> User:
    """Whoever is to have it in hand holds one of the roles of its kind there; raises Refusal beside ``officer``."""
    if officer is None or not officer.is_active or not officer.has_role_at(matter.community_id, *kind_of(matter).hands):
        raise Refusal(_("请选本社区的工作人员。"), code="not_an_officer", field="officer")
    return officer
