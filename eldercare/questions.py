"""What is asked by a link: the family's name under the plan."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal.answers.models import AnswerLink
from community_portal.answers.purposes import Question, register_questions
from community_portal.signing.models import Means
from eldercare.actions.consenting import WAITS_FOR_A_NAME, sign_plan
from eldercare.actions.invitations import PLAN, read_part
from eldercare.forms.planning import SignForm
from eldercare.models import Adaptation
from eldercare.queries.plans import plan_to_sign, shown_plan
from eldercare.queries.signers import has_left, name_of


class SignByLinkForm(SignForm):
    def __init__(self, *args: Any, matter: Adaptation, part: str, **kwargs: Any) -> None:
        super().__init__(*args, plan=plan_to_sign(matter), **kwargs)


def _read(pk: int) -> Adaptation:
    rows = Adaptation.objects.select_related("case__community", "community", "resident", "programme")
    return rows.get(pk=pk)


def _sign(*, matter: Adaptation, part: str, data: dict[str, Any], link: AnswerLink, at: dt.datetime) -> None:
    relation, _version = read_part(part)
    sign_plan(
        matter,
        relation=relation,
        name=name_of(matter, relation),
        means=Means.FINGER if data["signature"] else Means.LINK,
        signature=data["signature"],
        pays=bool(data.get("pays")),
        seen_hash=data["shown"],
        by=None,
        at=at,
    )


def _is_asked(matter: Adaptation, part: str) -> bool:
    """The version that the link was sent about still waits for a name."""
    plan = plan_to_sign(matter)
    _relation, version = read_part(part)
    waits = matter.state in WAITS_FOR_A_NAME and not has_left(matter.resident)
    return waits and plan is not None and plan.version == version


def _show(matter: Adaptation, part: str) -> dict[str, Any]:
    relation, _version = read_part(part)
    plan = plan_to_sign(matter)
    return {"plan": shown_plan(plan) if plan else None, "signer": name_of(matter, relation)}


register_questions(
    Question(
        PLAN,
        _("您家，打算这样改"),
        _read,
        SignByLinkForm,
        _sign,
        "eldercare/sign_by_link.html",
        _show,
        _("签好了，我们会安排施工单位和您约时间。"),
        is_asked=_is_asked,
    )
)
