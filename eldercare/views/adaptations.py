"""A home adaptation on the pages of staff, third parties and residents."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from community_portal import clock
from community_portal.matters.pages import MatterPages
from community_portal.people.actions import note_view
from community_portal.people.models import STAFF, Look, Role
from community_portal.people.once import once
from community_portal.web.access import SignedInRequest, StaffRequest, for_staff
from eldercare.forms.noticing import ObjectionForm
from eldercare.models import Adaptation
from eldercare.queries.deciding import rules_shown
from eldercare.queries.plans import plan_to_sign, shown_plan, threads_of
from eldercare.queries.signers import relation_of
from eldercare.queries.warranty import may_report, products_of
from eldercare.views.works import only_builds
from eldercare.workflow.states import READERS, State

# Reception sees that there is an application and where it stands.
DECIDE_OR_VISIT = READERS - {Role.RECEPTIONIST}
ON_PAPER = "objection"
NOT_SENT: dict[str, Any] = {"paper_form": None, "open_paper": None, "answer_form": None, "open_objection": None}


def _panels(adaptation: Adaptation) -> dict[str, Any]:
    plan = adaptation.signed_plan or adaptation.plan
    return {
        "plan": plan,
        "threads": threads_of(plan),
        "to_sign": plan_to_sign(adaptation),
        "papers": list(adaptation.papers.select_related("attachment", "seen_by")),
        "objections": list(adaptation.objections.select_related("answered_by")),
        "products": list(products_of(adaptation)) if may_report(adaptation) else [],
        "change": adaptation.changes.filter(decided_at=None).select_related("after", "asked_by").first(),
    }


class AdaptationPages(MatterPages):
    """A builder sees address and lines, and nothing of health or hardship; who sees more is in the look log."""

    def page(self, request: StaffRequest, matter: Any, *, status: int = 200, **more: Any) -> HttpResponse:
        if only_builds(request.user, matter):
            return HttpResponseRedirect(reverse("work", args=[matter.case.number]))
        forms = NOT_SENT | {"objection_form": ObjectionForm(prefix=ON_PAPER)} | more
        return super().page(request, matter, status=status, **_for_reader(matter, request.user), **forms)

    def my_page(
        self, request: SignedInRequest, matter: Any, *, status: int = 200, failed: Any = None, **more: Any
    ) -> HttpResponse:
        plan = plan_to_sign(matter) or matter.signed_plan
        theirs = {
            "shown": shown_plan(plan) if plan else None,
            "waits_for_name": matter.state in (State.CONFIRMING, State.CHANGING) and plan and plan.signed_at is None,
            "may_report": may_report(matter),
            "may_sign": bool(relation_of(matter, request.user)),
        }
        return super().my_page(request, matter, status=status, failed=failed, **theirs, **more)


def _for_reader(adaptation: Adaptation, user: Any) -> dict[str, Any]:
    """What staff of the place read besides; hardship and health only who visits or decides there, and it is kept that they did."""
    is_staff = user.has_role_at(adaptation.community_id, *READERS)
    sees_hardship = user.has_role_at(adaptation.community_id, *DECIDE_OR_VISIT)
    rules: list[Any] = []
    if sees_hardship:
        rules = rules_shown(adaptation, on=clock.today())
        what = {"by": user, "resident": adaptation.resident, "why": adaptation.case.number, "at": clock.now()}
        note_view(what=Look.HARDSHIP, **what)
    return {"is_staff": is_staff, "sees_hardship": sees_hardship, "rules": rules}


THIRD_PARTIES = (Role.ASSESSOR, Role.CONTRACTOR)
PAGES = AdaptationPages(
    Adaptation,
    "eldercare/adaptation.html",
    _panels,
    my_template="eldercare/my_adaptation.html",
    third_parties=THIRD_PARTIES,
)


@for_staff(*STAFF, *THIRD_PARTIES)
@once
def pass_acceptance(request: StaffRequest, number: str) -> HttpResponse:
    """The step "accept" stands below the page of the acceptance, which has its address."""
    return PAGES.step(request, number, "accept")
