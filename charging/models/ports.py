"""Points and their sockets, what vendors said of these, what charging costs, and who looked after a site.

Three things are kept apart: how far a socket is in its life (its dates), what it does (``state``), and when it is open at all.
"""

import datetime as dt
from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from charging.models.sites import Site
from charging.status_words import PortState
from community_portal.casework.models import Attachment
from community_portal.people.models import Organisation
from community_portal.places.models import Community, DayRange, PlaceQuerySet

MOST_SOCKETS = 64


class ChargePointQuerySet(PlaceQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Staff: those of their places; an operator's people: their own."""
        if not user.is_authenticated or user.is_superuser:
            return super().visible_to(user)
        firms = {firm for _role, firm in user.organisation_posts}
        mine = Q(pk__in=super().visible_to(user).order_by().values("pk")) if user.community_ids else Q(pk__in=[])
        return self.filter(mine | Q(operator__in=firms))


class ChargePoint(models.Model):
    """A box with sockets. Whose it is, is whose word about it counts: ``operator`` sends its states, under ``vendor_id`` or, over
    OCPP, under ``ocpp_identity`` with a key of which only the hash is here."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="charge_points")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    operator = models.ForeignKey(Organisation, models.PROTECT, related_name="charge_points", verbose_name=_("运营商"))
    code = models.CharField(_("编号"), max_length=12, unique=True, help_text=_("印在插座上的码由它和插座号组成"))
    place = models.CharField(_("在哪儿"), max_length=60, blank=True)
    place_en = models.CharField(_("英文位置"), max_length=80, blank=True)
    maker = models.CharField(_("厂家"), max_length=60, blank=True)
    model = models.CharField(_("型号"), max_length=60, blank=True)
    sockets = models.PositiveSmallIntegerField(
        _("插座数"), validators=[MinValueValidator(1), MaxValueValidator(MOST_SOCKETS)]
    )
    opens_at = models.TimeField(_("几点开"), null=True, blank=True, help_text=_("不填就是全天"))
    closes_at = models.TimeField(_("几点关"), null=True, blank=True)
    vendor_id = models.CharField(_("运营商自己的编号"), max_length=60, blank=True)
    ocpp_identity = models.CharField(max_length=48, unique=True, null=True, blank=True)
    ocpp_key_hash = models.CharField(max_length=64, blank=True, editable=False)
    heard_at = models.DateTimeField(null=True, blank=True, help_text="it said something, be it only that it is there")

    objects = ChargePointQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sockets__gte=1, sockets__lte=MOST_SOCKETS), name="charge_point_has_sockets"
            ),
            models.UniqueConstraint(
                fields=["operator", "vendor_id"], condition=~Q(vendor_id=""), name="vendor_names_a_point_once"
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True, closes_at__isnull=True)
                | Q(opens_at__isnull=False, closes_at__isnull=False, opens_at__lt=F("closes_at")),
                name="charge_point_opens_before_it_closes",
                violation_error_message=_("开、关两个时间要一起填，先开后关。"),
            ),
            models.CheckConstraint(
                condition=Q(ocpp_identity__isnull=True) | ~Q(ocpp_key_hash=""), name="ocpp_identity_has_a_key"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def is_open_at(self, at: dt.time) -> bool:
        return self.opens_at is None or self.closes_at is None or self.opens_at <= at < self.closes_at


class PortQuerySet(PlaceQuerySet):
    def in_service(self) -> Self:
        return self.filter(in_service_on__isnull=False, removed_on__isnull=True)

    def visible_to(self, user: Any) -> Self:
        """As the points on which they are."""
        return self.filter(point__in=ChargePoint.objects.visible_to(user))


class Port(models.Model):
    """One socket. It is planned, then in service, then removed, never deleted: its code stays on stickers and in figures.

    ``state`` is the newest that was heard, ``state_at`` when it became so by the vendor's clock, ``state_event`` which of two at
    one moment counts; ``earlier_state`` is shown while a change is so young that it may be a flash.
    """

    point = models.ForeignKey(ChargePoint, models.PROTECT, related_name="ports")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(_("插座号"))
    code = models.CharField(_("编号"), max_length=16, unique=True)
    round = models.PositiveSmallIntegerField(_("第几轮"), null=True, blank=True)
    planned_on = models.DateField(_("计划日期"))
    in_service_on = models.DateField(_("投入使用"), null=True, blank=True)
    removed_on = models.DateField(_("拆除"), null=True, blank=True)
    removed_why = models.CharField(_("为什么拆"), max_length=120, blank=True)
    state = models.CharField(max_length=12, choices=PortState.choices, default=PortState.UNKNOWN)
    state_at = models.DateTimeField(null=True, blank=True)
    state_event = models.CharField(max_length=60, blank=True)
    state_source = models.CharField(max_length=8, blank=True)
    earlier_state = models.CharField(max_length=12, choices=PortState.choices, default=PortState.UNKNOWN)
    raw = models.CharField(max_length=40, blank=True, help_text="the vendor's word")
    vendor_code = models.CharField(max_length=40, blank=True, help_text="the vendor's code of what is wrong")

    objects = PortQuerySet.as_manager()

    class Meta:
        ordering = ["point", "number"]
        constraints = [
            models.UniqueConstraint(fields=["point", "number"], name="port_number_once_on_a_point"),
            models.CheckConstraint(condition=Q(number__gte=1, number__lte=MOST_SOCKETS), name="port_is_a_socket"),
            models.CheckConstraint(condition=Q(state__in=PortState.values), name="port_state_exists"),
            models.CheckConstraint(
                condition=Q(in_service_on__isnull=True) | Q(in_service_on__gte=F("planned_on")),
                name="port_serves_after_it_was_planned",
            ),
            models.CheckConstraint(
                condition=Q(removed_on__isnull=True)
                | ~Q(removed_why="") & (Q(in_service_on__isnull=True) | Q(removed_on__gte=F("in_service_on"))),
                name="removed_port_says_why",
            ),
        ]
        indexes = [
            models.Index(
                fields=["point"],
                name="ports_in_service",
                condition=Q(in_service_on__isnull=False, removed_on__isnull=True),
            ),
            models.Index(fields=["community", "-id"], name="ports_of_place"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="port_serves_where_its_site_does",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("in_service_on"),
                func="""
                    IF NEW.in_service_on IS NOT NULL AND NEW.removed_on IS NULL AND NOT EXISTS (
                        SELECT 1 FROM charging_chargepoint point JOIN charging_site site ON site.id = point.site_id
                        WHERE point.id = NEW.point_id AND site.state IN ('in_service', 'suspended')) THEN
                        RAISE EXCEPTION 'port % would serve where the site does not', NEW.code
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="port_is_never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_planned(self) -> bool:
        return self.in_service_on is None and self.removed_on is None

    @property
    def is_in_service(self) -> bool:
        return self.in_service_on is not None and self.removed_on is None


class Channel(models.TextChoices):
    """By which way a state came."""

    API = "api", _("接口")
    CSV = "csv", _("表格")
    OCPP = "ocpp", _("OCPP 网关")
    HAND = "hand", _("人工")


class PortStatus(models.Model):
    """A state as a vendor told it; one table a month (0002, partitions.py). What came twice is here once: in a month the
    database sees to it, across months the ingest, which takes one call of a vendor after the other."""

    source = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    event_id = models.CharField(max_length=60)
    port = models.ForeignKey(Port, models.PROTECT, related_name="statuses")
    state = models.CharField(max_length=12, choices=PortState.choices)
    raw = models.CharField(max_length=40, blank=True)
    vendor_code = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-event_id"]
        constraints = [models.CheckConstraint(condition=Q(state__in=PortState.values), name="port_status_exists")]
        indexes = [models.Index(fields=["port", "-at"], name="statuses_of_port")]


class PortDay(models.Model):
    """How many seconds of a day the sockets of a point were known to work, known not to, and in service; counted at night."""

    point = models.ForeignKey(ChargePoint, models.PROTECT, related_name="days")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    day = models.DateField()
    working_seconds = models.PositiveIntegerField()
    known_seconds = models.PositiveIntegerField()
    service_seconds = models.PositiveIntegerField()

    class Meta:
        ordering = ["-day", "point"]
        constraints = [
            models.UniqueConstraint(fields=["point", "day"], name="point_counted_once_a_day"),
            models.CheckConstraint(
                condition=Q(working_seconds__lte=F("known_seconds"), known_seconds__lte=F("service_seconds")),
                name="seconds_within_the_day",
            ),
        ]
        indexes = [models.Index(fields=["community", "-id"], name="port_days_of_place")]


class Tariff(models.Model):
    """What a kilowatt-hour costs at a site, from a day on. Of two at one time there is never a question: they cannot overlap."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="tariffs")
    price = models.DecimalField(_("电价（元 / 度）"), max_digits=6, decimal_places=4)
    service_fee = models.DecimalField(_("服务费（元 / 度）"), max_digits=6, decimal_places=4)
    valid_from = models.DateField(_("从哪天起"))
    valid_until = models.DateField(_("到哪天前"), null=True, blank=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0, service_fee__gte=0), name="tariff_is_not_negative"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name="tariff_holds_some_day"
            ),
            ExclusionConstraint(
                name="one_tariff_at_a_time",
                expressions=[
                    ("site", RangeOperators.EQUAL),
                    (
                        DayRange("valid_from", "valid_until", RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("这几天已经有价格了。"),
            ),
        ]


class Patrol(models.Model):
    """Somebody went to a site and looked: each point of the list fine or not, with words and a photo."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="patrols")
    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    checks = models.JSONField(help_text="{code: fine}")
    is_fine = models.BooleanField()
    words = models.CharField(_("说明"), max_length=300, blank=True)
    photo = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(condition=Q(is_fine=True) | ~Q(words=""), name="what_is_not_fine_is_said"),
        ]
        indexes = [models.Index(fields=["site", "-at"], name="patrols_of_site")]
