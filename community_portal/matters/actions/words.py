"""What is said about a matter beside its steps: an answer to a question, and more to the story at any time."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Event, Matter
from community_portal.casework.uploads import ReadFile, keep_photos
from community_portal.matters.actions.steps import acts_as_party, authority_in, take
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.refusals import Refusal


@transaction.atomic
def answer(
    matter: Matter,
    *,
    words: str,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
    photos: list[ReadFile] | None = None,
) -> None:
    """What was missing is here; the clock goes on with what was left."""
    event = take(matter, "answer", by=by, at=at, seen=seen, words=words)
    keep_photos(matter.case, photos or [], by=by, at=at, event=event)


@transaction.atomic
def add_words(
    matter: Matter,
    *,
    words: str,
    by: User,
    at: dt.datetime,
    photos: list[ReadFile] | None = None,
    is_public: bool = True,
) -> Event:
    """More to the story at any time, by the resident or by staff; ``is_public`` False is a note among staff."""
    words = read_text(words, field="words")
    if not words and not photos:
        raise Refusal(_("写几个字，或者加一张照片。"), code="no_words", field="words")
    party = acts_as_party(matter, by, at=at)
    authority = authority_in(matter, by, at=at, party=party)
    event = matter.write(
        "note",
        by=by,
        at=at,
        authority=authority,
        words=words,
        is_public=is_public or party,
        on_behalf_of=matter.case.resident if authority.startswith("delegation:") else None,
    )
    keep_photos(matter.case, photos or [], by=by, at=at, event=event, is_public=is_public or party)
    return event
