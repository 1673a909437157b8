"""Calendars to subscribe to. Machines ask for them again and again, so what has not changed is not sent twice."""

import functools
import hashlib
import math
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe
from rest_framework.throttling import SimpleRateThrottle

from appointments.visits.calendars import calendar_of
from community_portal import clock
from community_portal.bookings.calendars import AHEAD, activities_of
from community_portal.bookings.ical import feed_of
from community_portal.people.links import calendar_hash_of
from community_portal.people.models import CalendarLink
from community_portal.places.models import Community
from community_portal.web.access import open_to_all


class FeedThrottle(SimpleRateThrottle):
    """By the address that asks: whoever guesses at tokens is slowed down as well."""

    scope = "calendar"

    def get_cache_key(self, request: Any, view: Any) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


def limited(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """429 for those who ask too often, with the seconds after which they may."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        throttle = FeedThrottle()
        if throttle.allow_request(request, view):  # type: ignore[arg-type]
            return view(request, *args, **kwargs)
        return HttpResponse(status=429, headers={"Retry-After": str(math.ceil(throttle.wait() or 60))})

    return guarded


@open_to_all
@require_safe
@limited
def community_calendar(request: HttpRequest, code: str) -> HttpResponse:
    """What the house has on, for anybody's calendar, in the language its address names (``lang``); no person is in it."""
    community = get_object_or_404(Community, code=code, is_active=True)
    language = request.GET.get("lang", "")
    with translation.override(language if language in dict(settings.LANGUAGES) else get_language()):
        name = gettext("%(house)s活动") % {"house": community}
        body = feed_of(activities_of(community, at=clock.now()), name=name)
        return _answer(request, body, of=community.code, caching="public, max-age=900")


@open_to_all
@require_safe
@limited
def my_calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Bookings and visits of whoever holds the address, in their language. Calendars live on foreign servers: no names are in it."""
    links = CalendarLink.objects.in_force(on=clock.today()).select_related("user")
    link = get_object_or_404(links, link_hash=calendar_hash_of(token))
    with translation.override(link.user.language):
        body = feed_of(calendar_of(link.user, at=clock.now()), name=gettext("会客厅日程"))
        return _answer(request, body, of=link.link_hash, caching="private, no-cache")


def _answer(request: HttpRequest, body: bytes, *, of: str, caching: str) -> Any:
    etag = quote_etag(hashlib.sha256(body).hexdigest())
    changed_at = _changed_at(f"calendar:{of}:{get_language()}", etag)
    headers = {
        "ETag": etag,
        "Last-Modified": http_date(changed_at),
        "Cache-Control": caching,
        "X-Robots-Tag": "noindex",
    }
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)
    response.headers["Content-Language"] = get_language() or ""
    return get_conditional_response(request, etag=etag, last_modified=changed_at, response=response)


def _changed_at(key: str, etag: str) -> int:
    """The second since which the answer is what it is, always a later one than that of the answer before.

    Kept beside the answers because their rows do not tell: a delegation that was revoked takes events away and leaves no date.
    What was forgotten has just changed, which costs one answer more.
    """
    kept = caches["quick"].get(key)
    if kept is not None and kept[0] == etag:
        return kept[1]
    changed_at = max(int(clock.now().timestamp()), kept[1] + 1 if kept else 0)
    caches["quick"].set(key, (etag, changed_at), AHEAD.total_seconds())
    return changed_at
