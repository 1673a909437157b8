"""Meetings: who was asked and who came, minutes in versions, and what was decided, by whom, until when."""

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.models import Attachment
from community_portal.deliberations.models.about import About, AboutQuerySet
from community_portal.people.models import ManagedEstate, Organisation
from community_portal.places.models import Estate


class MeetingKind(models.TextChoices):
    DELIBERATION = "deliberation", _("议事会")
    JOINT = "joint", _("现场会商")
    CONSULTATION = "consultation", _("征求意见座谈会")
    ACCEPTANCE = "acceptance", _("验收会")


class MeetingQuerySet(AboutQuerySet):
    def visible_to(self, user: Any) -> Self:
        """Also what stands alone in an estate that a company of this user manages."""
        seen = super().visible_to(user)
        if user.is_authenticated and not user.is_superuser and user.organisation_posts:
            managed = ManagedEstate.objects.held_by(user, on=clock.today())
            seen |= self.filter(flow="", estate__in=managed.values("estate"))
        return seen


class Meeting(About):
    """``held_at`` once it took place; called off with a reason, it is neither. ``led_by`` is the organisation that called it,
    none where the community did; ``estate`` what it is about where it stands alone."""

    kind = models.CharField(_("什么会"), max_length=12, choices=MeetingKind.choices)
    topic = models.CharField(_("议题"), max_length=120)
    starts_at = models.DateTimeField(_("什么时候"))
    place = models.CharField(_("在哪里"), max_length=120)
    held_at = models.DateTimeField(null=True, blank=True)
    called_off_at = models.DateTimeField(null=True, blank=True)
    called_off_why = models.CharField(max_length=200, blank=True)
    led_by = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁牵头")
    )
    estate = models.ForeignKey(Estate, models.PROTECT, null=True, blank=True, related_name="+")

    objects = MeetingQuerySet.as_manager()  # type: ignore[misc]

    class Meta(About.Meta):
        constraints = [
            *About.Meta.constraints,
            models.CheckConstraint(
                condition=Q(held_at__isnull=True) | Q(called_off_at__isnull=True), name="meeting_held_or_called_off"
            ),
            models.CheckConstraint(
                condition=Q(called_off_at__isnull=True) | ~Q(called_off_why=""), name="meeting_called_off_says_why"
            ),
            models.CheckConstraint(
                condition=Q(estate__isnull=True) | Q(flow=""), name="meeting_of_an_estate_stands_alone"
            ),
        ]

    def __str__(self) -> str:
        return self.topic

    @property
    def is_open(self) -> bool:
        return self.held_at is None and self.called_off_at is None


class PartyRole(models.TextChoices):
    """Whom somebody at the table speaks for."""

    RESIDENTS = "residents", _("居民")
    OWNERS = "owners", _("业主代表")
    STREET = "street", _("街道")
    COMMUNITY = "community", _("社区")
    PROPERTY = "property", _("物业")
    FIRE = "fire", _("消防")
    POLICE = "police", _("公安")
    UTILITY = "utility", _("水电气单位")
    EXPERT = "expert", _("专业人员")
    CONTRACTOR = "contractor", _("施工单位")
    OTHER = "other", _("其他")


class Party(models.Model):
    """One of the sides, with how many came; nobody has said yet while ``came`` is None."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="parties")
    role = models.CharField(_("哪一方"), max_length=10, choices=PartyRole.choices)
    name = models.CharField(_("单位或姓名"), max_length=80, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("单位")
    )
    invited_at = models.DateTimeField()
    came = models.PositiveSmallIntegerField(_("来了几人"), null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["meeting", "role", "name"], name="party_once_per_meeting")]

    def __str__(self) -> str:
        return self.name or str(self.get_role_display())


class Minutes(models.Model):
    """What was said, as written down at one time: whoever corrects it writes the next version."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="minutes")
    version = models.PositiveSmallIntegerField()
    words = models.TextField(_("纪要"))
    file = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-version"]
        verbose_name_plural = "minutes"
        constraints = [
            models.UniqueConstraint(fields=["meeting", "version"], name="minutes_have_one_text_per_version"),
            models.CheckConstraint(condition=~Q(words="") | Q(file__isnull=False), name="minutes_say_something"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="minutes_stay",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("words", "version", "file_id", "meeting_id") | pgtrigger.Delete,
                func="RAISE EXCEPTION 'minutes are never rewritten' USING ERRCODE = 'check_violation';",
            )
        ]


class Decision(models.Model):
    """What is to be done, by whom, until when. Whoever did it shows the proof; somebody else says that it is done."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    words = models.CharField(_("定了什么"), max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="decisions",
        verbose_name=_("谁来办"),
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("哪家单位来办")
    )
    due_on = models.DateField(_("哪天前"))
    done_words = models.CharField(_("怎么办的"), max_length=300, blank=True)
    proof = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "number"], name="decision_has_a_number"),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(done_by__isnull=False) & ~Q(done_words=""),
                name="done_decision_says_how",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | Q(done_at__isnull=False, closed_by__isnull=False) & ~Q(closed_by=F("done_by")),
                name="decision_is_closed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return self.words
