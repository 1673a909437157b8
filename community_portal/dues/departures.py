"""What was due from somebody whose post has ended is due from all of the role."""

import datetime as dt

from django.db.models import Count
from django.utils.translation import ngettext

from community_portal.departures import Departures, register_departures
from community_portal.dues.models import DueItem
from community_portal.people.models import User


def ahead_of_posts(user_ids: list[int], *, community_id: int, at: dt.datetime) -> dict[int, list[str]]:
    """到期事项 2 项; one query for all."""
    open_ones = DueItem.objects.open().filter(assignee__in=user_ids, community=community_id).order_by()
    counts = open_ones.values_list("assignee").annotate(Count("pk"))
    return {who: [ngettext("%(n)s 项到期要办的", "%(n)s 项到期要办的", n) % {"n": n}] for who, n in counts if who}


def give_dues_back(user: User, *, community_id: int, by: User | None, at: dt.datetime) -> list[str]:
    """Each kind names a role for what nobody in particular does."""
    count = DueItem.objects.open().filter(assignee=user, community=community_id).update(assignee=None)
    sentence = ngettext("%(n)s 项到期要办的没有人负责了。", "%(n)s 项到期要办的没有人负责了。", count)
    return [sentence % {"n": count}] if count else []


register_departures(Departures(ahead_of_posts=ahead_of_posts, on_post_ended=give_dues_back))
