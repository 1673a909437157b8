"""The figures of home adaptations; "done" is what was accepted."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.dues.models import DueItem
from community_portal.matters.lists import rows_of
from community_portal.measure import Measure, Median, Now, Rate, Ratio, Rows, Stock, Yuan, register_figures
from eldercare.ability import Level
from eldercare.catalogue_words import CATEGORIES
from eldercare.models import AcceptanceLine, Adaptation, Assessment, CatalogueItem, Interview, WarrantyTicket

HOMES, TIMES = _("户"), _("次")
LIST = rows_of(Adaptation)
ACCEPTED = "{r}.accepted_at IS NOT NULL"
SETTLED = "{r}.settled_at IS NOT NULL"
TALKS = Rows(
    "eldercare/talk_rows.html",
    lambda rows: rows.select_related("adaptation__case", "adaptation__resident").order_by("-pk"),
)
VISITS = Rows("eldercare/visit_rows.html", lambda rows: rows.order_by("-pk"))
BOTH = "{r}.strain_before IS NOT NULL AND {r}.strain_after IS NOT NULL"
WELFARE = "{r}.kind = 'welfare_visit'"


def _rounds() -> dict[str, Any]:
    return {str(n): gettext("第 %(n)s 次通过") % {"n": n} for n in range(1, 10)}


def _kinds_of_items() -> dict[str, Any]:
    """Each category of the catalogues, the basic ones and the others apart."""
    words = {"basic": gettext("基础"), "optional": gettext("可选")}
    found = CatalogueItem.objects.order_by("category").values_list("category", flat=True).distinct()
    return {
        f"{category}:{which}": f"{CATEGORIES.get(category, category)} · {said}"
        for category in found
        for which, said in words.items()
    }


ITEMS = Rows(
    "eldercare/item_rows.html",
    lambda rows: rows.select_related("visit__adaptation__case", "line__item").order_by("-pk"),
)
applied = Measure(
    "adaptation_applied", _("申请改造"), HOMES, Adaptation, "submitted_at", (), LIST, "{r}.submitted_at IS NOT NULL"
)
eligible = Measure(
    "adaptation_eligible", _("符合改造条件"), HOMES, Adaptation, "eligible_at", (), LIST, "{r}.eligible_at IS NOT NULL"
)
accepted = Measure(
    "adaptations_accepted",
    _("改造验收"),
    HOMES,
    Adaptation,
    "accepted_at",
    ("round",),
    LIST,
    ACCEPTED,
    split="{r}.round::text",
    names=_rounds,
    good=1,
    hue="green",
)
first_pass = Measure(
    "adaptations_first_pass", _("一次通过"), HOMES, Adaptation, "accepted_at", ("round",), LIST, f"{ACCEPTED} AND {{r}}.round = 1"
)  # fmt: skip
# From the application to the acceptance, without what it waited for the family.
DAYS = "greatest(0, round((extract(epoch FROM {r}.accepted_at - {r}.submitted_at) - {r}.rested_seconds) / 86400))::int::text"
days = Measure(
    "adaptation_days", _("改造用了几天"), _("天"), Adaptation, "accepted_at", ("submitted_at", "rested_seconds"), LIST,
    "{r}.accepted_at IS NOT NULL AND {r}.submitted_at IS NOT NULL", split=DAYS,
)  # fmt: skip
subsidy = Measure(
    "adaptation_subsidy_fen", _("政府补贴"), _("分"), Adaptation, "settled_at", ("settled_sum",), LIST, SETTLED,
    "({r}.settled_sum * 100)::bigint",
)  # fmt: skip
self_pay = Measure(
    "adaptation_self_pay_fen", _("自家出"), _("分"), Adaptation, "settled_at", ("self_pay",), LIST, SETTLED,
    "({r}.self_pay * 100)::bigint",
)  # fmt: skip
scores = Measure(
    "adaptation_scores", _("评分合计"), _("分"), Interview, "at", ("score",), TALKS, "{r}.score IS NOT NULL", "{r}.score"
)  # fmt: skip
scored = Measure(
    "adaptation_scored", _("评过分的"), _("人次"), Interview, "at", ("score",), TALKS, "{r}.score IS NOT NULL"
)
strain = Measure(
    "carer_strain_sum", _("照护变轻合计"), _("分"), Interview, "at", ("strain_before", "strain_after"), TALKS, BOTH,
    "({r}.strain_after - {r}.strain_before)",
)  # fmt: skip
strained = Measure(
    "carer_strain_asked", _("说过累不累的"), _("人次"), Interview, "at", ("strain_before", "strain_after"), TALKS, BOTH
)
ASSESSED = Rows(
    "eldercare/assessed_rows.html", lambda rows: rows.select_related("resident", "community").order_by("-pk")
)
assessed = Measure(
    "assessments_signed", _("能力评估"), _("人次"), Assessment, "signed_at", ("level_final",), ASSESSED, "{r}.signed_at IS NOT NULL",
    split="{r}.level_final", names=lambda: dict(Level.choices),
)  # fmt: skip
TICKETS = rows_of(WarrantyTicket)
reported = Measure("warranty_reported", _("报修"), _("件"), WarrantyTicket, "opened_at", (), TICKETS)
ended = Measure(
    "warranty_ended", _("报修办结"), _("件"), WarrantyTicket, "closed_at", (), TICKETS, "{r}.closed_at IS NOT NULL"
)
visits_due = Measure("welfare_visits_due", _("该探访"), TIMES, DueItem, "due_on", ("kind", "waived_at"), VISITS,
                     f"{WELFARE} AND {{r}}.waived_at IS NULL", ahead=True)  # fmt: skip
visits_done = Measure("welfare_visits_done", _("已探访"), TIMES, DueItem, "done_on", ("kind",), VISITS,
                      f"{WELFARE} AND {{r}}.done_on IS NOT NULL", good=1)  # fmt: skip
visits_overdue = Now(
    "welfare_visits_overdue", _("过期没探访"), TIMES, hue="vermilion", good=-1, rows=VISITS,
    read=lambda places, at: DueItem.objects.overdue(on=clock.local(at).date()).filter(
        kind="welfare_visit", community_id__in=places
    ),
)  # fmt: skip

register_figures(
    applied,
    eligible,
    accepted,
    first_pass,
    Measure(
        "adaptation_items_accepted", _("验收项目"), _("件"), AcceptanceLine, "accepted_at", ("counted_as",), ITEMS,
        "{r}.accepted_at IS NOT NULL", split="{r}.counted_as", names=_kinds_of_items,
    ),
    Rate("adaptation_first_pass_rate", _("一次通过率"), part=first_pass, whole=accepted, good=1, hue="green"),
    Median("adaptation_days_median", _("改造周期"), _("天"), of=days, good=-1),
    Yuan("adaptation_subsidy", _("政府补贴"), of=subsidy),
    Yuan("adaptation_self_pay", _("自家出"), of=self_pay),
    Ratio("adaptation_satisfaction", _("满意度（5 分）"), _("分"), a=scores, b=scored, per=1, good=1),
    Ratio("carer_strain_change", _("照护累不累的变化"), _("分"), a=strain, b=strained, per=1, good=-1),
    assessed,
    visits_due,
    visits_done,
    visits_overdue,
    Stock("warranty_open", _("报修在办"), _("件"), entered=reported, left=ended, good=-1),
)  # fmt: skip
