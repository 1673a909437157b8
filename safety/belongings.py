"""Who needs help to leave the house goes along when two files become one, unless the kept file is on the list already."""

import datetime as dt

from community_portal.people.models import Resident
from community_portal.people.register.merging import register_belongings
from safety.models import Helper


def take_over(*, kept: Resident, merged: Resident, at: dt.datetime) -> list[int]:
    theirs = Helper.objects.filter(resident=merged).exclude(
        drill__in=Helper.objects.filter(resident=kept).values("drill")
    )
    ids = list(theirs.exclude(helper=kept).values_list("pk", flat=True))
    Helper.objects.filter(pk__in=ids).update(resident=kept)
    return ids


def give_back(ids: list[int], *, kept: Resident, merged: Resident) -> None:
    Helper.objects.filter(pk__in=ids, resident=kept).update(resident=merged)


register_belongings("safety", take_over, give_back)
