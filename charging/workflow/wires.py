"""The flow of a wire let down from a window: reported → looked at → talked over → gone. It becomes demand for a site nearby."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from charging.workflow.roles import CHARGE, STREET, WIRE_READERS, limit_by_rule
from community_portal.casework.flow import Flow, StateSpec, Step, register_flow
from community_portal.matters.steps import standard
from community_portal.people.models import Role


class Wire(TextChoices):
    REPORTED = "reported", _("新报的")
    CHECKED = "checked", _("看过了")
    TALKED = "talked", _("谈过了")
    CLOSED = "closed", _("已办结")
    JOINED = "joined", _("并到另一件")


FIELD = CHARGE | {Role.GRID_OFFICER, Role.RECEPTIONIST}
OPEN = frozenset({Wire.REPORTED, Wire.CHECKED, Wire.TALKED})

STATES: dict[str, StateSpec] = {
    Wire.REPORTED: StateSpec(
        Wire.REPORTED.label,
        plain=_("已收到，会有人去看"),
        owner=Role.CHARGING,
        todo=_("去现场看"),
        limit=limit_by_rule("wire_check_hours", 24, "hours", _("去现场看")),
    ),
    Wire.CHECKED: StateSpec(
        Wire.CHECKED.label,
        plain=_("去看过了，正和这户人家谈"),
        owner=Role.CHARGING,
        todo=_("和这户人家谈"),
        limit=limit_by_rule("wire_talk_days", 5, "days", _("和这户人家谈")),
        milestone=1,
    ),
    Wire.TALKED: StateSpec(
        Wire.TALKED.label,
        plain=_("谈过了，再去看看收了没有"),
        owner=Role.CHARGING,
        todo=_("再去看一次"),
        limit=limit_by_rule("wire_close_days", 10, "days", _("再去看一次")),
        milestone=2,
    ),
    Wire.CLOSED: StateSpec(Wire.CLOSED.label, plain=_("已办结"), tone="ok", milestone=3, is_end=True),
    Wire.JOINED: StateSpec(
        Wire.JOINED.label, plain=_("和别人报的是同一处，一起办"), tone="plain", milestone=3, is_end=True, gave_up=True
    ),
}


def step(
    name: str, label: Any, sources: frozenset[str], target: str | None, roles: frozenset[str], **told: Any
) -> Step:
    return Step(name, label, sources=sources, target=target, roles=roles, **told)


WIRE = register_flow(
    Flow(
        name="wire",
        label=_("飞线充电"),
        hue="amber",
        icon="lightning-charge",
        url_name="wire",
        states=STATES,
        steps=(
            step(
                "check",
                _("看过了"),
                frozenset({Wire.REPORTED}),
                Wire.CHECKED,
                FIELD,
                past=_("去现场看过了"),
                done=_("已记下，这处算进充电需求。"),
                tone="primary",
                needs_words=True,
                words_label=_("看到什么"),
            ),
            step(
                "join",
                _("和另一件是同一处"),
                frozenset({Wire.REPORTED, Wire.CHECKED}),
                Wire.JOINED,
                FIELD,
                past=_("并到了另一件"),
                done=_("已并到那一件，报的人以后都会知道结果。"),
            ),
            step(
                "talk",
                _("谈过了"),
                frozenset({Wire.CHECKED}),
                Wire.TALKED,
                FIELD,
                past=_("和这户人家谈过了"),
                done=_("已记下，过几天再去看。"),
                tone="primary",
                needs_words=True,
                words_label=_("怎么说的"),
            ),
            step(
                "close",
                _("办结"),
                frozenset({Wire.REPORTED, Wire.CHECKED, Wire.TALKED}),
                Wire.CLOSED,
                FIELD,
                past=_("办结了这件"),
                done=_("已办结，报的人会知道。"),
                needs_words=True,
                words_label=_("给报的人一句话"),
                notices=("wire_closed",),
            ),
            standard("reopen", sources={Wire.CLOSED}, target=Wire.REPORTED, roles=FIELD | STREET | {"resident"}),
        ),
        milestones=(_("报告"), _("看过"), _("谈过"), _("办结")),
        lines={
            "opened": _("报告了飞线"),
            "joined_by": _("又有人报了这一处"),
            "first_closed": _("一起办的那一件办结了"),
            "site_near": _("附近选址有了消息"),
        },
        pool=Role.CHARGING,
        readers=WIRE_READERS,
        openers=FIELD,
    )
)
