"""Who signs in, the organisations that take part, and who works where: a role at a place, with dates."""

from typing import Any, ClassVar

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.composed import Composed, Later
from community_portal.people.models.roles import THIRD_PARTIES, Body, Role
from community_portal.places.models import Community, Grid, Street


class User(AbstractUser):
    """An account. Staff sign in by user name and password, residents by phone and one-time code."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=50, blank=True)
    phone = models.CharField(_("手机"), max_length=20, unique=True, null=True, blank=True, help_text="E.164")
    phone_verified_at = models.DateTimeField(null=True, blank=True)
    work_phone = models.CharField(
        _("工作手机"), max_length=20, unique=True, null=True, blank=True, help_text="E.164; told, never a way in"
    )
    language = models.CharField(max_length=10, default="zh-hans")
    elder_mode = models.BooleanField(null=True, blank=True)
    must_change_password = models.BooleanField(default=False, help_text="somebody else set it: good for one sign-in")
    is_demo = models.BooleanField(
        _("演示账号"), default=False, editable=False, help_text="of a demonstration, whose password everybody knows"
    )
    session_round = models.PositiveIntegerField(default=0, help_text="counted up to end every session of the account")
    resident = models.OneToOneField(
        "people.Resident", models.SET_NULL, null=True, blank=True, related_name="account", help_text=_("本人档案")
    )
    community = models.ForeignKey(Community, models.SET_NULL, null=True, blank=True, help_text=_("常去的社区"))

    objects = UserManager()  # type: ignore[misc]
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.name or self.username

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must match to stay alive: changes with the password and with ``session_round``."""
        parts = f"{self.password}:{self.session_round}"
        return salted_hmac("people.User.session", parts, secret=secret, algorithm="sha256").hexdigest()

    @property
    def may_come_in(self) -> bool:
        """Not disabled, and none of a demonstration that this portal no longer is. Every way in asks this."""
        return self.is_active and (settings.PORTAL_DEMO or not self.is_demo)

    @property
    def is_personal(self) -> bool:
        """Of somebody who lives here: a number that signs in, a file, somebody to act for. Work has accounts of its own, or
        whoever hands out work would hand out this person's life with it."""
        return bool(self.phone) or self.holds_files

    @property
    def holds_files(self) -> bool:
        """The file of its own, or those of people who let it act."""
        return bool(self.resident_id) or self.acts_for.filter(revoked_at__isnull=True).exists()

    @cached_property
    def memberships_now(self) -> list["Membership"]:
        """Memberships in force today, with the communities they are at; read together with the account of a session."""
        if self.pk is None:
            return []
        return MEMBERSHIPS_OF(user=self.pk, on=clock.today())

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(membership.role for membership in self.memberships_now)

    @cached_property
    def community_ids(self) -> frozenset[int]:
        """Communities in which this user works, a street standing for all of its communities."""
        return self.communities_as(*self.roles)

    @cached_property
    def grid_ids(self) -> frozenset[int]:
        """Grids of which this user is the officer."""
        return frozenset(m.grid_id for m in self.memberships_now if m.role == Role.GRID_OFFICER and m.grid_id)

    def communities_as(self, *roles: str) -> frozenset[int]:
        """Communities in which this user holds one of the roles."""
        held = [m for m in self.memberships_now if m.role in roles]
        found = {m.grid.community_id if m.grid else m.community_id for m in held if not m.street_id}
        streets = {m.street_id for m in held if m.street_id}
        found.update(place.pk for place in self.communities_of_streets if place.street_id in streets)
        return frozenset(i for i in found if i)

    def streets_as(self, *roles: str) -> frozenset[int]:
        """Streets for which this user holds one of the roles."""
        return frozenset(m.street_id for m in self.memberships_now if m.role in roles and m.street_id)

    @cached_property
    def organisation_posts(self) -> frozenset[tuple[str, int]]:
        """Of a third party: what this user is, and in which organisation."""
        return frozenset((m.role, m.organisation_id) for m in self.memberships_now if m.organisation_id)

    @cached_property
    def communities_of_streets(self) -> list[Community]:
        """All communities of the streets this user works for; one query per request, none for the others."""
        streets = {m.street_id for m in self.memberships_now if m.street_id}
        return list(Community.objects.filter(street_id__in=streets).select_related("street")) if streets else []

    def has_role_at(self, community_id: int, *roles: str) -> bool:
        return self.is_superuser or community_id in self.communities_as(*roles)

    @property
    def is_portal_staff(self) -> bool:
        return bool(self.is_superuser or self.roles)


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def working_in(self, street: Street) -> "OrganisationQuerySet":
        """Those of this street, and those that name none: they work anywhere."""
        return self.filter(Q(streets=street) | Q(streets__isnull=True))


class Organisation(models.Model):
    """Who is no part of the street but takes part: third parties, whose members sign in and do what they were given, and
    bodies such as the police or a school, which have no accounts."""

    name = models.CharField(_("名称"), max_length=80, unique=True)
    kind = models.CharField(
        _("类型"), max_length=20, choices=[(r.value, r.label) for r in Role if r in THIRD_PARTIES] + Body.choices
    )
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    streets = models.ManyToManyField(
        Street, blank=True, related_name="organisations", help_text=_("在哪些街道做事；空着就是不限")
    )

    objects = OrganisationQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self, *, on: Any) -> "MembershipQuerySet":
        """Memberships that hold on a day."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)

    def at(self, community: Any) -> "MembershipQuerySet":
        """Memberships at a community (its number, or an expression), also by its street or one of its grids."""
        return self.filter(
            Q(community_id=community) | Q(grid__community_id=community) | Q(street__communities=community)
        )


@pghistory.track()
class Membership(models.Model):
    """A role at a street, community or grid, or in an organisation, with dates. Rights follow from it and end with it."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    street = models.ForeignKey(Street, models.PROTECT, null=True, blank=True, related_name="memberships")
    community = models.ForeignKey(Community, models.PROTECT, null=True, blank=True, related_name="memberships")
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="memberships")
    starts_on = models.DateField(_("从"))
    ends_on = models.DateField(_("到"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(street__isnull=False, community__isnull=True, grid__isnull=True, organisation__isnull=True)
                | Q(street__isnull=True, community__isnull=False, grid__isnull=True, organisation__isnull=True)
                | Q(street__isnull=True, community__isnull=True, grid__isnull=False, organisation__isnull=True)
                | Q(street__isnull=True, community__isnull=True, grid__isnull=True, organisation__isnull=False),
                name="membership_is_at_one_place",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__lte=F("ends_on")),
                name="membership_starts_before_it_ends",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="member_is_what_the_organisation_is",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("organisation_id", "role"),
                declare=[("kind", "text")],
                # What was written before this was checked may still be ended.
                func="""
                    IF TG_OP = 'UPDATE' THEN
                        IF (OLD.organisation_id, OLD.role) IS NOT DISTINCT FROM (NEW.organisation_id, NEW.role) THEN
                            RETURN NEW;
                        END IF;
                    END IF;
                    SELECT o.kind INTO kind FROM people_organisation o WHERE o.id = NEW.organisation_id;
                    IF kind <> NEW.role THEN
                        RAISE EXCEPTION 'a member of this organisation is %, not %', kind, NEW.role
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'member_is_what_the_organisation_is';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def clean(self) -> None:
        """Says beside the field what the trigger would refuse."""
        if self.organisation is None or self.organisation.kind == self.role:
            return
        if self.organisation.kind in Body.values:
            raise ValidationError({"organisation": _("学校、派出所这类单位没有账号。")})
        kind = self.organisation.get_kind_display()
        raise ValidationError({"role": _("这家单位里的人，身份只能是“%(kind)s”。") % {"kind": kind}})

    @property
    def place(self) -> Any:
        return self.grid or self.community or self.street or self.organisation


MEMBERSHIPS_OF = Composed(
    lambda: (
        Membership.objects.in_force(on=Later("on"))
        .filter(user=Later("user"))
        .select_related("user", "grid__community__street", "community__street")
        .order_by("id")
    )
)
