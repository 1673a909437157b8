"""What a message says of a day is true whenever it is read: it may be sent later than it was meant, and read later still."""

import re

import pytest
from django.utils.translation import override

from community_portal import clock
from community_portal.bookings.actions import book
from community_portal.outbox.kinds import KINDS
from community_portal.outbox.models import Message
from community_portal.outbox.sweep import words_of
from tests.cast import Cast
from tests.factories import make_session
from tests.help_requests import take_in

RELATIVE = {"zh-hans": ("今天", "明天", "昨天", "今晚", "后天"), "en": ("today", "tomorrow", "yesterday", "tonight")}


@pytest.mark.parametrize("language", RELATIVE)
def test_no_kind_of_message_names_a_day_by_the_day_it_is_sent_on(language: str) -> None:
    with override(language):
        said = {name: f"{kind.label} {kind.words}".lower() for name, kind in KINDS.items()}
    assert not {name for name, words in said.items() if any(day in words for day in RELATIVE[language])}


@pytest.mark.parametrize("language", RELATIVE)
def test_nothing_stands_at_the_end_of_an_address(language: str, cast: Cast) -> None:
    """Phones make a link of all that follows, up to a blank."""
    cast.elder.language = language
    cast.elder.save(update_fields=["language"])
    take_in(cast)
    book(session=make_session(community=cast.home), resident=cast.elder, by=cast.reception, at=clock.now())
    said = [words_of(message) for message in Message.objects.all()]
    links = [words for words in said if "http" in words]
    assert links and not [words for words in links if re.search(r"https?://[!-~]*[^\s!-~]", words)]
