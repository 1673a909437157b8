"""The flow of a session of a campaign: planned → confirmed by the venue, mostly by a link → held and counted → reported."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.deadlines import Limit
from community_portal.casework.flow import Flow, Part, StateSpec, Step, register_flow
from community_portal.matters.steps import standard
from community_portal.people.models import Role
from community_portal.rules.evaluation import limit_of
from safety.workflow.states import LEADERS, READERS, Campaigning

LIMITS = "campaign_limits"


def _limit(code: str, amount: int, rule: Any) -> Any:
    def limit(matter: Any) -> Limit:
        days = limit_of(LIMITS, code, street=matter.community.street, on=clock.today(), default=amount)
        return Limit(int(days), "days", rule, (str(_("宣传场次")), "Campaign session"))

    return limit


STATES: dict[str, StateSpec] = {
    Campaigning.PLANNED: StateSpec(
        Campaigning.PLANNED.label,
        plain=_("在约"),
        todo=_("请对方确认"),
        limit=_limit("confirm_days", 5, _("请对方确认")),
    ),
    Campaigning.CONFIRMED: StateSpec(
        Campaigning.CONFIRMED.label, plain=_("约好了"), todo=_("去办，办完记人数"), milestone=1
    ),
    Campaigning.HELD: StateSpec(
        Campaigning.HELD.label,
        plain=_("办过了"),
        todo=_("写总结"),
        limit=_limit("report_days", 5, _("写总结")),
        milestone=2,
    ),
    Campaigning.REPORTED: StateSpec(Campaigning.REPORTED.label, plain=_("办过了"), tone="ok", milestone=3, is_end=True),
    Campaigning.NO_SHOW: StateSpec(
        Campaigning.NO_SHOW.label, plain=_("没办成"), tone="late", is_end=True, gave_up=True
    ),
    Campaigning.CANCELLED: StateSpec(
        Campaigning.CANCELLED.label, plain=_("取消了"), tone="plain", is_end=True, gave_up=True
    ),
}


def to_report(session: Any) -> list[Part]:
    """A report says what came of it: what they say, and a photo or why there is none."""
    page = reverse("campaign_session", args=[session.case.number])
    return [Part(gettext("还没写他们怎么说"), f"{page}#feedback")] if not session.feedback else []


def _step(name: str, label: Any, past: Any, done: Any, sources: Any, **more: Any) -> Step:
    about = {"roles": frozenset(READERS)} | more
    return Step(name, label, past=past, done=done, sources=frozenset(sources), **about)


STEPS = (
    _step(
        "ask", _("发链接请对方确认"), _("发了确认链接"), _("链接发出去了，对方不用账号，点开就能确认。"), {Campaigning.PLANNED},
        tone="primary",
    ),
    _step(
        "confirm", _("电话里确认了"), _("说好了时间"), _("已记下，对方确认了。"), {Campaigning.PLANNED},
        target=Campaigning.CONFIRMED, needs_words=True, words_label=_("谁在电话里确认的"),
    ),
    _step(
        "move", _("换时间"), _("换了时间"), _("时间换了，请对方再确认一次。"), {Campaigning.PLANNED, Campaigning.CONFIRMED},
        target=Campaigning.PLANNED,
    ),
    _step(
        "hold", _("办过了，记人数"), _("记下办了和人数"), _("已记下。接着写总结，能打印简报。"), {Campaigning.CONFIRMED},
        target=Campaigning.HELD, tone="primary",
    ),
    _step("correct", _("改人数"), _("改了人数"), _("已改。"), {Campaigning.HELD}),
    _step(
        "report", _("总结好了"), _("写好了总结"), _("总结好了，简报可以打印。"), {Campaigning.HELD},
        target=Campaigning.REPORTED, tone="primary", missing_parts=to_report,
    ),
    _step(
        "miss", _("去了没办成"), _("白跑了一趟"), _("已记下。"), {Campaigning.PLANNED, Campaigning.CONFIRMED},
        target=Campaigning.NO_SHOW, needs_words=True, words_label=_("为什么没办成"),
    ),
    _step(
        "cancel", _("取消这一场"), _("取消了这一场"), _("已取消，对方会收到短信。"),
        {Campaigning.PLANNED, Campaigning.CONFIRMED}, target=Campaigning.CANCELLED, tone="danger", needs_words=True,
        words_label=_("为什么取消"), roles=frozenset(LEADERS),
    ),
    standard("hand_over", sources={Campaigning.PLANNED, Campaigning.CONFIRMED, Campaigning.HELD}, roles=LEADERS),
)  # fmt: skip

CAMPAIGN_SESSION = register_flow(
    Flow(
        name="campaign_session",
        label=_("宣传场次"),
        hue="vermilion",
        icon="megaphone",
        url_name="campaign_session",
        states=STATES,
        steps=STEPS,
        milestones=(_("约"), _("确认"), _("办"), _("总结")),
        lines={
            "opened": _("定了一场宣传"),
            "confirmed_by_link": _("对方用链接确认了"),
            "asks_other_time": _("对方想换时间"),
            "feedback": _("记下他们怎么说"),
            "photo": _("加了照片"),
        },
        pool=Role.SAFETY,
        readers=READERS,
        openers=LEADERS,
    )
)
