"""The figures of help requests, in 件; "done" is what was resolved."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from appointments.models import Category, HelpRequest
from community_portal.matters.lists import rows_of
from community_portal.measure import Measure, Rate, register_figures

REQUESTS = _("件")
LIST = rows_of(HelpRequest)
CATEGORY = "(SELECT code FROM appointments_category WHERE id = {r}.category_id)"


def _categories() -> dict[str, Any]:
    return {category.code: category for category in Category.objects.all()}


received = Measure(
    "help_requests_received", _("受理求助"), REQUESTS, HelpRequest, "opened_at", ("category_id",), LIST,
    split=CATEGORY, names=_categories, formerly=("requests_taken_in",),
)  # fmt: skip
resolved = Measure(
    "help_requests_resolved", _("办好"), REQUESTS, HelpRequest, "resolved_at", (), LIST,
    "{r}.resolved_at IS NOT NULL", formerly=("requests_resolved",), good=1,
)  # fmt: skip
on_time = Measure(
    "help_requests_on_time", _("按时办好"), REQUESTS, HelpRequest, "resolved_at", ("promised_at",), LIST,
    "{r}.resolved_at <= {r}.promised_at", formerly=("requests_on_time",), good=1,
)  # fmt: skip
rated = Measure(
    "help_requests_rated", _("居民评价"), REQUESTS, HelpRequest, "resolved_at", ("satisfaction",), LIST,
    "{r}.satisfaction IS NOT NULL", formerly=("requests_rated",),
)  # fmt: skip
satisfied = Measure(
    "help_requests_satisfied", _("满意"), REQUESTS, HelpRequest, "resolved_at", ("satisfaction",), LIST,
    "{r}.satisfaction >= 4", formerly=("requests_satisfied",), good=1,
)  # fmt: skip

register_figures(
    received,
    resolved,
    on_time,
    rated,
    satisfied,
    Measure(
        "help_requests_solved", _("实际解决问题"), REQUESTS, HelpRequest, "resolved_at", ("outcome",), LIST,
        "{r}.outcome = 'solved'", formerly=("problems_solved",), good=1,
    ),
    Measure(
        "errands_on_behalf", _("帮办代办"), REQUESTS, HelpRequest, "opened_at", ("is_errand",), LIST,
        "{r}.is_errand",
    ),
    Rate(
        "help_requests_on_time_rate", _("按时办结率"), part=on_time, whole=resolved, good=1, formerly=("on_time_rate",),
    ),
    Rate(
        "satisfaction_rate", _("满意率"), part=satisfied, whole=rated, good=1, hue="green", formerly=("satisfaction",),
    ),
)  # fmt: skip
