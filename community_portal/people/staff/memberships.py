"""Who works where: memberships begin and end with dates and stay as history; rights follow from what is in force."""

import datetime as dt
import secrets

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from community_portal import clock, departures
from community_portal.people.models import HOUSE_STAFF, AccountLog, Delegation, Membership, Role, User
from community_portal.people.own_account.actions import end_every_way_in
from community_portal.places.models import Community, Grid
from community_portal.refusals import NotAllowed, Refusal

RUNS_A_COMMUNITY = (Role.MANAGER, Role.STREET_OFFICER)
# No letters or digits that look alike when read out or copied by hand.
EASY_TO_READ = "abcdefghjkmnpqrstuvwxyz23456789"


def roles_given_by(by: User, community: Community) -> list[Role]:
    """Posts that this person fills in the community; its manager is the street's to appoint."""
    is_street = by.has_role_at(community.pk, Role.STREET_OFFICER)
    return [role for role in Role if role in HOUSE_STAFF and (is_street or role != Role.MANAGER)]


def _must_run(by: User | None, community: Community) -> None:
    if by is not None and not by.has_role_at(community.pk, *RUNS_A_COMMUNITY):
        raise NotAllowed(_("只有社区书记或街道干部可以安排工作人员。"))


def staff_at(community_id: int, *roles: str, on: dt.date) -> QuerySet[User]:
    """Who holds one of the roles in the community on that day, also by its street or one of its grids."""
    held = Membership.objects.in_force(on=on).at(community_id).filter(role__in=roles)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("id")


def managers_of(community_id: int, *, on: dt.date) -> list[User]:
    """The community's managers in office; while it has none, the officers of its street, who can appoint one."""
    managers = list(staff_at(community_id, Role.MANAGER, on=on))
    return managers or list(staff_at(community_id, Role.STREET_OFFICER, on=on))


@transaction.atomic
def appoint(
    community: Community,
    *,
    user: User,
    role: str,
    by: User | None,
    at: dt.datetime,
    grid: Grid | None = None,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
) -> Membership:
    """``user`` works in the community, a grid officer in one grid. Only a street officer appoints a manager."""
    _must_run(by, community)
    if role not in HOUSE_STAFF:
        raise Refusal(_("这个岗位不在社区设置。"), code="role_not_here", field="role")
    if role == Role.MANAGER and by is not None and not by.has_role_at(community.pk, Role.STREET_OFFICER):
        raise NotAllowed(_("社区书记由街道安排。"))
    if (role == Role.GRID_OFFICER) != (grid is not None):
        raise Refusal(_("网格员要选网格，其他岗位不用选。"), code="grid_and_role", field="grid")
    if grid is not None and grid.community_id != community.pk:
        raise NotAllowed(_("这个网格不在本社区。"))
    starts_on = starts_on or clock.local(at).date()
    _check_term(starts_on, ends_on, today=clock.local(at).date())
    if User.objects.select_for_update().get(pk=user.pk).holds_files:
        raise Refusal(_("这是居民自己的账号。工作账号要另开一个，请填手机号。"), code="personal_account", field="who")
    place = {"grid": grid} if grid else {"community": community}
    same = Membership.objects.filter(user=user, role=role, **place).exclude(ends_on__lt=starts_on)
    if same.exclude(starts_on__gt=ends_on or dt.date.max).exists():
        raise Refusal(_("他（她）已经在这个岗位上了。"), code="already_appointed", field="who")
    return Membership.objects.create(user=user, role=role, starts_on=starts_on, ends_on=ends_on, **place)


def _check_term(starts_on: dt.date, ends_on: dt.date | None, *, today: dt.date) -> None:
    if ends_on and ends_on < starts_on:
        raise Refusal(_("结束日期不能早于开始日期。"), code="ends_before_start", field="ends_on")
    if ends_on and ends_on < today:
        raise Refusal(_("结束日期已经过去了，这样安排不会生效。"), code="term_is_over", field="ends_on")


@transaction.atomic
def end_membership(membership: Membership, *, by: User, at: dt.datetime) -> list[str]:
    """Yesterday was the last day: rights end with the next request. A membership that began today never counted.

    Who has no other post there leaves: what lies ahead of them is dealt with at once (departures.py). Answers in words how.
    """
    community = membership.grid.community if membership.grid else membership.community
    if community is None:
        raise NotAllowed(_("这个岗位不在社区设置。"))
    _must_run(by, community)
    if membership.user_id == by.pk and not by.is_superuser:
        raise Refusal(_("不能结束自己的岗位，请街道来办。"), code="ends_himself")
    today = clock.local(at).date()
    if membership.ends_on and membership.ends_on < today:
        return []
    if membership.starts_on >= today:
        membership.delete()
    else:
        Membership.objects.filter(pk=membership.pk).update(ends_on=today - dt.timedelta(days=1))
    user = User.objects.get(pk=membership.user_id)  # without the posts that were read before
    if user.is_superuser or Membership.objects.in_force(on=today).at(community.pk).filter(user=user).exists():
        return []
    return departures.post_ended(user, community_id=community.pk, by=by, at=at)


def may_issue_password(user: User, *, by: User) -> bool:
    """For the work accounts of those below oneself, in places that one runs, all of them: else one manager could read along
    in another community. Administrators may for everybody but each other; nobody for themselves, and nobody for an account
    that is a resident's too: whose number it is, lives by it."""
    return _is_below(user, by) and not user.is_personal


def _is_below(user: User, by: User) -> bool:
    if user.pk == by.pk or not user.is_active or user.is_superuser or not user.roles:
        return False
    if by.is_superuser:
        return True
    runs = by.communities_as(*RUNS_A_COMMUNITY)
    places = [m.grid.community_id if m.grid else m.community_id for m in user.memberships_now]
    return _rank(user) < _rank(by) and all(place in runs for place in places)


def helped_with_passwords(user_ids: set[int], *, by: User) -> set[int]:
    """Those of these accounts to whom ``by`` may give a one-time password; one query for all."""
    acts_for = Delegation.objects.filter(agent=OuterRef("user"), revoked_at__isnull=True)
    rows = Membership.objects.in_force(on=clock.today()).filter(
        ~Exists(acts_for), user__in=user_ids, user__phone__isnull=True, user__resident__isnull=True
    )
    held: dict[User, list[Membership]] = {}
    for row in rows.select_related("user", "grid__community", "community", "street"):
        held.setdefault(row.user, []).append(row)
    for user, memberships in held.items():
        user.memberships_now = memberships
    return {user.pk for user in held if _is_below(user, by)}


def _rank(user: User) -> int:
    return 2 if Role.STREET_OFFICER in user.roles else 1 if Role.MANAGER in user.roles else 0


@transaction.atomic
def set_one_time_password(user: User, *, by: User, at: dt.datetime) -> str:
    """A new password, answered only here; it has to be changed at the first sign-in, and every other session ends."""
    # What is the account's own now counts, and nothing becomes its own meanwhile.
    if User.objects.select_for_update().get(pk=user.pk).is_personal or not may_issue_password(user, by=by):
        raise NotAllowed(_("这个账号的密码要由上一级或管理员来设。"))
    password = "-".join("".join(secrets.choice(EASY_TO_READ) for _n in range(4)) for _part in range(3))
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    end_every_way_in(user)
    AccountLog.objects.create(account=user, what="password_issued", by=by, at=at)
    return password
