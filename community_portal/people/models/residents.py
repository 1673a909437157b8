"""The register: households, residents on file with their telephones, files that were one person's, and who may act for whom."""

from collections.abc import Iterable
from typing import Any, Self

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Collate, Right
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from encrypted_fields.fields import EncryptedCharField

from community_portal import clock
from community_portal.people.models.accounts import User
from community_portal.places.models import Building, Community, Grid, PlaceQuerySet


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
        """Staff: residents of their communities; a signed-in resident: themselves and those for whom they may act."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        if user.community_ids:
            return self.in_communities(user.community_ids)
        return self.acted_for_by(user, on=clock.today(), scopes=DelegationScope.values)

    def acted_for_by(self, user: Any, *, on: Any, scopes: Iterable[str]) -> Self:
        """The user's own file and those of people who let them act on that day in one of the scopes, with files merged into them."""
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
        """Where they live, for lists."""
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
    """委托: a resident lets an account act for them. Voting, rating and confirming a service are never delegated."""

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
