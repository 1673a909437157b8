"""What somebody should do next, and the alarms of a task that nobody acknowledges."""

from typing import Any, NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from community_portal.casework.models.cases import (
    Case,
    Commission,
    Event,
    of_matters_read_by,
    organisations_of,
    read_whole,
)
from community_portal.people.models import STAFF, Role
from community_portal.places.models import Community


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
            theirs = given.given_to(posts.organisations).filter(role=OuterRef("role"))
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
