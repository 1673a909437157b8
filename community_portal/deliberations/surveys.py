"""What came of a survey: each choice as a part of all households, and as a part of those who answered."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.core import signing

from community_portal.deliberations.models import Channel, Survey
from community_portal.measure.arithmetic import per_cent

SEAL = signing.Signer(salt="deliberations.survey")


def token_of(survey: Survey) -> str:
    """What stands in the link for residents: known to whoever was told it, and not to be guessed from another."""
    return SEAL.sign(str(survey.pk))


def survey_behind(token: str) -> Survey | None:
    try:
        pk = int(SEAL.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    return Survey.objects.select_related("case", "community__street").filter(pk=pk).first()


@dataclass(frozen=True)
class Chosen:
    """One choice of a question. A rate of nothing is none, and not nought."""

    text: str
    count: int
    of_base: float | None
    of_answered: float | None


@dataclass(frozen=True)
class Result:
    """How many answered, of how many, and what. How they came is told apart: whoever answers online may be anybody."""

    answered: int
    base: int
    rate: float | None
    channels: list[tuple[Any, int]]
    questions: list[tuple[str, list[Chosen]]]


def result_of(survey: Survey) -> Result:
    """Both rates of every choice."""
    told = list(survey.answers.values_list("answers", "channel"))
    answers, came = [answer for answer, _channel in told], Counter(channel for _answer, channel in told)
    base, answered = survey.base_count, len(answers)
    channels = [(one.label, came[one]) for one in Channel if came[one]]
    questions = [_of(question, answers, base) for question in survey.questions]
    return Result(answered, base, per_cent(answered, base), channels, questions)


def _of(question: dict[str, Any], answers: list[dict[str, str]], base: int) -> tuple[str, list[Chosen]]:
    counted = Counter(answer[question["code"]] for answer in answers)
    chosen = [
        Chosen(text, counted[text], per_cent(counted[text], base), per_cent(counted[text], len(answers)))
        for text in question["choices"]
    ]
    return question["text"], chosen
