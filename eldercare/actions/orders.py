"""Giving a signed plan to a builder, and to another one when the first does not want it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.actions import commission, end_commission, in_source_words
from community_portal.matters.actions.steps import take
from community_portal.matters.notices import tell_officer
from community_portal.people.models import Membership, Organisation, Role, User
from community_portal.refusals import Refusal
from community_portal.signing.actions import must_be_signed
from community_portal.signing.models import OWN_WILL
from eldercare.actions.invitations import PLAN
from eldercare.models import Adaptation, WorkOrder
from eldercare.queries.plans import content_of


@transaction.atomic
def order(
    adaptation: Adaptation,
    *,
    contractor: Organisation | None,
    by: User,
    at: dt.datetime,
    seen: int | None = None,
    words: str = "",
) -> WorkOrder:
    """The plan as it was signed goes to this builder, whose people see it from now on. Raises PartsMissing without a signed plan,
    Refusal beside ``contractor``."""
    today = clock.local(at).date()
    if contractor is None or contractor.kind != Role.CONTRACTOR:
        raise Refusal(_("请选一家施工单位。"), code="no_contractor", field="contractor")
    if contractor.pk == adaptation.assessor_id:
        raise Refusal(_("评估单位不能自己施工。"), code="same_firm", field="contractor")
    if not Organisation.objects.filter(pk=contractor.pk).working_in(adaptation.community.street).exists():
        raise Refusal(_("这家单位不在本街道施工。"), code="elsewhere", field="contractor")
    if not members_of(contractor, on=today):
        raise Refusal(_("这家单位还没有能登录的人，派了也没人看到。"), code="nobody_there", field="contractor")
    _take_back(adaptation, by=by, at=at)
    take(adaptation, "order", by=by, at=at, seen=seen, words=words, changes={"contractor": contractor})
    plan = adaptation.signed_plan
    must_be_signed(adaptation, PLAN, content_of(plan), relations=OWN_WILL, part=f"v{plan.version}")
    made = WorkOrder.objects.create(
        adaptation=adaptation, contractor=contractor, plan=plan, ordered_by=by, ordered_on=today
    )
    commission(adaptation, organisation=contractor, role=Role.CONTRACTOR, by=by, at=at)
    tell_builder(adaptation, "adapt_order", at=at)
    return made


def _take_back(adaptation: Adaptation, *, by: User, at: dt.datetime) -> None:
    """From the builder who had it before: whoever reads the case sees who it was, and why no more."""
    for before in WorkOrder.objects.filter(adaptation=adaptation, refused_at=None).select_related("contractor"):
        why = in_source_words(_("改派别家"))
        WorkOrder.objects.filter(pk=before.pk).update(refused_at=at, refused_why=why)
        end_commission(adaptation, organisation=before.contractor, by=by, at=at)


def members_of(organisation: Organisation, *, on: dt.date) -> list[User]:
    posts = Membership.objects.in_force(on=on).filter(organisation=organisation, user__is_active=True)
    return [post.user for post in posts.select_related("user").order_by("id")]


def tell_builder(adaptation: Adaptation, kind: str, *, at: dt.datetime) -> None:
    """Everybody of the builder who has it now."""
    if adaptation.contractor is not None:
        for member in members_of(adaptation.contractor, on=clock.local(at).date()):
            tell_officer(kind, adaptation, member, at=at)
