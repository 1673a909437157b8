"""What people say: objections, each of which is answered; opinions, alike ones together; surveys with their base."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.deliberations.models.about import About


class Channel(models.TextChoices):
    """How somebody said it."""

    DESK = "desk", _("到会客厅")
    PHONE = "phone", _("来电")
    DOOR = "door", _("上门")
    ONLINE = "online", _("网上")
    PAPER = "paper", _("书面")
    MEETING = "meeting", _("会上")


class Said(About):
    """Words of somebody, by name or not, and the answer."""

    words = models.TextField(_("原话"))
    name = models.CharField(_("谁说的"), max_length=60, blank=True)
    channel = models.CharField(_("怎么说的"), max_length=7, choices=Channel.choices)
    reply = models.TextField(_("答复"), blank=True)
    replied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    replied_at = models.DateTimeField(null=True, blank=True)

    class Meta(About.Meta):
        abstract = True
        constraints = [
            *About.Meta.constraints,
            models.CheckConstraint(
                condition=Q(replied_at__isnull=True, reply="") | Q(replied_at__isnull=False) & ~Q(reply=""),
                name="replied_%(class)s_has_a_reply",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="%(class)s_says_something"),
        ]

    @property
    def is_open(self) -> bool:
        return self.replied_at is None


class Objection(Said):
    """Nothing goes on before it is answered, by ``due_on``."""

    due_on = models.DateField(_("哪天前答复"))


class Opinion(Said):
    """``merged_into`` the one that said the same first: counted with it, answered with it."""

    topic = models.CharField(_("说的是什么"), max_length=60)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged")
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta(Said.Meta):
        constraints = [
            *Said.Meta.constraints,
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="opinion_is_not_its_own_twin"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic}：{self.words[:30]}"


class Survey(About):
    """Questions to a number of households that is known before. ``version`` counts how often they were changed; once somebody
    has answered they stay."""

    title = models.CharField(_("问卷"), max_length=80)
    base_count = models.PositiveIntegerField(_("一共多少户"))
    base_how = models.CharField(_("这个数怎么来的"), max_length=120)
    questions = models.JSONField(help_text='[{"code": "spot", "text": "…", "choices": ["…"]}]')
    version = models.PositiveSmallIntegerField(default=1)
    opens_on = models.DateField(_("从"))
    closes_on = models.DateField(_("到"))

    class Meta(About.Meta):
        constraints = [
            *About.Meta.constraints,
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="survey_closes_after_it_opens"),
            models.CheckConstraint(condition=Q(base_count__gt=0), name="survey_has_a_base"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="survey_asks_what_it_asked",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("questions"),
                func="""
                    IF OLD.questions IS DISTINCT FROM NEW.questions
                        AND EXISTS (SELECT 1 FROM deliberations_surveyanswer WHERE survey_id = NEW.id) THEN
                        RAISE EXCEPTION 'somebody has answered these' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return self.title


class SurveyAnswer(models.Model):
    """One of a household, whichever way it came."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="answers")
    household = models.CharField(_("哪一户"), max_length=60)
    answers = models.JSONField(help_text="by code of the question")
    words = models.TextField(_("还想说的"), blank=True)
    channel = models.CharField(_("怎么答的"), max_length=7, choices=Channel.choices)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["survey", "household"], name="household_answers_once")]
        triggers = [
            pgtrigger.Trigger(
                name="no_more_answers_than_households",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("base", "integer")],
                # The row of the survey is locked, so two who are the last cannot both be.
                func="""
                    SELECT base_count INTO base FROM deliberations_survey WHERE id = NEW.survey_id FOR UPDATE;
                    IF (SELECT count(*) FROM deliberations_surveyanswer WHERE survey_id = NEW.survey_id) >= base THEN
                        RAISE EXCEPTION 'more answers than households' USING ERRCODE = 'check_violation',
                            CONSTRAINT = 'no_more_answers_than_households';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]
