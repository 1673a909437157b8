"""Campaigns of a street and their sessions: planned, confirmed by whoever receives us, held and counted, reported."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community_portal import clock
from community_portal.casework.actions import open_case, start_matter
from community_portal.casework.flow import may_open
from community_portal.casework.models import Source
from community_portal.matters.actions.steps import take
from community_portal.people.authority import staff_authority
from community_portal.people.models import Organisation, Role, User
from community_portal.people.phones import is_mobile, read_phone
from community_portal.people.wording import read_text
from community_portal.places.models import Community, Street
from community_portal.refusals import Changed, NotAllowed, Refusal
from community_portal.web.spoken import short_when
from safety.actions.asking_venues import ask_venue, remind_of_tomorrow, say_called_off
from safety.models import Campaign, CampaignSession, OnlineReach, Premises
from safety.workflow.campaigns import CAMPAIGN_SESSION
from safety.workflow.states import CROWDED, Campaigning

AHEAD = dt.timedelta(days=366)


@transaction.atomic
def plan_campaign(
    street: Street, *, partners: list[Organisation] | None = None, by: User | None, at: dt.datetime, **about: Any
) -> Campaign:
    """By the street office. Raises Refusal ``days`` and ``twice`` (409), NotAllowed for anybody else."""
    _must_run(street, by)
    return _save(Campaign(street=street, created_by=by, created_at=at), partners, about)


@transaction.atomic
def change_campaign(
    campaign: Campaign,
    *,
    partners: list[Organisation] | None = None,
    by: User | None,
    seen: int | None = None,
    **about: Any,
) -> Campaign:
    """Of what was planned, anything, as long as its sessions fit: raises Refusal ``sessions`` for days that leave one outside, and as
    ``plan_campaign``; Changed where somebody changed it meanwhile."""
    campaign = Campaign.objects.select_for_update(of=("self",)).select_related("street").get(pk=campaign.pk)
    _must_run(campaign.street, by)
    if seen is not None and seen != campaign.version:
        raise Changed(_("情况有变：这个宣传刚刚改过，请再看一眼。"))
    campaign.version += 1
    if about["starts_on"] <= about["ends_on"]:
        _must_hold_its_sessions(campaign, about["starts_on"], about["ends_on"])
    return _save(campaign, partners, about)


def _save(campaign: Campaign, partners: list[Organisation] | None, about: dict[str, Any]) -> Campaign:
    about["name"] = read_text(about["name"], field="name")[:60]
    if about["ends_on"] < about["starts_on"]:
        raise Refusal(_("结束要晚于开始。"), code="days", field="ends_on")
    for name, value in about.items():
        setattr(campaign, name, value)
    try:
        with transaction.atomic():
            campaign.save()
    except IntegrityError as error:
        raise Refusal(_("这个宣传已经有了。"), code="twice", field="name", status=409) from error
    campaign.partners.set(partners or [])
    return campaign


def _must_hold_its_sessions(campaign: Campaign, starts_on: dt.date, ends_on: dt.date) -> None:
    called_off = [Campaigning.CANCELLED, Campaigning.NO_SHOW]
    planned = campaign.sessions.exclude(state__in=called_off).order_by("starts_at").values_list("starts_at", flat=True)
    days = [clock.local(moment).date() for moment in planned]
    if outside := [day for day in days if not starts_on <= day <= ends_on]:
        sentence = _("有 %(n)s 场排在这些日子以外，最早的是 %(day)s。")
        field = "starts_on" if outside[0] < starts_on else "ends_on"
        raise Refusal(sentence % {"n": len(outside), "day": outside[0]}, code="sessions", field=field)


def _must_run(street: Street, by: User | None) -> None:
    if by is not None and not by.is_superuser and street.pk not in by.streets_as(Role.STREET_OFFICER):
        raise NotAllowed(_("宣传由街道来定，场次由社区来办。"))


@transaction.atomic
def plan_session(
    campaign: Campaign, community: Community, *, is_sure: bool = False, by: User | None, at: dt.datetime, **about: Any
) -> CampaignSession:
    """One session in a community of the street. Raises Refusal ``past``, ``times``, ``outside``, ``places`` and ``twice``: somebody
    plans the same place on the same day about the same, which ``is_sure`` says is meant."""
    if by is not None and not may_open(CAMPAIGN_SESSION, by, community):
        raise NotAllowed(_("场次由安全专员、书记或街道来定。"))
    if community.street_id != campaign.street_id:
        raise Refusal(_("这个宣传是另一个街道的。"), code="other_street", field="campaign")
    premises = about.get("premises")
    about["place"] = (read_text(about.get("place", ""), field="place") or (premises.name if premises else ""))[:80]
    if not about["place"]:
        raise Refusal(_("请写在哪里。"), code="no_place", field="place")
    _take_contact(about)
    about["contact_phone"] = _read_contact(about.get("contact_phone", ""))
    check_times(campaign, about["starts_at"], about["ends_at"], at=at)
    if not is_sure:
        _check_twice(campaign, about["place"], about.get("premises"), about["starts_at"])
    case = open_case(
        community=community, grid=None, resident=None, asker=None, title=f"{campaign.name}：{about['place']}"[:80],
        words=campaign.words or campaign.name, source=Source.DESK, address=about["place"], phone_tail="", by=by, at=at,
    )  # fmt: skip
    session = CampaignSession(
        grid=premises.grid if premises else None,
        case=case,
        community=community,
        campaign=campaign,
        state=Campaigning.PLANNED,
        handler=by,
        **about,
    )
    start_matter(session, by=by, at=at, authority=staff_authority(by, community_id=community.pk))
    return session


def _take_contact(about: dict[str, Any]) -> None:
    """Where nobody is named, whom one asks for at the host."""
    host = about.get("host")
    contact = host.contacts.filter(until__isnull=True).first() if host else None
    if contact and not about.get("contact_phone", "").strip():
        about["contact_name"], about["contact_phone"] = contact.name, contact.phone


def _read_contact(text: str) -> str:
    """Empty where nobody is asked yet; what is wrong is said beside its field."""
    try:
        return read_phone(text) if text.strip() else ""
    except Refusal as refusal:
        refusal.field = "contact_phone"
        raise


def check_times(campaign: Campaign, starts_at: dt.datetime, ends_at: dt.datetime, *, at: dt.datetime) -> None:
    if starts_at <= at:
        raise Refusal(_("开始时间要在以后。"), code="past", field="starts_at")
    if not dt.timedelta() < ends_at - starts_at <= dt.timedelta(hours=8):
        raise Refusal(_("结束要晚于开始，一场不超过 8 个小时。"), code="times", field="ends_at")
    if not campaign.starts_on <= clock.local(starts_at).date() <= campaign.ends_on:
        raise Refusal(_("这一天不在宣传的日期里。"), code="outside", field="starts_at")


def _check_twice(campaign: Campaign, place: str, premises: Premises | None, starts_at: dt.datetime) -> None:
    """The same place, day and topic, by whomever: one of both is a slip, or they do not know of each other. Two names of one
    premises are one place."""
    start, end = clock.day_bounds(clock.local(starts_at).date())
    same = Q(place=place) | Q(premises=premises) if premises else Q(place=place)
    there = CampaignSession.objects.filter(same, starts_at__gte=start, starts_at__lt=end)
    other = there.exclude(state__in=[Campaigning.CANCELLED, Campaigning.NO_SHOW]).filter(
        campaign__topic=campaign.topic, campaign__street=campaign.street_id
    )
    if found := other.select_related("case").first():
        sentence = _("%(number)s 那天也去%(place)s讲这个。不是同一场的话，勾上“不是同一场”。")
        raise Refusal(sentence % {"number": found.case.number, "place": place}, code="twice", field="is_sure")


@transaction.atomic
def ask(
    session: CampaignSession,
    *,
    contact_name: str | None = None,
    contact_phone: str | None = None,
    by: User | None,
    at: dt.datetime,
    **given: Any,
) -> str:
    """The venue gets a link by which it confirms without an account; the address is answered and never kept. Whom to ask may be
    said now, where nobody was named or somebody else answers the telephone."""
    changes = {}
    if contact_name and contact_name.strip():
        changes["contact_name"] = read_text(contact_name, field="contact_name")[:40]
    if contact_phone and contact_phone.strip():
        changes["contact_phone"] = _read_contact(contact_phone)
    take(session, "ask", by=by, at=at, changes=changes, **given)
    return ask_venue(session, by=by, at=at)


@transaction.atomic
def confirm(session: CampaignSession, *, by: User | None, at: dt.datetime, words: str = "", **given: Any) -> None:
    """Somebody there said yes on the telephone."""
    take(
        session, "confirm", by=by, at=at, words=words,
        changes={"confirmed_at": at, "confirmed_by_name": words.strip()[:40]}, **given,
    )  # fmt: skip
    remind_of_tomorrow(session, at=at)


@transaction.atomic
def move(
    session: CampaignSession,
    *,
    starts_at: dt.datetime,
    ends_at: dt.datetime,
    by: User | None,
    at: dt.datetime,
    **given: Any,
) -> None:
    """Another time, which the venue confirms anew."""
    check_times(session.campaign, starts_at, ends_at, at=at)
    given["words"] = given.get("words") or str(short_when(starts_at))
    changes = {"starts_at": starts_at, "ends_at": ends_at, "confirmed_at": None, "confirmed_by_name": ""}
    take(session, "move", by=by, at=at, changes=changes, **given)
    if is_mobile(session.contact_phone):
        ask_venue(session, by=by, at=at)


@transaction.atomic
def hold(
    session: CampaignSession,
    *,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
    words: str = "",
    **counts: Any,
) -> None:
    """It took place: how many came, how that is known, what was answered before and after. Raises Refusal beside the number that
    cannot be, ``too_early`` before it began."""
    check_counts(session, counts, at=at)
    take(session, "hold", by=by, at=at, seen=seen, words=words, changes=counts | {"held_at": at})


@transaction.atomic
def correct(
    session: CampaignSession,
    *,
    by: User | None,
    at: dt.datetime,
    seen: int | None = None,
    words: str = "",
    **counts: Any,
) -> None:
    """Numbers that were wrong; the journal keeps who changed them and what stood there before."""
    check_counts(session, counts, at=at)
    before = {name: getattr(session, name) for name in counts if getattr(session, name) != counts[name]}
    take(session, "correct", by=by, at=at, seen=seen, words=words, changes=counts, detail={"before": before})


def check_counts(session: CampaignSession, counts: dict[str, Any], *, at: dt.datetime) -> None:
    if at < session.starts_at:
        raise Refusal(_("还没办，不能记人数。"), code="too_early", field="heads")
    if negative := next((name for name, n in counts.items() if isinstance(n, int) and n < 0), ""):
        raise Refusal(_("这个数不能是负的。"), code="negative", field=negative)
    heads, children = counts.get("heads", 0), counts.get("children", 0)
    wrong: list[tuple[bool, str, Any]] = [
        (heads < 1, "heads", _("请填来了几人。没人来，用“去了没办成”。")),
        (not counts.get("heads_how"), "heads_how", _("请选人数是怎么知道的。")),
        (counts.get("signed", 0) > heads, "signed", _("签到的不会比来的多。")),
        (children > heads, "children", _("孩子不会比来的多。")),
        (counts.get("consents", 0) > children, "consents", _("同意的不会比孩子多。")),
        (
            heads > session.places_for * CROWDED and not counts.get("crowded_why"),
            "crowded_why",
            _("坐得下 %(n)s 人，来的多不少。数字没错的话，请写怎么坐下的。") % {"n": session.places_for},
        ),
    ]
    for when in ("before", "after"):
        is_wrong = counts.get(f"right_{when}", 0) > counts.get(f"asked_{when}", 0)
        wrong.append((is_wrong, f"right_{when}", _("答对的不会比问的多。")))
    for is_wrong, name, sentence in wrong:
        if is_wrong:
            raise Refusal(sentence, code=name, field=name)


@transaction.atomic
def say_feedback(session: CampaignSession, *, feedback: str, feedback_consent: bool, by: User, at: dt.datetime) -> None:
    """What they say, and whether it may stand in the brief."""
    authority = staff_authority(by, community_id=session.community_id)
    if session.state != Campaigning.HELD:
        raise Changed(_("情况有变：现在不能改了。"))
    session.feedback = read_text(feedback, field="feedback", longest=300)
    if len(session.feedback) < 2:
        raise Refusal(_("请写一句他们怎么说。"), code="no_words", field="feedback")
    session.feedback_consent = feedback_consent
    session.save(update_fields=["feedback", "feedback_consent"])
    session.write("feedback", by=by, at=at, authority=authority)


@transaction.atomic
def miss(session: CampaignSession, *, by: User | None, at: dt.datetime, **given: Any) -> None:
    """Somebody went there in vain: not before the time that was agreed."""
    if at < session.starts_at:
        raise Refusal(_("还没到时间。不去了，用“取消这一场”。"), code="too_early")
    take(session, "miss", by=by, at=at, **given)


@transaction.atomic
def cancel(session: CampaignSession, *, by: User | None, at: dt.datetime, **given: Any) -> None:
    """The venue hears of it, and its link answers nothing any more."""
    take(session, "cancel", by=by, at=at, **given)
    say_called_off(session, at=at)


@transaction.atomic
def note_reach(
    campaign: Campaign, community: Community, *, channel: str, views: int, as_of: dt.date, by: User, at: dt.datetime
) -> OnlineReach:
    """How often it was seen online all in all by a day; never added to the heads that came. Raises Refusal ``as_of`` for a day
    ahead of us or before the last reading, ``views`` for fewer than then."""
    staff_authority(by, community_id=community.pk)
    if as_of > clock.local(at).date():
        raise Refusal(_("日期不能在今天以后。"), code="as_of", field="as_of")
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    last = campaign.reach.filter(channel=channel).first()
    if last and as_of <= last.as_of:
        raise Refusal(_("%(day)s 已经记过了，请记以后的日子。") % {"day": last.as_of}, code="as_of", field="as_of")
    if views < (last.views if last else 0):
        raise Refusal(
            _("累计的数只会变多：上次是 %(n)s。") % {"n": last.views if last else 0}, code="views", field="views"
        )
    return OnlineReach.objects.create(
        campaign=campaign, community=community, channel=channel, views=views, more=views - (last.views if last else 0),
        as_of=as_of, noted_by=by, noted_at=at,
    )  # fmt: skip
