"""Which property company manages an estate, from when until when: what it may read and start there follows from that."""

import datetime as dt
from typing import Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community_portal.people.models.accounts import Organisation
from community_portal.people.models.roles import Role
from community_portal.places.models import DayRange, Estate


class ManagedEstateQuerySet(models.QuerySet["ManagedEstate"]):
    def in_force(self, *, on: Any) -> "ManagedEstateQuerySet":
        """Contracts that hold on a day."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=on), since__lte=on)

    def held_by(self, user: Any, *, on: dt.date) -> "ManagedEstateQuerySet":
        """Of the property companies for which this user works; nothing for everybody else."""
        firms = [organisation for role, organisation in user.organisation_posts if role == Role.PROPERTY]
        return self.in_force(on=on).filter(organisation__in=firms)


class ManagedEstate(models.Model):
    """A contract. One company at a time; the days of two never overlap."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="managed_estates", verbose_name=_("物业公司")
    )
    estate = models.ForeignKey(Estate, models.PROTECT, related_name="managers")
    since = models.DateField(_("从哪天起"))
    until = models.DateField(_("到哪天为止"), null=True, blank=True)

    objects = ManagedEstateQuerySet.as_manager()

    class Meta:
        ordering = ["-since"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="management_ends_after_it_began"
            ),
            ExclusionConstraint(
                name="one_manager_of_an_estate_at_a_time",
                expressions=[
                    ("estate", RangeOperators.EQUAL),
                    (
                        DayRange("since", "until", RangeBoundary(inclusive_lower=True, inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="estates_are_managed_by_property_companies",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("organisation_id"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM people_organisation o
                            WHERE o.id = NEW.organisation_id AND o.kind = 'property') THEN
                        RAISE EXCEPTION 'an estate is managed by a property company' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.estate}"
