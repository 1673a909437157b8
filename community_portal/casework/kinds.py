"""Which kinds of matters there are, by their flows: the dictionary that matters/kinds.py fills and describes.

It stands here because what somebody may read of a case follows from its matters, and knows no rows, so that those of casework
can ask it.
"""

from typing import Any, Protocol

from community_portal.casework.flow import Flow


class ReadableKind(Protocol):
    """What casework asks of a kind."""

    @property
    def flow(self) -> Flow: ...

    def read(self) -> Any:
        """All of its rows, a MatterQuerySet."""


KINDS: dict[str, ReadableKind] = {}
