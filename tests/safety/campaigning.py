"""Campaigns and premises for tests."""

import datetime as dt
from typing import Any

from community_portal import clock
from community_portal.people.models import Organisation, Role, User
from safety.actions.campaigns import confirm, hold, plan_campaign, plan_session
from safety.actions.premises import save_premises
from safety.models import Campaign, CampaignSession, Premises
from tests.cast import Cast
from tests.factories import make_member

PHONE = "+8613906210001"
COUNTS: dict[str, Any] = {
    "heads": 104, "heads_how": "counted", "signed": 0, "children": 96, "consents": 90, "people_sent": 4, "leaflets": 100,
    "asked_before": 100, "right_before": 41, "asked_after": 100, "right_after": 83, "crowded_why": "",
}  # fmt: skip


def make_safety(cast: Cast) -> User:
    return make_member(Role.SAFETY, community=cast.home, username="campaigner", name="龚丽")


def make_campaign(cast: Cast, **over: Any) -> Campaign:
    about: dict[str, Any] = {
        "name": "铁路安全进万家", "topic": "railway", "starts_on": clock.today() - dt.timedelta(days=30),
        "ends_on": clock.today() + dt.timedelta(days=60), "audiences": ["children"], "planned_sessions": 12,
    }  # fmt: skip
    police = Organisation.objects.get_or_create(name="南通站派出所", kind="police")[0]
    return plan_campaign(cast.home.street, partners=[police], by=cast.street_officer, at=clock.now(), **about | over)


def about_session(**over: Any) -> dict[str, Any]:
    starts = over.pop("starts_at", clock.now() + dt.timedelta(days=3))
    return {
        "venue": "kindergarten", "place": "花桥幼儿园", "contact_name": "周园长", "contact_phone": "13906210001",
        "starts_at": starts, "ends_at": starts + dt.timedelta(hours=1), "audience": "children", "places_for": 110,
        "materials": "动画片",
    } | over  # fmt: skip


def make_session_of(cast: Cast, by: User, campaign: Campaign | None = None, **over: Any) -> CampaignSession:
    is_sure = over.pop("is_sure", False)
    return plan_session(
        campaign or make_campaign(cast), cast.home, is_sure=is_sure, by=by, at=clock.now(), **about_session(**over)
    )


def make_held(cast: Cast, by: User, campaign: Campaign | None = None, **over: Any) -> CampaignSession:
    counts = {name: over.pop(name) for name in list(over) if name in COUNTS}
    session = make_session_of(cast, by, campaign, **over)
    confirm(session, by=by, at=clock.now(), words="周园长")
    hold(session, by=by, at=session.ends_at, **COUNTS | counts)
    return session


def make_premises(cast: Cast, **over: Any) -> Premises:
    given = {"kind": "homes", "name": "万科公园里 1 幢", "floors": 18, "height_m": 54, "since": dt.date(2020, 1, 1)}
    return Premises(community=cast.home, **given | over)


def make_shown(cast: Cast) -> dict[str, Any]:
    """For the tests that open every page: what campaigns, premises and bodies hold, by the names in their addresses."""
    safety = make_safety(cast)
    held = make_held(cast, safety)
    premises = save_premises(make_premises(cast), by=safety, at=clock.now())
    school = Organisation.objects.create(name="花桥小学", kind="school")
    return {
        "session": held.case.number, "campaign": held.campaign_id, "premises": premises.pk, "body": school.pk,
    }  # fmt: skip
