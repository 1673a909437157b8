"""The due register: one row for each turn of each duty, done, waived with words, or open."""

import datetime as dt
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.dues.kinds import KINDS, DueKind
from community_portal.people.models import STAFF, Organisation, Role
from community_portal.people.reach import at_places_of
from community_portal.places.models import Community, Grid, PlaceQuerySet


class DueItemQuerySet(PlaceQuerySet):
    def open(self) -> Self:
        return self.filter(done_at__isnull=True, waived_at__isnull=True)

    def overdue(self, *, on: dt.date) -> Self:
        return self.open().filter(due_on__lt=on)

    def coming(self, *, on: dt.date, days: int = 14) -> Self:
        """Open, and due within so many days or late already."""
        return self.open().filter(due_on__lte=on + dt.timedelta(days=days))

    def visible_to(self, user: Any) -> Self:
        """Of one's communities, a grid officer's of the own grids; in another's name what is one's own; of an organisation what
        waits for it. Kinds with readers show to these alone."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        reads = Q(pk__in=[])
        for names, roles in _by_readers():
            reads |= Q(kind__in=names) & at_places_of(user, roles)
        firms = {organisation for _role, organisation in user.organisation_posts}
        return self.filter(reads | Q(assignee=user.pk) | Q(organisation_id__in=firms))

    def waiting_for(self, user: Any) -> Self:
        """What this user should do: named, of their role at their place when nobody is named, or of their organisation."""
        pools = Q(assignee=user.pk)
        for role in user.roles:
            where = (
                Q(grid_id__in=user.grid_ids)
                if role == Role.GRID_OFFICER
                else Q(community_id__in=user.communities_as(role))
            )
            pools |= Q(assignee__isnull=True, organisation__isnull=True, role=role) & where
        firms = {organisation for _role, organisation in user.organisation_posts}
        return self.open().filter(pools | Q(assignee__isnull=True, organisation_id__in=firms))


def _by_readers() -> list[tuple[list[str], frozenset[str]]]:
    """Kinds by who reads them, so that a filter has a part for each kind of reader and not for each kind."""
    everyone = frozenset(map(str, STAFF))
    found: dict[frozenset[str], list[str]] = {}
    for kind in KINDS.values():
        found.setdefault(kind.readers or everyone, []).append(kind.name)
    return [(names, readers) for readers, names in found.items()]


class DueItem(models.Model):
    """One turn. ``done_ref`` names the deed that settled it ("drill:7"); ``done_on`` is the day it was really done."""

    kind = models.CharField(max_length=30)
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="+")
    subject_ref = models.CharField(max_length=40)
    subject_label = models.CharField(_("事项"), max_length=120)
    starts_on = models.DateField()
    opens_on = models.DateField()
    due_on = models.DateField(_("到期"))
    clause = models.CharField(_("依据"), max_length=160, blank=True)
    role = models.CharField(max_length=20, blank=True)
    assignee = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="dues")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="dues")
    made_at = models.DateTimeField()
    done_on = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    done_ref = models.CharField(max_length=40, blank=True)
    words = models.CharField(_("说明"), max_length=300, blank=True)
    waived_at = models.DateTimeField(null=True, blank=True)

    objects = DueItemQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_ref", "starts_on"], name="one_due_item_per_turn"),
            models.CheckConstraint(
                condition=Q(opens_on__gte=F("starts_on"), due_on__gte=F("opens_on")),
                name="due_item_opens_before_it_is_due",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_on__isnull=True)
                | Q(done_at__isnull=False, done_on__isnull=False),
                name="done_due_item_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(waived_at__isnull=True) | (Q(done_at__isnull=True) & ~Q(words="")),
                name="waived_due_item_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["community", "due_on", "id"],
                name="due_open_in_place",
                condition=Q(done_at__isnull=True, waived_at__isnull=True),
            ),
            models.Index(
                fields=["assignee", "due_on"],
                name="due_of_somebody",
                condition=Q(done_at__isnull=True, waived_at__isnull=True),
            ),
            models.Index(
                fields=["organisation", "due_on"],
                name="due_of_organisation",
                condition=Q(done_at__isnull=True, waived_at__isnull=True),
            ),
            models.Index(fields=["community", "-done_on", "-id"], name="due_done_in_place"),
            models.Index(fields=["subject_ref", "kind", "-starts_on"], name="due_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.label} · {self.subject_label}"

    @property
    def declared(self) -> DueKind | None:
        """Its kind; None for one that no service declares any more."""
        return KINDS.get(self.kind)

    @property
    def label(self) -> str:
        return str(self.declared.label) if self.declared else self.kind

    @property
    def url(self) -> str:
        return self.declared.url(self.subject_ref) if self.declared else ""

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.waived_at is None

    @property
    def was_late(self) -> bool:
        """Done, but after the day it was due."""
        return self.done_on is not None and self.done_on > self.due_on
