"""The figures of this portal. Requests (件), visits (人次), sessions (场) are never mixed; "done" is what was resolved."""

from django.utils.translation import gettext_lazy as _

from appointments.models import HelpRequest
from community_portal.bookings.models import Booking
from community_portal.dashboards.measure import Measure, register_measures

REQUESTS, VISITS, POINTS = _("件"), _("人次"), _("分")
CATEGORY = "(SELECT code FROM appointments_category WHERE id = {r}.category_id)"
KIND = "(SELECT kind FROM bookings_session WHERE id = {r}.session_id)"

register_measures(
    Measure(
        "requests_taken_in", _("受理求助"), REQUESTS, HelpRequest, "opened_at", ("category_id",),
        split=CATEGORY,
    ),
    Measure(
        "requests_resolved", _("办好"), REQUESTS, HelpRequest, "resolved_at", (),
        "{r}.resolved_at IS NOT NULL",
    ),
    Measure(
        "requests_on_time", _("按时办好"), REQUESTS, HelpRequest, "resolved_at", ("promised_at",),
        "{r}.resolved_at <= {r}.promised_at",
    ),
    Measure(
        "requests_rated", _("居民评价"), REQUESTS, HelpRequest, "resolved_at", ("satisfaction",),
        "{r}.satisfaction IS NOT NULL",
    ),
    Measure(
        "requests_satisfied", _("满意"), REQUESTS, HelpRequest, "resolved_at", ("satisfaction",),
        "{r}.satisfaction >= 4",
    ),
    Measure(
        "problems_solved", _("实际解决问题"), REQUESTS, HelpRequest, "resolved_at", ("outcome",),
        "{r}.outcome = 'solved'",
    ),
    Measure(
        "errands_on_behalf", _("帮办代办"), REQUESTS, HelpRequest, "opened_at", ("is_errand",),
        "{r}.is_errand",
    ),
    Measure(
        "visits", _("到访"), VISITS, Booking, "starts_at", ("state", "party_size"),
        "{r}.state IN ('arrived', 'served')", "{r}.party_size", KIND, rows="bookings",
    ),
    Measure(
        "no_shows", _("爽约"), VISITS, Booking, "starts_at", ("state", "party_size"),
        "{r}.state = 'no_show'", "{r}.party_size", rows="bookings",
    ),
)  # fmt: skip
