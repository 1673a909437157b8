"""What is known of an elder beyond the file of a resident: hardship, disability, how they live, how often somebody looks in."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal.people.models import Resident, Role
from community_portal.people.reach import whole_communities
from eldercare.ability import Level
from eldercare.workflow.states import READERS

# Receptionists see that there is an elder and how often somebody looks in, not scores, not why, no proof.
SCORE_READERS = READERS - {Role.RECEPTIONIST}


class Hardship(models.TextChoices):
    """Of 民发〔2020〕86号 and 民发〔2022〕9号: whose homes are adapted with public money."""

    NONE = "none", _("没有")
    DESTITUTE = "destitute", _("分散供养特困")
    MINIMUM = "minimum", _("低保")
    MARGINAL = "marginal", _("低保边缘")
    MONITORED = "monitored", _("脱贫或监测户")
    SPECIAL_FAMILY = "special_family", _("计生特殊家庭")
    HONOURED = "honoured", _("优抚对象")


class Disability(models.TextChoices):
    NONE = "none", _("没有")
    VISION = "vision", _("视力")
    HEARING = "hearing", _("听力")
    SPEECH = "speech", _("言语")
    PHYSICAL = "physical", _("肢体")
    INTELLECTUAL = "intellectual", _("智力")
    MENTAL = "mental", _("精神")
    MULTIPLE = "multiple", _("多重")


class Living(models.TextChoices):
    ALONE = "alone", _("独居")
    SPOUSE = "spouse", _("和老伴住")
    CHILDREN = "children", _("和子女住")
    OTHER = "other", _("和别人住")


class Tier(models.TextChoices):
    """How often somebody looks in: how often is rule data (rulebook/welfare_visits.json)."""

    HIGH = "high", _("重点关注")
    KEY = "key", _("定期关注")
    GENERAL = "general", _("一般关注")


class ElderQuerySet(models.QuerySet["ElderProfile"]):
    def visible_to(self, user: Any) -> Self:
        """Of one's places, a grid officer's of the own grids. Third parties read elders in what they were given, never here."""
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(homes_of(user, READERS, prefix="resident__"))

    def living_here(self) -> Self:
        """Files in force of people who live here."""
        here = {"merged_into__isnull": True, "deceased_on__isnull": True, "moved_out_on__isnull": True}
        return self.filter(**{f"resident__{name}": value for name, value in here.items()})


def homes_of(user: Any, roles: frozenset[str], *, prefix: str = "") -> Q:
    """Residents of whole communities, and those of the grids of a grid officer."""
    whole = Q(**{f"{prefix}community__in": whole_communities(user, roles)})
    own = Q(**{f"{prefix}household__grid__in": user.grid_ids})
    return whole | own if user.grid_ids and Role.GRID_OFFICER in roles else whole


def reads_scores_of(user: Any, resident: Resident) -> bool:
    """Health, hardship and scores of this person: who visits or decides there."""
    return bool(user.has_role_at(resident.community_id, *SCORE_READERS))


class ElderProfile(models.Model):
    """One per file. ``hardship_file`` is the paper itself, a photo or a PDF, kept beside no case and shown by a page of its own;
    ``hardship_seen_by``: who saw the paper with their own eyes, where no picture of it is kept. ``level`` is
    what the newest signed assessment found, and ``level_until`` how long that is valid."""

    resident = models.OneToOneField(Resident, models.PROTECT, related_name="elder")
    hardship = models.CharField(_("困难情况"), max_length=16, choices=Hardship.choices, default=Hardship.NONE)
    hardship_proof = models.CharField(_("证明编号"), max_length=60, blank=True)
    hardship_file = models.FileField(_("证明（照片或 PDF）"), upload_to="elders/%Y/%m/", blank=True)
    hardship_seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    hardship_valid_until = models.DateField(_("证明有效到"), null=True, blank=True)
    disability = models.CharField(_("残疾"), max_length=16, choices=Disability.choices, default=Disability.NONE)
    disability_level = models.PositiveSmallIntegerField(
        _("残疾等级"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(4)]
    )
    disability_certificate = models.CharField(_("残疾证号"), max_length=40, blank=True)
    living = models.CharField(_("和谁住"), max_length=10, choices=Living.choices, default=Living.OTHER)
    tier = models.CharField(_("探访等级"), max_length=8, choices=Tier.choices, default=Tier.GENERAL)
    tier_why = models.CharField(_("为什么是这一级"), max_length=200, blank=True)
    is_tier_by_hand = models.BooleanField(default=False)
    general_practitioner = models.CharField(_("家庭医生"), max_length=60, blank=True)
    allergies = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("过敏"))
    level = models.CharField(_("能力等级"), max_length=10, choices=Level.choices, blank=True)
    level_until = models.DateField(null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    objects = ElderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level="") | Q(level_until__isnull=False), name="elder_level_has_an_end"),
            models.CheckConstraint(
                condition=Q(hardship="none")
                | ~Q(hardship_proof="")
                | ~Q(hardship_file="")
                | Q(hardship_seen_by__isnull=False),
                name="hardship_was_proved_or_seen",
            ),
            models.CheckConstraint(
                condition=Q(disability="none", disability_level__isnull=True)
                | ~Q(disability="none") & Q(disability_level__range=(1, 4)),
                name="disability_has_a_level",
            ),
            models.CheckConstraint(condition=Q(is_tier_by_hand=False) | ~Q(tier_why=""), name="tier_by_hand_says_why"),
        ]
        indexes = [models.Index(fields=["tier", "resident"], name="elder_by_tier")]

    def __str__(self) -> str:
        return str(self.resident)

    @property
    def proof_name(self) -> str:
        """Where the paper lies in the storage; empty: there is none."""
        return self.hardship_file.name or ""

    @property
    def ref(self) -> str:
        """Its name in the due register."""
        return f"elder:{self.resident_id}"


class FamilyContact(models.Model):
    """Whom to ring, in this order. ``is_guardian``: signs where the elder cannot."""

    elder = models.ForeignKey(ElderProfile, models.PROTECT, related_name="family")
    position = models.PositiveSmallIntegerField(_("第几个打"), default=1)
    name = models.CharField(_("姓名"), max_length=50)
    relation = models.CharField(_("关系"), max_length=20)
    phone = models.CharField(_("电话"), max_length=20, help_text="E.164")
    is_guardian = models.BooleanField(_("监护人"), default=False)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["elder", "phone"], name="family_contact_once"),
            models.UniqueConstraint(fields=["elder"], condition=Q(is_guardian=True), name="one_guardian_per_elder"),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.relation}）"


class WelfareVisit(models.Model):
    """探访: somebody looked in, whether the door was opened or not."""

    elder = models.ForeignKey(ElderProfile, models.PROTECT, related_name="welfare_visits")
    visited_at = models.DateTimeField(_("什么时候"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    was_seen = models.BooleanField(_("见到人了"))
    words = models.TextField(_("看到的、说到的"), blank=True)
    needs_help = models.BooleanField(_("需要帮忙"), default=False)
    recorded_at = models.DateTimeField()
    was_offline = models.BooleanField(default=False)

    class Meta:
        ordering = ["-visited_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(visited_at__lte=models.F("recorded_at")), name="welfare_visit_lies_behind"
            ),
            models.UniqueConstraint(fields=["elder", "by", "visited_at"], name="welfare_visit_once"),
        ]
        indexes = [models.Index(fields=["elder", "-visited_at"], name="welfare_visits_of_elder")]
