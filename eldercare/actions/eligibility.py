"""Who may have a home adapted: facts of the register and of what was told, held against versioned rules; what came of it is
kept with the case for ever, by the versions that were asked."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.matters.actions.steps import take
from community_portal.matters.actions.visits import call_off_agreed_visit
from community_portal.people.models import Resident, User
from community_portal.people.register.queries import age_of
from community_portal.people.wording import read_text
from community_portal.refusals import Refusal
from community_portal.rules.actions import keep_results, snapshot
from community_portal.rules.evaluation import Result, evaluate, limit_of
from eldercare.actions.budget import set_free
from eldercare.models import Adaptation, Assessment, Exclusion, Hardship
from eldercare.workflow.adaptation import ADAPTATION
from eldercare.workflow.states import LIMITS

FRAILTY = "adaptation_frailty"  # one of these is enough
NOTICE_DAYS = 7


@dataclass(frozen=True)
class Decision:
    """What the rules say of one application: every one of ``results`` must hold; of ``frailty`` one is enough."""

    results: list[Result]
    frailty: list[Result]

    @property
    def forbidding(self) -> list[Result]:
        return [result for result in self.results if result.forbids]

    @property
    def to_explain(self) -> list[Result]:
        """Soft rules that do not hold, or of which nobody knows."""
        return [result for result in self.results if not result.passes and not result.forbids]

    @property
    def all(self) -> list[Result]:
        return [*self.results, *self.frailty]


def facts_of(adaptation: Adaptation, *, on: dt.date) -> dict[str, Any]:
    """What is known on that day; None for what nobody told."""
    elder = getattr(adaptation.resident, "elder", None)
    return {
        "hardship": elder.hardship if elder else None,
        "hardship_proof_valid": _is_proof_valid(elder, on) if elder else None,
        "age": age_of(adaptation.resident, on=on),
        "disability": elder.disability if elder else None,
        "level": level_of(adaptation.resident, on=on),
        "tenure": adaptation.tenure or None,
        "will_be_demolished": adaptation.will_be_demolished,
        "is_unsafe": adaptation.is_unsafe,
        "is_possible": adaptation.is_possible,
        "other_programme": adaptation.other_programme,
        "already_adapted": adaptation.was_adapted_before,
        "works_begun": adaptation.works_begun,
    }


def _is_proof_valid(elder: Any, on: dt.date) -> bool:
    if elder.hardship == Hardship.NONE:
        return False
    return elder.hardship_valid_until is None or elder.hardship_valid_until >= on


def level_of(resident: Resident, *, on: dt.date) -> str | None:
    """The level of the newest signed assessment that still holds."""
    signed = Assessment.objects.filter(resident=resident, signed_at__isnull=False)
    valid = signed.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on))
    return valid.order_by("-on", "-id").values_list("level_final", flat=True).first()


def decision_on(adaptation: Adaptation, *, on: dt.date) -> Decision:
    """Every rule in force there on that day, with what it says."""
    street = adaptation.community.street
    facts = facts_of(adaptation, on=on)
    frailty = evaluate(FRAILTY, street=street, on=on, facts=facts)
    facts["frail"] = _one_of(frailty)
    return Decision(evaluate(adaptation.programme.rules, street=street, on=on, facts=facts), frailty)


def _one_of(results: list[Result]) -> bool | None:
    """One that holds is enough; without one, a single unknown leaves it open."""
    if any(result.passes for result in results):
        return True
    return False if results and all(result.is_known for result in results) else None


@transaction.atomic
def find_eligible(
    adaptation: Adaptation, *, by: User, at: dt.datetime, seen: int | None = None, words: str = ""
) -> None:
    """The street finds that they may: what it was decided by is kept, the cap of the programme is theirs from now on, and the
    public notice begins. Raises Refusal ``hard_rule`` and, beside ``words``, ``no_reason``."""
    today = clock.local(at).date()
    decision, reason = decision_on(adaptation, on=today), read_text(words, field="words", longest=300)
    if not ADAPTATION.by_name["find_eligible"].missing_parts(adaptation):  # what is missing is said first
        _must_hold(decision, reason)
    take(
        adaptation,
        "find_eligible",
        by=by,
        at=at,
        seen=seen,
        words=words,
        changes={
            "snapshot": snapshot(decision.all),
            "eligible_at": at,
            "eligible_why": reason if decision.to_explain else "",
            "cap": adaptation.programme.cap,
            "notice_from": today,
            "notice_until": today + dt.timedelta(days=_notice_days(adaptation, on=today)),
        },
    )
    keep_results(decision.all, flow=adaptation.flow.name, matter_id=adaptation.pk, part="eligibility", by=by, at=at)


def _must_hold(decision: Decision, reason: str) -> None:
    if decision.forbidding:
        told = str(_("；")).join(_sentence(result) for result in decision.forbidding)
        raise Refusal(_("不能核定：%(told)s") % {"told": told}, code="hard_rule")
    if decision.to_explain and len(reason) < 2:
        told = str(_("；")).join(_sentence(result) for result in decision.to_explain)
        raise Refusal(_("要写明街道的书面理由：%(told)s") % {"told": told}, code="no_reason", field="words")


def _sentence(result: Result) -> str:
    if result.is_known:
        return str(_("“%(rule)s”不符合") % {"rule": result.rule})
    return str(_("“%(rule)s”还不知道") % {"rule": result.rule})


def _notice_days(adaptation: Adaptation, *, on: dt.date) -> int:
    """The day of posting is none of them."""
    return int(limit_of(LIMITS, "notice_days", street=adaptation.community.street, on=on, default=NOTICE_DAYS))


@transaction.atomic
def reject(
    adaptation: Adaptation, *, exclusion: str, by: User, at: dt.datetime, seen: int | None = None, words: str = ""
) -> None:
    """The street finds that they may not, and says why."""
    if exclusion not in Exclusion.values:
        raise Refusal(_("请选不符合的原因。"), code="no_exclusion", field="exclusion")
    why = read_text(words, field="words")[:300]
    on = clock.local(at).date()
    results = decision_on(adaptation, on=on).all
    changes: dict[str, Any] = {"exclusion": exclusion, "ended_why": why}
    if not adaptation.snapshot:
        changes["snapshot"] = snapshot(results)
    event = take(adaptation, "reject", by=by, at=at, seen=seen, words=words, changes=changes)
    set_free(adaptation)
    call_off_agreed_visit(adaptation, authority=event.authority, by=by, at=at, by_house=True)
