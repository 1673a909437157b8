"""What a matter may have beside its flow: more time on request, a rating, a time agreed for it. Abstract: each service's
matter inherits what it needs."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from community_portal.bookings.models import Booking, BookingState, SessionKind
from community_portal.casework.models import Matter


class Extendable(Matter):
    """More time may be asked for, once; who may take the step ``grant_extension`` decides."""

    extension_count = models.PositiveSmallIntegerField(default=0)
    extension_asked_days = models.PositiveSmallIntegerField(
        default=0, help_text="working days asked for, 0 when none is open"
    )

    class Meta(Matter.Meta):
        abstract = True

    @property
    def decider(self) -> str:
        """The role that decides, while an extension is asked for and may be granted."""
        grant = self.flow.by_name["grant_extension"]
        is_open = self.extension_asked_days and self.state in grant.sources
        return min(grant.roles) if is_open else super().decider


class Rated(Matter):
    """Whoever it was done for says how it went: themselves, or when they are called back."""

    satisfaction = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    called_back_at = models.DateTimeField(null=True, blank=True)

    class Meta(Matter.Meta):
        abstract = True
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__gte=1, satisfaction__lte=5),
                name="%(class)s_is_rated_1_to_5",
            )
        ]

    @property
    def may_be_rated(self) -> bool:
        """When what was asked for is decided, unless it was given up."""
        return self.spec.is_done or self.spec.is_end and not self.spec.gave_up


@dataclass(frozen=True)
class VisitPlan:
    """What a time agreed for a matter is: somebody comes to the door, calls, or meets on the spot (``kind``), for ``title``.
    It waits for that time in the states of ``waits_in``; where it is no more in one, the time is given back."""

    title: str
    title_en: str
    waits_in: frozenset[str]
    kind: str = SessionKind.HOME_VISIT
    minutes: int = 30


class Visited(Matter):
    """A time is agreed for it, between whoever has it in hand and the resident; on the spot also with nobody."""

    visits: ClassVar[VisitPlan]

    planned_visit = models.OneToOneField(
        Booking,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)s",
        help_text="the time last agreed for it; its own state says what became of it",
    )

    class Meta(Matter.Meta):
        abstract = True

    @property
    def visit_stands(self) -> bool:
        """Is a time agreed that nobody gave up, and nobody kept yet?"""
        return self.planned_visit is not None and self.planned_visit.state == BookingState.BOOKED
