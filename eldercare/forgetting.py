"""What the register, assessments and surveys tell of a person goes when they are forgotten; that they were assessed and visited, and
with what result, stays for the figures."""

from functools import partial

import pgtrigger
from django.db import transaction

from community_portal.people.register.retention import NOBODY, register_forgetter
from eldercare.models import (
    AcceptanceLine,
    Assessment,
    AssessmentAnswer,
    ElderProfile,
    FamilyContact,
    HomeSurvey,
    Interview,
    RiskEvent,
    SurveyFinding,
)
from eldercare.models import WelfareVisit as Visit

_NOTHING = {
    "hardship_file": "",
    "hardship_proof": NOBODY,  # that something was proved has to stay where there is hardship
    "disability_certificate": "",
    "general_practitioner": "",
    "allergies": [],
    "tier_why": NOBODY,
}


def forget_elders(resident_ids: list[int]) -> None:
    elders = ElderProfile.objects.filter(resident__in=resident_ids)
    FamilyContact.objects.filter(elder__in=elders).delete()
    Visit.objects.filter(elder__in=elders).update(words="")
    for elder in elders.exclude(hardship_file=""):
        transaction.on_commit(partial(elder.hardship_file.storage.delete, elder.proof_name))
    elders.update(**_NOTHING)
    with pgtrigger.ignore(
        "eldercare.Assessment:signed_assessment_stays", "eldercare.AssessmentAnswer:answer_of_signed_stays"
    ):
        rows = Assessment.objects.filter(resident__in=resident_ids)
        AssessmentAnswer.objects.filter(assessment__in=rows).update(note="")
        rows.update(informant=NOBODY, place="", icd_codes=[], diagnosed_at="", diagnosed_on=None)
        rows.exclude(change_code="").update(change_why=NOBODY)
    RiskEvent.objects.filter(assessment__resident__in=resident_ids).update(words="")
    SurveyFinding.objects.filter(survey__resident__in=resident_ids).update(words="")
    HomeSurvey.objects.filter(resident__in=resident_ids).update(words="")


register_forgetter(forget_elders)


def forget_words_of_homes(resident_ids: list[int]) -> None:
    """What was said at an acceptance and afterwards, and by whom; that somebody was asked, and with what score, stays."""
    said = Interview.objects.filter(adaptation__resident__in=resident_ids)
    said.update(name=NOBODY, words="", may_be_quoted=False)
    said.exclude(why_not="").update(why_not=NOBODY)
    AcceptanceLine.objects.filter(visit__adaptation__resident__in=resident_ids).update(words="")


register_forgetter(forget_words_of_homes)
