"""Taking a request in: the words as told, routed at once to the grid officer of the address, and saying why."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from appointments.models import Category, HelpRequest, Urgency
from appointments.workflow import State, promise_of
from community_portal import clock
from community_portal.casework.models import Source
from community_portal.casework.uploads import ReadFile, keep_photos
from community_portal.matters.actions.opening import open_for
from community_portal.matters.notices import tell_officer, tell_resident
from community_portal.people.actions import move_household, register_resident
from community_portal.people.models import ConsentChannel, Resident, User
from community_portal.people.own_account.consents import WORDINGS, give_consent
from community_portal.people.register.routing import Route, route_for
from community_portal.people.wording import read_text
from community_portal.places.models import Community
from community_portal.refusals import Refusal

TITLE_LENGTH, LATIN_LENGTH = 24, 60
# An English stop ends a sentence only before a space (3.5 kg), and not after a short form (Mr. Li, No. 3).
_STOPS = re.compile(r"[。！？；]|(?<!\bMr)(?<!\bMrs)(?<!\bMs)(?<!\bDr)(?<!\bNo)[.!?]+(?:\s|$)")


@dataclass(frozen=True)
class Newcomer:
    """Somebody without a file, as they were written down. ``apart_from``: alike files that are another person's."""

    name: str
    phones: list[str] = field(default_factory=list)
    address: str = ""
    apart_from: list[Resident] = field(default_factory=list)


@transaction.atomic
def take_in(
    who: Resident | Newcomer,
    *,
    community: Community,
    consents: Sequence[str] = (),
    address: str = "",
    source: str,
    by: User,
    at: dt.datetime,
    **request: Any,
) -> HelpRequest:
    """The sixty seconds at the desk: a file if there is none, what was agreed to, and the request. All of it or nothing.

    ``address``: where they live, for a file that does not know it. ``request``: what ``register_request`` takes. Raises as it and ``register_resident`` do.
    """
    resident = who if isinstance(who, Resident) else _file_of(who, community=community, by=by, at=at)
    if address.strip() and resident.household_id is None:
        move_household(resident, address=address, by=by, at=at, seen=resident.version)
    heard = ConsentChannel.PHONE if source == Source.PHONE else ConsentChannel.DESK
    for purpose in consents:
        give_consent(resident, purpose=purpose, version=WORDINGS[purpose].version, channel=heard, by=by, at=at)
    return register_request(community=community, resident=resident, source=source, by=by, at=at, **request)


def _file_of(who: Newcomer, *, community: Community, by: User, at: dt.datetime) -> Resident:
    return register_resident(
        community=community,
        name=who.name,
        phones=who.phones,
        address=who.address,
        apart_from=who.apart_from,
        apart_because=gettext_noop("登记求助时问过，不是同一个人"),
        by=by,
        at=at,
    )


@transaction.atomic
def register_request(
    *,
    community: Community,
    category: Category,
    words: str,
    resident: Resident,
    by: User | None,
    at: dt.datetime,
    source: str = Source.DESK,
    asker: Resident | None = None,
    urgency: str = Urgency.NORMAL,
    title: str = "",
    photos: list[ReadFile] | None = None,
) -> HelpRequest:
    """A new request with its number, its journal, its task; handed to the officer of the address if there is one.

    ``asker`` is who told us when it is not the ``resident``. Raises Refusal beside ``words``, NotAllowed for
    somebody who may not speak for the resident.
    """
    words = read_text(words, field="words")
    if len(words) < 2:
        raise Refusal(_("请写一两句：遇到了什么事。"), code="no_words", field="words")
    if not category.is_active or (category.street_id and category.street_id != community.street_id):
        raise Refusal(_("请选一个类别。"), code="bad_category", field="category")
    if resident.community_id != community.pk:
        raise Refusal(_("这位居民不在本社区的档案里。"), code="resident_elsewhere", field="resident")
    route = route_for(resident.household, on=clock.local(at).date())
    resident.community = community  # the same row, read already
    request = HelpRequest(
        category=category,
        urgency=urgency,
        state=State.ASSIGNED if route.officer else State.REGISTERED,
        handler=route.officer,
        routed_by=route.why,
        promised_at=promise_of(category, at=at),
    )
    event = open_for(
        resident,
        request,
        title=title.strip()[:80] or title_of(words),
        words=words,
        asker=asker,
        source=source,
        by=by,
        at=at,
    )
    if route.officer:
        _journal_route(request, route, at=at)
        tell_officer("help_assigned", request, route.officer, at=at)
    keep_photos(request.case, photos or [], by=by, at=at, event=event)
    tell_resident("help_registered", request, at=at)
    return request


def _journal_route(request: HelpRequest, route: Route, *, at: dt.datetime) -> None:
    grid = route.grid.number if route.grid else None
    request.write("routed", by=None, at=at, detail={"why": route.why, "officer": str(route.officer), "grid": grid})


def title_of(words: str) -> str:
    """The first sentence, short enough for a list."""
    first = _STOPS.split(words.split("\n")[0])[0]
    if 2 * sum(c.isascii() for c in first) > len(first):  # letters: narrower than characters, and words are not cut
        return first if len(first) <= LATIN_LENGTH else first[:LATIN_LENGTH].rsplit(" ", 1)[0][: LATIN_LENGTH - 1] + "…"
    return first if len(first) <= TITLE_LENGTH else first[: TITLE_LENGTH - 1] + "…"
