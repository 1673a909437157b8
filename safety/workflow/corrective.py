"""The flow of what a drill left to be put right: owned by somebody → done with proof → checked by another → tried in the next drill."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.deadlines import Limit
from community_portal.casework.flow import Flow, StateSpec, Step, register_flow
from community_portal.matters.steps import standard
from community_portal.people.models import Role
from safety.workflow.states import LEADERS, LEFT_TO_DO, PLANNERS, READERS, Putting


def _until_due(matter: Any) -> Limit | None:
    """By its own day, which was agreed when it was found."""
    days = (matter.due_on - clock.local(matter.state_since).date()).days
    return Limit(max(0, days), "calendar_days", _("整改"), (str(_("整改")), "Corrective action"))


STATES: dict[str, StateSpec] = {
    Putting.OPEN: StateSpec(Putting.OPEN.label, plain=_("在改"), todo=_("改好，交证明"), limit=_until_due),
    Putting.PROOF: StateSpec(
        Putting.PROOF.label,
        plain=_("说是改好了"),
        owner=Role.SAFETY,
        todo=_("查看改得怎么样"),
        limit=lambda matter: Limit(3, "days", _("查看整改"), (str(_("整改")), "Corrective action")),
        milestone=1,
    ),
    Putting.CHECKED: StateSpec(Putting.CHECKED.label, plain=_("改好了"), tone="ok", milestone=2, is_end=True),
    Putting.RETESTED: StateSpec(
        Putting.RETESTED.label, plain=_("改好了，也验过了"), tone="ok", milestone=3, is_end=True
    ),
}


def _step(name: str, label: Any, past: Any, done: Any, sources: Any, roles: Any, **more: Any) -> Step:
    return Step(name, label, past=past, done=done, sources=frozenset(sources), roles=frozenset(roles), **more)


STEPS = (
    _step(
        "prove",
        _("改好了，交证明"),
        _("交了整改证明"),
        _("已交，安全专员会来看。"),
        {Putting.OPEN},
        READERS | {Role.PROPERTY},
        target=Putting.PROOF,
        tone="primary",
        needs_words=True,
        words_label=_("怎么改的"),
    ),
    _step(
        "accept",
        _("看过，改好了"),
        _("查过，确实改好了"),
        _("已记下，改好了。"),
        {Putting.PROOF},
        LEADERS,
        target=Putting.CHECKED,
        tone="primary",
    ),
    _step(
        "send_back",
        _("还不行，退回"),
        _("看过，还不行"),
        _("已退回，请接着改。"),
        {Putting.PROOF},
        LEADERS,
        target=Putting.OPEN,
        needs_words=True,
        words_label=_("哪里还不行"),
    ),
    _step(
        "carry",
        _("定在哪场演练验"),
        _("定了在哪场演练验"),
        _("已定，下一场演练的评估里会列出来。"),
        LEFT_TO_DO | {Putting.CHECKED},
        PLANNERS,
    ),
    _step(
        "retest_passed",
        _("验过了，管用"),
        _("在演练里验过，管用"),
        _("已记下，验过了。"),
        {Putting.CHECKED},
        READERS,
        target=Putting.RETESTED,
        tone="primary",
        when=lambda matter: matter.retest_in_id is not None,
        not_now=_("还没定在哪场演练验。"),
    ),
    _step(
        "retest_failed",
        _("验了，还不行"),
        _("在演练里验了，还不行"),
        _("已记下，回到责任人手上。"),
        {Putting.CHECKED},
        READERS,
        target=Putting.OPEN,
        needs_words=True,
        words_label=_("哪里还不行"),
        when=lambda matter: matter.retest_in_id is not None,
        not_now=_("还没定在哪场演练验。"),
    ),
    standard("hand_over", sources={Putting.OPEN}, roles=PLANNERS),
)

CORRECTIVE = register_flow(
    Flow(
        name="corrective",
        label=_("整改"),
        hue="vermilion",
        icon="wrench-adjustable",
        url_name="corrective",
        states=STATES,
        steps=STEPS,
        milestones=(_("要改"), _("交证明"), _("查看"), _("再验")),
        lines={"opened": _("演练里发现要改")},
        pool=Role.SAFETY,
        readers=READERS,
        openers=READERS,
    )
)
