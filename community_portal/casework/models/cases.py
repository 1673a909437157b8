"""The case with its number and append-only journal, and the third parties to which a matter of it is given."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.captured import captured_at
from community_portal.casework.kinds import KINDS
from community_portal.people.authority import SYSTEM
from community_portal.people.models import (
    THIRD_PARTIES,
    DelegationScope,
    ManagedEstate,
    Organisation,
    Resident,
    Role,
)
from community_portal.people.reach import at_places_of, whole_communities
from community_portal.places.models import Community, Estate, Grid, PlaceQuerySet


class Source(models.TextChoices):
    """How a case reached us."""

    DESK = "desk", _("到会客厅")
    PHONE = "phone", _("来电")
    ONLINE = "online", _("手机自助")
    HOME = "home", _("上门了解")
    GRID = "grid", _("网格巡查")
    HOTLINE = "12345", _("12345 转来")
    API = "api", _("外部系统")
    PATROL = "patrol", _("巡查发现")
    DRILL = "drill", _("演练发现")
    CHECK = "check", _("检查发现")
    SURVEY = "survey", _("问卷反映")
    DEVICE = "device", _("设备报警")
    PROPERTY = "property", _("物业反映")
    PARTNER = "partner", _("合作机构")


READERS = (DelegationScope.REQUEST, DelegationScope.READ)


class CaseQuerySet(PlaceQuerySet):
    def visible_to(self, user: Any) -> "CaseQuerySet":
        """Staff: cases with a matter that they read by a role at its place, and those without any; a resident: those that they
        raised or that are about people they may read for."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        return self.read_at_work(user) if user.community_ids else self.concerning(user)

    def read_at_work(self, user: Any) -> "CaseQuerySet":
        """What a member of staff sees of the cases of their places."""
        whole = read_whole(user)
        seen = Q(community_id__in=whole)
        if elsewhere := user.community_ids - whole:
            some, matters = Q(pk__in=[]), Q(pk__in=[])
            for kind in KINDS.values():
                some |= Q(Exists(kind.read().filter(case=OuterRef("pk"))))
                matters |= Q(pk__in=kind.read().read_at_work(user).order_by().values("case"))
            seen |= Q(community_id__in=elsewhere) & (matters | at_places_of(user) & ~some)
        return self.filter(seen)

    def concerning(self, user: Any) -> "CaseQuerySet":
        """Cases that this person raised in their own right, or that are about them or somebody they may ask or read for."""
        people = Resident.objects.acted_for_by(user, on=clock.today(), scopes=READERS).values_list("pk", flat=True)
        return self.filter(
            Q(resident_id__in=people) | Q(asker_id__in=people) & ~Exists(asked_by_delegation(OuterRef("pk")))
        )


def read_whole(user: Any) -> frozenset[int]:
    """Communities in which this user reads every matter of every kind: nothing there has to be held against a flow's readers."""
    whole = whole_communities(user)
    for kind in KINDS.values():
        whole &= whole_communities(user, kind.flow.read_by)
    return whole


def reads_all_at(user: Any, community_id: int) -> bool:
    return bool(user.is_superuser or community_id in read_whole(user))


def of_matters_read_by(user: Any, *, prefix: str = "") -> Q:
    """Rows that name their matter by ``flow`` and ``matter_id`` (a task, a line of a journal): those of matters that this user
    reads, as staff, as a third party, or as the resident concerned."""
    seen = Q(pk__in=[])
    for kind in KINDS.values():
        read = kind.read().visible_to(user).order_by().values("pk")
        seen |= Q(**{f"{prefix}flow": kind.flow.name, f"{prefix}matter_id__in": read})
    return seen


def began_with(case_id: int, flow: str, matter_id: int) -> bool:
    """Whether the subject of this case is that of this matter: the first on it, or one of a case that began with none."""
    first = Event.objects.filter(case=case_id, sequence=1).values_list("flow", "matter_id").first()
    return first is None or not first[0] or first == (flow, matter_id)


def asked_by_delegation(case: Any) -> "models.QuerySet[Event]":
    """The first line of a case whose asker spoke by delegation: they are a party only while that is in force."""
    return Event.objects.filter(case=case, kind="opened", authority__startswith="delegation:").order_by()


class Case(models.Model):
    """The file. ``resident`` is whom it is about, ``asker`` who told us (often the same person).

    It has no end of its own: it is over when none of its matters has an open task, and goes on when another is added.
    """

    number = models.CharField(_("编号"), max_length=20, unique=True)
    community = models.ForeignKey(Community, models.PROTECT, related_name="cases")
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="cases")
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, related_name="cases")
    asker = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="asked_cases")
    title = models.CharField(_("事由"), max_length=80)
    words = models.TextField(_("居民原话"))
    source = models.CharField(_("来源"), max_length=8, choices=Source.choices)
    address = models.CharField(
        _("地址"),
        max_length=240,
        blank=True,
        help_text="where it is, as told when the case was opened; it stays when people move",
    )
    phone_tail = models.CharField(
        max_length=6,
        blank=True,
        help_text="what opens the public look-up: the last four digits of a number, or six of whoever left no name",
    )
    part_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        help_text="the case that it grew out of: another matter of a kind that has one there already",
    )
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    event_count = models.PositiveIntegerField(default=0, editable=False)
    journal_hash = models.CharField(max_length=64, blank=True, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["community", "-id"], name="case_newest_in_place"),
            models.Index(fields=["resident"], name="case_of_resident"),
        ]

    def __str__(self) -> str:
        return self.number

    def write(self, kind: str, **line: Any) -> "Event":
        """Appends a line to the journal (``EventQuerySet.append``)."""
        return Event.objects.append(self, kind, **line)


class CommissionQuerySet(models.QuerySet["Commission"]):
    def in_force(self) -> "CommissionQuerySet":
        return self.filter(ended_at__isnull=True)

    def held_by(self, user: Any) -> "CommissionQuerySet":
        """What the organisations of this user were given; nothing for everybody else."""
        return self.in_force().given_to(organisations_of(user))

    def given_to(self, organisations: Iterable[int]) -> "CommissionQuerySet":
        """By name, or as those that manage an estate today: with the contract ends what came with it."""
        managed = ManagedEstate.objects.in_force(on=clock.today()).filter(organisation__in=organisations)
        return self.filter(Q(organisation__in=organisations) | Q(estate__in=managed.values("estate")))

    def of_row(self, flow: Any, matter_id: Any) -> "CommissionQuerySet":
        """Of one matter, by values or by expressions over the row of an outer query."""
        return self.filter(flow=flow, matter_id=matter_id)


def organisations_of(user: Any) -> frozenset[int]:
    """The third parties for which this user works."""
    return frozenset(organisation for _role, organisation in user.organisation_posts)


class Commission(models.Model):
    """A matter given to a third party, from then until the end, in one role: its members see that matter, do the steps of that
    role, and see no other. Given with an ``estate`` it is whoever manages that today who has it: it stays there when another
    company takes over."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="commissions")
    flow = models.CharField(max_length=30)
    matter_id = models.BigIntegerField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="commissions")
    estate = models.ForeignKey(Estate, models.PROTECT, null=True, blank=True, related_name="commissions")
    role = models.CharField(max_length=20, choices=[(r.value, r.label) for r in Role if r in THIRD_PARTIES])
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = CommissionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["flow", "matter_id", "organisation", "role"],
                condition=Q(ended_at__isnull=True),
                name="given_to_an_organisation_once",
            ),
            models.UniqueConstraint(
                fields=["flow", "matter_id", "estate", "role"],
                condition=Q(ended_at__isnull=True, estate__isnull=False),
                name="given_with_an_estate_once",
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, estate__isnull=True)
                | Q(organisation__isnull=True, estate__isnull=False, role=Role.PROPERTY),
                name="given_to_a_company_or_with_an_estate",
            ),
        ]
        indexes = [
            models.Index(
                fields=["estate"], name="commission_of_estate", condition=Q(ended_at__isnull=True, estate__isnull=False)
            ),
            models.Index(fields=["organisation"], name="commission_in_force", condition=Q(ended_at__isnull=True)),
        ]


class CaseCounter(models.Model):
    """The running number of each community and year."""

    community = models.ForeignKey(Community, models.PROTECT)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "year"], name="one_counter_per_year")]


class EventQuerySet(models.QuerySet["Event"]):
    def append(
        self,
        case: Case,
        kind: str,
        *,
        by: Any,
        at: dt.datetime,
        authority: str = SYSTEM,
        detail: dict[str, Any] | None = None,
        **line: Any,
    ) -> "Event":
        """A line more: what happened (``kind``), by whom, when and by what authority; ``line`` is what else an Event holds.
        What a phone kept without a network brings the moment at which it was done. The database numbers and chains it."""
        moment = captured_at()
        told = (detail or {}) | ({"captured_at": moment.isoformat()} if moment else {})
        return self.create(case=case, kind=kind, actor=by, at=at, authority=authority, detail=told, **line)


class Event(models.Model):
    """A line of the journal: who did what, for whom, by what authority. Append-only and chained by hash in the database."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    # Both are filled by the trigger; an INSERT answers with what the database gives.
    sequence = models.PositiveIntegerField(editable=False, db_default=0)
    flow = models.CharField(max_length=30, blank=True)
    matter_id = models.BigIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=30, help_text="name of the step, or note, photo, overdue …")
    source_state = models.CharField(max_length=20, blank=True)
    target_state = models.CharField(max_length=20, blank=True)
    words = models.TextField(blank=True)
    detail = models.JSONField(default=dict, blank=True)
    is_public = models.BooleanField(default=False, help_text="the resident sees it")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    on_behalf_of = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="+")
    authority = models.CharField(max_length=40, blank=True, help_text="self, delegation:7, role:grid_officer, system")
    at = models.DateTimeField()
    hash = models.CharField(max_length=64, editable=False, db_default="")

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["case_id", "sequence"]
        constraints = [models.UniqueConstraint(fields=["case", "sequence"], name="journal_has_one_line_per_number")]
        triggers = [
            pgtrigger.Protect(name="journal_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            # The case is locked first, so two writers cannot chain to the same line; it is written once, for each time costs all
            # its indexes.
            pgtrigger.Trigger(
                name="chain_the_journal",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("previous", "text")],
                func="""
                    SELECT event_count + 1, journal_hash INTO NEW.sequence, previous
                        FROM casework_case WHERE id = NEW.case_id FOR NO KEY UPDATE;
                    NEW.hash = encode(sha256(convert_to(concat_ws('|', previous, NEW.case_id, NEW.sequence, NEW.flow,
                        NEW.matter_id, NEW.kind, NEW.source_state, NEW.target_state, NEW.words, NEW.detail,
                        NEW.is_public, NEW.actor_id, NEW.on_behalf_of_id, NEW.authority,
                        extract(epoch from NEW.at)), 'UTF8')), 'hex');
                    UPDATE casework_case SET event_count = NEW.sequence, journal_hash = NEW.hash WHERE id = NEW.case_id;
                    RETURN NEW;
                """,
            ),
        ]
