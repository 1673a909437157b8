"""Who reads what a time was agreed for: the services say it, each for its own matters (agreements.py).

A visit at home that was agreed for a request carries its subject; who does not read the request does not read the visit.
"""

from typing import Any, Protocol

from django.db.models import Q


class Reading(Protocol):
    """Of the times agreed for one kind of matter."""

    def reads_all(self, user: Any) -> bool:
        """Does a role of this member of staff read every such matter at all of their places?"""

    def read_by(self, user: Any) -> Q:
        """The bookings agreed for matters that they read."""


READINGS: list[Reading] = []
