"""What is asked by a link: whether a venue receives us at that time."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.answers.models import AnswerLink
from community_portal.answers.purposes import Question, register_questions
from safety.actions.asking_venues import CONFIRM, answered
from safety.forms.campaigns import VenueAnswerForm
from safety.models import CampaignSession
from safety.workflow.states import Campaigning


def _read(pk: int) -> CampaignSession:
    return CampaignSession.objects.select_related("case__community", "community", "campaign", "handler").get(pk=pk)


def _act(*, matter: CampaignSession, part: str, data: dict[str, Any], link: AnswerLink, at: dt.datetime) -> None:
    answered(matter, comes=data["comes"], name=data["name"], words=data["words"], at=at)


def _is_asked(matter: CampaignSession, part: str) -> bool:
    return matter.state == Campaigning.PLANNED and matter.starts_at > clock.now()


def _show(matter: CampaignSession, part: str) -> dict[str, Any]:
    return {"asked_session": matter}


register_questions(
    Question(
        CONFIRM,
        _("宣传进来，这个时间方便吗"),
        _read,
        VenueAnswerForm,
        _act,
        "safety/confirm_by_link.html",
        _show,
        _("收到了，谢谢。到时候见，有变动会打电话。"),
        is_asked=_is_asked,
    )
)
