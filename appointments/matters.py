"""Help requests among all kinds of matters: a resident's lists, the look-up by number, the hand-over."""

from appointments.models import HelpRequest
from appointments.requests.actions.hand_over import hand_over_request
from appointments.requests.queries import agreed_visit, read_requests
from appointments.workflow import HELP
from community_portal.bookings.queries import agreed_words
from community_portal.casework.matters import Kind, register_matters
from community_portal.people.models import COMMUNITY_STAFF


def _agreed_time(request: HelpRequest) -> str:
    return agreed_words(request.planned_visit)


register_matters(
    Kind(
        flow=HELP,
        read=read_requests,
        my_url="my_request",
        hands=COMMUNITY_STAFF,
        hand_over=hand_over_request,
        plain=_agreed_time,
        agreed=lambda request, at: agreed_visit(request, at=at),
    )
)
