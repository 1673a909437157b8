"""What may be answered by a link, without an account: each service declares its questions in its ``questions.py``."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise


def always_asked(matter: Any, part: str) -> bool:
    return True


@dataclass(frozen=True)
class Question:
    """One kind of question.

    ``read(matter_id)`` finds the matter; ``form`` is what may be answered (made with ``matter=`` and ``part=``); ``act`` does the
    deed with what was answered (``matter, part, data, link, at``) and raises as an action does; ``template`` shows what is
    asked, and nothing else of the matter, with ``show(matter, part)`` as its context. ``is_asked`` while an answer still
    counts. ``after`` is the sentence of thanks.
    """

    name: str
    label: str | Promise
    read: Callable[[int], Any]
    form: type[forms.Form]
    act: Callable[..., None]
    template: str
    show: Callable[[Any, str], dict[str, Any]]
    after: str | Promise
    lasts: dt.timedelta = dt.timedelta(days=14)
    is_asked: Callable[[Any, str], bool] = always_asked


QUESTIONS: dict[str, Question] = {}


def register_questions(*questions: Question) -> None:
    """Makes kinds of questions known; an app's ``questions.py`` calls it when Django starts."""
    QUESTIONS.update({question.name: question for question in questions})
