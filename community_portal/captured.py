"""What was done without a network and reached us later: the moment at which it was done, told by the phone that kept it.

A form that waited on a phone brings two times of that phone's clock: when it was filled in and when it is sent. Their difference is
right however wrong the clock is, so the deed was done that long before now. Whatever is written meanwhile keeps that moment.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.utils.translation import gettext_lazy as _

from community_portal.refusals import Refusal

KEPT_FOR = dt.timedelta(hours=24)
_MOMENT: ContextVar[dt.datetime | None] = ContextVar("captured_at", default=None)


def captured_at() -> dt.datetime | None:
    """When the deed under way was really done; None for one that is done now."""
    return _MOMENT.get()


def done_at(at: dt.datetime) -> dt.datetime:
    """When it was done, where ``at`` is when it is written down."""
    return captured_at() or at


def was_offline() -> bool:
    return captured_at() is not None


@contextmanager
def captured(moment: dt.datetime | None) -> Iterator[None]:
    """What is done inside was done at that moment."""
    token = _MOMENT.set(moment)
    try:
        yield
    finally:
        _MOMENT.reset(token)


def read_moment(filled_in: str, sent: str, *, now: dt.datetime) -> dt.datetime:
    """By our clock, from two times of another. Raises Refusal for what is no time, lies ahead, or is older than a day."""
    try:
        waited = dt.datetime.fromisoformat(sent) - dt.datetime.fromisoformat(filled_in)
    except (ValueError, TypeError) as error:
        raise Refusal(_("手机上记的时间读不懂，没有收下。"), code="bad_moment") from error
    if waited < dt.timedelta() or waited > KEPT_FOR:
        raise Refusal(_("这一条是一天以前记的，不能再补发。请照实重新记一次。"), code="kept_too_long")
    return now - waited
