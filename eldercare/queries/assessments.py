"""Where an assessment stands: what is answered, what level follows and why, what is signed."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from eldercare.ability import (
    BANDS,
    ITEMS,
    Cause,
    Dimension,
    Facts,
    Item,
    Level,
    Score,
    causes_for,
    counted_risks,
    is_disorder_code,
    missing_answers,
    score_of,
    worse_by,
)
from eldercare.models import SIGNERS, Adaptation, Assessment


@dataclass(frozen=True)
class Standing:
    """An assessment as its answers and facts have it now; ``score`` None until all 26 are answered."""

    answers: dict[str, int]
    notes: dict[str, str]
    missing: list[Item]
    facts: Facts
    causes: list[Cause]
    score: Score | None

    @property
    def total(self) -> int:
        return sum(self.answers.values())

    @property
    def answered(self) -> int:
        return len(self.answers)

    def level_by(self, cause: str) -> Level | None:
        """The final level with that cause chosen."""
        return worse_by(self.score.level, Cause(cause) if cause else None) if self.score else None


def standing_of(assessment: Assessment) -> Standing:
    """Two queries."""
    rows = list(assessment.answers.all())
    answers = {row.item: row.score for row in rows}
    facts = facts_of(assessment)
    missing = missing_answers(answers)
    return Standing(
        answers=answers,
        notes={row.item: row.note for row in rows if row.note},
        missing=missing,
        facts=facts,
        causes=causes_for(answers, facts),
        score=None if missing else score_of(answers),
    )


def facts_of(assessment: Assessment) -> Facts:
    return Facts(
        is_in_coma=assessment.is_in_coma,
        has_diagnosis=assessment.is_by_psychiatrist and any(map(is_disorder_code, assessment.icd_codes)),
        risk_days=tuple(risk.on for risk in assessment.risks.all()),
        on=assessment.on,
    )


@dataclass(frozen=True)
class Dot:
    """One of the 26 dots of progress."""

    item: Item
    score: int | None
    number: int

    @property
    def is_done(self) -> bool:
        return self.score is not None


def dots_of(standing: Standing) -> list[tuple[Any, list[Dot]]]:
    """By dimension, in the order of the standard."""
    dots = [Dot(item, standing.answers.get(item.code), n) for n, item in enumerate(ITEMS, start=1)]
    return [(dimension, [dot for dot in dots if dot.item.dimension == dimension]) for dimension in Dimension]


@dataclass(frozen=True)
class RuleSaid:
    """What one rule of a change of level says of this elder: the rule, whether it holds, and by which facts."""

    cause: Cause
    rule: str | Promise
    holds: bool
    facts: str


def _coma_said(*, in_coma: bool, asleep: bool) -> str:
    if in_coma:
        return _("昏迷，意识水平 0 分") if asleep else _("昏迷，意识水平不是 0 分")
    return _("没有昏迷，意识水平 0 分") if asleep else _("没有昏迷，意识水平不是 0 分")


def rules_said(standing: Standing) -> list[RuleSaid]:
    """Every rule that may make a level worse, whether it holds or not: nobody has to guess why a level is what it is."""
    facts, held = standing.facts, standing.causes
    count = counted_risks(facts.risk_days, on=facts.on) if facts.on else 0
    said = {
        Cause.COMA: (
            _("昏迷的，直接是完全失能。“意识水平”要是 0 分。"),
            _coma_said(in_coma=facts.is_in_coma, asleep=standing.answers.get("consciousness") == 0),
        ),
        Cause.DIAGNOSIS: (
            _("精神科医生确诊的认知或精神疾病（F00–F99），重一级。"),
            _("有确诊") if facts.has_diagnosis else _("没有这样的确诊"),
        ),
        Cause.RISKS: (
            _("近 30 天跌倒、走失、噎食、自杀自伤两次以上，重一级。"),
            _("近 30 天 %(n)s 次") % {"n": count},
        ),
    }
    return [RuleSaid(cause, rule, cause in held, words) for cause, (rule, words) in said.items()]


def bands_said() -> list[tuple[str, Level]]:
    """``(points, level)`` from the best: 90, 66–89, 46–65, 30–45, 0–29."""
    tops = [90, *(least - 1 for least, _level in BANDS)]
    return [
        (str(least) if least == top else f"{least}–{top}", level)
        for (least, level), top in zip(BANDS, tops, strict=False)
    ]


def content_of(assessment: Assessment, standing: Standing, *, cause: str = "", why: str = "") -> dict[str, Any]:
    """What the three sign: every answer, every fact, both levels and why."""
    score = standing.score
    return {
        "standard": assessment.standard_version,
        "elder": assessment.resident.name,
        "on": assessment.on,
        "place": assessment.place,
        "informant": assessment.informant,
        "answers": standing.answers,
        "notes": standing.notes,
        "facts": {
            "coma": assessment.is_in_coma,
            "icd": assessment.icd_codes,
            "diagnosed_on": assessment.diagnosed_on,
            "diagnosed_at": assessment.diagnosed_at,
            "by_psychiatrist": assessment.is_by_psychiatrist,
            "risks": [[risk.kind, risk.on] for risk in assessment.risks.all()],
        },
        "total": standing.total,
        "of_dimensions": score.of_dimensions if score else {},
        "level_initial": score.level.value if score else "",
        "level_final": (standing.level_by(cause) or "") if score else "",
        "cause": cause,
        "why": why,
    }


def adaptation_of(assessment: Assessment) -> Adaptation | None:
    """The adaptation whose case it belongs to."""
    return Adaptation.objects.select_related("community", "contractor").filter(case=assessment.case_id).first()


def signers_of(assessment: Assessment) -> dict[str, str]:
    """Who signs, by part."""
    names = (assessment.assessor_1, assessment.assessor_2 or "", assessment.informant)
    return dict(zip(SIGNERS, map(str, names), strict=True))
