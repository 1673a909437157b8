"""The times agreed for home verifications: which they are, and what a request makes of news of them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from appointments.models import HelpRequest
from appointments.workflow import BEFORE_VERIFIED, HELP
from community_portal.bookings.agreements import Purpose, register_agreements
from community_portal.bookings.models import Booking, CancelReason
from community_portal.casework.actions import in_source_words, write_event
from community_portal.casework.models import Case
from community_portal.people.models import User
from community_portal.people.reach import whole_communities


@dataclass(frozen=True)
class VisitOfRequest:
    """A request and a time that was agreed for it."""

    request: HelpRequest
    booking: Booking

    def still_waits(self) -> bool:
        """Nobody was there yet, and the officer who was to come still has it in hand."""
        return self.request.state in BEFORE_VERIFIED and self.request.handler_id == self.booking.session.host_id

    def write(self, kind: str, *, authority: str, by: User | None, at: dt.datetime, reason: str = "") -> None:
        write_event(
            self.request.case,
            kind,
            by=by,
            at=at,
            authority=authority,
            words=in_source_words(CancelReason(reason).label) if reason else "",
            detail={"agreed": {"at": self.booking.starts_at.isoformat()}},
            is_public=True,
            on_behalf_of=self.booking.resident if authority.startswith("delegation:") else None,
            flow=HELP.name,
            matter_id=self.request.pk,
        )


class HomeVerifications:
    def reads_all(self, user: User) -> bool:
        return user.community_ids <= whole_communities(user, HELP.read_by)

    def read_by(self, user: User) -> Any:
        requests = HelpRequest.objects.visible_to(user).filter(planned_visit__isnull=False)
        return requests.order_by().values("planned_visit")

    def purposes(self, bookings: list[int]) -> dict[int, Purpose]:
        requests = HelpRequest.objects.filter(planned_visit__in=bookings).select_related("case", "grid__community")
        return {
            request.planned_visit_id: Purpose(
                request.case.number,
                reverse(HELP.url_name, args=[request.case.number]),
                request.grid,
                reverse("my_request", args=[request.case.number]),
                request.case.title,
            )
            for request in requests
            if request.planned_visit_id
        }

    def of_matters_of(self, user: User) -> Iterable[int]:
        agreed = HelpRequest.objects.filter(case__in=Case.objects.concerning(user), planned_visit__isnull=False)
        return agreed.values_list("planned_visit", flat=True)

    def lock(self, booking: Booking) -> VisitOfRequest | None:
        requests = HelpRequest.objects.select_for_update(of=("self",)).select_related("case")
        request = requests.filter(planned_visit=booking).first()
        return VisitOfRequest(request, booking) if request else None


register_agreements(HomeVerifications())
