"""What needs a hand: orders that nobody of the contractor has opened."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.measure.boards import Hand, register_hands
from eldercare.queries.works import first_of, seen_by_nobody


def unseen_orders(places: list[int], *, user: Any, at: dt.datetime, most: int) -> Iterator[Hand]:
    for order in first_of(seen_by_nobody(user).filter(adaptation__community__in=places), most):
        number = order.adaptation.case.number
        yield Hand(
            reverse("adaptation", args=[number]),
            _("派出还没人看"),
            f"{number} · {order.contractor}",
            clock.at_wall(order.ordered_on, dt.time(9)),
            _("没人看"),
            "warn",
            "eye-slash",
            "green",
        )


register_hands(unseen_orders)
