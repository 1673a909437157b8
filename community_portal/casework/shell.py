"""The badge of the inbox on every staff page."""

import functools
from typing import Any

from django.http import HttpRequest

from community_portal.casework.models import Task


def open_tasks(request: HttpRequest) -> dict[str, Any]:
    """Template context ``inbox_count``: how many tasks wait for this person; asked only when a page shows it."""
    return {"inbox_count": functools.cache(Task.objects.inbox_of(request.user).count)}
