"""A campaign belongs to a street, its sessions to communities. What is said of children are numbers, never names."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Attachment, Matter, truths_of
from community_portal.people.models import Organisation
from community_portal.places.models import BilingualName, Street
from safety.models.premises import Premises
from safety.workflow.campaigns import CAMPAIGN_SESSION
from safety.workflow.states import CROWDED

USER = settings.AUTH_USER_MODEL


class Topic(models.TextChoices):
    FIRE = "fire", _("消防")
    RAILWAY = "railway", _("铁路")
    EBIKE = "ebike", _("电动自行车")
    FRAUD = "fraud", _("防诈骗")
    TRAFFIC = "traffic", _("交通")
    GAS = "gas", _("燃气")
    WATER = "water", _("防溺水")


class Venue(models.TextChoices):
    """The places that a campaign goes into."""

    SCHOOL = "school", _("学校")
    KINDERGARTEN = "kindergarten", _("幼儿园")
    ESTATE = "estate", _("小区")
    COMPANY = "company", _("企业")
    SITE = "site", _("工地")
    GRID = "grid", _("网格")
    HALL = "hall", _("会客厅")


OF_CHILDREN = (Venue.SCHOOL, Venue.KINDERGARTEN)


class Audience(models.TextChoices):
    CHILDREN = "children", _("幼儿")
    PUPILS = "pupils", _("中小学生")
    WORKERS = "workers", _("企业和工地职工")
    RESIDENTS = "residents", _("居民")
    ELDERS = "elders", _("老人")


class Heads(models.TextChoices):
    """How the number of people came about, from rough to sure."""

    ESTIMATED = "estimated", _("估的")
    COUNTED = "counted", _("点的")
    SIGNED = "signed", _("签到的")


class Channel(models.TextChoices):
    VIDEO = "video", _("短视频")
    CHAT = "chat", _("微信群")
    ACCOUNT = "account", _("公众号")
    LIVE = "live", _("直播")


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def visible_to(self, user: Any) -> Self:
        """Of the streets in which this user works."""
        if not user.is_authenticated:
            return self.none()
        if user.is_superuser:
            return self
        return self.filter(street__communities__in=user.community_ids).distinct()


class Campaign(BilingualName):
    """What is to be taught to whom, by whom together, within which days, in how many sessions."""

    street = models.ForeignKey(Street, models.PROTECT, related_name="campaigns")
    topic = models.CharField(_("主题"), max_length=10, choices=Topic.choices)
    organiser = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("牵头单位"),
        help_text=_("空着就是街道自己"),
    )  # fmt: skip
    partners = models.ManyToManyField(
        Organisation, blank=True, related_name="campaigns", verbose_name=_("一起办的单位")
    )
    starts_on = models.DateField(_("从哪天起"))
    ends_on = models.DateField(_("到哪天为止"))
    audiences = ArrayField(
        models.CharField(max_length=10, choices=Audience.choices), default=list, verbose_name=_("讲给谁听")
    )
    planned_sessions = models.PositiveSmallIntegerField(_("打算办几场"), default=1, validators=[MinValueValidator(1)])
    words = models.CharField(_("说明"), max_length=300, blank=True)
    created_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(planned_sessions__gte=1), name="campaign_plans_sessions"),
            models.UniqueConstraint(fields=["street", "name", "starts_on"], name="one_campaign_of_a_name_and_day"),
        ]


class CampaignSession(Matter):
    """One time at one place. The venue confirms by a link; afterwards it is said how many came, and how that is known."""

    flow = CAMPAIGN_SESSION

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="sessions", verbose_name=_("哪个宣传"))
    venue = models.CharField(_("去哪一类地方"), max_length=12, choices=Venue.choices)
    premises = models.ForeignKey(
        Premises, models.PROTECT, null=True, blank=True, related_name="sessions", verbose_name=_("场所")
    )
    host = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("接待单位")
    )
    place = models.CharField(_("在哪里"), max_length=80)
    contact_name = models.CharField(_("那边的联系人"), max_length=40, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=20, blank=True)
    starts_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    audience = models.CharField(_("讲给谁听"), max_length=10, choices=Audience.choices)
    places_for = models.PositiveIntegerField(_("坐得下几人"), validators=[MinValueValidator(1)])
    materials = models.CharField(_("带什么去"), max_length=160, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by_name = models.CharField(max_length=40, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)
    heads = models.PositiveIntegerField(_("来了几人"), default=0)
    heads_how = models.CharField(_("怎么知道的"), max_length=10, choices=Heads.choices, blank=True)
    signed = models.PositiveIntegerField(_("签到几人"), default=0)
    children = models.PositiveIntegerField(_("其中孩子"), default=0)
    consents = models.PositiveIntegerField(_("监护人同意拍照的"), default=0)
    people_sent = models.PositiveSmallIntegerField(_("去了几位工作人员"), default=0)
    leaflets = models.PositiveIntegerField(_("发了几份材料"), default=0)
    crowded_why = models.CharField(_("人多，怎么坐下的"), max_length=160, blank=True)
    asked_before = models.PositiveIntegerField(_("讲之前问了几题次"), default=0)
    right_before = models.PositiveIntegerField(_("答对"), default=0)
    asked_after = models.PositiveIntegerField(_("讲之后问了几题次"), default=0)
    right_after = models.PositiveIntegerField(_("答对"), default=0)
    feedback = models.CharField(_("他们怎么说"), max_length=300, blank=True)
    feedback_consent = models.BooleanField(_("同意把这句话写进简报"), default=False)

    class Meta(Matter.Meta):
        constraints = [
            *truths_of(CAMPAIGN_SESSION),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="campaign_session_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "held", "reported"]) | Q(confirmed_at__isnull=False),
                name="campaign_session_was_confirmed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["held", "reported"]) | Q(held_at__gte=F("starts_at")) & ~Q(heads_how=""),
                name="held_campaign_session_says_how_many_came",
            ),
            models.CheckConstraint(
                condition=Q(signed__lte=F("heads"), children__lte=F("heads")), name="campaign_session_counts_agree"
            ),
            models.CheckConstraint(
                condition=Q(heads__lte=F("places_for") * CROWDED) | ~Q(crowded_why=""),
                name="crowded_campaign_session_says_why",
            ),
            models.CheckConstraint(
                condition=Q(right_before__lte=F("asked_before"), right_after__lte=F("asked_after")),
                name="campaign_quiz_is_at_most_all_right",
            ),
            models.CheckConstraint(condition=Q(consents__lte=F("children")), name="consents_are_of_children_who_came"),
        ]
        indexes = [
            *Matter.Meta.indexes,
            models.Index(fields=["campaign", "starts_at"], name="campaign_session_by_time"),
            models.Index(fields=["place", "starts_at"], name="campaign_session_by_place"),
        ]

    @property
    def has_children(self) -> bool:
        return self.audience in (Audience.CHILDREN, Audience.PUPILS)

    @property
    def share_before(self) -> int:
        return round(100 * self.right_before / self.asked_before) if self.asked_before else 0

    @property
    def share_after(self) -> int:
        return round(100 * self.right_after / self.asked_after) if self.asked_after else 0

    @property
    def gain(self) -> int | None:
        """By how many points of a hundred more was answered right afterwards; None where nobody asked both times."""
        if not self.asked_before or not self.asked_after:
            return None
        return self.share_after - self.share_before


class SessionPhoto(models.Model):
    """A photo of it. With children it is kept with faces covered, and only of as many as their guardians agreed to."""

    session = models.ForeignKey(CampaignSession, models.CASCADE, related_name="photos")
    attachment = models.OneToOneField(Attachment, models.PROTECT, related_name="+")
    faces = models.PositiveSmallIntegerField(_("照片上有几张脸"), default=0)
    has_children = models.BooleanField()
    is_covered = models.BooleanField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(has_children=False) | Q(is_covered=True), name="faces_of_children_are_covered"
            )
        ]


class OnlineReach(models.Model):
    """How often it was seen online by a day, all in all. Views are no heads and are never added to them; ``more`` is what came
    since the reading before."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="reach")
    community = models.ForeignKey("places.Community", models.PROTECT, related_name="+")
    channel = models.CharField(_("在哪里"), max_length=8, choices=Channel.choices)
    views = models.PositiveIntegerField(_("一共看了几次"))
    more = models.PositiveIntegerField(default=0)
    as_of = models.DateField(_("截至哪天"))
    noted_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        ordering = ["campaign_id", "channel", "-as_of"]
        verbose_name_plural = "online reach"
        constraints = [
            models.UniqueConstraint(fields=["campaign", "channel", "as_of"], name="one_reading_of_a_channel_a_day"),
            models.CheckConstraint(condition=Q(more__lte=F("views")), name="more_views_are_part_of_all"),
        ]
