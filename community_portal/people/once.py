"""A form sent twice counts once: double clicks, lost answers and repeated API calls get the first answer again.

The row of the key is inserted in the transaction of the deed, so the unique constraint makes a second request wait for
the first and then repeat its answer; a deed that fails leaves no row.
"""

import functools
import hashlib
import json
import re
import uuid
from collections.abc import Callable
from typing import Any

from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from psycopg2.errors import DeadlockDetected, LockNotAvailable
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from community_portal import clock
from community_portal.composed import planned
from community_portal.people.models import ApiClient, Submission
from community_portal.refusals import Changed, Refusal
from community_portal.web.pages import refused

FORM_KEY = "once"
API_HEADER = "Idempotency-Key"
SENT_BEFORE = _("这一页刚才已经提交过，这次的内容不一样，没有再办。请先看看刚才的结果，要再办请重新打开这一页。")
_TAKE_KEY = """
INSERT INTO people_submission (id, scope, key, fingerprint, status, body, location, at)
VALUES (%s, %s, %s, %s, 0, '', '', %s) ON CONFLICT (scope, key) DO NOTHING
"""
_KEEP_ANSWER = """
UPDATE people_submission SET status = %(status)s, body = %(body)s, location = %(location)s WHERE id = %(id)s
"""
READABLE_KEY = re.compile(r"[\x21-\x7e]{1,76}")  # the column holds 80


def fingerprint_of(*parts: bytes | str) -> str:
    """SHA-256 over the parts of a request, in hex."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part if isinstance(part, bytes) else part.encode())
        digest.update(b"\0")
    return digest.hexdigest()


def scope_of(request: HttpRequest) -> str:
    """Keys of different people never meet: the account, the program of an organisation, else the browser session."""
    if isinstance(client := getattr(request, "auth", None), ApiClient):
        return f"client:{client.pk}"
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
    repeat: Callable[[Submission], Any],
) -> Any:
    """Runs ``deed`` unless ``key`` was answered before; then ``repeat(submission)`` is the answer.

    ``store(answer)`` gives what to keep (status, body, location), or None when nothing was done and the key stays free.
    A deed that raises leaves the key free too. Raises Refusal ``key_reused`` (422) for the same key with other content,
    Changed ``in_flight`` (409) while the first is still at work, Changed ``busy`` (409) when the deed waited too long.
    """
    with transaction.atomic():
        pk = uuid.uuid4()
        if not _take_key(pk, scope, key, fingerprint):
            return _answered_before(scope, key, fingerprint, repeat)
        answer = _do(deed)
        _keep(pk, store(answer))
        return answer


def _take_key(pk: uuid.UUID, scope: str, key: str, fingerprint: str) -> bool:
    """Writes the row of the key; False when it was answered before. Waits for a twin that is still at work."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(*planned(_TAKE_KEY, [pk, scope, key, fingerprint, clock.now()]))
            return cursor.rowcount == 1
    except OperationalError as error:
        if _waited_too_long(error):
            raise Changed(_("这个请求正在处理，请稍等几秒再看结果。"), code="in_flight") from error
        raise


def _keep(pk: uuid.UUID, answer: dict[str, Any] | None) -> None:
    """The answer beside its key. None: only the key goes, for counted attempts (rate limits live in this database) must stay."""
    with connection.cursor() as cursor:
        if answer is None:
            cursor.execute("DELETE FROM people_submission WHERE id = %s", [pk])
        else:
            cursor.execute(*planned(_KEEP_ANSWER, {"body": "", "location": "", **answer, "id": pk}))


def _do(deed: Callable[[], Any]) -> Any:
    """Raises Changed ``busy`` (409) when it waited too long for others, or they for it: the database is there, the deed undone."""
    try:
        return deed()
    except OperationalError as error:
        if _waited_too_long(error):
            raise Changed(_("现在办的人多，没有办成。请稍等几秒再试一次。"), code="busy") from error
        raise


def _waited_too_long(error: OperationalError) -> bool:
    return isinstance(error.__cause__, (LockNotAvailable, DeadlockDetected))


def _answered_before(scope: str, key: str, fingerprint: str, repeat: Callable[[Submission], Any]) -> Any:
    row = Submission.objects.get(scope=scope, key=key)
    if row.fingerprint != fingerprint:
        raise Refusal(_("这个请求编号已经用于别的内容。"), code="key_reused")
    return repeat(row)


def once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For form views: a POST with the hidden field ``once`` is done once; a repeat gets the same redirect.

    The same page sent again with other content (back in the browser, another button) is neither done nor passed over in
    silence: it is refused with a sentence, and the page opened anew takes it.
    Only redirects are kept: a page that comes back with errors may be sent again with the same key, corrected or not.
    A view that lets a Refusal out has everything undone, counted attempts too: catch it where attempts count.
    """

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.POST.get(FORM_KEY, "") if request.method == "POST" else ""
        if not READABLE_KEY.fullmatch(key):
            return _do(lambda: view(request, *args, **kwargs))
        try:
            return answer_once(
                scope=scope_of(request),
                key=fingerprint_of(request.path, key),
                fingerprint=fingerprint_of(_content_of_form(request)),
                deed=lambda: view(request, *args, **kwargs),
                store=lambda answer: (
                    {"status": 303, "location": answer.url[:500]} if 300 <= answer.status_code < 400 else None
                ),
                repeat=lambda row: HttpResponseRedirect(row.location, status=303),
            )
        except Refusal as refusal:
            if refusal.code == "key_reused":
                refusal = Changed(SENT_BEFORE)
            return refused(request, refusal, back=request.path)

    guarded.is_once = True  # type: ignore[attr-defined]
    return guarded


def _content_of_form(request: HttpRequest) -> str:
    """What was typed and chosen; files count by name and size."""
    typed = {name: values for name, values in request.POST.lists() if name not in (FORM_KEY, "csrfmiddlewaretoken")}
    files = {name: [f"{file.name} {file.size}" for file in files] for name, files in request.FILES.lists()}
    return json.dumps([typed, files], sort_keys=True)


def idempotent(method: Callable[..., Response]) -> Callable[..., Response]:
    """For writing methods of DRF viewsets: a call with the header ``Idempotency-Key`` is done once.

    A repeat with the same body gets the same status and body (and ``Idempotency-Replayed: true``); another body under the
    same key is 422 ``key_reused``, a twin still at work 409 ``in_flight``. Answers of 400 and above are not kept: nothing
    was done, the key may be used again. Without the header the method runs as it is, but for ``busy``.
    """

    @functools.wraps(method)
    def guarded(viewset: Any, request: Any, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(API_HEADER)
        if key is None:
            return _do(lambda: method(viewset, request, *args, **kwargs))
        if not READABLE_KEY.fullmatch(key):
            raise Refusal(_("Idempotency-Key 请用 1 到 76 个英文字符。"), code="bad_key", field=API_HEADER)
        return answer_once(
            scope=scope_of(request),
            key=f"api:{key}",
            fingerprint=fingerprint_of(request.method, request.get_full_path(), _content_of(request)),
            deed=lambda: method(viewset, request, *args, **kwargs),
            store=_kept_answer,
            repeat=_repeated_answer,
        )

    header = OpenApiParameter(
        API_HEADER,
        str,
        OpenApiParameter.HEADER,
        description="The same key with the same body repeats the first answer.",
    )
    return extend_schema(parameters=[header])(guarded)


def _content_of(request: Any) -> str:
    """The body as sorted JSON, so that the order of its fields does not matter; files count by name and size."""
    data = dict(request.data.lists()) if hasattr(request.data, "lists") else request.data
    return json.dumps(data, sort_keys=True, default=lambda part: f"{part} {getattr(part, 'size', '')}")


def _kept_answer(response: Response) -> dict[str, Any] | None:
    if response.status_code >= 400:
        return None
    body = "" if response.data is None else JSONRenderer().render(response.data).decode()
    return {"status": response.status_code, "body": body, "location": response.headers.get("Location", "")[:500]}


def _repeated_answer(row: Submission) -> Response:
    headers = {"Idempotency-Replayed": "true"} | ({"Location": row.location} if row.location else {})
    return Response(json.loads(row.body) if row.body else None, status=row.status, headers=headers)
