"""Who may do what in safety, where the step table does not say."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal.people.models import Organisation, Role, User
from community_portal.refusals import NotAllowed
from safety.models import Drill, Premises
from safety.workflow.states import LEADERS, PLANNERS


def has_one_of(user: User | None, community_id: int, roles: Any) -> bool:
    return user is None or user.is_superuser or user.has_role_at(community_id, *roles)


def must_plan(drill: Drill, by: User | None) -> None:
    if not has_one_of(by, drill.community_id, PLANNERS):
        raise NotAllowed(_("方案由安全专员或书记来改。"))


def must_lead(drill: Drill, by: User | None) -> None:
    if by is not None and not by.is_superuser and not drill.leads(by):
        raise NotAllowed(_("这一步由总指挥或副总指挥来按。"))


def must_evaluate(drill: Drill, by: User | None) -> None:
    """Nobody judges what they commanded, whatever else they are."""
    if by is not None and (drill.leads(by) or not (by.is_superuser or by.pk == drill.evaluator_id)):
        raise NotAllowed(_("评估由评估人来做，总指挥和副总指挥不能自己评。"))


def takes_part(drill: Drill, user: User | None) -> bool:
    """On the day: whoever leads, evaluates or guides here, by an account of theirs, and the staff who answer for it."""
    if has_one_of(user, drill.community_id, LEADERS) or drill.leads(user):
        return True
    return user is not None and drill.members.filter(user=user).exists()


def must_take_part(drill: Drill, by: User | None) -> None:
    if not takes_part(drill, by):
        raise NotAllowed(_("您不在这场演练里。"))


def sees_names(drill: Drill, user: User) -> bool:
    """Everybody who needs help, by name: those who lead the drill."""
    return user.is_superuser or drill.leads(user)


def companies_that_may_start(user: User, *, premises: Any = None, building: Any = None) -> Any:
    """The property companies of this user that manage the place."""
    houses = Premises.objects.filter(pk=premises.pk) if premises else Premises.objects.filter(building=building)
    named = houses.filter(property_company__in=[one for _role, one in user.organisation_posts])
    return Organisation.objects.filter(kind=Role.PROPERTY, pk__in=named.values("property_company")).order_by("pk")
