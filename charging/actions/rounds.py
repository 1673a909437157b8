"""Rounds: planned with a target and money, running one at a time, closed."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from charging.models import Round, RoundState
from charging.workflow.roles import CHARGE, STREET
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.places.models import Community
from community_portal.refusals import Changed, NotAllowed, Refusal

MOST_PORTS = 20_000


def _may_plan(community: Community, by: User | None) -> None:
    if by is not None and not by.is_superuser and not by.has_role_at(community.pk, *CHARGE, *STREET):
        raise NotAllowed(_("批次由社区的充电专员或者街道来定。"))


@transaction.atomic
def plan_round(
    *,
    community: Community,
    number: int | None,
    target_ports: int | None,
    opens_on: dt.date | None,
    by: User | None,
    at: dt.datetime,
    **told: Any,
) -> Round:
    """Raises Refusal beside ``number``, ``target_ports``, ``opens_on``, ``closes_on`` or ``budget``."""
    _may_plan(community, by)
    asked: dict[str, Any] = {"number": number, "target_ports": target_ports, "opens_on": opens_on}
    made = Round(community=community, made_by=by, made_at=at, **asked)
    _tell(made, **told)
    if not number or number < 1:
        raise Refusal(_("请写第几批。"), code="no_number", field="number")
    Community.objects.select_for_update(no_key=True).get(pk=community.pk)
    if Round.objects.filter(community=community, number=number).exists():
        raise Refusal(_("第 %(n)s 批已经有了。") % {"n": number}, code="round_exists", field="number")
    _must_hold(made)
    made.save(force_insert=True)
    return made


def _tell(
    round: Round,
    *,
    budget: Decimal | None = None,
    source: str = "",
    decision: str = "",
    closes_on: dt.date | None = None,
) -> None:
    round.budget, round.closes_on = budget or Decimal(), closes_on
    round.source = read_text(source, field="source", longest=120)
    round.decision = read_text(decision, field="decision", longest=300)


def _must_hold(round: Round) -> None:
    if round.target_ports and round.target_ports > MOST_PORTS:
        raise Refusal(_("目标最多 %(n)s 个。") % {"n": MOST_PORTS}, code="target_too_large", field="target_ports")
    if not round.target_ports or round.target_ports < 1:
        raise Refusal(_("目标至少 1 个。"), code="no_target", field="target_ports")
    if round.opens_on is None:
        raise Refusal(_("请写从哪天起。"), code="no_day", field="opens_on")
    if round.closes_on is not None and round.closes_on < round.opens_on:
        raise Refusal(_("结束不能早于开始。"), code="bad_days", field="closes_on")
    if round.budget < 0:
        raise Refusal(_("预算不能是负的。"), code="bad_budget", field="budget")


@transaction.atomic
def change_round(
    round: Round, *, target_ports: int | None, opens_on: dt.date | None, by: User, at: dt.datetime, **told: Any
) -> None:
    """Never below what was ordered already. Raises Refusal beside the field, Changed when it is closed."""
    _may_plan(round.community, by)
    known = Round.objects.select_for_update().get(pk=round.pk)
    if known.state == RoundState.CLOSED:
        raise Changed(_("这一批已经结束了。"))
    round.target_ports, round.opens_on = target_ports, opens_on  # type: ignore[assignment]
    _tell(round, **told)
    _must_hold(round)
    if round.target_ports < known.ordered_ports:
        said = _("已经派出去 %(n)s 个，目标不能比这少。") % {"n": known.ordered_ports}
        raise Refusal(said, code="below_ordered", field="target_ports")
    if round.budget and round.budget < known.spent:
        said = _("已经用了 %(sum)s 元，预算不能比这少。") % {"sum": known.spent}
        raise Refusal(said, code="below_spent", field="budget")
    round.save(update_fields=["target_ports", "opens_on", "budget", "source", "decision", "closes_on"])


@transaction.atomic
def start_round(round: Round, *, by: User | None, at: dt.datetime) -> None:
    """One runs at a time in a community. Raises Refusal, Changed when it is not only planned."""
    _may_plan(round.community, by)
    try:
        with transaction.atomic():
            if not Round.objects.filter(pk=round.pk, state=RoundState.PLANNED).update(state=RoundState.RUNNING):
                raise Changed(_("情况有变：这一批刚刚有人动过。"))
    except IntegrityError as error:
        raise Refusal(_("本社区还有一批在进行，先结束那一批。"), code="one_runs", status=409) from error
    round.state = RoundState.RUNNING


@transaction.atomic
def close_round(round: Round, *, by: User | None, at: dt.datetime) -> None:
    _may_plan(round.community, by)
    if not Round.objects.filter(pk=round.pk, state=RoundState.RUNNING).update(state=RoundState.CLOSED):
        raise Changed(_("情况有变：这一批刚刚有人动过。"))
    round.state = RoundState.CLOSED
