"""What can be booked and who booked it. The database itself guards capacity and double booking.

A ``Session`` is a stretch of time with places: a half hour at the desk, a home visit of one officer, later a drill.
``Session.taken`` counts the places of live bookings and holds; only the statements in bookings/seats.py change it.
"""

import datetime as dt
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.bookings.reading import READINGS
from community_portal.people.models import DelegationScope, Resident
from community_portal.places.models import (
    BilingualName,
    Community,
    Grid,
    PlaceQuerySet,
    Room,
    Street,
    in_reader_language,
    list_in_reader_language,
)


class Channel(models.TextChoices):
    """Where resident and staff meet."""

    CENTRE = "centre", _("到会客厅")
    HOME = "home", _("上门")
    PHONE = "phone", _("电话")


class ServiceQuerySet(models.QuerySet["Service"]):
    def offered_in(self, community: Community) -> "ServiceQuerySet":
        """Active services of everyone, of the street, or of this community."""
        return self.filter(
            Q(street__isnull=True) | Q(street_id=community.street_id),
            Q(community__isnull=True) | Q(community=community),
            is_active=True,
        )


class Service(BilingualName):
    """Something people come for, with its papers, its length and its cut-off times."""

    code = models.SlugField(max_length=30, unique=True)
    street = models.ForeignKey(Street, models.PROTECT, null=True, blank=True, related_name="+")
    community = models.ForeignKey(Community, models.PROTECT, null=True, blank=True, related_name="+")
    description = models.CharField(_("说明"), max_length=200, blank=True)
    description_en = models.CharField(_("英文说明"), max_length=300, blank=True)
    papers = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name=_("要带的材料"))
    papers_en = ArrayField(models.CharField(max_length=120), default=list, blank=True, verbose_name=_("英文材料"))
    channels = ArrayField(models.CharField(max_length=8, choices=Channel.choices), default=list, verbose_name=_("方式"))
    minutes = models.PositiveSmallIntegerField(
        _("每次分钟数"), default=30, validators=[MinValueValidator(5), MaxValueValidator(480)]
    )
    icon = models.CharField(max_length=30, default="calendar2-check")
    party_max = models.PositiveSmallIntegerField(_("一次最多几人"), default=4, validators=[MinValueValidator(1)])
    lead_minutes = models.PositiveIntegerField(_("最迟提前几分钟预约"), default=30)
    cancel_cutoff_minutes = models.PositiveIntegerField(_("最迟提前几分钟取消"), default=60)
    move_cutoff_minutes = models.PositiveIntegerField(_("最迟提前几分钟改期"), default=120)
    is_active = models.BooleanField(_("在用"), default=True)
    position = models.PositiveSmallIntegerField(_("顺序"), default=100)
    version = models.PositiveIntegerField(default=1, db_default=1)

    objects = ServiceQuerySet.as_manager()

    @property
    def papers_to_bring(self) -> list[str]:
        """What to bring, in the reader's language."""
        return list_in_reader_language(self.papers, self.papers_en)

    @property
    def about(self) -> str:
        """The description in the reader's language."""
        return in_reader_language(self.description, self.description_en)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=5, minutes__lte=480), name="service_takes_5_to_480_minutes"
            ),
            models.CheckConstraint(condition=Q(party_max__gte=1), name="service_takes_somebody"),
        ]


class Opening(models.Model):
    """A weekly rule from which sessions are made: Mondays 9:00–11:30, two places each half hour."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="openings")
    service = models.ForeignKey(Service, models.PROTECT, related_name="openings")
    channel = models.CharField(_("方式"), max_length=8, choices=Channel.choices, default=Channel.CENTRE)
    weekday = models.PositiveSmallIntegerField(_("星期"), help_text=_("0 是星期一"))
    starts_at = models.TimeField(_("从"))
    ends_at = models.TimeField(_("到"))
    capacity = models.PositiveSmallIntegerField(_("每场名额"), default=1, validators=[MinValueValidator(1)])
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("工作人员")
    )
    grid = models.ForeignKey(
        Grid, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("只给这个网格")
    )
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("房间"))
    on_holidays = models.BooleanField(_("节假日也开"), default=False)
    valid_from = models.DateField(_("开始日期"))
    valid_until = models.DateField(_("结束日期"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["weekday", "starts_at"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="opening_weekday_exists"),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")),
                name="opening_starts_before_it_ends",
                violation_error_message=_("结束时间要晚于开始时间。"),
            ),
            models.CheckConstraint(condition=Q(capacity__gte=1, capacity__lte=1000), name="opening_has_places"),
        ]


# Half open, so that a visit may begin when the one before it ends. An expression of the constraints, not a column: these rows
# are written all day, and every stored expression, check and index of theirs is paid for by each booking.
PERIOD = Func(F("starts_at"), F("ends_at"), function="TSTZRANGE", output_field=DateTimeRangeField())


class SessionKind(models.TextChoices):
    VISIT = "visit", _("到访")
    HOME_VISIT = "home_visit", _("上门")
    CALL = "call", _("通话")
    SITE = "site", _("现场")
    ACTIVITY = "activity", _("活动")


# With no service behind it, such a session is a time agreed for a matter: made for its one booking, and gone with it.
AGREED_KINDS = (SessionKind.HOME_VISIT, SessionKind.CALL, SessionKind.SITE)
AGREED = "agreed"  # its source: nobody came to the hall, so it is no visit in the figures
WALK_IN = "walk_in"  # its source: who came without having booked is there and takes no place


class SessionState(models.TextChoices):
    OPEN = "open", _("开放")
    CANCELLED = "cancelled", _("取消")


class SessionQuerySet(PlaceQuerySet):
    def bookable(self, *, at: dt.datetime) -> "SessionQuerySet":
        """Open, not started, with a place left."""
        return self.filter(state=SessionState.OPEN, starts_at__gt=at, taken__lt=F("capacity"))

    def offered(self) -> "SessionQuerySet":
        """Those that anybody may ask for: what was agreed with one resident is nobody else's business."""
        return self.exclude(service__isnull=True, kind__in=AGREED_KINDS)


class Session(models.Model):
    """A stretch of time with ``capacity`` places, of which ``taken`` are held or booked."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="sessions", db_index=False)
    kind = models.CharField(max_length=12, choices=SessionKind.choices)
    service = models.ForeignKey(Service, models.PROTECT, null=True, blank=True, related_name="sessions", db_index=False)
    opening = models.ForeignKey(
        Opening, models.SET_NULL, null=True, blank=True, related_name="sessions", db_index=False
    )
    title = models.CharField(_("名称"), max_length=80)
    title_en = models.CharField(max_length=120, blank=True)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.CENTRE)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    capacity = models.IntegerField(_("名额"))
    taken = models.IntegerField(default=0)
    host = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="hosted_sessions", db_index=False
    )
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    room = models.ForeignKey(Room, models.PROTECT, null=True, blank=True, related_name="sessions", db_index=False)
    place_text = models.CharField(
        _("别的地点"), max_length=80, blank=True, db_default="", help_text=_("不在会客厅的，写在哪里，如：2 幢楼下空地")
    )
    state = models.CharField(max_length=10, choices=SessionState.choices, default=SessionState.OPEN)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    to_move = models.BooleanField(
        default=False, help_text="its opening changed; its bookings wait to be moved by staff"
    )
    version = models.IntegerField(default=1)
    changed_at = models.DateTimeField(default=clock.now, db_default=Now(), help_text="other than in its places taken")

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="session_starts_before_it_ends"),
            models.CheckConstraint(
                condition=Q(taken__gte=0) & Q(taken__lte=F("capacity")),
                name="session_is_never_oversold",
                violation_error_message=_("这一场已经约满了。"),
            ),
            models.UniqueConstraint(
                fields=["opening", "starts_at"],
                condition=Q(opening__isnull=False),
                name="one_session_per_opening_and_time",
            ),
            models.CheckConstraint(
                condition=Q(room__isnull=True) | Q(place_text=""),
                name="session_is_in_a_room_or_elsewhere",
                violation_error_message=_("在房间里，还是在别的地点，只能填一个。"),
            ),
            ExclusionConstraint(
                name="staff_member_is_in_one_session_at_a_time",
                expressions=[("host", RangeOperators.EQUAL), (PERIOD, RangeOperators.OVERLAPS)],
                condition=Q(state="open", host__isnull=False),
                violation_error_message=_("这位工作人员这个时间已有安排。"),
            ),
            ExclusionConstraint(
                name="room_is_in_one_session_at_a_time",
                expressions=[("room", RangeOperators.EQUAL), (PERIOD, RangeOperators.OVERLAPS)],
                condition=Q(state="open", room__isnull=False),
                violation_error_message=_("这个房间这个时间已有安排。"),
            ),
        ]
        indexes = [
            models.Index(fields=["community", "starts_at"], name="session_in_place_by_time"),
            models.Index(fields=["service", "community", "starts_at"], name="session_of_service"),
            models.Index(fields=["host", "starts_at"], name="session_of_host", condition=Q(host__isnull=False)),
            # What the figures take off while it lies ahead.
            models.Index(fields=["ends_at"], name="activity_by_its_end", condition=Q(kind="activity", state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {clock.local(self.starts_at):%m-%d %H:%M}"

    @property
    def is_agreed(self) -> bool:
        """A time agreed for a matter outside every plan (see ``AGREED_KINDS``)."""
        return self.service_id is None and self.kind in AGREED_KINDS

    @property
    def subject(self) -> str:
        """What it is about, in the reader's language."""
        return in_reader_language(self.title, self.title_en)

    @property
    def place(self) -> str:
        """House and room, in the reader's language; or where else it is, as it was typed."""
        if self.place_text:
            return self.place_text
        if self.room is None:
            return str(self.community)
        return gettext("%(house)s %(room)s") % {"house": self.community, "room": self.room}

    @property
    def spot(self) -> str:
        """The room, or where else it is; empty for the house as a whole."""
        return self.place_text or (str(self.room) if self.room else "")

    @property
    def way(self) -> str:
        """Whether one comes, rings or is visited; or where else to go, which is not the house."""
        return self.place_text or self.get_channel_display()

    @property
    def available(self) -> int:
        """Places left."""
        return self.capacity - self.taken


class BookingState(models.TextChoices):
    HELD = "held", _("填写中")
    BOOKED = "booked", _("已预约")
    ARRIVED = "arrived", _("已到")
    SERVED = "served", _("已办")
    NO_SHOW = "no_show", _("未到")
    CANCELLED = "cancelled", _("已取消")
    EXPIRED = "expired", _("未完成")


class CancelReason(models.TextChoices):
    """Why a booking was given up."""

    NOT_NEEDED = "not_needed", _("不需要了")
    NO_TIME = "no_time", _("时间不合适")
    UNWELL = "unwell", _("身体不舒服")
    DONE_ELSEWHERE = "done_elsewhere", _("已经在别处办好")
    BY_HOUSE = "by_house", _("会客厅临时有安排")
    MOVED = "moved", _("已改期")
    FILE_CLOSED = "file_closed", _("居民去世或搬走")


# Not for anybody to choose: written by what was done.
OF_THE_DEED = (CancelReason.MOVED, CancelReason.FILE_CLOSED)
# Not for residents to choose: said by staff, or written by what was done.
OF_THE_HOUSE = (CancelReason.BY_HOUSE, *OF_THE_DEED)
LIVE = (BookingState.HELD, BookingState.BOOKED, BookingState.ARRIVED, BookingState.SERVED, BookingState.NO_SHOW)


READERS = (DelegationScope.BOOK, DelegationScope.READ)


def _read_by(user: Any) -> Q:
    """Whatever was not agreed for a matter, and of that what this user hosts or reads."""
    seen = ~Q(source=AGREED) | Q(session__host=user.pk)
    for reading in READINGS:
        seen |= reading.read_by(user)
    return seen


class BookingQuerySet(PlaceQuerySet):
    def visible_to(self, user: Any) -> "BookingQuerySet":
        """Staff: bookings of their communities, of times agreed for a matter those that they come to or whose matter they read;
        a resident: their own and those that they may book or read for."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        if user.community_ids:
            here = self.filter(community_id__in=user.community_ids)
            return here if all(reading.reads_all(user) for reading in READINGS) else here.filter(_read_by(user))
        return self.filter(resident__in=Resident.objects.acted_for_by(user, on=clock.today(), scopes=READERS))

    def live(self) -> "BookingQuerySet":
        """Those that take a place."""
        return self.filter(state__in=LIVE).exclude(source=WALK_IN)


class Booking(models.Model):
    """Places of one session for one resident. Time is kept here too, so that a changed session never rewrites it unseen."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="bookings")
    # Indexes that the ones below begin with are left out: the desk pays for each. The place is copied from the session in
    # the same statement, so its row, shared by all bookings of a community, is not locked a second time.
    community = models.ForeignKey(Community, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    resident = models.ForeignKey(
        Resident, models.PROTECT, null=True, blank=True, related_name="bookings", db_index=False
    )
    party_size = models.SmallIntegerField(_("几人"), default=1)
    group_name = models.CharField(_("哪家单位、哪个班"), max_length=60, blank=True, db_default="")
    group_phone = models.CharField(_("联系电话"), max_length=20, blank=True, db_default="")
    state = models.CharField(max_length=10, choices=BookingState.choices, default=BookingState.BOOKED)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    held_until = models.DateTimeField(null=True, blank=True)
    hold_hash = models.CharField(max_length=64, blank=True, help_text="binds a hold to the browser that made it")
    link_hash = models.CharField(
        max_length=64, blank=True, help_text="keyed hash of the link that works without signing in"
    )
    source = models.CharField(max_length=8, help_text="online, desk, phone, api, agreed, walk_in")
    note = models.CharField(_("想办什么"), max_length=200, blank=True)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    authority = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True, blank=True)
    served_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(max_length=80, blank=True)
    moved_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="moved_to", db_index=False
    )
    version = models.IntegerField(default=1)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(party_size__gte=1), name="booking_is_for_somebody"),
            models.CheckConstraint(
                condition=Q(state__in=["held", "expired"])
                | Q(resident__isnull=False)
                | Q(source__in=[AGREED, WALK_IN])
                | ~Q(group_name=""),
                name="booking_knows_whom_it_is_for",
            ),
            models.CheckConstraint(condition=~Q(state="held") | Q(held_until__isnull=False), name="hold_knows_its_end"),
            ExclusionConstraint(
                name="resident_is_in_one_booking_at_a_time",
                expressions=[("resident", RangeOperators.EQUAL), (PERIOD, RangeOperators.OVERLAPS)],
                # Who was served is free again, if the half hour is not over yet; so the index holds what is ahead, not years.
                condition=Q(state__in=["held", "booked", "arrived"], resident__isnull=False),
                violation_error_message=_("这位居民这个时间已有预约。"),
            ),
            models.UniqueConstraint(fields=["link_hash"], condition=~Q(link_hash=""), name="booking_link_is_unique"),
        ]
        indexes = [
            models.Index(fields=["community", "starts_at"], name="booking_in_place_by_time"),
            models.Index(fields=["held_until"], name="booking_hold_end", condition=Q(state="held")),
            models.Index(fields=["resident", "-starts_at"], name="booking_of_resident"),
            models.Index(fields=["moved_from"], name="booking_moved_on", condition=Q(moved_from__isnull=False)),
        ]

    @property
    def who(self) -> str:
        """Whom the list names: a person, a group, or those who came without having booked."""
        return str(self.resident) if self.resident else self.group_name or gettext("现场来的")

    @property
    def standing(self) -> str:
        """Its state in words; cancelled by moving it to another time is moved."""
        is_moved = self.state == BookingState.CANCELLED and self.cancel_reason == CancelReason.MOVED
        return str(CancelReason.MOVED.label) if is_moved else self.get_state_display()


class BookingEvent(models.Model):
    """The journal of a booking: who did what, by what authority. Append-only."""

    booking = models.ForeignKey(Booking, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    authority = models.CharField(max_length=40, blank=True)
    words = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        triggers = [
            pgtrigger.Protect(name="booking_journal_is_append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
