"""The figures of home adaptations, in households: applied for, found eligible."""

from django.utils.translation import gettext_lazy as _

from community_portal.matters.lists import rows_of
from community_portal.measure import Measure, Median, register_figures
from eldercare.models import Adaptation

HOMES = _("户")
LIST = rows_of(Adaptation)

# From the application to the acceptance, without what it waited for the family.
DAYS = "greatest(0, round((extract(epoch FROM {r}.accepted_at - {r}.submitted_at) - {r}.rested_seconds) / 86400))::int::text"

took = Measure(
    "adaptation_days", _("改造用了几天"), _("天"), Adaptation, "accepted_at", ("submitted_at", "rested_seconds"), LIST,
    "{r}.accepted_at IS NOT NULL AND {r}.submitted_at IS NOT NULL", split=DAYS,
)  # fmt: skip

register_figures(
    Measure(
        "adaptation_applied", _("申请改造"), HOMES, Adaptation, "submitted_at", (), LIST,
        "{r}.submitted_at IS NOT NULL",
    ),
    Measure(
        "adaptation_eligible", _("符合改造条件"), HOMES, Adaptation, "eligible_at", (), LIST,
        "{r}.eligible_at IS NOT NULL", good=1,
    ),
    took,
    Median("adaptation_days_median", _("改造周期"), _("天"), of=took, good=-1),
)  # fmt: skip
