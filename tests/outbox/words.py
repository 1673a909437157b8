"""Kinds of messages that only tests speak."""

from community_portal.outbox.kinds import Kind, register_kinds

register_kinds(
    Kind("test_word", "word", "word %(n)s"),
    Kind("test_untrue", "untrue", "untrue", lambda message, at: "not any more"),
    Kind("test_urgent", "urgent", "urgent %(n)s", is_urgent=True),
)
