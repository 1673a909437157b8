"""The profile of an elder goes along when two files become one, unless the kept file has one of its own; assessments and surveys
keep the file under which they were made, and are found by both."""

import datetime as dt

from community_portal.dues.actions import take_back
from community_portal.people.models import Resident
from community_portal.people.register.merging import register_belongings
from eldercare.actions.register import put_visits
from eldercare.dues import WELFARE_VISIT
from eldercare.models import ElderProfile


def take_over(*, kept: Resident, merged: Resident, at: dt.datetime) -> list[int]:
    """The profile's number; none when there is nothing to take, or one already."""
    profile = ElderProfile.objects.filter(resident=merged).first()
    if profile is None:
        return []
    take_back(refs=[profile.ref], at=at, kinds=[WELFARE_VISIT.name])
    if ElderProfile.objects.filter(resident=kept).exists():
        return []
    _give(profile.pk, kept, at=at)
    return [profile.pk]


def give_back(ids: list[int], *, kept: Resident, merged: Resident) -> None:
    for pk in ids:
        ElderProfile.objects.filter(pk=pk, resident=kept).update(resident=merged)


def _give(pk: int, resident: Resident, *, at: dt.datetime) -> None:
    ElderProfile.objects.filter(pk=pk).update(resident=resident)
    put_visits(
        ElderProfile.objects.select_related("resident__household__grid", "resident__community__street").filter(pk=pk),
        at=at,
    )


register_belongings("eldercare", take_over, give_back)
