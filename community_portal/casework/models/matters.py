"""What every matter with a flow has, whichever service keeps it."""

import datetime as dt
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from community_portal.casework.flow import Flow, StateSpec
from community_portal.casework.models.cases import Case, Commission, Event, began_with
from community_portal.casework.models.tasks import Task, TaskQuerySet
from community_portal.people.models import STAFF
from community_portal.people.reach import at_places_of, whole_communities
from community_portal.places.models import Community, Grid, PlaceQuerySet


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

    def write(self, kind: str, **line: Any) -> Event:
        """Appends a line about this matter to the journal of its case (``EventQuerySet.append``)."""
        return self.case.write(kind, flow=self.flow.name, matter_id=self.pk, **line)

    @cached_property
    def own_subject(self) -> str:
        """What is said of it to whoever has to do with it, and perhaps with it alone: the subject of its case where that is its own."""
        return self.case.title if began_with(self.case_id, self.flow.name, self.pk) else str(self.flow.label)

    def open_tasks(self) -> TaskQuerySet:
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
