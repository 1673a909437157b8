"""What lies somewhere: the columns and truths of a point and of an outline, for estates, buildings, and whatever a service puts on the map."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from community_portal.places.coordinates import Crs, Placed
from community_portal.places.outlines import MOST_POINTS


class RingLength(Func):
    """How many points the ring of an outline has, the first counted again at its end."""

    template = "jsonb_array_length(%(expressions)s -> 'coordinates' -> 0)"
    output_field = models.IntegerField()


class Located(models.Model):
    """A point, all of it or none. ``place_at`` puts it, whoever saves the row keeps it."""

    lon = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    lat = models.DecimalField(_("纬度"), max_digits=9, decimal_places=6, null=True, blank=True)
    entered_crs = models.CharField(
        _("坐标来源"), max_length=5, choices=Crs.choices, blank=True, default="", db_default=""
    )
    entered = models.CharField(
        max_length=50, blank=True, default="", db_default="", help_text="longitude and latitude as typed"
    )

    class Meta:
        abstract = True
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True, entered_crs="", entered="")
                | Q(lon__isnull=False, lat__isnull=False, entered_crs__in=Crs.values)
                & Q(lon__range=(-180, 180), lat__range=(-90, 90))
                & ~Q(lon=0, lat=0),
                name="%(class)s_lies_somewhere",
            )
        ]

    @property
    def point(self) -> tuple[Any, Any] | None:
        """Longitude and latitude, WGS-84."""
        return None if self.lon is None or self.lat is None else (self.lon, self.lat)

    def place_at(self, placed: Placed | None) -> None:
        """Puts the point, or takes it away; the row is to be saved."""
        self.lon, self.lat, self.entered_crs, self.entered = placed or (None, None, "", "")


class Outlined(Located):
    """A point and an outline (places/outlines.py)."""

    outline = models.JSONField(_("边界"), null=True, blank=True, help_text="GeoJSON polygon, WGS-84")

    class Meta(Located.Meta):
        abstract = True
        constraints: ClassVar[list[Any]] = [
            *Located.Meta.constraints,
            models.CheckConstraint(
                condition=Q(outline__isnull=True)
                | Q(outline__has_key="type", outline__type="Polygon")
                & Q(GreaterThanOrEqual(Coalesce(RingLength(F("outline")), 0), 4))
                & Q(LessThanOrEqual(Coalesce(RingLength(F("outline")), 0), MOST_POINTS + 1)),
                name="%(class)s_outline_is_a_ring",
            ),
        ]
