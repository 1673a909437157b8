"""What is asked by a link: whether a venue receives us at that time; what a body does about a hazard."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.answers.models import AnswerLink
from community_portal.answers.purposes import Question, register_questions
from safety.actions.asking_venues import CONFIRM, answered
from safety.actions.hazard_transfers import TRANSFER, answer_by_link
from safety.forms.campaigns import VenueAnswerForm
from safety.forms.hazards import BodyAnswerForm
from safety.models import CampaignSession, Hazard
from safety.workflow.states import Campaigning, Hazarding


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


def _read_hazard(pk: int) -> Hazard:
    return Hazard.objects.select_related("case__community", "community__street", "handler").get(pk=pk)


def _act_on_hazard(*, matter: Hazard, part: str, data: dict[str, Any], link: AnswerLink, at: dt.datetime) -> None:
    answer_by_link(matter, part, at=at, **data)


def _hazard_is_asked(matter: Hazard, part: str) -> bool:
    waits = matter.state == Hazarding.TRANSFERRED
    return waits and matter.transfers.filter(pk=int(part), answered_at=None).exists()


def _show_hazard(matter: Hazard, part: str) -> dict[str, Any]:
    """What it is and where, and what we ask; nobody by name, and no photo that shows a home."""
    return {"hazard": matter, "transfer": matter.transfers.get(pk=int(part))}


register_questions(
    Question(
        TRANSFER,
        _("这处隐患，请你们处理"),
        _read_hazard,
        BodyAnswerForm,
        _act_on_hazard,
        "safety/answer_hazard.html",
        _show_hazard,
        _("收到了，谢谢。社区会接着跟进。"),
        is_asked=_hazard_is_asked,
        lasts=dt.timedelta(days=60),
    )
)
