"""The activity of a page, and whom the desk chose for it."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from community_portal.bookings.models import Session, SessionKind
from community_portal.people.models import Resident, Role
from community_portal.people.reach import reader_of
from community_portal.refusals import Refusal
from community_portal.web.access import StaffRequest
from community_portal.web.paging import is_row_number

HOSTS = (Role.RECEPTIONIST, Role.MANAGER, Role.STREET_OFFICER)


def find_activity(request: StaffRequest, pk: int) -> Session:
    rows = Session.objects.visible_to(reader_of(request)).filter(kind=SessionKind.ACTIVITY)
    return get_object_or_404(rows.select_related("room", "community", "service"), pk=pk)


def chosen_resident(request: StaffRequest) -> Resident:
    key = request.POST.get("resident", "")
    rows = Resident.objects.visible_to(reader_of(request)).current().filter(pk=int(key) if is_row_number(key) else None)
    if resident := rows.first():
        return resident
    raise Refusal(_("请先找到居民。"), code="no_resident")
