"""What somebody in a hurry types and presses: numbers that fit nowhere, a slip that must be put right, an address left open."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from community_portal import clock
from community_portal.answers.models import AnswerLink
from community_portal.people.models import Contact
from community_portal.refusals import Changed, Refusal
from community_portal.web.spoken import spoken_seconds
from safety.actions import day
from safety.actions.campaigns import ask, move
from safety.actions.helping import ask_for_help, assign_helper, drop_helped
from safety.models import CampaignSession, Drill, DrillMark, Helper, MarkKind
from safety.queries.day import wall_of
from tests.cast import MONDAY, Cast
from tests.safety.campaigning import (
    about_session,
    make_campaign,
    make_held,
    make_premises,
    make_safety,
    make_session_of,
)
from tests.safety.drilling import (
    STARTS,
    Party,
    after,
    check_all,
    help_row,
    make_draft,
    make_ended,
    make_evaluated,
    make_frail,
    make_notified,
    make_party,
    make_ready,
    make_running,
    press,
    take,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_limits")]
HUGE = "99999999999"


@pytest.fixture
def party(cast: Cast) -> Party:
    return make_party(cast)


def page_of(drill: Drill, rest: str = "") -> str:
    return f"/safety/drills/{drill.case.number}/{rest}"


def test_who_walked_in_never_makes_up_for_who_is_missing(party: Party, client: Client) -> None:
    """Twenty were expected; twenty stand there, three of whom had not signed up: three are missing."""
    drill = make_running(party)
    point = drill.points.get()
    day.count_heads(point, present=20, walk_ins=3, key="one", by=party.safety, at=after(60))
    drill.refresh_from_db()
    assert drill.unaccounted == 3 and wall_of(drill).sums.missing == 3
    client.force_login(party.safety)
    assert "<b>3</b> 人还没点到" in client.get(page_of(drill, "day/")).content.decode()
    with pytest.raises(Refusal) as refused:
        day.count_heads(point, present=2, walk_ins=3, key="two", by=party.safety, at=after(70))
    assert refused.value.field == "walk_ins"
    body = {"point": point.pk, "present": 20, "walk_ins": 3, "key": "three"}
    url = f"/api/v1/drills/{drill.case.number}/head-counts/"
    assert client.post(url, body, content_type="application/json").json()["unaccounted"] == 3


def find_by_mistake(party: Party) -> tuple[Drill, Helper]:
    drill = make_notified(party)
    frail = make_frail(party)
    ask_for_help(drill, frail, by=party.safety, at=MONDAY)
    assign_helper(help_row(drill, frail), name="曹建军", phone="13800001234", by=party.safety, at=MONDAY)
    check_all(drill, party)
    take(drill, "make_ready", by=party.safety, at=MONDAY)
    press(drill, MarkKind.ALARM, by=party.safety, at=clock.now() - dt.timedelta(minutes=5))
    row = help_row(drill, frail)
    press(drill, MarkKind.FOUND, by=party.safety, at=clock.now() - dt.timedelta(minutes=2), helper=row)
    return drill, row


def test_somebody_found_by_mistake_is_missing_again(party: Party, client: Client) -> None:
    drill, row = find_by_mistake(party)
    client.force_login(party.safety)
    assert "沈玉英" not in client.get(page_of(drill, "day/")).content.decode()
    page = client.get(page_of(drill, "day/correct/")).content.decode()
    assert "找到了 沈玉英" in page and f'name="helper" value="{row.pk}"' in page
    typed = {"kind": "found", "helper": row.pk, "happened_at": "", "words": "认错人了", "once": "c1"}
    assert client.post(page_of(drill, "day/correct/"), typed).status_code == 303
    assert "沈玉英" in client.get(page_of(drill, "day/")).content.decode()
    assert DrillMark.objects.filter(kind="found").count() == 2
    client.force_login(party.judge)  # who does not lead reads no name
    page = client.get(page_of(drill, "day/correct/")).content.decode()
    assert "找到了" in page and "沈玉英" not in page


def test_a_correction_that_is_refused_keeps_what_was_typed(party: Party, client: Client) -> None:
    drill = make_running(party)
    house = drill.houses.get()
    for floor in (1, 2):
        press(drill, MarkKind.FLOOR_CLEAR, by=party.safety, at=after(60 + floor), house=house, floor=floor)
    client.force_login(party.safety)
    ahead = "2099-01-01T08:00:07"
    typed = {
        "kind": "floor_clear", "house": house.pk, "floor": 2, "happened_at": ahead, "words": "按晚了的那层",
        "once": "c1",
    }  # fmt: skip
    answer = client.post(page_of(drill, "day/correct/"), typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and page.count("这个时间还没到") == page.count("<details open") == 1
    assert ahead in page and "按晚了的那层" in page


def test_what_was_evaluated_offers_no_correction(party: Party, client: Client) -> None:
    client.force_login(party.safety)
    assert "改正" in client.get(page_of(make_ended(party), "day/correct/")).content.decode().split("<main", 1)[1]
    Drill.objects.update(session=None)
    drill = make_evaluated(party, title="评过的")
    assert 'name="happened_at"' not in client.get(page_of(drill, "day/correct/")).content.decode()


def test_a_helper_whose_number_stands_in_the_file_of_the_helped_is_taken(party: Party, client: Client) -> None:
    """A daughter answers the telephone of her mother; whoever bears the name of the file is the mother."""
    drill, frail = make_draft(party), make_frail(party)
    ask_for_help(drill, frail, by=party.safety, at=MONDAY)
    Contact.objects.create(resident=frail, phone="+8613912345678")
    client.force_login(party.safety)
    page = page_of(drill, f"helpers/{help_row(drill, frail).pk}/")
    herself = client.post(page, {"name": frail.name, "phone": "139 1234 5678", "once": "h1"})
    assert herself.status_code == 422 and "帮扶人不能是本人" in herself.content.decode()
    daughter = client.post(page, {"name": "沈小梅", "phone": "139 1234 5678", "once": "h2"})
    assert daughter.status_code == 303
    assert (help_row(drill, frail).name, help_row(drill, frail).helper) == ("沈小梅", None)


def test_a_helper_who_met_their_person_is_not_dropped(party: Party, client: Client) -> None:
    drill = make_notified(party)
    frail = make_frail(party)
    ask_for_help(drill, frail, by=party.safety, at=MONDAY)
    row = help_row(drill, frail)
    assign_helper(row, name="曹建军", phone="13800001234", by=party.safety, at=MONDAY)
    check_all(drill, party)
    take(drill, "make_ready", by=party.safety, at=MONDAY)
    press(drill, MarkKind.MET, by=party.safety, at=after(-60), helper=row)
    with pytest.raises(Changed, match="见到了"):
        drop_helped(help_row(drill, frail), by=party.safety, at=after(-30))
    client.force_login(party.safety)
    assert client.post(page_of(drill, f"helpers/{row.pk}/"), {"deed": "drop", "once": "x"}).status_code == 409


def test_the_telephone_of_the_stand_in_is_wrong_beside_its_field(party: Party, client: Client) -> None:
    drill = make_notified(party)
    frail = make_frail(party)
    ask_for_help(drill, frail, by=party.safety, at=MONDAY)
    client.force_login(party.safety)
    typed = {"name": "曹建军", "phone": "13800001234", "backup_name": "陆小琴", "backup_phone": "12", "once": "h1"}
    answer = client.post(page_of(drill, f"helpers/{help_row(drill, frail).pk}/"), typed)
    assert answer.status_code == 422 and "id_backup_phone_error" in answer.content.decode()


# ---- numbers beyond what a column holds --------------------------------------------------------------------------------
def test_numbers_that_fit_nowhere_are_said_beside_their_field(party: Party, cast: Cast, client: Client) -> None:
    drill, ended = make_draft(party), make_ended(party, title="办过的")
    station, question = ended.stations.first(), ended.questions.first()
    assert station and question
    starts = clock.local(clock.now() + dt.timedelta(days=9))
    plan = {
        "kinds": ["full"], "starts_at": f"{starts:%Y-%m-%dT09:00}", "ends_at": f"{starts:%Y-%m-%dT10:00}", "places_for": HUGE,
        "seen": drill.version, "title": "大的",
    }  # fmt: skip
    answers = {name: HUGE for name in ("before_asked", "before_right", "after_asked", "after_right")}
    premises = {"kind": "homes", "name": "新楼", "floors": 3, "heads": HUGE, "since": "2020-01-01", "height_m": HUGE}
    client.force_login(party.safety)
    for url, typed in (
        (page_of(drill, "plan/"), plan),
        ("/safety/drills/new/", plan),
        (page_of(ended, f"evaluation/stations/{station.pk}/"), {"practised": HUGE, "over_why": "x"}),
        (page_of(ended, f"evaluation/questions/{question.pk}/"), answers),
        ("/safety/premises/new/", premises),
    ):
        assert client.post(url, typed | {"once": url[-9:]}).status_code == 422, url


def test_a_session_with_too_many_places_or_people_sent(cast: Cast, signed_in: Any) -> None:
    safety = make_safety(cast)
    held, desk = make_held(cast, safety), signed_in(safety)
    starts = clock.local(clock.now() + dt.timedelta(days=3))
    typed = about_session(place="别处") | {
        "campaign": held.campaign_id, "starts_at": f"{starts:%Y-%m-%dT09:30}", "ends_at": f"{starts:%Y-%m-%dT10:30}",
    }  # fmt: skip
    assert desk.post("/safety/sessions/new/", typed | {"places_for": HUGE}).status_code == 422
    url = f"/safety/sessions/{held.case.number}/correct/"
    counts = {"heads": 90, "heads_how": "counted", "people_sent": 40_000, "seen": held.version}
    assert desk.post(url, counts).status_code == 422


# ---- a session whose venue nobody can ask yet --------------------------------------------------------------------------
def test_whom_to_ask_is_said_with_the_link(cast: Cast, signed_in: Any) -> None:
    safety = make_safety(cast)
    session = make_session_of(cast, safety, contact_name="", contact_phone="")
    page, desk = f"/safety/sessions/{session.case.number}/ask/", signed_in(safety)
    refused = desk.post(page, {"seen": session.version, "contact_phone": ""})
    assert refused.status_code == 422 and "id_contact_phone_error" in refused.content.decode()
    landline = desk.post(page, {"seen": session.version, "contact_phone": "85123456"})
    assert landline.status_code == 422 and "座机收不到短信" in landline.content.decode()
    typed = {"seen": session.version, "contact_name": "周园长", "contact_phone": "139 0621 0001"}
    assert desk.post(page, typed).status_code == 303
    session.refresh_from_db()
    assert (session.contact_name, session.contact_phone) == ("周园长", "+8613906210001")
    assert AnswerLink.objects.live().count() == 1


def test_a_landline_hears_no_sms_and_stops_nothing(cast: Cast) -> None:
    safety = make_safety(cast)
    session = make_session_of(cast, safety, contact_phone="0513-85123456")
    with pytest.raises(Refusal, match="座机"):
        ask(session, by=safety, at=clock.now())
    starts = session.starts_at + dt.timedelta(days=1)
    session = CampaignSession.objects.select_related("case", "community__street", "campaign").get(pk=session.pk)
    move(session, starts_at=starts, ends_at=starts + dt.timedelta(hours=1), by=safety, at=clock.now())
    assert not AnswerLink.objects.exists()


def test_chosen_premises_say_where(cast: Cast, signed_in: Any) -> None:
    safety, campaign = make_safety(cast), make_campaign(cast)
    premises = make_premises(cast, kind="kindergarten", name="花桥幼儿园")
    premises.save()
    starts = clock.local(clock.now() + dt.timedelta(days=3))
    typed = about_session(place="") | {
        "campaign": campaign.pk, "starts_at": f"{starts:%Y-%m-%dT09:30}", "ends_at": f"{starts:%Y-%m-%dT10:30}",
    }  # fmt: skip
    desk = signed_in(safety)
    assert "请写在哪里" in desk.post("/safety/sessions/new/", typed).content.decode()
    assert desk.post("/safety/sessions/new/", typed | {"premises": premises.pk}).status_code == 303
    assert CampaignSession.objects.get().place == "花桥幼儿园"


def test_a_line_of_the_check_list_that_is_refused_says_why(party: Party, client: Client) -> None:
    drill = make_notified(party)
    item = drill.checks.get(what="notices")
    client.force_login(party.safety)
    typed = {
        "photos": SimpleUploadedFile("notice.jpg", b"no picture", "image/jpeg"),
        "waived_why": "贴在门厅",
        "once": "k1",
    }
    answer = client.post(page_of(drill, f"checks/{item.pk}/"), typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and 'id="id_check_photos_errors"' in page and 'value="贴在门厅"' in page


def test_a_press_that_brings_no_key_is_one_of_its_own(party: Party, client: Client) -> None:
    drill = make_running(party)
    client.force_login(party.safety)
    assert client.post(page_of(drill, "day/press/"), {"kind": "call_119"}).status_code == 303


def test_before_the_alarm_nobody_is_missing_yet(party: Party, client: Client) -> None:
    drill = make_ready(party)
    client.force_login(party.safety)
    before = client.get(page_of(drill, "day/")).content.decode()
    assert "人还没点到" not in before and "应到" in before and "red-list is-clear" in before
    assert "is-late" not in client.get(page_of(drill, "wall/")).content.decode()
    press(drill, MarkKind.ALARM, by=party.safety, at=STARTS)
    assert "人还没点到" in client.get(page_of(drill, "day/")).content.decode()
    assert "is-late" in client.get(page_of(drill, "wall/")).content.decode()


def test_a_list_of_what_concerns_places_is_headed_by_the_place(party: Party, client: Client) -> None:
    make_draft(party)
    client.force_login(party.safety)
    headings = re.findall(r"<th[^>]*>\s*([^<\s]+)", client.get("/safety/drills/").content.decode())
    assert "地点" in headings and "居民" not in headings


def test_a_step_of_what_concerns_no_resident_promises_none_of_them_anything(party: Party, client: Client) -> None:
    client.force_login(party.safety)
    page = client.get(page_of(make_draft(party), "submit/")).content.decode()
    assert "会写进这件事的经过" in page and "我的事项" not in page and "只有工作人员看得到" not in page


def test_one_second_is_not_seconds() -> None:
    with translation.override("en"):
        assert [str(spoken_seconds(n)) for n in (1, 5)] == ["1 second", "5 seconds"]
