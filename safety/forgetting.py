"""What drills tell of somebody goes when they are forgotten; that they were helped stays for the figures."""

from community_portal.people.register.retention import NOBODY, register_forgetter
from safety.models import Helper


def forget_helped(resident_ids: list[int]) -> None:
    Helper.objects.filter(resident__in=resident_ids).update(wish="", house=None, floor=None)
    Helper.objects.filter(helper__in=resident_ids).update(name=NOBODY, phone="", helper=None)


register_forgetter(forget_helped)
