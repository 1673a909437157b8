"""What looking at a home and assessing still wait for (workflow/missing.py)."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from community_portal import clock
from community_portal.casework.flow import Part
from eldercare.ability import ITEMS


def to_review(matter: Any) -> list[Part]:
    """A home that was looked at, with what is in the way there."""
    url = reverse("survey", args=[matter.case.number])
    surveys = list(matter.case.home_surveys.prefetch_related("findings"))
    if not any(survey.rooms for survey in surveys):
        return [Part(_("还没有记看了哪些房间"), url)]
    if not any(survey.findings.all() for survey in surveys):
        return [Part(_("还没有记下一处问题"), url)]
    return []


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
