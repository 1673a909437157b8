"""The two badges of every staff page."""

import functools
from typing import Any

from django.db import connection
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from community_portal.casework.models import Posts, Task, posts_of
from community_portal.composed import planned
from community_portal.outbox.shell import unread_of
from community_portal.people.models import User


def open_tasks(request: HttpRequest) -> dict[str, Any]:
    """Template context ``inbox_count``: how many tasks wait for this person; for staff also ``unread_count``, by the same
    query. Asked only when a page shows it."""
    user: Any = request.user
    if not user.is_authenticated or not user.is_portal_staff:
        return {"inbox_count": 0}
    counts = functools.cache(functools.partial(_counts, user))
    return {"inbox_count": lambda: counts()[0], "unread_count": lambda: counts()[1]}


def _counts(user: User) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(*planned(*_counting(user.pk, posts_of(user))))
        return cursor.fetchone()


@functools.lru_cache(2_000)
def _counting(user_id: int, posts: Posts) -> tuple[str, tuple[Any, ...]]:
    """The statement for somebody with these posts: every page of staff asks it, and composing takes longer than answering."""
    tasks, notices = (_counted(rows) for rows in (Task.objects.waiting_for(user_id, posts), unread_of(user_id)))
    asked = User.objects.filter(pk=user_id).annotate(of_tasks=tasks, of_notices=notices)
    return asked.values_list("of_tasks", "of_notices").query.sql_with_params()


def _counted(rows: QuerySet[Any]) -> Coalesce:
    # Grouped by what is the same for all of them: otherwise a count is no subquery to Django.
    one = rows.order_by().annotate(whose=OuterRef("pk")).values("whose").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(one, IntegerField()), 0)
