"""A form sent twice counts once: double clicks, lost answers and repeated API calls get the first answer again.

The row of the key is inserted in the transaction of the deed, so the unique constraint makes a second request wait for
the first and then repeat its answer; a deed that fails leaves no row.
"""

import functools
import hashlib
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.people.models import Submission
from community_portal.refusals import Changed, Refusal

FORM_KEY = "once"


class _Undo(Exception):
    """Rolls the key back because nothing was done; carries the answer out of the transaction."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer


def fingerprint_of(*parts: bytes | str) -> str:
    """SHA-256 over the parts of a request, in hex."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part if isinstance(part, bytes) else part.encode())
        digest.update(b"\0")
    return digest.hexdigest()


def scope_of(request: HttpRequest) -> str:
    """Keys of different people never meet: the account, else the browser session."""
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    if not request.session.session_key:
        request.session.create()
    return f"session:{request.session.session_key}"


def answer_once(
    *,
    scope: str,
    key: str,
    fingerprint: str,
    deed: Callable[[], Any],
    store: Callable[[Any], dict | None],
    repeat: Callable,
) -> Any:
    """Runs ``deed`` unless ``key`` was answered before; then ``repeat(submission)`` is the answer.

    ``store(answer)`` gives what to keep (status, body, location), or None when nothing was done and the key stays free.
    Raises Refusal ``key_reused`` (422) for the same key with other content, Changed ``in_flight`` (409) while it runs.
    """
    try:
        with transaction.atomic():
            try:
                with transaction.atomic():
                    row = Submission.objects.create(scope=scope, key=key, fingerprint=fingerprint, at=clock.now())
            except IntegrityError:
                return _answered_before(scope, key, fingerprint, repeat)
            answer = deed()
            kept = store(answer)
            if kept is None:
                raise _Undo(answer)
            Submission.objects.filter(pk=row.pk).update(**kept)
            return answer
    except _Undo as undo:
        return undo.answer
    except OperationalError as error:
        if "lock timeout" in str(error):
            raise Changed(_("这个请求正在处理，请稍等几秒再看结果。"), code="in_flight") from error
        raise


def _answered_before(scope: str, key: str, fingerprint: str, repeat: Callable) -> Any:
    row = Submission.objects.get(scope=scope, key=key)
    if row.fingerprint != fingerprint:
        raise Refusal(_("这个请求编号已经用于别的内容。"), code="key_reused")
    if not row.status:
        raise Changed(_("这个请求正在处理，请稍等几秒再看结果。"), code="in_flight")
    return repeat(row)


def once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For form views: a POST with the hidden field ``once`` is done once; a repeat gets the same redirect.

    Only redirects are kept: a page that comes back with errors may be sent again with the same key.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.POST.get(FORM_KEY, "")[:80] if request.method == "POST" else ""
        if not key:
            return view(request, *args, **kwargs)
        return answer_once(
            scope=scope_of(request),
            key=key,
            fingerprint=fingerprint_of(request.path),
            deed=lambda: view(request, *args, **kwargs),
            store=lambda answer: (
                {"status": 303, "location": answer.url[:500]} if 300 <= answer.status_code < 400 else None
            ),
            repeat=lambda row: HttpResponseRedirect(row.location, status=303),
        )

    return guarded
