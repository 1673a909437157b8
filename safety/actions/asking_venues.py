"""What a venue without an account is asked and told: a link by which it says yes or asks for another time."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from community_portal.answers.actions import ask_by_link, revoke_links
from community_portal.casework.actions import take_step
from community_portal.matters.notices import subject_of, tell_officer
from community_portal.outbox.actions import Recipient, queue_message
from community_portal.outbox.models import Channel
from community_portal.people.models import User
from community_portal.people.phones import is_mobile
from community_portal.people.wording import read_text
from community_portal.refusals import Refusal
from community_portal.web.spoken import short_when
from safety.models import CampaignSession

CONFIRM = "campaign_session"


def ask_venue(session: CampaignSession, *, by: User | None, at: dt.datetime) -> str:
    """Sends the link; the one before it ends. Raises Refusal where no telephone is known that takes an SMS."""
    if not session.contact_phone:
        raise Refusal(_("链接发到哪个手机？请填联系电话。"), code="no_phone", field="contact_phone")
    if not is_mobile(session.contact_phone):
        raise Refusal(_("座机收不到短信，请填手机号。"), code="no_mobile", field="contact_phone")
    url = ask_by_link(
        CONFIRM, session, who=session.contact_name or session.place, by=by, at=at, phone=session.contact_phone,
        organisation=session.host,
    )  # fmt: skip
    _tell("session_confirm", session, at=at, url=url)
    return url


def _tell(
    kind: str, session: CampaignSession, *, at: dt.datetime, due_at: dt.datetime | None = None, url: str = ""
) -> None:
    queue_message(
        kind,
        to=Recipient(Channel.SMS, session.contact_phone),
        at=at,
        due_at=due_at or at,
        expires_at=session.starts_at,
        dedupe=f"{kind}:{session.pk}:{session.version}:{at.timestamp()}",
        context={
            "hall": gettext("%(community)s会客厅") % {"community": session.community},
            "what": session.campaign.name,
            "when": str(short_when(session.starts_at)),
            "place": session.place,
            "phone": session.community.phone,
            "url": url,
        },
        subject=subject_of(session),
        version=session.version,
        community_id=session.community_id,
    )


@transaction.atomic
def answered(session: CampaignSession, *, comes: bool, name: str, words: str, at: dt.datetime) -> None:
    """What the venue answered by its link: it suits them, or they ask for another time; whoever has it in hand hears of it."""
    by_link: dict[str, Any] = {"by": None, "at": at, "authority": "link", "detail": {"who": name[:40]}}
    if comes:
        changes = {"confirmed_at": at, "confirmed_by_name": name[:40]}
        take_step(session, "confirm", words=words, changes=changes, **by_link)
        remind_of_tomorrow(session, at=at)
    else:
        words = read_text(words, field="words")[:200]
        if len(words) < 2:
            raise Refusal(_("请写什么时间方便。"), code="no_words", field="words")
        session.write("asks_other_time", words=words, **by_link)
    if session.handler:
        tell_officer("session_answered", session, session.handler, at=at, words=words or name)


def say_called_off(session: CampaignSession, *, at: dt.datetime) -> None:
    revoke_links(session, at=at)
    if is_mobile(session.contact_phone):
        _tell("session_called_off", session, at=at)


def remind_of_tomorrow(session: CampaignSession, *, at: dt.datetime) -> None:
    """The day before, as long as it still stands then: the venue, and who goes there."""
    due = session.starts_at - dt.timedelta(days=1)
    if due > at and is_mobile(session.contact_phone):
        _tell("session_ahead", session, at=at, due_at=due)
