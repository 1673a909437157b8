"""One file from first word to last: the case, its append-only journal, its tasks and papers.

A matter (a help request, later an adaptation, a site, a hazard) is a row of its own app that inherits ``Matter`` and
points at the case; several matters may hang on one case, so that nobody has to tell the story twice.
"""

import datetime as dt
from typing import Any, ClassVar, NamedTuple, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.flow import Flow, StateSpec
from community_portal.casework.kinds import KINDS
from community_portal.people.authority import SYSTEM
from community_portal.people.models import STAFF, THIRD_PARTIES, DelegationScope, Organisation, Resident, Role
from community_portal.people.reach import at_places_of, whole_communities
from community_portal.places.models import Community, Grid, PlaceQuerySet


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
        """Cases that this person raised in his own right, or that are about him or somebody he may ask or read for."""
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


def asked_by_delegation(case: Any) -> "models.QuerySet[Event]":
    """The first line of a case whose asker spoke by delegation: he is a party only while that is in force."""
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
    phone_tail = models.CharField(max_length=4, blank=True, help_text="last four digits that open the public look-up")
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
        return self.in_force().filter(organisation__in=organisations_of(user))

    def of_row(self, flow: Any, matter_id: Any) -> "CommissionQuerySet":
        """Of one matter, by values or by expressions over the row of an outer query."""
        return self.filter(flow=flow, matter_id=matter_id)


def organisations_of(user: Any) -> frozenset[int]:
    """The third parties for which this user works."""
    return frozenset(organisation for _role, organisation in user.organisation_posts)


class Commission(models.Model):
    """A matter given to a third party, from then until the end, in one role: its members see that matter, do the steps of that
    role, and see no other."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="commissions")
    flow = models.CharField(max_length=30)
    matter_id = models.BigIntegerField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="commissions")
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
            )
        ]
        indexes = [
            models.Index(fields=["organisation"], name="commission_in_force", condition=Q(ended_at__isnull=True))
        ]


class CaseCounter(models.Model):
    """The running number of each community and year."""

    community = models.ForeignKey(Community, models.PROTECT)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["community", "year"], name="one_counter_per_year")]


class MatterQuerySet(PlaceQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Staff: what a role of theirs reads at its place, or what is in their hands; a resident: what they raised or what is about
        people they may read for; a third party, whatever else they are: what was given to their organisation."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        seen = self._seen_at_work(user) if user.community_ids else Q(case__in=Case.objects.concerning(user))
        if user.organisation_posts:
            seen |= Q(pk__in=Commission.objects.held_by(user).filter(flow=self.model.flow.name).values("matter_id"))
        return self.filter(seen)

    def read_at_work(self, user: Any) -> Self:
        """What a member of staff sees by a role at its place; nothing that was only given to an organisation of theirs."""
        return self.filter(self._seen_at_work(user))

    def _seen_at_work(self, user: Any) -> Q:
        """Whole communities first: who reads all of them asks for nothing more, and the lists stay as quick as by place."""
        readers = self.model.flow.read_by
        whole = whole_communities(user, readers)
        seen = Q(community_id__in=whole)
        if elsewhere := user.community_ids - whole:
            in_hand = Task.objects.filter(assignee=user.pk, flow=self.model.flow.name)
            some = Q(handler=user.pk) | Q(pk__in=in_hand.values("matter_id")) | at_places_of(user, readers)
            for role in (user.roles & STAFF) - readers:
                some |= at_places_of(user, {role}) & self.model.also_read_by(role)
            seen |= Q(community_id__in=elsewhere) & some
        return seen

    def open(self) -> Self:
        """Not at an end."""
        return self.filter(state__in=[name for name, spec in self.model.flow.states.items() if not spec.is_end])

    def overdue(self, *, at: Any) -> Self:
        """Open, the clock running, and past the limit of the present state."""
        return self.open().filter(due_at__lt=at, paused_at__isnull=True)


class Matter(models.Model):
    """What every matter with a flow has. ``state`` moves only by the step table of its flow (casework/flow.py).

    ``version`` is the state token of pages: a step taken on an older version is refused. ``due_at`` is the limit of the
    present state and ``due_why`` the facts it was computed from; ``promised_at`` the limit of the whole matter.
    """

    flow: ClassVar[Flow]

    case = models.ForeignKey(Case, models.PROTECT, related_name="%(class)ss")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(_("状态"), max_length=20)
    state_since = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    handler = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField(null=True, blank=True)
    due_why = models.JSONField(default=dict, blank=True)
    promised_at = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True, help_text="clock stopped: waiting for somebody else")
    resume_state = models.CharField(max_length=20, blank=True)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = MatterQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering: ClassVar[list[str]] = ["-id"]
        # Of any matter; what depends on the states of its flow adds ``truths_of``.
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["case"], name="one_%(class)s_per_case"),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True, resume_state="") | Q(paused_at__isnull=False) & ~Q(resume_state=""),
                name="paused_%(class)s_can_resume",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["community", "-id"], name="%(class)s_newest"),
            models.Index(fields=["community", "state", "-id"], name="%(class)s_in_state"),
            models.Index(fields=["community", "due_at"], name="%(class)s_by_due", condition=Q(closed_at__isnull=True)),
            models.Index(fields=["handler", "due_at"], name="%(class)s_in_hand", condition=Q(closed_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.case.number

    @property
    def spec(self) -> StateSpec:
        """What its flow says of the state in which it is."""
        return self.flow.states[self.state]

    def write(self, kind: str, **line: Any) -> "Event":
        """Appends a line about this matter to the journal of its case (``EventQuerySet.append``)."""
        return self.case.write(kind, flow=self.flow.name, matter_id=self.pk, **line)

    def open_tasks(self) -> "TaskQuerySet":
        """Its open task, as rows: there is at most one."""
        return Task.objects.open().filter(flow=self.flow.name, matter_id=self.pk)

    @classmethod
    def also_read_by(cls, role: str) -> Q:
        """Which of these matters a role reads that the flow does not name; a service that has such says so."""
        return Q(pk__in=[])

    @property
    def limit_now(self) -> dt.datetime | None:
        """``due_at`` while the clock runs; None while it stands still, waiting for somebody else."""
        return None if self.paused_at else self.due_at

    @property
    def is_suspended(self) -> bool:
        """It stands still where it would run: whom it is about has died or moved, and the manager decides."""
        return self.paused_at is not None and not self.flow.states[self.state].stops_clock

    def roles_given(self, user: Any) -> frozenset[str]:
        """As what the matter was given to the organisations of this user; asks nothing for those who are in none."""
        if not user.organisation_posts:
            return frozenset()
        return frozenset(
            Commission.objects.held_by(user).of_row(self.flow.name, self.pk).values_list("role", flat=True)
        )

    @property
    def decider(self) -> str:
        """The role that has been asked to decide something while the work goes on; empty for none."""
        return ""


def truths_of(flow: Flow) -> list[Any]:
    """The constraints of a matter with this flow: those of any matter, and what its states mean. For its ``Meta.constraints``."""
    ends = [str(name) for name, spec in flow.states.items() if spec.is_end]
    waits = [str(name) for name, spec in flow.states.items() if spec.stops_clock]
    exists = Q(state__in=[str(name) for name in flow.states])
    truths = [("%(class)s_state_exists", exists)]
    truths += [("closed_%(class)s_has_closed_at", ~Q(state__in=ends) | Q(closed_at__isnull=False))] if ends else []
    truths += [("waiting_%(class)s_is_paused", ~Q(state__in=waits) | Q(paused_at__isnull=False))] if waits else []
    checks = [models.CheckConstraint(condition=condition, name=name) for name, condition in truths]
    return [*Matter.Meta.constraints, *checks]


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
        The database numbers and chains it."""
        event = self.create(case=case, kind=kind, actor=by, at=at, authority=authority, detail=detail or {}, **line)
        event.refresh_from_db(fields=["sequence", "hash"])
        return event


class Event(models.Model):
    """A line of the journal: who did what, for whom, by what authority. Append-only and chained by hash in the database."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField(editable=False, default=0)
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
    hash = models.CharField(max_length=64, editable=False, default="")

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["case_id", "sequence"]
        constraints = [models.UniqueConstraint(fields=["case", "sequence"], name="journal_has_one_line_per_number")]
        triggers = [
            pgtrigger.Protect(name="journal_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            # Updating the case first takes its row lock, so two writers cannot chain to the same line.
            pgtrigger.Trigger(
                name="chain_the_journal",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("previous", "text")],
                func="""
                    UPDATE casework_case SET event_count = event_count + 1 WHERE id = NEW.case_id
                        RETURNING event_count, journal_hash INTO NEW.sequence, previous;
                    NEW.hash = encode(sha256(convert_to(concat_ws('|', previous, NEW.case_id, NEW.sequence, NEW.flow,
                        NEW.matter_id, NEW.kind, NEW.source_state, NEW.target_state, NEW.words, NEW.detail,
                        NEW.is_public, NEW.actor_id, NEW.on_behalf_of_id, NEW.authority,
                        extract(epoch from NEW.at)), 'UTF8')), 'hex');
                    UPDATE casework_case SET journal_hash = NEW.hash WHERE id = NEW.case_id;
                    RETURN NEW;
                """,
            ),
        ]


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> "TaskQuerySet":
        return self.filter(done_at__isnull=True)

    def overdue(self, *, at: Any) -> "TaskQuerySet":
        return self.open().filter(due_at__lt=at)

    def climbing(self, *, at: Any) -> "TaskQuerySet":
        """Those whose alarms ring, or would if nobody had acknowledged."""
        return self.open().filter(ladder_until__gt=at)

    def inbox_of(self, user: Any) -> "TaskQuerySet":
        """Everything this user should do: handed to them, to their role at its place and not yet taken, or their role's to decide."""
        return self.waiting_for(user.pk, posts_of(user)) if user.is_authenticated else self.none()

    def waiting_for(self, user_id: int, posts: "Posts") -> "TaskQuerySet":
        """``inbox_of``, for what somebody is, and where."""
        pools = Q(pk__in=[])
        if posts.organisations:
            given = Commission.objects.in_force().of_row(OuterRef("flow"), OuterRef("matter_id"))
            theirs = given.filter(organisation__in=posts.organisations, role=OuterRef("role"))
            pools |= Q(Exists(theirs), assignee__isnull=True)
        for role, communities in posts.roles:
            pools |= Q(assignee__isnull=True, role=role, community_id__in=communities)
            pools |= Q(decider=role, community_id__in=communities)
        if posts.grids:
            pools |= Q(assignee__isnull=True, role=Role.GRID_OFFICER, case__grid_id__in=posts.grids)
        return self.open().filter(Q(assignee=user_id) | pools)

    def visible_to(self, user: Any) -> "TaskQuerySet":
        """Tasks of the matters that this user reads, whoever has them to do."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        whole = read_whole(user)
        seen = Q(community_id__in=whole)
        if user.community_ids - whole or user.organisation_posts:
            seen |= of_matters_read_by(user)
        return self.filter(seen)


class Posts(NamedTuple):
    """What somebody is and where, as inboxes ask it: the communities of each role but that of a grid officer, the grids, the
    organisations."""

    roles: frozenset[tuple[str, frozenset[int]]]
    grids: frozenset[int]
    organisations: frozenset[int]


def posts_of(user: Any) -> Posts:
    roles = (user.roles & STAFF) - {Role.GRID_OFFICER}
    at = frozenset((role, user.communities_as(role)) for role in roles)
    return Posts(at, user.grid_ids, organisations_of(user))


class Task(models.Model):
    """What somebody should do next, until when. The inbox of every person, across everything."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="tasks")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    flow = models.CharField(max_length=30)
    matter_id = models.BigIntegerField()
    state = models.CharField(
        max_length=20, help_text="the state of the matter that asks for it; its label comes from the flow"
    )
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="tasks")
    role = models.CharField(max_length=20, blank=True, help_text="the pool, when nobody is named")
    decider = models.CharField(
        max_length=20, blank=True, help_text="the role that was asked to decide something meanwhile"
    )
    due_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)
    ladder_until = models.DateTimeField(
        null=True, blank=True, help_text="it has alarms of its own until then; later it is overdue like any other"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True, help_text="somebody has it in hand: no alarm rings")
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["flow", "matter_id"], condition=Q(done_at__isnull=True), name="one_open_task_per_matter"
            ),
            models.CheckConstraint(condition=Q(assignee__isnull=False) | ~Q(role=""), name="task_is_for_somebody"),
        ]
        indexes = [
            models.Index(fields=["assignee", "due_at"], name="task_inbox", condition=Q(done_at__isnull=True)),
            models.Index(fields=["community", "role", "due_at"], name="task_pool", condition=Q(done_at__isnull=True)),
            models.Index(
                fields=["community", "decider"],
                name="task_to_decide",
                condition=Q(done_at__isnull=True) & ~Q(decider=""),
            ),
            models.Index(fields=["due_at"], name="task_to_escalate", condition=Q(done_at__isnull=True)),
        ]

    def write(self, kind: str, **line: Any) -> Event:
        """Appends a line about its matter to the journal."""
        return self.case.write(kind, flow=self.flow, matter_id=self.matter_id, **line)


class AlarmQuerySet(models.QuerySet["Alarm"]):
    def waiting(self) -> "AlarmQuerySet":
        return self.filter(rung_at__isnull=True, cancelled_at__isnull=True)


class Alarm(models.Model):
    """One step of a task's ladder of escalation, with a time of its own; ``level`` counts the rungs of its state from 0.

    Whom it calls is found when it rings, and said in the words of then. Nothing rings after ``ends_at``.
    """

    task = models.ForeignKey(Task, models.CASCADE, related_name="alarms", db_index=False)
    level = models.PositiveSmallIntegerField()
    due_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    rung_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "level"]
        constraints = [
            # A limit that was moved has alarms anew; those of the one before that rang stay as they were.
            models.UniqueConstraint(fields=["task", "level", "due_at"], name="a_level_rings_once"),
            models.CheckConstraint(
                condition=Q(rung_at__isnull=True) | Q(cancelled_at__isnull=True), name="what_rang_is_not_cancelled"
            ),
            models.CheckConstraint(condition=Q(due_at__lt=F("ends_at")), name="alarm_is_due_before_it_ends"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="alarm_to_ring",
                condition=Q(rung_at__isnull=True, cancelled_at__isnull=True),
            )
        ]


class AttachmentKind(models.TextChoices):
    PHOTO = "photo", _("照片")
    PAPER = "paper", _("材料")
    SIGNATURE = "signature", _("签名")


# Of cameras whose clock was never set, and of clocks that run ahead.
NO_MOMENT = "{0} NOT BETWEEN '1990-01-01' AND now() + interval '1 day'"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: Any) -> "AttachmentQuerySet":
        """Staff: files of the matters that they read, and of no matter in particular those of their cases; a resident: what is
        public in theirs; a third party sees what came with the matters that it was given. What was forgotten is gone for
        everybody."""
        if not user.is_authenticated:
            return self.none()
        kept = self.exclude(file="")
        if user.is_superuser:
            return kept
        seen = _files_at_work(user) if user.community_ids else Q(case__in=Case.objects.concerning(user), is_public=True)
        if user.organisation_posts:
            given = Commission.objects.held_by(user).of_row(OuterRef("event__flow"), OuterRef("event__matter_id"))
            seen |= Q(Exists(given))
        return kept.filter(seen)


def _files_at_work(user: Any) -> Q:
    whole = read_whole(user)
    seen = Q(case__community_id__in=whole)
    if user.community_ids - whole:
        of_the_case = Q(event__isnull=True) | Q(event__flow="")
        seen |= of_matters_read_by(user, prefix="event__")
        seen |= of_the_case & Q(case__in=Case.objects.read_at_work(user))
    return seen


class Attachment(models.Model):
    """A file of a case, stored under a name of our own and served only through the permission of its case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="attachments")
    kind = models.CharField(max_length=10, choices=AttachmentKind.choices)
    file = models.FileField(upload_to="cases/%Y/%m/")
    original_name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    taken_at = models.DateTimeField(null=True, blank=True, help_text="from the camera, read before EXIF was dropped")
    is_public = models.BooleanField(default=True, help_text="the resident sees it")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["case", "sha256", "kind"], name="same_file_once_per_case")]
        triggers = [
            pgtrigger.Trigger(
                name="no_moment_that_cannot_be",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("taken_at"),
                # Python cannot read every moment that the database holds: one such row would close the pages of its case.
                func=f"IF {NO_MOMENT.format('NEW.taken_at')} THEN NEW.taken_at := NULL; END IF; RETURN NEW;",
            )
        ]


class SavedFilter(models.Model):
    """A list somebody wants to see again: the query string of a list page under a name."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_filters")
    page = models.CharField(max_length=40, help_text="view name of the list")
    name = models.CharField(_("名称"), max_length=30)
    query = models.CharField(max_length=500)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["owner", "page", "name"], name="one_saved_filter_per_name")]
