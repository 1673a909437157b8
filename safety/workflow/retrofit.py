"""The flow of a retrofit: residents are asked → a joint meeting → agreed → works → accepted by others → in use, tested after 30 and
90 days; a test that fails opens the works again."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from community_portal import clock
from community_portal.casework.deadlines import Limit
from community_portal.casework.flow import Flow, StateSpec, Step, register_flow
from community_portal.matters.steps import standard
from community_portal.people.models import Role
from community_portal.rules.evaluation import limit_of
from safety.workflow import retrofit_missing as missing
from safety.workflow.retrofit_states import BEFORE_RUNNING, Making
from safety.workflow.states import LEADERS, PLANNERS, READERS

LIMITS = "retrofit_limits"
STARTERS = PLANNERS | {Role.PROPERTY}


def _limit(code: str, amount: int, rule: Any, unit: str = "days") -> Any:
    def limit(matter: Any) -> Limit:
        days = limit_of(LIMITS, code, street=matter.community.street, on=clock.today(), default=amount)
        return Limit(int(days), unit, rule, (str(_("改造项目")), "Retrofit"))

    return limit


STATES: dict[str, StateSpec] = {
    Making.SURVEY: StateSpec(
        Making.SURVEY.label,
        plain=_("在问住户"),
        owner=Role.PROPERTY,
        todo=_("问住户"),
        limit=_limit("survey_days", 15, _("问住户")),
    ),
    Making.MEETING: StateSpec(
        Making.MEETING.label,
        plain=_("在开联席会"),
        owner=Role.PROPERTY,
        todo=_("开联席会，定办法"),
        limit=_limit("meeting_days", 10, _("开联席会")),
        milestone=1,
    ),
    Making.AGREED: StateSpec(
        Making.AGREED.label,
        plain=_("商定了"),
        owner=Role.PROPERTY,
        todo=_("排好分区，开工"),
        limit=_limit("start_days", 10, _("开工")),
        milestone=2,
    ),
    Making.WORKS: StateSpec(
        Making.WORKS.label,
        plain=_("在施工"),
        owner=Role.PROPERTY,
        todo=_("施工"),
        limit=_limit("works_days", 10, _("施工"), "calendar_days"),
        milestone=3,
    ),
    Making.ACCEPTING: StateSpec(
        Making.ACCEPTING.label,
        plain=_("待验收"),
        owner=Role.SAFETY,
        todo=_("验收"),
        limit=_limit("accept_days", 5, _("验收")),
        milestone=4,
    ),
    Making.RUNNING: StateSpec(
        Making.RUNNING.label, plain=_("在用"), owner=Role.SAFETY, todo=_("到期去试"), tone="ok", milestone=5
    ),
    Making.CLOSED: StateSpec(
        Making.CLOSED.label, plain=_("改造好了"), tone="ok", milestone=6, is_done=True, is_end=True
    ),
    Making.CANCELLED: StateSpec(Making.CANCELLED.label, plain=_("不改了"), tone="plain", is_end=True, gave_up=True),
}


def _step(name: str, label: Any, past: Any, done: Any, sources: Any, roles: Any, **more: Any) -> Step:
    return Step(name, label, past=past, done=done, sources=frozenset(sources), roles=frozenset(roles), **more)


STEPS = (
    _step(
        "count_survey", _("问完了，记结果"), _("问完了住户"), _("记下了。接着约联席会。"), {Making.SURVEY}, STARTERS,
        target=Making.MEETING, tone="primary", missing_parts=missing.to_count,
    ),
    _step(
        "agree", _("会上商定了"), _("在会上商定了"), _("已记下。排好分区和各方出的力，就能开工。"), {Making.MEETING}, STARTERS,
        target=Making.AGREED, tone="primary", missing_parts=missing.to_agree,
    ),
    _step(
        "start", _("开工"), _("开工了"), _("开工了，工期从今天起按自然日算。"), {Making.AGREED}, STARTERS,
        target=Making.WORKS, tone="primary", missing_parts=missing.to_start,
    ),
    _step(
        "report_done", _("完工了，请验收"), _("说完工了"), _("已报完工，安全专员会来验收。"), {Making.WORKS},
        STARTERS | {Role.CONTRACTOR}, target=Making.ACCEPTING, tone="primary", missing_parts=missing.to_report,
    ),
    _step(
        "accept", _("验收通过"), _("验收了，通过"), _("通过了。30 天和 90 天后要去试，到时候会提醒。"), {Making.ACCEPTING}, LEADERS,
        target=Making.RUNNING, tone="primary",
    ),
    _step(
        "send_back", _("没通过，退回"), _("没通过验收"), _("已退回，请接着改。"), {Making.ACCEPTING}, LEADERS,
        target=Making.WORKS, needs_words=True, words_label=_("哪里没通过"),
    ),
    _step(
        "pass_test", _("试过了，管用"), _("去试过，都管用"), _("已记下。"), {Making.RUNNING}, READERS, tone="primary",
        when=lambda matter: matter.next_check_on is not None, not_now=_("30 天和 90 天都试过了。"),
    ),
    _step(
        "fail_test", _("试了，不管用"), _("去试过，有不管用的"), _("已记下，重新施工。"), {Making.RUNNING}, READERS,
        target=Making.WORKS, needs_words=True, words_label=_("哪里不管用"),
        when=lambda matter: matter.next_check_on is not None, not_now=_("30 天和 90 天都试过了。"),
    ),
    _step(
        "close", pgettext_lazy("step", "办结"), _("办结了"), _("已办结。"), {Making.RUNNING}, LEADERS, target=Making.CLOSED, tone="primary",
        missing_parts=missing.to_close,
    ),
    _step(
        "cancel", _("不改了"), _("取消了改造"), _("已取消，约好的会也不开了。"), BEFORE_RUNNING, LEADERS, target=Making.CANCELLED,
        tone="danger", needs_words=True, words_label=_("为什么不改"),
    ),
    standard("hand_over", sources=BEFORE_RUNNING | {Making.RUNNING}, roles=PLANNERS),
)  # fmt: skip

RETROFIT = register_flow(
    Flow(
        name="retrofit",
        label=_("改造项目"),
        hue="vermilion",
        icon="tools",
        url_name="retrofit",
        states=STATES,
        steps=STEPS,
        milestones=(_("问住户"), _("开联席会"), _("商定"), _("施工"), _("验收"), _("在用"), _("办结")),
        lines={
            "opened": _("提出改造"),
            "measure": _("定了一项措施：%(what)s"),
            "measure_done": _("做好了：%(what)s"),
            "zone": _("排了第 %(n)s 区"),
            "dropped": _("去掉了：%(what)s"),
            "contributed": _("%(who)s出力：%(what)s"),
            "hazard": _("把隐患 %(number)s 放进来一起改"),
        },
        pool=Role.SAFETY,
        readers=READERS,
        openers=STARTERS,
    )
)
