"""Lists of what is looked at, rounds over premises, and each look at a piece with its answers."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.casework.models import Attachment
from community_portal.places.models import Community, Grid, Street, in_reader_language
from safety.models.equipment import Equipment, OfGridQuerySet
from safety.models.hazards import Hazard
from safety.models.premises import Premises
from safety.workflow.equipment import Answer, EquipmentKind, Flag, Gap, Seen
from safety.workflow.states import HAZARD_OPEN

_OPEN = ", ".join(f"'{state}'" for state in sorted(map(str, HAZARD_OPEN)))


class InspectionTemplate(models.Model):
    """What is looked at at one kind, a version: the general one, or a street's own in its place. What was published stays."""

    kind = models.CharField(_("种类"), max_length=10, choices=EquipmentKind.choices)
    street = models.ForeignKey(Street, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(_("版本"))
    valid_from = models.DateField(_("从哪天起"))
    source = models.CharField(_("出处"), max_length=120)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["kind", "street_id", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "street", "version"], nulls_distinct=False, name="one_inspection_list_per_version"
            ),
            models.CheckConstraint(condition=Q(kind__in=EquipmentKind.values), name="inspection_list_is_of_a_kind"),
        ]
        triggers = [pgtrigger.Protect(name="inspection_list_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"


class InspectionItem(models.Model):
    """A question. ``code`` is the same through all versions: by it a failure knows the one before."""

    template = models.ForeignKey(InspectionTemplate, models.PROTECT, related_name="items")
    number = models.PositiveSmallIntegerField()
    code = models.SlugField(max_length=30)
    words = models.CharField(max_length=60)
    words_en = models.CharField(max_length=120, blank=True)
    clause = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["template_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="inspection_item_numbers_are_unique"),
            models.UniqueConstraint(fields=["template", "code"], name="inspection_item_once_a_list"),
        ]
        triggers = [pgtrigger.Protect(name="inspection_item_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return in_reader_language(self.words, self.words_en)


class InspectionRound(models.Model):
    """Somebody goes through premises and looks at all that stands there, between two days."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    grid = models.ForeignKey(Grid, models.PROTECT, null=True, blank=True, related_name="+")
    title = models.CharField(_("叫什么"), max_length=60)
    opens_on = models.DateField(_("从哪天起"))
    due_on = models.DateField(_("到哪天"))
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    not_all_why = models.CharField(_("为什么没查完"), max_length=200, blank=True)
    pieces = models.PositiveIntegerField(null=True, blank=True, help_text="how many there were when it ended")

    objects = OfGridQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gte=F("opens_on")), name="round_opens_before_it_is_due"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, pieces__isnull=True)
                | Q(ended_at__gte=F("started_at"), pieces__isnull=False),
                name="round_ends_after_it_began",
            ),
        ]
        indexes = [models.Index(fields=["community", "-id"], name="rounds_of_place")]

    def __str__(self) -> str:
        return self.title


class RoundPremises(models.Model):
    round = models.ForeignKey(InspectionRound, models.CASCADE, related_name="houses")
    premises = models.ForeignKey(Premises, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["round", "premises"], name="premises_once_a_round")]


class Inspection(models.Model):
    """One look at one piece. ``is_counted`` is the one of its day: looked at again on the same day counts once. ``flag`` says
    that it was too quick; those are counted apart. Where a piece stands elsewhere, ``to_…`` says where."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    round = models.ForeignKey(InspectionRound, models.PROTECT, null=True, blank=True, related_name="inspections")
    equipment = models.ForeignKey(Equipment, models.PROTECT, related_name="inspections")
    template = models.ForeignKey(InspectionTemplate, models.PROTECT, null=True, related_name="+")
    result = models.CharField(max_length=10, choices=Seen.choices)
    on = models.DateField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    was_offline = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    key = models.CharField(max_length=76)
    is_counted = models.BooleanField(default=False)
    flag = models.CharField(max_length=6, choices=Flag.choices, blank=True, default="")
    words = models.CharField(max_length=200, blank=True)
    to_premises = models.ForeignKey(Premises, models.PROTECT, null=True, blank=True, related_name="+")
    to_floor = models.SmallIntegerField(null=True, blank=True)
    to_spot = models.CharField(max_length=60, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["-ended_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["equipment", "on"], condition=Q(is_counted=True), name="equipment_is_counted_once_a_day"
            ),
            models.UniqueConstraint(fields=["by", "key"], nulls_distinct=False, name="an_inspection_counts_once"),
            models.CheckConstraint(condition=Q(result__in=Seen.values), name="inspection_result_exists"),
            models.CheckConstraint(condition=Q(flag__in=Flag.values), name="inspection_flag_exists"),
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("started_at"), recorded_at__gte=F("ended_at")),
                name="inspection_begins_before_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(result=Seen.NOT_FOUND, is_counted=False, template__isnull=True)
                | ~Q(result=Seen.NOT_FOUND) & Q(template__isnull=False),
                name="what_was_not_found_was_not_looked_at",
            ),
            models.CheckConstraint(
                condition=Q(to_premises__isnull=True, to_floor__isnull=True, to_spot="")
                | Q(to_premises__isnull=False) & ~Q(to_spot="") & ~Q(result=Seen.NOT_FOUND),
                name="moved_equipment_says_where_it_stands",
            ),
        ]
        indexes = [
            models.Index(fields=["equipment", "-ended_at"], name="inspections_of_equipment"),
            models.Index(fields=["community", "-id"], name="inspections_of_place"),
            models.Index(fields=["by", "ended_at"], name="inspections_by_whom"),
        ]
        triggers = [
            pgtrigger.Protect(name="inspection_stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="inspection_says_what_was_seen",
                operation=pgtrigger.UpdateOf(
                    "equipment_id", "round_id", "result", "on", "started_at", "ended_at", "by_id", "is_counted", "key"
                ),
            ),
            pgtrigger.Trigger(
                name="inspection_is_of_what_stands",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF EXISTS (SELECT 1 FROM safety_equipment e WHERE e.id = NEW.equipment_id
                        AND (e.community_id <> NEW.community_id
                            OR e.scrapped_at IS NOT NULL AND e.scrapped_at <= NEW.ended_at)) THEN
                        RAISE EXCEPTION 'inspection of equipment that is scrapped, or of another community'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF EXISTS (SELECT 1 FROM safety_inspectionround r WHERE r.id = NEW.round_id
                        AND (r.opens_on > NEW.on OR r.ended_at < NEW.ended_at OR r.community_id <> NEW.community_id)) THEN
                        RAISE EXCEPTION 'inspection outside the window of its round' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    @property
    def seconds(self) -> int:
        return int((self.ended_at - self.started_at).total_seconds())


class InspectionAnswer(models.Model):
    """What was found at one item. What fails is shown or said, and names the hazard that it opened or that was open already."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, related_name="answers")
    item = models.ForeignKey(InspectionItem, models.PROTECT, related_name="+")
    result = models.CharField(max_length=4, choices=Answer.choices)
    words = models.CharField(max_length=200, blank=True)
    photo = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")
    hazard = models.ForeignKey(Hazard, models.PROTECT, null=True, blank=True, related_name="found_by_answers")

    class Meta:
        ordering = ["inspection_id", "item__number"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "item"], name="inspection_item_is_answered_once"),
            models.CheckConstraint(condition=Q(result__in=Answer.values), name="inspection_answer_exists"),
            models.CheckConstraint(
                condition=~Q(result=Answer.FAIL) & Q(hazard__isnull=True)
                | Q(result=Answer.FAIL, hazard__isnull=False) & (Q(photo__isnull=False) | ~Q(words="")),
                name="what_fails_is_shown_and_opens_a_hazard",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="inspection_answer_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="one_open_hazard_per_failed_item",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__result=Answer.FAIL),
                func=f"""
                    IF EXISTS (SELECT 1 FROM safety_inspectionanswer a
                        JOIN safety_inspection i ON i.id = a.inspection_id
                        JOIN safety_inspectionitem t ON t.id = a.item_id
                        JOIN safety_hazard h ON h.id = a.hazard_id
                        WHERE i.equipment_id = (SELECT equipment_id FROM safety_inspection WHERE id = NEW.inspection_id)
                            AND t.code = (SELECT code FROM safety_inspectionitem WHERE id = NEW.item_id)
                            AND h.state IN ({_OPEN}) AND a.hazard_id <> NEW.hazard_id) THEN
                        RAISE EXCEPTION 'this item has an open hazard already' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    @property
    def label(self) -> Any:
        return self.get_result_display()


class RoundGap(models.Model):
    """What the end of a round lists: not found, not gone to, standing elsewhere."""

    round = models.ForeignKey(InspectionRound, models.CASCADE, related_name="gaps")
    equipment = models.ForeignKey(Equipment, models.PROTECT, related_name="+")
    what = models.CharField(max_length=11, choices=Gap.choices)
    words = models.CharField(max_length=320, blank=True)

    class Meta:
        ordering = ["what", "equipment__code"]
        constraints = [models.UniqueConstraint(fields=["round", "equipment", "what"], name="a_gap_is_listed_once")]
