"""Asking gas, power, water, telephone and heat, reminding them, and what they answer in writing."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from charging.models import Answered, Site, Utility, UtilityAnswer
from charging.rules import limit_at
from charging.workflow.roles import CHARGE, STREET
from charging.workflow.sites import ASKED
from community_portal import clock
from community_portal.answers.actions import ask_by_link, revoke_links
from community_portal.casework.actions import authority_over, in_source_words
from community_portal.casework.models import AttachmentKind
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.matters.notices import subject_of
from community_portal.outbox.actions import Recipient, queue_message
from community_portal.outbox.models import Channel
from community_portal.people.authority import SYSTEM
from community_portal.people.models import User
from community_portal.people.phones import is_mobile, read_phone
from community_portal.people.wording import read_text
from community_portal.refusals import Changed, NotAllowed, Refusal

UTILITY = "utility"


@transaction.atomic
def ask_utility(
    site: Site,
    *,
    utility: str,
    who: str,
    by: User,
    at: dt.datetime,
    phone: str = "",
    code: str = "",
    is_required: bool = True,
) -> str:
    """A question to somebody of the utility, by a link that needs no account; its address. An earlier answer is set aside, but for
    one that said no. Raises Refusal beside ``utility``, ``who`` or ``phone``, Changed when it is asked already."""
    _may_ask(site, by)
    if utility not in Utility.values:
        raise Refusal(_("没有这家单位。"), code="no_utility", field="utility")
    who = read_text(who, field="who", longest=60)
    if len(who) < 2:
        raise Refusal(_("请写问谁。"), code="nobody_asked", field="who")
    number = read_phone(phone) if phone.strip() else ""
    _lock(site)
    if _rows(site, utility).filter(answer="").exists():
        raise Changed(_("已经问过了，正在等答复。可以催一催。"))
    made = UtilityAnswer.objects.create(
        site=site,
        utility=utility,
        is_required=is_required or utility == Utility.GAS,
        asked_at=at,
        asked_of=who,
        asked_by=by,
    )
    _set_aside(made, at=at, but_for_blocked=True)
    _journal(site, "utility_asked", utility, by=by, at=at)
    return _send_link(made, who=who, number=number, code=code, by=by, at=at)


def _may_ask(site: Site, by: User) -> None:
    if site.state not in ASKED:
        raise Changed(_("情况有变：这里现在不用问管线单位。"))
    if not by.has_role_at(site.community_id, *CHARGE):
        raise NotAllowed(_("管线单位由社区的充电专员来问。"))


def _lock(site: Site) -> None:
    """Two who ask or answer at once come one after the other."""
    Site.objects.select_for_update(no_key=True).get(pk=site.pk)


def _rows(site: Site, utility: str) -> Any:
    return UtilityAnswer.objects.filter(site=site, utility=utility, superseded_at__isnull=True)


def _set_aside(new: UtilityAnswer, *, at: dt.datetime, but_for_blocked: bool) -> None:
    rows = _rows(new.site, new.utility).exclude(pk=new.pk).exclude(answer="")
    if but_for_blocked:
        rows = rows.exclude(answer=Answered.BLOCKED)
    rows.update(superseded_at=at, superseded_by=new)


def _journal(
    site: Site, kind: str, utility: str, *, by: User | None, at: dt.datetime, said: Any = "", **line: Any
) -> Any:
    authority = authority_over(site, by) if by else SYSTEM
    detail = {"utility": in_source_words(Utility(utility).label), "said": in_source_words(said)}
    return site.write(kind, by=by, at=at, authority=authority, detail=detail, **line)


def _send_link(asked: UtilityAnswer, *, who: str, number: str, code: str, by: User, at: dt.datetime) -> str:
    site, community = asked.site, asked.site.community
    url = ask_by_link(UTILITY, site, who=who, part=asked.utility, phone=number, code=code, by=by, at=at)
    if number and is_mobile(number):
        to = Recipient(Channel.SMS, number)
        with override(to.language):
            hall, place = _("%(community)s会客厅") % {"community": community}, site.full_name
        queue_message(
            "utility_asked",
            to=to,
            at=at,
            dedupe=f"utility_asked:{asked.pk}:{asked.chased_count}",
            context={"hall": hall, "place": place, "url": url, "phone": community.phone, "asked": asked.pk},
            subject=subject_of(site),
            version=site.version,
            community_id=site.community_id,
        )
    return url


@transaction.atomic
def chase_utility(site: Site, *, utility: str, by: User, at: dt.datetime, phone: str = "", code: str = "") -> str:
    """Asked again by a new link, the old one ends; how often is kept. Raises Changed when nothing is asked."""
    _may_ask(site, by)
    asked = _rows(site, utility).filter(answer="").first()
    if asked is None:
        raise Changed(_("情况有变：这家单位没有要催的。"))
    number = read_phone(phone) if phone.strip() else ""
    UtilityAnswer.objects.filter(pk=asked.pk).update(chased_count=F("chased_count") + 1, chased_at=at)
    asked.chased_count += 1
    asked.site = site
    _journal(site, "utility_chased", utility, by=by, at=at)
    return _send_link(asked, who=asked.asked_of, number=number, code=code, by=by, at=at)


SAYS: dict[str, Any] = {
    Answered.OK: gettext_lazy("：可以"),
    Answered.CONDITIONS: gettext_lazy("：有条件"),
    Answered.BLOCKED: gettext_lazy("：不可以"),
}


@transaction.atomic
def record_answer(
    site: Site,
    *,
    utility: str,
    answer: str,
    name: str,
    document: ReadFile | None,
    by: User | None,
    at: dt.datetime,
    conditions: str = "",
    words: str = "",
    distance: Decimal | None = None,
    valid_until: dt.date | None = None,
) -> UtilityAnswer:
    """What the utility says in writing, by its link (``by`` None) or brought on paper to the desk. It takes the place of what was
    said before. Raises Refusal beside the field, Changed when nothing is asked or somebody was quicker."""
    if site.state not in ASKED:
        raise Changed(_("情况有变：这件事不用再答了，谢谢您。"))
    if by is not None and not by.has_role_at(site.community_id, *CHARGE, *STREET):
        raise NotAllowed(_("管线单位的答复，由它自己通过链接答，或者由社区登记。"))
    said = _read_answer(site, answer, name, document, conditions, words, distance, valid_until, at=at)
    _lock(site)
    asked = _rows(site, utility).filter(answer="").first()
    if asked is None:
        raise Changed(_("情况有变：这家单位没有在等的问题，要先问。"))
    asked.site = site
    event = _journal(site, "utility_answered", utility, said=SAYS[answer], by=by, at=at)
    kept = keep_file(site.case, document, kind=AttachmentKind.PAPER, by=by, at=at, event=event, is_public=False)  # type: ignore[arg-type]
    open_one = UtilityAnswer.objects.filter(pk=asked.pk, answer="")
    if not open_one.update(**said, document=kept, answered_at=at, recorded_by=by):
        raise Changed(_("这个问题已经有人答过了，谢谢您。"))
    asked.refresh_from_db()
    _set_aside(asked, at=at, but_for_blocked=False)
    if by is not None:
        revoke_links(site, purpose=UTILITY, part=utility, at=at)
    return asked


def _read_answer(
    site: Site,
    answer: str,
    name: str,
    document: ReadFile | None,
    conditions: str,
    words: str,
    distance: Decimal | None,
    valid_until: dt.date | None,
    *,
    at: dt.datetime,
) -> dict[str, Any]:
    if answer not in Answered.values:
        raise Refusal(_("请选可以、有条件，还是不可以。"), code="no_answer", field="answer")
    conditions = read_text(conditions, field="conditions", longest=300)
    if answer == Answered.CONDITIONS and len(conditions) < 2:
        raise Refusal(_("请写要满足什么条件。"), code="no_conditions", field="conditions")
    name = read_text(name, field="name", longest=60)
    if not name:
        raise Refusal(_("请写谁答复的。"), code="nobody_answered", field="name")
    if document is None:
        raise Refusal(_("请附上书面答复（照片或 PDF），口头的不算。"), code="no_document", field="document")
    if distance is not None and distance < 0:
        raise Refusal(_("距离不能是负的。"), code="bad_distance", field="distance")
    today = clock.local(at).date()
    if valid_until is not None and valid_until < today:
        raise Refusal(_("这份答复已经过期了，请重新出一份。"), code="lapsed", field="valid_until")
    lasts = today + dt.timedelta(days=int(limit_at(site.community, "answer_lasts_days", 180, on=today)))
    return {
        "answer": answer,
        "conditions": conditions,
        "words": read_text(words, field="words", longest=300),
        "distance": distance,
        "name": name,
        "valid_until": min(valid_until, lasts) if valid_until else lasts,
    }
