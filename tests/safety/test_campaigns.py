"""Journey 4: a street's campaign, a session in a kindergarten that confirms by a link, is held, counted, and printed as a brief."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from PIL import Image

from community_portal import clock
from community_portal.answers.models import AnswerLink
from community_portal.casework.models import Attachment
from community_portal.dashboards.fold import fold_figures
from community_portal.dashboards.periods import Period
from community_portal.dashboards.reading import reading_of
from community_portal.matters.actions.steps import take
from community_portal.measure import FIGURES
from community_portal.outbox.models import Message
from community_portal.people.links import unsealed
from community_portal.refusals import NotAllowed, Refusal
from safety.actions.asking_venues import answered
from safety.actions.campaigns import ask, cancel, confirm, correct, hold, move, note_reach, plan_campaign
from safety.models import CampaignSession, OnlineReach, SessionPhoto
from safety.workflow.campaigns import CAMPAIGN_SESSION
from tests.bookings.test_api import api
from tests.cast import Cast
from tests.matters.walk import broken_rules, people_of
from tests.safety.campaigning import (
    COUNTS,
    PHONE,
    about_session,
    make_campaign,
    make_held,
    make_safety,
    make_session_of,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
DAY = dt.timedelta(days=1)


def fresh(session: CampaignSession) -> CampaignSession:
    rows = CampaignSession.objects.select_related("case__community", "community__street", "campaign", "handler")
    return rows.get(pk=session.pk)


def photo() -> SimpleUploadedFile:
    """Sharp: black and white squares of ten pixels."""
    image = Image.new("RGB", (400, 300))
    image.putdata([(255, 255, 255) if (x // 10 + y // 10) % 2 else (0, 0, 0) for y in range(300) for x in range(400)])
    out = io.BytesIO()
    image.save(out, "PNG")
    return SimpleUploadedFile("class.png", out.getvalue(), "image/png")


def test_the_journey_from_the_link_to_the_brief(cast: Cast, signed_in: Any, client: Any) -> None:
    safety = make_safety(cast)
    desk = signed_in(safety)
    campaign = make_campaign(cast)
    typed = about_session() | {
        "campaign": campaign.pk, "starts_at": f"{clock.local(clock.now() + 3 * DAY):%Y-%m-%dT09:30}",
        "ends_at": f"{clock.local(clock.now() + 3 * DAY):%Y-%m-%dT10:30}",
    }  # fmt: skip
    page = desk.post("/safety/sessions/new/", typed)["Location"]
    session = CampaignSession.objects.get()
    seen = {"seen": session.version}
    assert desk.post(f"{page}ask/", seen).status_code == 303
    sms = Message.objects.get(kind="session_confirm")
    link = unsealed(sms.context["url"])
    assert sms.address == PHONE
    path = link[link.index("/a/") :]
    shown = client.get(path).content.decode()
    assert "铁路安全进万家" in shown and "遮住孩子的脸" in shown
    session.refresh_from_db()
    assert session.state == "planned"  # opening it changes nothing
    wrong = client.post(path, {"comes": "1", "name": "周园长", "words": "", "second": "9999"})
    assert wrong.status_code == 422
    assert client.post(path, {"comes": "1", "name": "周园长", "words": "", "second": PHONE[-4:]}).status_code == 303
    session.refresh_from_db()
    assert (session.state, session.confirmed_by_name) == ("confirmed", "周园长")
    journal = desk.get(page).content.decode()
    assert journal.count("周园长（短信链接）</b> 说好了时间") == 1 and "居民（短信链接）" not in journal
    assert session.case.events.filter(authority="link").count() == 1
    assert Message.objects.filter(kind="session_answered", user=safety).exists()
    assert Message.objects.get(kind="session_ahead").due_at == session.starts_at - DAY
    again = client.post(path, {"comes": "1", "name": "别人", "words": "", "second": PHONE[-4:]})
    assert again.status_code == 409
    hold(fresh(session), by=safety, at=session.ends_at, **COUNTS)
    missing = desk.post(f"{page}report/", {"seen": fresh(session).version})
    assert missing.status_code in (409, 422)
    assert (
        desk.post(f"{page}feedback/", {"feedback": "孩子回家考爷爷奶奶", "feedback_consent": "on"}).status_code == 303
    )
    assert desk.post(f"{page}report/", {"seen": fresh(session).version}).status_code == 303
    brief = desk.get(f"/dossier/campaign_session/{session.case.number}/brief/").content.decode()
    on_paper = brief.partition('class="brief-sheet"')[2].partition("</article>")[0]
    assert "数字都点得开" not in on_paper and brief.count('<div class="no-print">') == 2
    for words in ("铁路安全进万家走进花桥幼儿园", "104", "+42", "孩子回家考爷爷奶奶", "南通站派出所"):
        assert words in brief, words


def test_a_venue_asks_for_another_time(cast: Cast) -> None:
    safety = make_safety(cast)
    session = make_session_of(cast, safety)
    ask(session, by=safety, at=clock.now())
    with pytest.raises(Refusal, match="什么时间方便"):
        answered(fresh(session), comes=False, name="周园长", words="", at=clock.now())
    answered(fresh(session), comes=False, name="周园长", words="周五上午行", at=clock.now())
    session = fresh(session)
    assert session.state == "planned" and "周五上午行" in session.case.events.order_by("-id")[0].words
    starts = session.starts_at + DAY
    confirm(session, by=safety, at=clock.now(), words="周园长")
    move(fresh(session), starts_at=starts, ends_at=starts + dt.timedelta(hours=1), by=safety, at=clock.now())
    session = fresh(session)
    assert (session.state, session.starts_at, session.confirmed_at) == ("planned", starts, None)
    assert AnswerLink.objects.live().count() == 1  # the one before it ended
    cancel(session, by=safety, at=clock.now(), words="天气不好")
    assert not AnswerLink.objects.live().exists() and Message.objects.filter(kind="session_called_off").exists()


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"heads": 0}, "heads"),
        ({"heads": 1500, "children": 0, "consents": 0}, "crowded_why"),
        ({"signed": 105}, "signed"),
        ({"children": 105}, "children"),
        ({"consents": 97}, "consents"),
        ({"right_after": 110}, "right_after"),
        ({"heads_how": ""}, "heads_how"),
    ],
)
def test_numbers_that_cannot_be(cast: Cast, over: dict[str, Any], field: str) -> None:
    safety = make_safety(cast)
    session = make_session_of(cast, safety)
    confirm(session, by=safety, at=clock.now(), words="周园长")
    with pytest.raises(Refusal) as refused:
        hold(session, by=safety, at=session.ends_at, **COUNTS | over)
    assert refused.value.field == field
    with pytest.raises(Refusal, match="还没办"):
        hold(session, by=safety, at=clock.now(), **COUNTS)


@pytest.mark.parametrize(
    ("change", "truth"),
    [
        ("heads = 1500", "crowded_campaign_session_says_why"),
        ("signed = 105", "campaign_session_counts_agree"),
        ("right_before = 101", "campaign_quiz_is_at_most_all_right"),
        ("consents = 97", "consents_are_of_children_who_came"),
        ("ends_at = starts_at", "campaign_session_ends_after_it_begins"),
        ("confirmed_at = NULL", "campaign_session_was_confirmed"),
        ("held_at = starts_at - interval '1 day'", "held_campaign_session_says_how_many_came"),
        ("state = 'gone'", "state_exists"),
    ],
)
def test_truths_of_the_table(cast: Cast, change: str, truth: str) -> None:
    make_held(cast, make_safety(cast))
    with pytest.raises(IntegrityError, match=truth), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE safety_campaignsession SET {change}")


def test_what_may_not_be_planned(cast: Cast) -> None:
    safety, campaign = make_safety(cast), make_campaign(cast)
    starts = clock.now() + 3 * DAY
    for over, code in (
        ({"starts_at": clock.now() - DAY}, "past"),
        ({"starts_at": clock.now() + 100 * DAY}, "outside"),
        ({"ends_at": starts - DAY, "starts_at": starts}, "times"),
        ({"place": " "}, "no_place"),
    ):
        with pytest.raises(Refusal) as refused:
            make_session_of(cast, safety, campaign, **over)
        assert refused.value.code == code
    with pytest.raises(NotAllowed):
        make_session_of(cast, cast.stranger, campaign)
    today = clock.today()
    about = {"name": "别的", "topic": "fire", "starts_on": today, "at": clock.now()}
    with pytest.raises(NotAllowed):
        plan_campaign(cast.home.street, ends_on=today, by=safety, **about)
    with pytest.raises(Refusal, match="结束要晚于开始"):
        plan_campaign(cast.home.street, ends_on=today - DAY, by=cast.street_officer, **about)


def test_the_same_place_and_day_by_two_organisers_is_asked_about(cast: Cast, signed_in: Any) -> None:
    safety, campaign = make_safety(cast), make_campaign(cast)
    first = make_session_of(cast, safety, campaign)
    typed = about_session() | {
        "campaign": campaign.pk, "starts_at": f"{clock.local(first.starts_at):%Y-%m-%dT%H:%M}",
        "ends_at": f"{clock.local(first.ends_at):%Y-%m-%dT%H:%M}",
    }  # fmt: skip
    desk = signed_in(safety)
    asked = desk.post("/safety/sessions/new/", typed)
    assert (
        asked.status_code == 422
        and first.case.number in asked.content.decode()
        and CampaignSession.objects.count() == 1
    )
    assert desk.post("/safety/sessions/new/", typed | {"is_sure": "on"}).status_code == 303


def test_faces_of_children_are_never_stored(cast: Cast, signed_in: Any) -> None:
    safety = make_safety(cast)
    session = make_held(cast, safety, consents=20)
    url = f"/safety/sessions/{session.case.number}/photos/"
    desk = signed_in(safety)
    refused = desk.post(url, {"photos": photo(), "faces": 25})
    assert refused.status_code == 422 and "监护人同意的只有 20 个" in refused.content.decode()
    assert desk.post(url, {"photos": photo(), "faces": 20}).status_code == 303
    kept = Attachment.objects.get()
    with kept.file.open("rb") as file, Image.open(file) as image:
        colours = image.convert("L").getextrema()
    assert colours[1] - colours[0] < 60  # squares of black and white are one grey
    with pytest.raises(IntegrityError, match="faces_of_children_are_covered"), transaction.atomic():
        SessionPhoto.objects.update(is_covered=False)


def test_views_are_cumulative_and_never_heads(cast: Cast) -> None:
    safety, campaign = make_safety(cast), make_campaign(cast)
    today = clock.today()
    held = make_held(cast, safety, campaign)

    def note(views: int, as_of: dt.date) -> OnlineReach:
        return note_reach(campaign, cast.home, channel="video", views=views, as_of=as_of, by=safety, at=clock.now())

    note(5200, today - DAY)
    assert note(8600, today).more == 3400
    for views, as_of, field in ((8500, today + DAY, "as_of"), (9000, today, "as_of")):
        with pytest.raises(Refusal) as refused:
            note(views, as_of)
        assert refused.value.field == field
    OnlineReach.objects.filter(as_of=today).delete()
    with pytest.raises(Refusal, match="只会变多"):
        note(5000, today)
    note(8600, today)
    fold_figures()
    span = Period(today - DAY, clock.local(held.ends_at).date() + DAY, "")
    reading = reading_of([cast.home.pk], span)
    found = {name: FIGURES[name].value(reading) for name in (
        "campaign_sessions", "campaign_reached", "campaign_online_views", "leaflets", "quiz_gain"
    )}  # fmt: skip
    assert found == {
        "campaign_sessions": 1, "campaign_reached": 104, "campaign_online_views": 8600, "leaflets": 100, "quiz_gain": 42,
    }  # fmt: skip


def test_numbers_are_corrected_with_a_trace(cast: Cast) -> None:
    safety = make_safety(cast)
    session = make_held(cast, safety)
    correct(fresh(session), by=safety, at=session.ends_at, **COUNTS | {"heads": 100})
    session = fresh(session)
    assert session.heads == 100 and session.case.events.order_by("-id")[0].detail["before"] == {"heads": 104}


@pytest.mark.parametrize("step", CAMPAIGN_SESSION.steps, ids=lambda step: step.name)
def test_every_step_goes_by_its_table(cast: Cast, step: Any) -> None:
    safety = make_safety(cast)
    session = make_held(cast, safety)
    CampaignSession.objects.filter(pk=session.pk).update(feedback="都听懂了", grid=cast.grid)
    starts = session.starts_at + 2 * DAY
    data = {
        "words": "周园长说可以",
        "starts_at": starts,
        "ends_at": starts + dt.timedelta(hours=1),
        "officer": safety,
    } | COUNTS

    def put_into(state: str) -> CampaignSession:
        closed = session.ends_at if CAMPAIGN_SESSION.states[state].is_end else None
        CampaignSession.objects.filter(pk=session.pk).update(state=state, closed_at=closed)
        return fresh(session)

    people = people_of(cast, safety=safety)
    rules = broken_rules(CAMPAIGN_SESSION, step, people=people, put_into=put_into, data=data, at=session.ends_at)
    if step.name == "hand_over":
        data["officer"] = cast.manager
    assert list(rules) == []


def test_the_api_takes_its_steps(cast: Cast) -> None:
    safety = make_safety(cast)
    session = make_session_of(cast, safety)
    client = api(safety)
    found = client.get(f"/api/v1/campaign-sessions/{session.case.number}/").json()
    assert (found["place"], found["heads"], found["state"]) == ("花桥幼儿园", 0, "planned")
    body = {"version": found["version"], "words": "周园长电话里说行"}
    assert (
        client.post(f"/api/v1/campaign-sessions/{session.case.number}/confirm/", body, format="json").status_code == 200
    )
    assert fresh(session).state == "confirmed"
    assert api(cast.stranger).get(f"/api/v1/campaign-sessions/{session.case.number}/").status_code == 404


def test_pages_open_with_rows_and_without(cast: Cast, signed_in: Any) -> None:
    safety = make_safety(cast)
    desk = signed_in(safety)
    assert "还没有宣传" in desk.get("/safety/campaigns/").content.decode()
    session = make_held(cast, safety)
    page = desk.get(f"/safety/campaigns/{session.campaign_id}/").content.decode()
    assert "104 人次，其中孩子 96" in page and "41% → 83%" in page
    assert desk.get(f"/safety/sessions/{session.case.number}/").status_code == 200
    assert "花桥幼儿园" in desk.get("/safety/sessions/").content.decode()
    take(fresh(session), "correct", by=safety, at=session.ends_at, changes={"heads": 104})
