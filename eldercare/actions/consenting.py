"""The elder's name, or the guardian's, under a plan: nobody else's, whoever holds the phone."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal.answers.actions import revoke_links
from community_portal.casework.uploads import ReadFile
from community_portal.matters.actions.steps import authority_in
from community_portal.people.models import User
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.signing.actions import Signer, sign
from community_portal.signing.models import Relation
from eldercare.actions.invitations import PLAN
from eldercare.models import Adaptation, PlanVersion
from eldercare.queries.plans import content_of, plan_to_sign
from eldercare.queries.signers import guardian_of, has_left, is_minor, may_sign_from, relation_of
from eldercare.workflow.states import DESK, FIELD, State

WAITS_FOR_A_NAME = frozenset({State.CONFIRMING, State.CHANGING})


@transaction.atomic
def sign_plan(
    adaptation: Adaptation,
    *,
    relation: str,
    name: str,
    means: str,
    by: User | None,
    at: dt.datetime,
    signature: ReadFile | None = None,
    pays: bool = False,
    seen_hash: str | None = None,
    phone: str = "",
) -> PlanVersion:
    """Keeps the signature under the plan that waits for it; from then on nothing of it changes.

    ``pays``: they ticked what is theirs to pay. ``phone`` is where a link went. Raises Changed when no plan waits, NotAllowed for
    an agent, a builder or an assessor, Refusal beside ``pays``, ``relation``, ``signature``.
    """
    adaptation = (
        Adaptation.objects.select_for_update(of=("self",)).select_related("case", "community").get(pk=adaptation.pk)
    )
    plan = plan_to_sign(adaptation)
    if adaptation.state not in WAITS_FOR_A_NAME or has_left(adaptation.resident) or plan is None:
        raise Changed(_("情况有变：现在没有要签字的方案。"))
    authority = _authority_to_sign(adaptation, relation, by, at=at)
    _must_be_able(adaptation, relation, phone, at=at)
    if plan.self_pay and not pays:
        raise Refusal(_("请先勾选：知道自家要出多少钱。"), code="not_told_to_pay", field="pays")
    sign(
        adaptation,
        document=PLAN,
        part=f"v{plan.version}",
        content=content_of(plan),
        signer=Signer(name, relation, adaptation.resident if relation == Relation.SELF else None),
        means=means,
        by=by,
        at=at,
        authority=authority,
        needs_own_will=True,
        signature=signature,
        seen_hash=seen_hash,
    )
    PlanVersion.objects.filter(pk=plan.pk).update(signed_at=at)
    revoke_links(adaptation, purpose=PLAN, at=at)
    return plan


def _authority_to_sign(adaptation: Adaptation, relation: str, by: User | None, *, at: dt.datetime) -> str:
    """``link``, ``self`` of the elder or guardian, or the role of whoever writes down a signature given on paper or glass."""
    if by is None:
        return "link"
    if relation and relation == relation_of(adaptation, by):
        return "self"
    if by.has_role_at(adaptation.community_id, *(DESK | FIELD)):
        return authority_in(adaptation, by, at=at)
    raise NotAllowed(_("方案要老人本人或监护人签，代办人、施工和评估单位都不能代签。"))


def _must_be_able(adaptation: Adaptation, relation: str, phone: str, *, at: dt.datetime) -> None:
    """Of age, on file where a guardian signs, and not at the phone of somebody who works on it."""
    if relation == Relation.GUARDIAN and guardian_of(adaptation) is None:
        raise Refusal(_("档案里没有登记监护人，请先登记。"), code="no_guardian", field="relation")
    if relation == Relation.SELF and is_minor(adaptation.resident, at=at):
        raise Refusal(_("未成年人不能签，要监护人签。"), code="minor", field="relation")
    if phone and not may_sign_from(adaptation, phone, at=at):
        raise Refusal(_("这个号码是办事的人或孩子的，不能用来签字。"), code="not_their_phone", field="signature")
