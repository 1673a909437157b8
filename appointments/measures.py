"""The figures of help requests, in 件; "done" is what was resolved."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from appointments.models import Category, HelpRequest
from community_portal.matters.lists import rows_of
from community_portal.measure import Measure, register_measures

REQUESTS = _("件")
LIST = rows_of(HelpRequest)
CATEGORY = "(SELECT code FROM appointments_category WHERE id = {r}.category_id)"


def _categories() -> dict[str, Any]:
    return {category.code: category for category in Category.objects.all()}


register_measures(
    Measure(
        "requests_taken_in", _("受理求助"), REQUESTS, HelpRequest, "opened_at", ("category_id",), LIST,
        split=CATEGORY, names=_categories,
    ),
    Measure(
        "requests_resolved", _("办好"), REQUESTS, HelpRequest, "resolved_at", (), LIST,
        "{r}.resolved_at IS NOT NULL",
    ),
    Measure(
        "requests_on_time", _("按时办好"), REQUESTS, HelpRequest, "resolved_at", ("promised_at",), LIST,
        "{r}.resolved_at <= {r}.promised_at",
    ),
    Measure(
        "requests_rated", _("居民评价"), REQUESTS, HelpRequest, "resolved_at", ("satisfaction",), LIST,
        "{r}.satisfaction IS NOT NULL",
    ),
    Measure(
        "requests_satisfied", _("满意"), REQUESTS, HelpRequest, "resolved_at", ("satisfaction",), LIST,
        "{r}.satisfaction >= 4",
    ),
    Measure(
        "problems_solved", _("实际解决问题"), REQUESTS, HelpRequest, "resolved_at", ("outcome",), LIST,
        "{r}.outcome = 'solved'",
    ),
    Measure(
        "errands_on_behalf", _("帮办代办"), REQUESTS, HelpRequest, "opened_at", ("is_errand",), LIST,
        "{r}.is_errand",
    ),
)  # fmt: skip
