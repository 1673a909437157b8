"""What is asked by a link: may charging points stand here, says the utility."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from charging.actions.utilities import UTILITY, record_answer
from charging.forms.utilities import AnswerByLinkForm
from charging.models import Site
from charging.queries.drawing import drawing_of
from charging.workflow.clearance import UTILITIES
from charging.workflow.sites import ASKED
from community_portal.answers.models import AnswerLink
from community_portal.answers.purposes import Question, register_questions


def _read(pk: int) -> Site:
    return Site.objects.select_related("case__community", "community__street", "estate", "building").get(pk=pk)


def _answer(*, matter: Site, part: str, data: dict[str, Any], link: AnswerLink, at: dt.datetime) -> None:
    record_answer(matter, utility=part, by=None, at=at, **data)


def _is_asked(matter: Site, part: str) -> bool:
    waits = matter.answers.filter(utility=part, answer="", superseded_at__isnull=True).exists()
    return matter.state in ASKED and waits


def _show(matter: Site, part: str) -> dict[str, Any]:
    """The place, how large, what stands there, and its drawing; nothing of who wants it and who is against it."""
    return {
        "site": matter,
        "utility": UTILITIES.get(part, part),
        "drawing": drawing_of(matter),
    }


register_questions(
    Question(
        UTILITY,
        _("这里能不能装充电口？"),
        _read,
        AnswerByLinkForm,
        _answer,
        "charging/answer_utility.html",
        _show,
        _("您的答复已经存好，社区会照着办。"),
        is_asked=_is_asked,
    )
)
