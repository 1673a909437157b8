"""Whoever reported a socket from their account is forgotten with their words; that it was reported stays."""

from charging.models import FaultReport
from community_portal.people.register.retention import register_forgetter


def forget_reports(resident_ids: list[int]) -> None:
    FaultReport.objects.filter(account__resident__in=resident_ids).update(words="", phone="", account=None)


register_forgetter(forget_reports)
