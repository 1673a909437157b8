"""Each piece of equipment against fire: where it stands, how old it is, and what became of it."""

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Least
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal.people.models import Organisation
from community_portal.people.reach import at_places_of
from community_portal.places.models import Community, Grid, PlaceQuerySet
from safety.models.premises import Premises
from safety.workflow.equipment import ICONS, EquipmentKind, Standing, Told
from safety.workflow.states import READERS


class OfGridQuerySet(PlaceQuerySet):
    def visible_to(self, user: Any) -> Self:
        """In the places of those who read safety; a grid officer's are those of the own grids."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(at_places_of(user, READERS))


class EquipmentQuerySet(OfGridQuerySet):
    def standing(self) -> Self:
        """All that was not scrapped."""
        return self.exclude(state=Standing.SCRAPPED)


class Equipment(models.Model):
    """``code`` is on its sticker for life. ``service_due_on`` and ``scrap_on`` follow from its dates by the rules of its kind
    (safety/equipment_rules.py); ``expires_on`` is the earlier of them. A piece is never deleted: it is scrapped."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    premises = models.ForeignKey(Premises, models.PROTECT, related_name="equipment", verbose_name=_("哪个场所"))
    kind = models.CharField(_("种类"), max_length=10, choices=EquipmentKind.choices)
    code = models.CharField(_("编号"), max_length=16, unique=True, help_text=_("贴在它身上的码，如 MF-0231"))
    spec = models.CharField(_("规格"), max_length=40, blank=True, help_text=_("如 4 公斤干粉"))
    floor = models.SmallIntegerField(_("几层"), null=True, blank=True, help_text=_("地下写负数，架空层写 0"))
    spot = models.CharField(_("在哪儿"), max_length=60, help_text=_("如 楼梯口"))
    from_stairs_m = models.PositiveSmallIntegerField(_("离楼梯几米"), null=True, blank=True)
    made_on = models.DateField(_("出厂"))
    serviced_on = models.DateField(_("上次维修"), null=True, blank=True)
    service_due_on = models.DateField(_("维修到期"), null=True, blank=True)
    maker_scrap_on = models.DateField(
        _("厂家写的报废日期"), null=True, blank=True, help_text=_("身上写着的话；比规定早，按它")
    )
    scrap_on = models.DateField(_("报废到期"), null=True, blank=True)
    expires_on = models.GeneratedField(
        expression=Least("service_due_on", "scrap_on"), output_field=models.DateField(), db_persist=True
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("哪个单位负责")
    )
    responsible = models.CharField(_("谁负责"), max_length=50, blank=True)
    state = models.CharField(max_length=10, choices=Standing.choices, default=Standing.IN_USE)
    registered_at = models.DateTimeField()
    scrapped_at = models.DateTimeField(null=True, blank=True)
    scrapped_why = models.CharField(_("为什么报废"), max_length=120, blank=True)
    inspected_at = models.DateTimeField(null=True, blank=True, help_text="the newest look at it")

    objects = EquipmentQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "equipment"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EquipmentKind.values), name="equipment_kind_exists"),
            models.CheckConstraint(condition=Q(state__in=Standing.values), name="equipment_state_exists"),
            models.CheckConstraint(condition=~Q(spot=""), name="equipment_stands_somewhere"),
            models.CheckConstraint(
                condition=Q(scrap_on__isnull=True) | Q(scrap_on__gt=F("made_on")),
                name="equipment_is_made_before_scrapped",
            ),
            models.CheckConstraint(
                condition=Q(serviced_on__isnull=True) | Q(serviced_on__gte=F("made_on")),
                name="equipment_is_made_before_serviced",
            ),
            models.CheckConstraint(
                condition=~Q(state=Standing.SCRAPPED) & Q(scrapped_at__isnull=True, scrapped_why="")
                | Q(state=Standing.SCRAPPED, scrapped_at__isnull=False) & ~Q(scrapped_why=""),
                name="scrapped_equipment_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["community", "-id"], name="equipment_of_place"),
            models.Index(fields=["premises", "floor"], name="equipment_of_premises"),
            models.Index(
                fields=["community", "expires_on"], name="equipment_by_expiry", condition=~Q(state=Standing.SCRAPPED)
            ),
            models.Index(fields=["service_due_on"], name="equipment_to_service", condition=Q(state=Standing.IN_USE)),
            models.Index(fields=["scrap_on"], name="equipment_to_scrap", condition=Q(state=Standing.IN_USE)),
        ]
        triggers = [
            pgtrigger.Protect(name="equipment_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="equipment_scrapped_stays_so",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state=Standing.SCRAPPED) & ~pgtrigger.Q(new__state=Standing.SCRAPPED),
            ),
            pgtrigger.Trigger(
                name="equipment_is_of_its_premises",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("premises_id", "community_id"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM safety_premises p
                        WHERE p.id = NEW.premises_id AND p.community_id = NEW.community_id) THEN
                        RAISE EXCEPTION 'equipment % would stand in another community', NEW.code
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="equipment_moves_with_a_history",
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("premises_id", "floor", "spot"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM safety_equipmentevent e WHERE e.equipment_id = NEW.id
                        AND e.premises_id = NEW.premises_id AND e.floor IS NOT DISTINCT FROM NEW.floor
                        AND e.spot = NEW.spot) THEN
                        RAISE EXCEPTION 'equipment % moved without a history', NEW.code
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}"

    @property
    def ref(self) -> str:
        return f"equipment:{self.pk}"

    @property
    def url(self) -> str:
        return reverse("equipment", args=[self.code])

    @property
    def icon(self) -> str:
        return ICONS.get(EquipmentKind(self.kind), "fire")

    @property
    def where(self) -> str:
        """2 幢 3 层 楼梯口."""
        return place_words(str(self.premises), self.floor, self.spot)

    @property
    def where_in_it(self) -> str:
        """3 层 楼梯口, where the premises are named beside it."""
        return place_words("", self.floor, self.spot).strip()


def place_words(premises: str, floor: int | None, spot: str) -> str:
    if floor is None:
        return f"{premises} {spot}"
    if floor == 0:
        return gettext("%(premises)s 架空层 %(spot)s") % {"premises": premises, "spot": spot}
    if floor < 0:
        return gettext("%(premises)s 地下 %(n)s 层 %(spot)s") % {"premises": premises, "n": -floor, "spot": spot}
    return gettext("%(premises)s %(n)s 层 %(spot)s") % {"premises": premises, "n": floor, "spot": spot}


class EquipmentEvent(models.Model):
    """A line of a piece's history, with where it stands from then on. ``was`` is where it stood before, for a move."""

    equipment = models.ForeignKey(Equipment, models.PROTECT, related_name="events")
    what = models.CharField(max_length=10, choices=Told.choices)
    premises = models.ForeignKey(Premises, models.PROTECT, related_name="+")
    floor = models.SmallIntegerField(null=True, blank=True)
    spot = models.CharField(max_length=60)
    was = models.CharField(max_length=150, blank=True)
    words = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(what__in=Told.values), name="equipment_event_exists"),
            models.CheckConstraint(
                condition=Q(what=Told.MOVED) & ~Q(was="") | ~Q(what=Told.MOVED) & Q(was=""),
                name="equipment_move_says_from_where",
            ),
        ]
        indexes = [models.Index(fields=["equipment", "-at"], name="events_of_equipment")]
        triggers = [pgtrigger.Protect(name="equipment_history_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    @property
    def where(self) -> str:
        return place_words(str(self.premises), self.floor, self.spot)
