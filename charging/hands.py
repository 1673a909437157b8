"""What needs a hand of the street: places whose notice is over and that wait for its approval."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from charging.models import Site
from charging.workflow.sites import State
from community_portal import clock
from community_portal.measure.boards import Hand, register_hands


def notices_over(places: list[int], *, user: Any, at: dt.datetime, most: int) -> Iterator[Hand]:
    today = clock.local(at).date()
    rows = Site.objects.visible_to(user).filter(community__in=places, state=State.NOTICING, notice_until__lt=today)
    for site in rows.select_related("case", "estate").order_by("notice_until")[:most]:
        number = site.case.number
        assert site.notice_until is not None
        yield Hand(
            reverse("charge_site", args=[number]),
            _("公示期满，等街道批准"),
            f"{number} · {site.full_name}",
            clock.at_wall(site.notice_until, dt.time(23, 59)),
            _("公示期满"),
            "warn",
            "megaphone",
            "amber",
        )


register_hands(notices_over)
