"""What home visits and papers tell of a person goes when they are forgotten; figures stay. The rest: matters/forgetting.py."""

from django.db.models import Q

from appointments.models import HelpRequest, HomeVisit, Paper
from community_portal.people.register.retention import register_forgetter


def forget_requests(resident_ids: list[int]) -> None:
    requests = list(
        HelpRequest.objects.filter(
            Q(case__resident__in=resident_ids) | Q(case__resident__isnull=True, case__asker__in=resident_ids)
        ).values_list("pk", flat=True)
    )
    HomeVisit.objects.filter(request__in=requests).update(words="", signed_by="")
    Paper.objects.filter(request__in=requests).update(from_whom="")


register_forgetter(forget_requests)
