"""The pages of an adaptation; whoever only builds it is led to the contractor's own page, which shows nothing of health."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from community_portal.matters.pages import MatterPages
from community_portal.people.models import Role
from community_portal.web.access import StaffRequest
from eldercare.models import Adaptation


class AdaptationPages(MatterPages):
    def page(self, request: StaffRequest, matter: Any, *, status: int = 200, **more: Any) -> HttpResponse:
        if only_builds(request.user, matter):
            return HttpResponseRedirect(reverse("work", args=[matter.case.number]))
        return super().page(request, matter, status=status, **more)


def only_builds(user: Any, adaptation: Adaptation) -> bool:
    """Given to them as contractor, and they read it in no other way."""
    given = adaptation.roles_given(user)
    reads = user.is_superuser or user.has_role_at(adaptation.community_id, *adaptation.flow.read_by)
    return Role.CONTRACTOR in given and not reads and Role.ASSESSOR not in given
