"""Who is who: accounts that sign in, residents in the register, and who may act for whom.

A ``User`` signs in, a ``Resident`` is a person on file; most residents never sign in, and one account may act for several.
"""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar, Self

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Collate, Right
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField

from community_portal import clock
from community_portal.composed import Composed, Later
from community_portal.places.models import Building, Community, Grid, PlaceQuerySet, Street


class Role(models.TextChoices):
    """What somebody is at a place or in an organisation."""

    RECEPTIONIST = "receptionist", _("接待员")
    GRID_OFFICER = "grid_officer", _("网格员")
    ELDERCARE = "eldercare", _("养老专员")
    CHARGING = "charging", _("充电专员")
    SAFETY = "safety", _("安全专员")
    MANAGER = "manager", _("社区书记")
    STREET_OFFICER = "street_officer", _("街道干部")
    ASSESSOR = "assessor", _("评估机构")
    CONTRACTOR = "contractor", _("施工单位")
    CARE_AGENCY = "care_agency", _("养老服务机构")
    PROPERTY = "property", _("物业公司")
    OPERATOR = "operator", _("充电运营商")
    DUTY_DESK = "duty_desk", _("呼叫值守")


COMMUNITY_STAFF = frozenset({Role.RECEPTIONIST, Role.GRID_OFFICER, Role.MANAGER})
SPECIALISTS = frozenset({Role.ELDERCARE, Role.CHARGING, Role.SAFETY})
THIRD_PARTIES = frozenset(
    {Role.ASSESSOR, Role.CONTRACTOR, Role.CARE_AGENCY, Role.PROPERTY, Role.OPERATOR, Role.DUTY_DESK}
)
HOUSE_STAFF = COMMUNITY_STAFF | SPECIALISTS  # who works in the house and takes in what residents bring
STAFF = HOUSE_STAFF | {Role.STREET_OFFICER}
RUNS = (Role.MANAGER, Role.STREET_OFFICER)  # a house: its hours, its plan, its people
# Health, hardship and "lives alone" together with an address invite burglary and fraud: only those who visit or decide see them.
SEES_SENSITIVE = frozenset({Role.RECEPTIONIST, Role.GRID_OFFICER, Role.MANAGER, Role.ELDERCARE, Role.STREET_OFFICER})


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


class Body(models.TextChoices):
    """Who takes part without signing in: asked, invited, visited, and written down by name."""

    POLICE = "police", _("公安")
    FIRE = "fire", _("消防")
    UTILITY = "utility", _("水电气单位")
    SCHOOL = "school", _("学校、幼儿园")
    HOSPITAL = "hospital", _("医院")
    COMPANY = "company", _("企业")
    ASSOCIATION = "association", _("社会组织")


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
        .select_related("user", "grid__community", "community")
        .order_by("id")
    )
)


class Household(models.Model):
    """A home: one door. Household ≠ family ≠ 户口: many residents may live behind it.

    Self-built houses have no building; their words stand in ``address``.
    """

    community = models.ForeignKey(Community, models.PROTECT, related_name="households")
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="households")
    building = models.ForeignKey(Building, models.PROTECT, null=True, blank=True, related_name="households")
    unit = models.CharField(_("单元"), max_length=6, default="无", help_text=_("没有单元写“无”"))
    room = models.CharField(_("室"), max_length=200, default="无", help_text=_("连同说到的方位，如 503东户"))
    address = models.CharField(_("地址原话"), max_length=200, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["building", "unit", "room"], condition=Q(building__isnull=False), name="one_household_per_door"
            ),
            models.UniqueConstraint(
                fields=["community", "address"], condition=Q(building__isnull=True), name="one_household_per_wording"
            ),
            models.CheckConstraint(
                condition=Q(building__isnull=False) | ~Q(address=""), name="household_has_an_address"
            ),
        ]

    def __str__(self) -> str:
        """As the reader writes it: 龙田花苑 3幢 1单元 201, or Longtian Garden 3-1-201; either is read back as the same door."""
        estate = self.building.estate if self.building else None
        if self.building is None or estate is None or str(estate) == estate.name:
            return self.official
        number = f"{self.building.number}{self.building.suffix}"
        unit = "" if self.unit == "无" else self.unit
        if self.room == "无":
            return f"{estate}, building {number}" + (f", unit {unit}" if unit else "")
        return f"{estate} {'-'.join(filter(None, [number, unit, self.room]))}"

    @property
    def official(self) -> str:
        """In Chinese whoever reads: what is kept and printed for others."""
        if self.building is None:
            return self.address
        unit = "" if self.unit == "无" else f" {self.unit}单元"
        return f"{self.building.estate.name} {self.building}{unit} {self.room}"


class Sex(models.TextChoices):
    FEMALE = "f", _("女")
    MALE = "m", _("男")
    UNKNOWN = "", _("未填")


class IdType(models.TextChoices):
    RESIDENT = "resident", _("居民身份证")
    PASSPORT = "passport", _("护照")
    PERMIT = "permit", _("永久居留证或居住证")


class CareTag(models.TextChoices):
    """Why somebody needs more attention. Sensitive: see ``SEES_SENSITIVE``."""

    KEY_CARE = "key_care", _("重点关怀")
    LIVES_ALONE = "lives_alone", _("独居")
    AGED_80 = "aged_80", _("高龄")
    BEDRIDDEN = "bedridden", _("卧床")
    IMMOBILE = "immobile", _("行动不便")
    DISABLED = "disabled", _("残疾")
    CHRONIC = "chronic", _("慢性病")
    LOW_INCOME = "low_income", _("低保")
    NEAR_LOW_INCOME = "near_low_income", _("低保边缘")
    CARES_FOR_SPOUSE = "cares_for_spouse", _("配偶卧床")


class ResidentQuerySet(PlaceQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Staff: residents of their communities; a signed-in resident: himself and those who let him act for them."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        if user.community_ids:
            return self.in_communities(user.community_ids)
        return self.acted_for_by(user, on=clock.today(), scopes=DelegationScope.values)

    def acted_for_by(self, user: Any, *, on: Any, scopes: Iterable[str]) -> Self:
        """The user's own file and those of people who let him act on that day in one of the scopes, with files merged into them."""
        principals = Delegation.objects.in_force(on=on).filter(agent=user, scopes__overlap=list(scopes))
        own = [user.resident_id] if user.resident_id else []
        return self.filter(pk__in=self.file_ids_of([*own, *principals.values_list("principal_id", flat=True)]))

    def file_ids_of(self, ids: Iterable[int]) -> list[int]:
        """These files and all that were merged into them."""
        found = fresh = list(ids)
        while fresh:
            fresh = list(Resident.objects.filter(merged_into__in=fresh).values_list("pk", flat=True))
            found = [*found, *fresh]
        return found

    def current(self) -> Self:
        """Not merged into another file."""
        return self.filter(merged_into__isnull=True)


@pghistory.track(exclude=["grams", "pinyin", "initials", "door"])
class Resident(models.Model):
    """A person on file in one community."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="residents")
    household = models.ForeignKey(Household, models.SET_NULL, null=True, blank=True, related_name="residents")
    name = models.CharField(_("姓名"), max_length=50)
    sex = models.CharField(_("性别"), max_length=1, choices=Sex.choices, blank=True)
    born_on = models.DateField(_("出生日期"), null=True, blank=True)
    born_in_lunar = models.BooleanField(_("农历生日"), default=False)
    id_type = models.CharField(_("证件类型"), max_length=10, choices=IdType.choices, default=IdType.RESIDENT)
    id_number = EncryptedCharField(_("证件号码"), max_length=30, null=True, blank=True)
    id_hash = models.CharField(max_length=64, blank=True, help_text="keyed hash, for exact look-up")
    care_tags = ArrayField(models.CharField(max_length=20, choices=CareTag.choices), default=list, blank=True)
    note = models.CharField(_("备注"), max_length=300, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    deceased_on = models.DateField(null=True, blank=True)
    moved_out_on = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_files")
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)
    # What search reads; written with the name and the address by the actions (people/search_keys.py).
    grams = ArrayField(
        models.CharField(max_length=2), default=list, help_text="one- and two-character pieces of the name"
    )
    pinyin = models.CharField(max_length=120, blank=True)
    initials = models.CharField(max_length=50, blank=True)
    door = models.CharField(max_length=24, blank=True, help_text="building number and room: 3-201")

    objects = ResidentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="resident_has_a_name"),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="resident_not_merged_into_itself"),
            models.UniqueConstraint(
                fields=["community", "id_hash"],
                condition=Q(merged_into__isnull=True) & ~Q(id_hash=""),
                name="one_file_per_id_number",
                violation_error_message=_("这个证件号码在本社区已经有档案。"),
            ),
        ]
        indexes = [
            GinIndex("community", "grams", name="resident_grams_in_place"),
            GinIndex("grams", name="resident_grams"),
            GinIndex("community", "care_tags", name="resident_care_in_place"),
            # In the order of bytes an index serves both "begins with" and the sorting, so LIMIT stops early.
            models.Index(Collate("name", "C"), name="resident_name_begins"),
            models.Index("community", Collate("name", "C"), name="resident_name_begins_in_place"),
            models.Index(Collate("initials", "C"), name="resident_initials_begin"),
            models.Index("community", Collate("initials", "C"), name="resident_initials_in_place_c"),
            models.Index(Collate("pinyin", "C"), name="resident_pinyin_begins"),
            models.Index("community", Collate("pinyin", "C"), name="resident_pinyin_in_place_c"),
            models.Index(Collate("door", "C"), Collate("name", "C"), name="resident_door_begins"),
            models.Index("community", Collate("door", "C"), name="resident_door_begins_in_place"),
            models.Index(fields=["community", "-id"], name="resident_newest_in_place"),
            # Who may be the same person. Not by name: PostgreSQL would read "begins with" a surname from such an index too,
            # all of that name in the city.
            models.Index(fields=["community", "born_on"], name="resident_born_in_place"),
            models.Index(fields=["id_hash"], name="resident_id_hash", condition=~Q(id_hash="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        return str(self.pk)

    @property
    def present_file(self) -> "Resident":
        """The file that counts: the one this was merged into, in the end; itself when it was not."""
        file = self
        while file.merged_into is not None:
            file = file.merged_into
        return file

    @property
    def line(self) -> str:
        """Where he lives, for lists."""
        return str(self.household or "")

    @property
    def care_labels(self) -> list[str]:
        """Care tags as words; show them only to roles in SEES_SENSITIVE."""
        return [str(CareTag(tag).label) for tag in self.care_tags if tag in CareTag.values]


# A number is the one row of a file that is taken off for good: the history says until when it was there.
@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=["community"])
class Contact(models.Model):
    """A way to reach a resident. A phone is not an identity: several residents may share one."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="contacts")
    community = models.ForeignKey(
        Community,
        models.PROTECT,
        null=True,
        editable=False,
        db_index=False,
        related_name="+",
        help_text="the resident's, written by a trigger: inside one community a phone's tail is found through it",
    )
    phone = models.CharField(_("电话"), max_length=20, help_text="E.164")
    tail = models.GeneratedField(
        expression=Right("phone", 4), output_field=models.CharField(max_length=4), db_persist=True
    )
    owner = models.CharField(_("机主"), max_length=50, blank=True, help_text=_("不是本人的电话写谁的"))
    relation = models.CharField(_("关系"), max_length=20, blank=True)
    is_primary = models.BooleanField(default=False)
    wants_messages = models.BooleanField(_("接收短信"), default=True)

    class Meta:
        ordering = ["-is_primary", "id"]
        constraints = [
            models.UniqueConstraint(fields=["resident", "phone"], name="contact_not_twice"),
            models.UniqueConstraint(fields=["resident"], condition=Q(is_primary=True), name="one_primary_contact"),
        ]
        indexes = [
            models.Index(fields=["phone"], name="contact_phone"),
            # Answers whose phones end so, in the city or in one place, without a look at the rows.
            models.Index(fields=["tail", "community"], include=["resident"], name="contact_tail_of_whom"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="contact_knows_its_place",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("resident_id"),
                func="SELECT community_id INTO NEW.community_id FROM people_resident WHERE id = NEW.resident_id; RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return self.phone


class FileMerge(models.Model):
    """Two files found to be one person's: ``merged`` points at ``kept`` and shows up no more, until somebody undoes it.

    ``gained`` is what the kept file received, so that taking the merge back takes exactly that away again.
    """

    kept = models.ForeignKey(Resident, models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Resident, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    gained = models.JSONField(default=dict)
    how_known = models.CharField(
        max_length=200, blank=True, help_text="what staff saw, or that an answer was right, before accounts came along"
    )
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at__isnull=True), name="a_file_is_merged_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(undone_by__isnull=False), name="undoing_says_who"
            ),
        ]


class ToldApart(models.Model):
    """Staff looked at two alike files and say that they are two people's, and why. Merging the two makes it untrue, not gone."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="told_apart")
    other = models.ForeignKey(Resident, models.CASCADE, related_name="+")
    why = models.CharField(max_length=100)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["resident", "other"], name="told_apart_once"),
            models.CheckConstraint(condition=~Q(resident=F("other")), name="told_apart_from_another"),
            models.CheckConstraint(condition=~Q(why=""), name="told_apart_says_why"),
        ]

    def __str__(self) -> str:
        """Why, in the reader's language where the portal itself said it."""
        return gettext(self.why)


class DelegationScope(models.TextChoices):
    BOOK = "book", _("预约到访")
    REQUEST = "request", _("求助和补充材料")
    READ = "read", _("查看进度")
    APPLY = "apply", _("申请服务和补贴")


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def in_force(self, *, on: Any) -> "DelegationQuerySet":
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on, revoked_at__isnull=True)


@pghistory.track()
class Delegation(models.Model):
    """委托: a resident lets an account act for him. Voting, rating and confirming a service are never delegated."""

    principal = models.ForeignKey(Resident, models.PROTECT, related_name="delegations", verbose_name=_("委托人"))
    agent = models.ForeignKey(User, models.PROTECT, related_name="acts_for", verbose_name=_("受托人"))
    relation = models.CharField(_("关系"), max_length=20)
    scopes = ArrayField(models.CharField(max_length=10, choices=DelegationScope.choices), default=list)
    proof = models.CharField(_("凭据"), max_length=120, help_text=_("当面、电话确认，或委托书编号"))
    starts_on = models.DateField(_("从"))
    ends_on = models.DateField(_("到"), null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = DelegationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["principal", "agent"],
                condition=Q(revoked_at__isnull=True),
                name="one_live_delegation_per_pair",
                violation_error_message=_("这位家人已经在代办名单里。"),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__lte=F("ends_on")),
                name="delegation_starts_before_it_ends",
            ),
        ]


class Purpose(models.TextChoices):
    """What a resident may agree to, each on its own; the words are in people/consents.py."""

    SMS = "sms", _("短信提醒")
    HEALTH = "health", _("健康和困难情况")
    PHOTOS = "photos", _("上门拍照")
    PASS_ON = "pass_on", _("转给合作机构")
    ASSESS = "assess", _("上门评估")
    DEVICE = "device", _("家里装设备")
    MINOR_PHOTO = "minor_photo", _("拍到未成年人的照片")
    QUOTE = "quote", _("引用您的话")


# Asked of everybody who brings something; the others are asked by the service that needs them.
ASKED_AT_INTAKE = (Purpose.SMS, Purpose.HEALTH, Purpose.PHOTOS, Purpose.PASS_ON)


class ConsentChannel(models.TextChoices):
    """How we heard it."""

    SELF = "self", _("本人在手机上")
    DESK = "desk", _("当面")
    PHONE = "phone", _("电话")
    PAPER = "paper", _("书面")


class Consent(models.Model):
    """A resident's consent to one purpose, under one version of its text, until withdrawn. Rows stay as proof."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    text_version = models.CharField(max_length=20)
    channel = models.CharField(max_length=10, choices=ConsentChannel.choices)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["resident", "purpose"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_live_consent_per_purpose",
            )
        ]


class CalendarLinkQuerySet(models.QuerySet["CalendarLink"]):
    def in_force(self, *, on: Any) -> "CalendarLinkQuerySet":
        """Those of accounts that are in use: of somebody who lives here, or who has a role on that day."""
        in_office = Membership.objects.in_force(on=on).values("user")
        lives_here = Q(phone__isnull=False) | Q(resident__isnull=False)
        holders = User.objects.filter(lives_here | Q(is_superuser=True) | Q(pk__in=in_office), is_active=True)
        if not settings.PORTAL_DEMO:
            holders = holders.filter(is_demo=False)
        return self.filter(user__in=holders.values("pk"))


class CalendarLink(models.Model):
    """The secret address at which somebody's calendar reads his bookings and visits without signing in; one for each account."""

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_link")
    link_hash = models.CharField(max_length=64, unique=True, help_text="keyed hash of the token in the address")
    made_at = models.DateTimeField()

    objects = CalendarLinkQuerySet.as_manager()


class AccountLog(models.Model):
    """What was done to somebody else's account, by whom. Append-only."""

    account = models.ForeignKey(User, models.PROTECT, related_name="account_log")
    what = models.CharField(max_length=30, help_text="password_issued")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]
        triggers = [pgtrigger.Protect(name="account_log_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Look(models.TextChoices):
    """What is looked at only for a reason that is kept."""

    ID_NUMBER = "id_number", _("证件号码")
    CARE_TAGS = "care_tags", _("需要关照")
    ASSESSMENT = "assessment", _("能力评估")
    HARDSHIP = "hardship", _("困难情况")
    HEALTH = "health", _("健康情况")
    PLAN = "plan", _("照护方案")
    EXPORT = "export", _("导出")


class ViewLog(models.Model):
    """Who looked at a protected field of whom, and why: one row a day, with the first reason. Append-only."""

    viewer = models.ForeignKey(User, models.PROTECT, related_name="+")
    resident = models.ForeignKey(Resident, models.PROTECT, related_name="views")
    what = models.CharField(max_length=30, choices=Look.choices)
    reason = models.CharField(_("理由"), max_length=200, help_text="number of a matter, or as typed")
    at = models.DateTimeField()
    day = models.DateField(
        null=True, editable=False, help_text="none in rows from before looks were counted by the day"
    )

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="view_has_a_reason"),
            models.UniqueConstraint(fields=["viewer", "resident", "what", "day"], name="one_view_a_day"),
        ]
        triggers = [pgtrigger.Protect(name="views_are_append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


class Submission(models.Model):
    """A form or API write that was answered, kept a day: the same key again gets the same answer (see people/once.py)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scope = models.CharField(max_length=80, help_text="user, or browser session of somebody not signed in")
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0, help_text="0 while in flight")
    body = models.TextField(blank=True)
    location = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="a_submission_counts_once")]
