"""Pages of safety are found, say what they hold, and show pictures that exist."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from community_portal import clock
from community_portal.dues.kinds import KINDS
from community_portal.refusals import Refusal
from community_portal.rules.actions import load_rulebook
from community_portal.web.navigation import STAFF_NAVIGATION
from safety.actions.campaigns import confirm, miss
from safety.actions.premises import save_premises
from safety.models import CampaignSession
from tests.cast import Cast
from tests.safety.campaigning import make_held, make_premises, make_safety, make_session_of

pytestmark = pytest.mark.django_db
SPRITE = Path(settings.BASE_DIR) / "static/vendor/bootstrap-icons/icons.svg"


def test_every_picture_of_menus_and_duties_is_in_the_sprite() -> None:
    there = set(re.findall(r'id="([a-z0-9-]+)"', SPRITE.read_text()))
    lines = [line for _title, rows in STAFF_NAVIGATION for line in rows]
    wanted = {kind.icon for kind in KINDS.values()} | {line[2] for line in lines}
    assert wanted <= there


def test_campaigns_are_found_before_there_is_any(cast: Cast, signed_in: Any) -> None:
    desk = signed_in(make_safety(cast))
    assert 'href="/safety/campaigns/"' in desk.get("/safety/sessions/").content.decode()
    street = signed_in(cast.street_officer).get("/safety/campaigns/").content.decode()
    assert 'href="/safety/campaigns/new/"' in street and 'href="/safety/sessions/"' in street


def test_a_session_shows_its_papers_and_no_id_twice(cast: Cast, signed_in: Any) -> None:
    safety = make_safety(cast)
    session = make_held(cast, safety)
    page = signed_in(safety).get(f"/safety/sessions/{session.case.number}/").content.decode()
    for words in (
        f"/dossier/campaign_session/{session.case.number}/brief/",
        "答对 41% → 83%",
        "动画片",
        "坐得下 110 人",
    ):
        assert words in page, words
    ids = re.findall(r' id="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))


def test_nobody_went_in_vain_before_the_time(cast: Cast) -> None:
    safety = make_safety(cast)
    session = make_session_of(cast, safety)
    confirm(session, by=safety, at=clock.now(), words="周园长")
    fresh = CampaignSession.objects.select_related("case", "community__street", "campaign").get(pk=session.pk)
    with pytest.raises(Refusal, match="还没到时间"):
        miss(fresh, by=safety, at=clock.now(), words="没人")
    miss(fresh, by=safety, at=session.ends_at, words="门锁着")
    assert CampaignSession.objects.get(pk=session.pk).state == "no_show"


def test_what_is_among_the_five_is_not_told_twice_and_says_who_does_it(cast: Cast, signed_in: Any) -> None:
    load_rulebook(at=clock.now())
    safety = make_safety(cast)
    for n in (1, 2):
        save_premises(make_premises(cast, name=f"公园里 {n} 幢"), by=safety, at=clock.now())
    answer = signed_in(safety).get("/safety/desk/")
    five, coming = answer.context["five"], answer.context["coming"]
    assert five and coming and not {one.pk for one in five} & {one.pk for one in coming}
    assert all(one.who == "安全专员" for one in coming) and "谁做" in answer.content.decode()
