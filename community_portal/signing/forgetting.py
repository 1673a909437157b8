"""Whose name stands under what goes when they are forgotten; that it was signed, and when, stays."""

import pgtrigger
from django.db.models import Q

from community_portal.people.register.retention import NOBODY, register_forgetter
from community_portal.signing.models import Signing


def forget_signings(resident_ids: list[int]) -> None:
    of_them = Q(signer__in=resident_ids) | Q(case__resident__in=resident_ids)
    with pgtrigger.ignore("signing.Signing:signing_stays"):
        Signing.objects.filter(of_them).update(signer_name=NOBODY, content={})


register_forgetter(forget_signings)
