"""The language somebody chose: their account's, in which pages and notices speak, and their own file's, in which texts go out."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from community_portal.people.models import Resident, User


def keep_language(user: Any, language: str) -> None:
    """For the account and for the file that is its own. A language we do not speak changes nothing."""
    if language not in dict(settings.LANGUAGES):
        return
    User.objects.filter(pk=user.pk).update(language=language)
    user.language = language
    if user.resident_id:
        Resident.objects.filter(pk=user.resident_id).update(language=language)


def keep_language_of_sign_in(request: HttpRequest, user: Any) -> None:
    """The cookie is a button that was pressed and counts for anybody. What the browser asks for by itself counts only for
    an account that was never used before: a borrowed phone must not change the language of an elder's texts."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if user.last_login is None:
        chosen = chosen or get_language() or ""
    keep_language(user, chosen)
