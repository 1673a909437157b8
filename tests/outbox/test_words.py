"""What a message says of a day is true whenever it is read: it may be sent later than it was meant, and read later still."""

import pytest
from django.utils.translation import override

from community_portal.outbox.kinds import KINDS

RELATIVE = {"zh-hans": ("今天", "明天", "昨天", "今晚", "后天"), "en": ("today", "tomorrow", "yesterday", "tonight")}


@pytest.mark.parametrize("language", RELATIVE)
def test_no_kind_of_message_names_a_day_by_the_day_it_is_sent_on(language: str) -> None:
    with override(language):
        said = {name: f"{kind.label} {kind.words}".lower() for name, kind in KINDS.items()}
    assert not {name for name, words in said.items() if any(day in words for day in RELATIVE[language])}
