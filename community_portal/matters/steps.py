"""The steps that most kinds of matter have, with their words: a service says from where, to where and by whom.

standard("withdraw", sources=WORKING, target=State.WITHDRAWN, roles=DESK | {"resident"})
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from community_portal.casework.flow import RESUME, Step

NOWHERE: frozenset[str] = frozenset()


def _step(name: str, label: Any, **told: Any) -> Step:
    return Step(name, label, **{"sources": NOWHERE, "roles": NOWHERE} | told)


STANDARD = {
    step.name: step
    for step in (
        _step(
            "assign",
            _("派人办理"),
            past=_("派了人"),
            done=_("已派出，同事会收到提醒。"),
            tone="primary",
            words_label=_("为什么派给他（她）"),
            leads_on=lambda matter: matter.handler_id is None,
        ),
        _step(
            "hand_over",
            _("转交同事"),
            past=_("转交给了同事"),
            done=_("已转交，同事会收到提醒。"),
            words_label=_("交代几句"),
            is_public=False,
        ),
        _step(
            "plan_visit",
            _("约好上门时间"),
            past=_("约好了上门时间"),
            done=_("上门时间约好了，会告诉居民。"),
            words_label=_("给居民的话"),
            panel="agreed_time",
            when=lambda matter: matter.handler_id is not None,
            not_now=_("还没有派人，约不了时间。"),
        ),
        _step(
            "call_off_visit",
            _("取消约好的上门"),
            past=_("取消了约好的上门"),
            done=_("约好的上门取消了，会告诉居民。"),
            needs_words=True,
            panel="agreed_time",
            when=lambda matter: matter.visit_stands,
            not_now=_("现在没有约好的上门时间。"),
        ),
        _step(
            "ask_resident",
            _("请居民补充"),
            past=_("请居民补充情况"),
            done=_("已告诉居民要补充什么，等待期间不计时。"),
            needs_words=True,
            words_label=_("请居民补充什么"),
            notices=("matter_question",),
        ),
        _step(
            "answer",
            _("补充说明"),
            past=_("补充了情况"),
            done=_("已补充，接着办。"),
            target=RESUME,
            tone="primary",
            needs_words=True,
        ),
        _step(
            "ask_extension",
            _("申请延期"),
            past=_("申请了延期"),
            done=_("已提交延期申请，等书记批准。"),
            needs_words=True,
            words_label=_("为什么要延期"),
            is_public=False,
            when=lambda matter: not (matter.extension_asked_days or matter.extension_count),
            not_now=_("这件事已经申请过一次延期。"),
        ),
        _step(
            "grant_extension",
            _("同意延期"),
            past=_("同意了延期"),
            done=_("已同意延期。"),
            tone="primary",
            notices=("matter_extended",),
            when=lambda matter: matter.extension_asked_days > 0,
            not_now=_("没有待批的延期申请。"),
        ),
        _step(
            "refuse_extension",
            _("不同意延期"),
            past=_("没有同意延期"),
            done=_("已退回延期申请。"),
            needs_words=True,
            is_public=False,
            when=lambda matter: matter.extension_asked_days > 0,
            not_now=_("没有待批的延期申请。"),
        ),
        _step(
            "call_back",
            _("回访并办结"),
            past=_("回访并办结了"),
            done=_("已回访，这件事办结了。"),
            tone="primary",
            words_label=_("居民怎么说"),
            is_public=False,
        ),
        _step(
            "reopen",
            _("重新办理"),
            past=_("要求重新办理"),
            done=_("已重新办理，回到经办人手上。"),
            needs_words=True,
        ),
        _step(
            "withdraw",
            _("撤回"),
            past=_("撤回了"),
            done=_("已撤回。"),
            tone="danger",
            needs_words=True,
        ),
    )
}


def standard(name: str, *, sources: Iterable[str], roles: Iterable[str], **over: Any) -> Step:
    """One of these steps in a flow; ``over`` are its target, and words that fit better there."""
    return replace(STANDARD[name], sources=frozenset(sources), roles=frozenset(roles), **over)
