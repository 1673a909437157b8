"""Links by which somebody without an account answers one question, once, with a second thing that only they know."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from community_portal.casework.models import Case
from community_portal.people.models import Organisation


class Second(models.TextChoices):
    """What is asked beside the link: the last four digits of the telephone it went to, or a code that was told otherwise."""

    TAIL = "tail"
    CODE = "code"


class AnswerLinkQuerySet(models.QuerySet["AnswerLink"]):
    def live(self) -> "AnswerLinkQuerySet":
        """Not used, not taken back; it may have run out."""
        return self.filter(used_at__isnull=True, revoked_at__isnull=True)


class AnswerLink(models.Model):
    """Only hashes of link and second factor are kept. Five wrong tries end it."""

    purpose = models.SlugField(max_length=40)
    case = models.ForeignKey(Case, models.PROTECT, related_name="answer_links")
    flow = models.CharField(max_length=30)
    matter_id = models.BigIntegerField()
    part = models.CharField(max_length=40, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    second = models.CharField(max_length=4, choices=Second.choices)
    second_hash = models.CharField(max_length=64)
    sent_to = models.CharField(max_length=80, help_text="masked: enough to recognise it")
    who = models.CharField(max_length=60, help_text="whom we asked, as the page greets them")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    wrong_tries = models.PositiveSmallIntegerField(default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = AnswerLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "flow", "matter_id", "part", "sent_to"],
                condition=Q(used_at__isnull=True, revoked_at__isnull=True),
                name="one_live_answer_link_per_person",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(revoked_at__isnull=True), name="answer_link_used_or_revoked"
            ),
            models.CheckConstraint(condition=Q(wrong_tries__lte=5), name="answer_link_five_tries"),
        ]
        indexes = [models.Index(fields=["flow", "matter_id"], name="answer_links_of_matter")]
