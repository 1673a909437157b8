"""公示 and the street's approval: who objects in its days, a rule waived in writing, how many ports."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from charging.models import Site
from charging.rules import limit_at
from charging.workflow.clearance import judge_on, results_of, waived_at
from charging.workflow.roles import STREET
from charging.workflow.sites import BEFORE_WORKS, State
from community_portal import clock
from community_portal.casework.actions import authority_over
from community_portal.casework.models import AttachmentKind
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.deliberations.actions.opinions import take_objection
from community_portal.deliberations.models import Channel, Objection
from community_portal.deliberations.topics import topic_of
from community_portal.matters.actions.steps import take
from community_portal.people.models import User
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.rules.actions import keep_results
from community_portal.rules.models import RuleResult, Waiver


@transaction.atomic
def publish(site: Site, *, by: User, at: dt.datetime, **given: Any) -> None:
    """The public notice begins; the day of posting is not one of its days."""
    judge_on(site, at)
    today = clock.local(at).date()
    days = int(limit_at(site.community, "notice_days", 7, on=today))
    changes = {"notice_from": today, "notice_until": today + dt.timedelta(days=days)}
    take(site, "publish", by=by, at=at, changes=changes, **given)


@transaction.atomic
def object_to(site: Site, *, words: str, at: dt.datetime, name: str = "") -> Objection:
    """Anybody may in the days of the notice, without a name; it is answered before the street approves. Raises Changed when the
    days are over."""
    today = clock.local(at).date()
    if site.state != State.NOTICING or site.notice_until is None or today > site.notice_until:
        raise Changed(_("公示已经结束，请打电话给社区。"))
    due_on = site.notice_until + dt.timedelta(days=1)
    return take_objection(topic_of(site), words=words, name=name, channel=Channel.ONLINE, due_on=due_on, by=None, at=at)


@transaction.atomic
def waive_rule(site: Site, *, rule: str, why: str, document: ReadFile | None, by: User, at: dt.datetime) -> None:
    """The street lets a soft rule pass in writing; a hard one never. Raises Refusal beside ``why`` or ``document``."""
    if site.state not in BEFORE_WORKS:
        raise Changed(_("情况有变：这里不再是在选址了。"))
    if not by.has_role_at(site.community_id, *STREET):
        raise NotAllowed(_("能不能通融，由街道书面决定。"))
    judge_on(site, at)
    failed = {result.rule.code: result for result in results_of(site) if not result.passes}
    result = failed.get(rule)
    if result is None or rule in waived_at(site):
        raise Changed(_("情况有变：这条规定现在不用通融。"))
    if result.rule.waiver != Waiver.STREET:
        raise Refusal(_("这条规定谁也不能通融。"), code="never_waived", field="rule", status=409)
    why = read_text(why, field="why", longest=200)
    if len(why) < 4:
        raise Refusal(_("请写为什么可以通融。"), code="no_reason", field="why")
    if document is None:
        raise Refusal(_("请附上街道的书面决定。"), code="no_document", field="document")
    detail = {"rule": result.rule.title}
    event = site.write("rule_waived", by=by, at=at, authority=authority_over(site, by), words=why, detail=detail)
    kept = keep_file(site.case, document, kind=AttachmentKind.PAPER, by=by, at=at, event=event, is_public=False)
    value = None if result.value is None else str(result.value)
    because = f"{why}（{kept.original_name}）"[:300]
    RuleResult.objects.create(
        rule=result.rule,
        flow=site.flow.name,
        matter_id=site.pk,
        part="waiver",
        value=value,
        passes=False,
        waived_because=because,
        by=by,
        at=at,
    )


@transaction.atomic
def approve(site: Site, *, ports: int | None = None, by: User, at: dt.datetime, **given: Any) -> None:
    """The street approves so many ports, by the rules as they are met today; they are kept. Raises PartsMissing, Refusal beside
    ``ports``."""
    judge_on(site, at)
    approved = ports or site.planned_ports or 0
    if not 1 <= approved <= (site.planned_ports or 0):
        said = _("最多批 %(n)s 个，和打算装的一样多。") % {"n": site.planned_ports or 0}
        raise Refusal(said, code="more_than_planned", field="ports")
    keep_results(results_of(site), flow=site.flow.name, matter_id=site.pk, by=by, at=at)
    changes = {"approved_ports": approved, "approved_at": at, "evaluated_at": at}
    take(site, "approve", by=by, at=at, changes=changes, detail={"ports": approved}, **given)
