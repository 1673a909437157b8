"""What a step of an adaptation still waits for, as sentences with the page where each is put right: 还差 n 项.

Read by the table (workflow/adaptation.py), so these functions know rows by their relations alone.
"""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.flow import Part
from community_portal.web.spoken import long_day
from eldercare.ability import ITEMS
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


def to_review(matter: Any) -> list[Part]:
    """A home that was looked at, with what is in the way there."""
    url = reverse("survey", args=[matter.case.number])
    surveys = list(matter.case.home_surveys.prefetch_related("findings"))
    if not any(survey.rooms for survey in surveys):
        return [Part(_("还没有记看了哪些房间"), url)]
    if not any(survey.findings.all() for survey in surveys):
        return [Part(_("还没有记下一处问题"), url)]
    return []


def to_decide(matter: Any) -> list[Part]:
    """Whose hardship nobody has written down cannot be decided on."""
    if getattr(matter.resident, "elder", None) is not None:
        return []
    return [Part(_("老人的困难和残疾情况还没登记"), _page(matter, "rules"))]


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


def to_hand_in(matter: Any) -> list[Part]:
    """A signed assessment that is still valid, and the rooms of the home."""
    missing = _of_the_assessment(matter)
    if not any(matter.case.home_surveys.values_list("rooms", flat=True)):
        missing.append(Part(_("还没有记看了哪些房间"), reverse("survey", args=[matter.case.number])))
    return missing


def _of_the_assessment(matter: Any) -> list[Part]:
    rows = matter.resident.assessments
    if rows.filter(signed_at__isnull=False, valid_until__gte=clock.today()).exists():
        return []
    draft = rows.filter(signed_at__isnull=True).first()
    if draft is None:
        return [Part(_("还没有做能力评估"), reverse("assess_for", args=[matter.case.number]))]
    return _of_the_draft(draft)


def _of_the_draft(draft: Any) -> list[Part]:
    url, end = reverse("assess", args=[draft.pk]), reverse("assess_end", args=[draft.pk])
    left = len(ITEMS) - draft.answers.count()
    missing = [Part(_("能力评估还有 %(n)s 题没答") % {"n": left}, url)] if left else []
    if draft.assessor_2_id is None:
        missing.append(Part(_("能力评估还缺第二位评估员"), end))
    return [*missing, Part(_("能力评估还没有签字"), end)]


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
