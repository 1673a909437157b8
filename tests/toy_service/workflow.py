"""asked → every item decided: checked → made by a workshop → brought at an agreed time → closed."""

from typing import Any

from django.db.models import TextChoices
from django.urls import reverse

from community_portal.casework.deadlines import Limit
from community_portal.casework.flow import Flow, Part, StateSpec, Step, register_flow
from community_portal.matters.steps import standard


class State(TextChoices):
    ASKED = "asked", "已申请"
    CHECKED = "checked", "已核对"
    ORDERED = "ordered", "改装中"
    READY = "ready", "待送上门"
    CLOSED = "closed", "已送到"


DESK = frozenset({"receptionist", "manager"})
FIELD = DESK | {"grid_officer"}


def undecided(loan: Any) -> list[Part]:
    page = reverse("loan", args=[loan.case.number])
    return [Part(f"{item.name}还没决定", f"{page}#item-{item.pk}") for item in loan.items.filter(is_needed=None)]


STATES: dict[str, StateSpec] = {
    State.ASKED: StateSpec(State.ASKED.label, plain="已收到，正在核对", todo="核对清单", limit=Limit(2, "days")),
    State.CHECKED: StateSpec(
        State.CHECKED.label, plain="在找工坊", owner="receptionist", todo="交工坊", limit=Limit(1, "days"), milestone=1
    ),
    State.ORDERED: StateSpec(
        State.ORDERED.label, plain="工坊在改装", owner="contractor", todo="改装", limit=Limit(5, "days"), milestone=2
    ),
    State.READY: StateSpec(
        State.READY.label, plain="做好了，约时间送来", todo="送上门", limit=Limit(3, "days"), milestone=3
    ),
    State.CLOSED: StateSpec(State.CLOSED.label, plain="已送到", tone="ok", milestone=4, is_end=True),
}


def step(name: str, label: str, source: str, target: str, roles: frozenset[str], **more: Any) -> Step:
    told = {"past": f"{label}了", "done": "已记下。", "tone": "primary"} | more
    return Step(name, label, sources=frozenset({source}), target=target, roles=roles, **told)  # type: ignore[arg-type]


LOAN = register_flow(
    Flow(
        name="loan",
        label="助行器借用",
        hue="plum",
        icon="bicycle",
        url_name="loan",
        states=STATES,
        steps=(
            standard("assign", sources={State.ASKED}, roles=DESK),
            standard("hand_over", sources={State.ASKED, State.READY}, roles=DESK),
            step("check", "核对完", State.ASKED, State.CHECKED, FIELD, missing_parts=undecided),
            step("order", "交工坊", State.CHECKED, State.ORDERED, DESK),
            step("finish", "改装好", State.ORDERED, State.READY, frozenset({"contractor"}), notices=("loan_ready",)),
            *(standard(name, sources={State.READY}, roles=FIELD) for name in ("plan_visit", "call_off_visit")),
            step("bring", "送到", State.READY, State.CLOSED, FIELD),
            standard("reopen", sources={State.CLOSED}, target=State.CHECKED, roles=DESK | {"resident"}),
        ),
        milestones=("申请", "核对", "改装", "送上门", "送到"),
        lines={"opened": "申请借助行器", "item": "决定了清单"},
    )
)
