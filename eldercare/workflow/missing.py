"""What a step of an adaptation still waits for, as sentences with the page where each is put right: 还差 n 项.

Read by the table (workflow/adaptation.py), so these functions know rows by their relations alone.
"""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.flow import Part
from eldercare.workflow.missing_home import to_hand_in, to_review
from eldercare.workflow.missing_works import to_accept, to_close, to_report_done, to_send_back

__all__ = [
    "to_accept",
    "to_close",
    "to_decide",
    "to_end_notice",
    "to_grant_change",
    "to_hand_in",
    "to_order",
    "to_propose",
    "to_report_done",
    "to_review",
    "to_send_back",
    "to_start",
    "to_submit",
]
from community_portal.web.spoken import long_day


def _page(matter: Any, anchor: str) -> str:
    return f"{reverse('adaptation', args=[matter.case.number])}#{anchor}"


def to_submit(matter: Any) -> list[Part]:
    """The elder's will, the papers, how it stands with the house; a home is adapted once, and not before it is granted."""
    home = reverse("adaptation_home", args=[matter.case.number])
    told = (
        (matter.consent_at is None, _("本人还没说愿意"), _page(matter, "consent")),
        (not (matter.difficulties or matter.needs), _("没写家里哪里不方便"), home),
        (not matter.tenure, _("没写房子是谁的"), home),
        (matter.works_begun is True, _("已经开工了，批准前开工的不能申请"), home),
        (matter.was_adapted_before, _("这户已经改造过"), _page(matter, "home")),
    )
    parts = [Part(sentence, url) for is_missing, sentence, url in told if is_missing]
    papers = [paper for paper in matter.papers.all() if not paper.is_there]
    return parts + [
        Part(_("缺材料：%(paper)s") % {"paper": paper}, _page(matter, f"paper-{paper.pk}")) for paper in papers
    ]


def to_decide(matter: Any) -> list[Part]:
    """Whose hardship nobody has written down cannot be decided on."""
    if getattr(matter.resident, "elder", None) is not None:
        return []
    return [Part(_("老人的困难和残疾情况还没登记"), reverse("change_elder", args=[matter.resident_id]))]


def to_end_notice(matter: Any) -> list[Part]:
    """Its last day is over, and every objection is answered."""
    parts = []
    if matter.notice_until is None or clock.today() <= matter.notice_until:
        day = long_day(matter.notice_until) if matter.notice_until else "—"
        parts.append(Part(_("公示到 %(day)s 那天过完才满") % {"day": day}, _page(matter, "notice")))
    open_ones = matter.objections.filter(answered_at__isnull=True)
    return parts + [
        Part(_("异议还没答复：%(words)s") % {"words": one.words[:20]}, _page(matter, f"objection-{one.pk}"))
        for one in open_ones
    ]


def to_propose(matter: Any) -> list[Part]:
    plan = matter.plan
    if plan is not None and plan.lines.exists():
        return []
    return [Part(_("方案里还没有项目"), reverse("adaptation_plan", args=[matter.case.number]))]


def to_order(matter: Any) -> list[Part]:
    """The newest version is signed, and its money is set aside."""
    plan, sign = matter.plan, reverse("adaptation_sign", args=[matter.case.number])
    if plan is None or plan.signed_at is None:
        return [Part(_("方案还没有签字"), sign)]
    if matter.bound < plan.subsidy:
        return [Part(_("预算没有留住，请退回重做方案"), _page(matter, "money"))]
    return []


def to_start(matter: Any) -> list[Part]:
    return []


def to_grant_change(matter: Any) -> list[Part]:
    """The elder has signed the new version."""
    change = matter.changes.filter(decided_at__isnull=True).select_related("after").first()
    if change is None or change.after.signed_at is not None:
        return []
    return [Part(_("变更后的方案还没有签字"), reverse("adaptation_sign", args=[matter.case.number]))]
