"""What a step of a site still waits for, as sentences with the page where each is put right: 还差 n 项.

Read by the table (workflow/sites.py), so these functions know rows by their relations alone.
"""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from charging.workflow.clearance import (
    asked_facts,
    day_of,
    measured_facts,
    results_of,
    standings_of,
    waived_at,
)
from community_portal.casework.flow import Part
from community_portal.deliberations.counting import VoteKind
from community_portal.deliberations.models import Outcome
from community_portal.deliberations.standing import meetings_of, open_objections, standing_of, vote_of
from community_portal.web.spoken import long_day, short_day


def page_of(site: Any, anchor: str) -> str:
    return f"{reverse('charge_site', args=[site.case.number])}#{anchor}"


def to_ask(site: Any) -> list[Part]:
    """Everything that a hard rule asks for is measured, and it is known how many are to stand there."""
    url, known = reverse("measure_site", args=[site.case.number]), measured_facts(site)
    parts = [
        Part(_("还没量：%(rule)s") % {"rule": rule}, f"{url}#{rule.parameter}")
        for rule in asked_facts(site)
        if rule.severity == "hard" and rule.parameter not in known
    ]
    if not (site.area and site.planned_ports):
        parts.append(Part(_("还没写面积和打算装几个"), reverse("plan_site", args=[site.case.number])))
    return parts


def to_be_clear(site: Any) -> list[Part]:
    """Every utility has agreed in writing, and no rule forbids it."""
    return [*_of_utilities(site), *_of_rules(site)]


def _of_utilities(site: Any) -> list[Part]:
    return [
        Part(_said_of(one), page_of(site, f"utility-{one.utility}"))
        for one in standings_of(site)
        if one.stands_in_the_way
    ]


def _said_of(one: Any) -> str:
    name = {"utility": one.label}
    if one.code == "blocked":
        return _("%(utility)s答复不可以，除非它重新书面答复") % name
    if one.code == "lapsed":
        return _("%(utility)s的答复过期了，%(day)s 到期，要再问") % (name | {"day": short_day(one.answer.valid_until)})
    return (_("%(utility)s还没答复") if one.code == "waiting" else _("还没问%(utility)s")) % name


def _of_rules(site: Any) -> list[Part]:
    waived = waived_at(site)
    return [
        Part(_not_met(result), page_of(site, f"rule-{result.rule.code}"))
        for result in results_of(site)
        # What the gas company says stands among the utilities already.
        if not result.passes and result.rule.code not in waived and result.rule.parameter != "gas_agrees"
    ]


def _not_met(result: Any) -> str:
    said = _("不合规定：%(rule)s") if result.is_known else _("还没量：%(rule)s")
    return said % {"rule": result.rule}


def to_publish(site: Any) -> list[Part]:
    """Clear still, and people were asked: a meeting that took place, or a vote that was carried; one that owners refused, or that
    too few took part in so far, stands in the way."""
    return [*to_be_clear(site), *_of_the_people(site)]


def _of_the_people(site: Any) -> list[Part]:
    vote = vote_of(site)
    if vote is None or vote.kind == VoteKind.POLL:
        held = any(meeting.held_at for meeting in meetings_of(site))
        return [] if held or vote else [Part(_("还没有开会听意见，也没有表决"), page_of(site, "consulted"))]
    if vote.outcome == Outcome.PASSED:
        return []
    page = page_of(site, "consulted") if vote.outcome else reverse("vote", args=[vote.pk])
    return [Part(_of_the_vote(vote), page)]


def _of_the_vote(vote: Any) -> str:
    """Too few is not refused: it says what is still missing, and ballots may go on being taken."""
    if vote.outcome == Outcome.REFUSED:
        return _("业主表决没有通过")
    if vote.outcome == Outcome.INVALID:
        return _("上次表决参加的不够，无效，要再办一次")
    if vote.is_draft:
        return _("表决还没有开始")
    counted = standing_of(vote)
    return counted.missing or _("表决结果还没有确认")


def to_approve(site: Any) -> list[Part]:
    """The days of the notice are over, every objection is answered, and it is clear."""
    parts = to_be_clear(site)
    if site.notice_until is None or day_of(site) <= site.notice_until:
        day = long_day(site.notice_until) if site.notice_until else "—"
        parts.append(Part(_("公示到 %(day)s 那天过完才满") % {"day": day}, page_of(site, "notice")))
    return parts + [
        Part(_("意见还没答复：%(words)s") % {"words": one.words[:20]}, reverse("objection", args=[one.pk]))
        for one in open_objections(site)
    ]


def to_order(site: Any) -> list[Part]:
    """A round that is running and has room for it; and clear on that day."""
    parts = to_be_clear(site)
    if site.round is None:
        parts.append(Part(_("还没放进哪一批"), reverse("plan_site", args=[site.case.number])))
    elif site.round.is_over(on=day_of(site)) or site.round.state != "running":
        parts.append(Part(_("%(round)s没有在进行") % {"round": site.round}, reverse("round", args=[site.round.pk])))
    elif site.round.ports_left < (site.approved_ports or 0):
        said = _("%(round)s只剩 %(n)s 个") % {"round": site.round, "n": site.round.ports_left}
        parts.append(Part(said, reverse("round", args=[site.round.pk])))
    return parts


def to_report_done(site: Any) -> list[Part]:
    """Where gas agreed with conditions only, the protection plan signed with the gas company."""
    order = site.orders.first()
    conditions = any(one.utility == "gas" and one.code == "conditions" for one in standings_of(site))
    if conditions and (order is None or order.gas_plan_id is None):
        return [Part(_("燃气是有条件同意的，还没交燃气保护方案"), page_of(site, "order"))]
    return []


def to_accept(site: Any) -> list[Part]:
    """Every part looked at and passed, and three names, none of them the builder's; and clear on that day."""
    parts, acceptance = to_be_clear(site), site.acceptances.last()
    if acceptance is None:
        return [*parts, Part(_("还没有完工上报"), page_of(site, "acceptance"))]
    for part in acceptance.parts.all():
        if part.passes is not True:
            said = _("没通过：%(part)s") if part.passes is False else _("还没验：%(part)s")
            parts.append(Part(said % {"part": part}, page_of(site, f"part-{part.pk}")))
    signed = {one.body for one in acceptance.signers.all()}
    bodies = acceptance.signers.model._meta.get_field("body").choices
    return parts + [
        Part(_("%(body)s还没签字") % {"body": label}, page_of(site, "acceptance"))
        for body, label in bodies
        if body not in signed
    ]


def to_resume(site: Any) -> list[Part]:
    """Nobody who was asked says no by now."""
    return [
        Part(_said_of(one), page_of(site, f"utility-{one.utility}"))
        for one in standings_of(site)
        if one.code == "blocked"
    ]
