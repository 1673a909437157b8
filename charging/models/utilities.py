"""What gas, power, water, telephone and heat say of a site: asked, answered in writing, good for so long."""

import datetime as dt

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from charging.models.sites import Site
from charging.workflow.clearance import UTILITIES
from community_portal.casework.models import Attachment


class Utility(models.TextChoices):
    GAS = "gas", UTILITIES["gas"]
    POWER = "power", UTILITIES["power"]
    WATER = "water", UTILITIES["water"]
    TELECOM = "telecom", UTILITIES["telecom"]
    HEAT = "heat", UTILITIES["heat"]


class Answered(models.TextChoices):
    OK = "ok", _("可以")
    CONDITIONS = "conditions", _("有条件")
    BLOCKED = "blocked", _("不可以")


# Who said no is set aside by a new written answer alone, never by asking again or by hand.
BLOCKED_STAYS = """
    IF OLD.answer = 'blocked' AND OLD.superseded_at IS NULL AND NEW.superseded_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM charging_utilityanswer WHERE id = NEW.superseded_by_id AND site_id = OLD.site_id
            AND utility = OLD.utility AND id > OLD.id AND answer <> '' AND document_id IS NOT NULL) THEN
        RAISE EXCEPTION 'a blocked answer is set aside by a new written answer only' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.answer <> '' AND (NEW.answer, NEW.conditions, NEW.distance, NEW.document_id, NEW.name, NEW.answered_at, NEW.valid_until,
        NEW.site_id, NEW.utility, NEW.is_required) IS DISTINCT FROM (OLD.answer, OLD.conditions, OLD.distance, OLD.document_id,
        OLD.name, OLD.answered_at, OLD.valid_until, OLD.site_id, OLD.utility, OLD.is_required) THEN
        RAISE EXCEPTION 'a written answer stays as it is' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class UtilityAnswer(models.Model):
    """One question to one utility, and the answer that came: none yet while ``answer`` is empty.

    Asked again, an older answer is set aside (``superseded_by``), but for one that said no: that one stands until another is
    there in writing. ``valid_until`` is the last day, by the answer itself or by the rule, whichever is earlier.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="answers")
    utility = models.CharField(max_length=8, choices=Utility.choices)
    is_required = models.BooleanField(default=True)
    asked_at = models.DateTimeField()
    asked_of = models.CharField(_("问谁"), max_length=60)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    chased_count = models.PositiveSmallIntegerField(default=0)
    chased_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(_("答复"), max_length=10, choices=Answered.choices, blank=True)
    conditions = models.CharField(_("什么条件"), max_length=300, blank=True)
    words = models.CharField(_("说明"), max_length=300, blank=True)
    distance = models.DecimalField(_("离管线多远（米）"), max_digits=6, decimal_places=2, null=True, blank=True)
    document = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(_("谁答复的"), max_length=60, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    valid_until = models.DateField(_("管到哪天"), null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    superseded_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["utility", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "utility"],
                condition=Q(superseded_at__isnull=True, answer__in=["ok", "conditions"]),
                name="one_current_answer_per_utility",
            ),
            models.UniqueConstraint(
                fields=["site", "utility"],
                condition=Q(superseded_at__isnull=True, answer=""),
                name="one_open_question_per_utility",
            ),
            models.CheckConstraint(condition=Q(answer__in=["", *Answered.values]), name="utility_answer_exists"),
            models.CheckConstraint(condition=Q(utility__in=Utility.values), name="utility_exists"),
            models.CheckConstraint(
                condition=Q(answer="")
                | Q(document__isnull=False, answered_at__isnull=False, valid_until__isnull=False) & ~Q(name=""),
                name="utility_answers_in_writing",
            ),
            models.CheckConstraint(
                condition=~Q(answer="conditions") | ~Q(conditions=""), name="conditional_answer_says_which"
            ),
            models.CheckConstraint(condition=~Q(utility="gas") | Q(is_required=True), name="gas_is_always_required"),
            models.CheckConstraint(
                condition=Q(distance__isnull=True) | Q(distance__gte=0), name="pipe_is_no_distance_away"
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="blocked_answer_stays",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=BLOCKED_STAYS,
            ),
            pgtrigger.Protect(name="utility_answer_is_kept", operation=pgtrigger.Delete),
        ]

    def lapses_before(self, day: dt.date) -> bool:
        return self.valid_until is not None and self.valid_until < day
