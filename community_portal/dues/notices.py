"""What people are told of what comes due: one message a day, of what is due in two weeks, in three days, today and since yesterday."""

import datetime as dt
from collections import defaultdict

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, override

from community_portal import clock
from community_portal.dues.models import DueItem
from community_portal.outbox.actions import queue_message, staff_recipients
from community_portal.outbox.kinds import Kind, register_kinds
from community_portal.outbox.models import Message
from community_portal.people.models import Membership, Role, User
from community_portal.people.staff.memberships import staff_at

DAYS_BEFORE = (14, 3, 0, -1)
NAMED = 3


def _all_settled(message: Message, at: dt.datetime) -> str:
    """Nothing of it is open any more, or it is due on another day by now."""
    today = clock.local(at).date()
    ids = [int(pk) for pk in str(message.context.get("items", "")).split(",") if pk]
    open_items = DueItem.objects.open().filter(pk__in=ids, due_on__lte=today + dt.timedelta(days=max(DAYS_BEFORE)))
    return "" if open_items.exists() else gettext_noop("已经办了")


register_kinds(
    Kind("dues_today", _("到期提醒"), _("%(count)s 项快到期或已到期：%(lines)s。%(url)s"), _all_settled, for_staff=True)
)


def remind_of_dues(*, at: dt.datetime) -> int:
    """Tells everybody with something on one of these days; safe to run twice. Answers how many people are told."""
    today = clock.local(at).date()
    days = [today + dt.timedelta(days=n) for n in DAYS_BEFORE]
    items = DueItem.objects.open().filter(due_on__in=days).select_related("assignee").order_by("due_on", "id")
    of_people: dict[User, list[DueItem]] = defaultdict(list)
    pools: dict[tuple[int, str, int | None, int | None], list[User]] = {}
    for item in items.iterator(chunk_size=1000):
        key = (item.community_id, item.role, item.grid_id, item.organisation_id)
        if item.assignee is None and key not in pools:
            pools[key] = _pool_of(item, on=today)
        for person in [item.assignee] if item.assignee else pools[key]:
            of_people[person].append(item)
    for person, theirs in of_people.items():
        _tell(person, theirs, today=today, at=at)
    return len(of_people)


def _pool_of(item: DueItem, *, on: dt.date) -> list[User]:
    if item.organisation_id:
        posts = Membership.objects.in_force(on=on).filter(organisation=item.organisation_id)
        return list(User.objects.filter(is_active=True, pk__in=posts.values("user")).order_by("id"))
    people = staff_at(item.community_id, item.role, on=on)
    if item.role == Role.GRID_OFFICER and item.grid_id:
        posts = Membership.objects.in_force(on=on).filter(grid=item.grid_id)
        people = people.filter(pk__in=posts.values("user"))
    return list(people)


def _tell(person: User, items: list[DueItem], *, today: dt.date, at: dt.datetime) -> None:
    for recipient in staff_recipients(person):
        with override(recipient.language):
            lines = "；".join(str(item) for item in items[:NAMED])
        queue_message(
            "dues_today",
            to=recipient,
            at=at,
            dedupe=f"dues:{person.pk}:{today}",
            context={
                "count": len(items),
                "lines": lines,
                "url": f"{settings.PORTAL_URL}/dues/ ",
                "items": ",".join(str(item.pk) for item in items[:200]),
            },
            subject=f"dues:{person.pk}",
            expires_at=clock.day_bounds(today)[1],
            community_id=items[0].community_id,
        )
