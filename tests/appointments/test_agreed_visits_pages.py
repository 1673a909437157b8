"""The agreed time on every page that shows it, over HTTP and over the API; what is typed wrongly stays typed."""

import datetime as dt
from typing import Any

import pytest
from django.utils.translation import override
from rest_framework.test import APIClient

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from community_portal import clock
from community_portal.bookings.models import Booking, BookingState, Session
from community_portal.bookings.visits import table_of
from community_portal.matters.actions import visits
from community_portal.people.links import link_hash_of
from community_portal.people.models import Delegation, User
from community_portal.places.working_time import ONE_DAY, WorkCalendar
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.factories import make_category, make_household, make_resident, make_session, make_user

TOKEN = "a-token-of-the-test-0123456789"


def next_working(days: int = 1) -> dt.datetime:
    """Nine o'clock, so many working days from today."""
    today = clock.today()
    calendar = WorkCalendar.load(today, today + 60 * ONE_DAY)
    day = clock.local(calendar.first_working_moment(clock.at_wall(today + ONE_DAY, dt.time.min)))
    return clock.local(calendar.add_days(day, days - 1)).replace(hour=9, minute=0)


@pytest.fixture
def taken(cast: Cast) -> HelpRequest:
    return register_request(
        community=cast.home, category=make_category(), words="老伴卧床", resident=cast.elder, by=cast.reception,
        at=clock.now(),
    )  # fmt: skip


def typed(moment: dt.datetime) -> str:
    return f"{clock.local(moment):%Y-%m-%dT%H:%M}"


def form(request: HelpRequest, **over: Any) -> dict[str, Any]:
    return {
        "seen": request.version,
        "slot": "other",
        "starts_at": typed(next_working()),
        "minutes": "30",
        "words": "",
    } | over


def url_of(request: HelpRequest, step: str = "plan_visit") -> str:
    return f"/requests/{request.case.number}/{step}/"


def test_how_long_it_takes_is_asked_in_the_language_of_the_page(
    cast: Cast, taken: HelpRequest, signed_in: SignedIn
) -> None:
    client = signed_in(cast.officer)
    client.cookies["django_language"] = "en"
    page = client.get(url_of(taken)).content.decode()
    assert "45 minutes" in page and "45 分钟" not in page


def test_a_free_time_is_one_tap(cast: Cast, taken: HelpRequest, signed_in: SignedIn) -> None:
    client = signed_in(cast.officer)
    page = client.get(url_of(taken))
    slots = [value for value, _label in page.context["form"].fields["slot"].choices]
    assert len(slots) >= 9 and slots[-1] == "other"
    answer = client.post(url_of(taken), form(taken, slot=slots[0], starts_at=""))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/requests/{taken.case.number}/")
    booking = Booking.objects.get()
    assert booking.starts_at == dt.datetime.fromisoformat(slots[0])
    assert slots[0] not in [v for v, _l in client.get(url_of(taken)).context["form"].fields["slot"].choices]


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"slot": ""}, None),
        ({"slot": "", "starts_at": ""}, "slot"),
        ({"slot": "other", "starts_at": ""}, "starts_at"),
        ({"slot": "other", "starts_at": "明天上午"}, "starts_at"),
        ({"slot": "2020-01-01T09:00+08:00"}, "slot"),
        ({"minutes": "7"}, "minutes"),
        ({"starts_at": "2020-01-01T09:00"}, "starts_at"),
    ],
)
def test_what_is_typed_wrongly_stays_with_a_sentence_beside_it(
    over: dict[str, str], field: str | None, cast: Cast, taken: HelpRequest, signed_in: SignedIn
) -> None:
    answer = signed_in(cast.reception).post(url_of(taken), form(taken, words="带好病历", **over))
    if field is None:
        assert answer.status_code == 303
        return
    assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]
    assert "带好病历" in answer.content.decode()
    assert not Booking.objects.exists()


def test_a_busy_officer_is_said_beside_the_time(cast: Cast, taken: HelpRequest, signed_in: SignedIn) -> None:
    make_session(community=cast.home, host=cast.officer, starts_at=next_working() - dt.timedelta(minutes=10))
    answer = signed_in(cast.reception).post(url_of(taken), form(taken))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"starts_at": ["这位工作人员这个时间已有安排。"]}
    chosen = answer.context["form"].fields["slot"].choices[0][0]
    both = signed_in(cast.reception).post(url_of(taken), form(taken, slot=chosen))
    assert list(both.context["form"].errors) == ["starts_at"], "one of the two is meant"


def test_permissions_of_the_page(cast: Cast, taken: HelpRequest, signed_in: SignedIn) -> None:
    assert signed_in(cast.stranger).get(url_of(taken)).status_code == 404
    assert signed_in(cast.street_officer).post(url_of(taken), form(taken)).status_code == 409
    assert signed_in(cast.elder_account).post(url_of(taken), form(taken)).status_code == 403
    assert not Booking.objects.exists()


def test_who_comes_to_whose_home_has_an_english_colon(cast: Cast, taken: HelpRequest) -> None:
    visits.plan_visit(taken, starts_at=next_working(), by=cast.officer, at=clock.now())
    for language, where in (("en", "At home: 周敏"), ("zh-hans", "上门：周敏")):
        with override(language):
            assert table_of(Booking.objects.all(), reader=cast.officer, at=clock.now())[0].where == where


def test_every_page_shows_it(cast: Cast, taken: HelpRequest, signed_in: SignedIn, fresh_limits: None) -> None:
    starts = clock.at_wall(clock.today(), dt.time(23, 50))
    booking = visits.plan_visit(taken, starts_at=next_working(), words="请备好病历", by=cast.officer, at=clock.now())
    # Today, whatever the hour of the test.
    for row in (Session.objects.filter(pk=booking.session_id), Booking.objects.filter(pk=booking.pk)):
        row.update(starts_at=starts, ends_at=starts + dt.timedelta(minutes=9))
    words = f"网格员 周敏 {starts:%m-%d} 晚上 11:50 到您家"
    mine = signed_in(cast.elder_account)
    assert words in mine.get(f"/my/requests/{taken.case.number}/").content.decode()
    looked_up = signed_in(None).post("/look-up/", {"number": taken.case.number, "tail": "2046"}).content.decode()
    assert words in looked_up and "请备好病历" in looked_up and "老伴" not in looked_up
    assert "网格员周敏到您家" in mine.get("/").content.decode()
    desk = signed_in(cast.reception)
    for path in ("/desk/", "/desk/visits/"):
        page = desk.get(path).content.decode()
        assert f"/requests/{taken.case.number}/" in page and f"/desk/visits/{booking.pk}/check_in/" not in page
    assert desk.post(f"/desk/visits/{booking.pk}/served/", {"seen": "1"}).status_code == 422
    request_page = desk.get(f"/requests/{taken.case.number}/").content.decode()
    assert "改时间" in request_page and "晚上 11:50" in request_page
    field = signed_in(cast.officer).get("/field/")
    assert [door.key for door in field.context["waiting"]] == [taken.case.number]
    assert "今天 23:50" in field.content.decode()


def test_field_shows_today_by_the_hour_then_doors_without_a_time_then_later(cast: Cast, signed_in: SignedIn) -> None:
    at, today = clock.now(), clock.today()
    made = [
        register_request(
            community=cast.home, category=make_category(), words="灯坏了", by=cast.reception, at=at,
            resident=make_resident(household=make_household(building=cast.building)),
        )
        for _ in range(4)
    ]  # fmt: skip
    for n, (request, day, time) in enumerate([(made[0], 0, (17, 0)), (made[1], 0, (8, 30)), (made[2], 2, (9, 0))]):
        booking = visits.plan_visit(request, starts_at=next_working(n + 2), by=cast.officer, at=at)
        moment = clock.at_wall(today + day * ONE_DAY, dt.time(*time))
        for row in (Session.objects.filter(pk=booking.session_id), Booking.objects.filter(pk=booking.pk)):
            row.update(starts_at=moment, ends_at=moment + dt.timedelta(minutes=30))
    found = signed_in(cast.officer).get("/field/").context
    numbers = {name: [door.key for door in found[name]] for name in ("waiting", "doors", "later")}
    assert numbers == {
        "waiting": [made[1].case.number, made[0].case.number],
        "doors": [made[3].case.number],
        "later": [made[2].case.number],
    }


def linked(booking: Booking) -> str:
    Booking.objects.filter(pk=booking.pk).update(link_hash=link_hash_of(TOKEN))
    return f"/b/{TOKEN}/"


def test_the_link_offers_cancelling_only(
    cast: Cast, taken: HelpRequest, signed_in: SignedIn, fresh_limits: None
) -> None:
    booking = visits.plan_visit(taken, starts_at=next_working(), by=cast.officer, at=clock.now())
    url, nobody = linked(booking), signed_in(None)
    page = nobody.get(url).content.decode()
    assert "网格员周敏到您家" in page and "取消预约" in page and "改到这个时间" not in page
    other = make_session(community=cast.home)
    assert nobody.post(url, {"deed": "move", "tail": "2046", "to": str(other.pk)}).status_code == 422
    ics = nobody.get(f"{url}visit.ics").content.decode()
    assert "网格员周敏到您家" in ics.replace("\r\n ", "") and "STATUS:CONFIRMED" in ics
    assert nobody.post(url, {"deed": "cancel", "tail": "0000", "reason": "no_time"}).status_code == 422
    assert nobody.post(url, {"deed": "cancel", "tail": "2046", "reason": "no_time"}).status_code == 303
    assert "网格员会再跟您约时间" in nobody.get(url).content.decode()
    desk = signed_in(cast.reception).get(f"/requests/{taken.case.number}/").content.decode()
    assert "时间不合适" in desk and "另约时间" in desk


def test_who_asked_for_somebody_without_a_phone_gives_the_visit_up_by_the_link(
    cast: Cast, signed_in: SignedIn, fresh_limits: None
) -> None:
    """The message went to them, so their digits open it: those they have now, not the ones they gave up, nor the officer's."""
    silent = make_resident(household=cast.household, phone=None)
    asker = make_resident(community=cast.home, phone="+8613800007777")
    User.objects.filter(pk=cast.officer.pk).update(phone="+8613800005555")
    taken = register_request(
        community=cast.home, category=make_category(), words="老伴卧床", resident=silent, asker=asker,
        by=cast.reception, at=clock.now(),
    )  # fmt: skip
    booking = visits.plan_visit(taken, starts_at=next_working(), by=cast.officer, at=clock.now())
    url, nobody = linked(booking), signed_in(None)
    asker.contacts.update(phone="+8613800006666", tail="6666")
    for tail in ("5555", "0000", "7777"):
        assert nobody.post(url, {"deed": "cancel", "tail": tail, "reason": "no_time"}).status_code == 422
    assert nobody.post(url, {"deed": "cancel", "tail": "6666", "reason": "no_time"}).status_code == 303
    booking.refresh_from_db()
    assert booking.state == "cancelled"


def test_the_link_takes_its_cancelling_back(
    cast: Cast, taken: HelpRequest, signed_in: SignedIn, fresh_limits: None
) -> None:
    booking = visits.plan_visit(taken, starts_at=next_working(), by=cast.officer, at=clock.now())
    url, nobody = linked(booking), signed_in(None)
    nobody.post(url, {"deed": "cancel", "tail": "2046", "reason": "no_time"})
    assert nobody.post(url, {"deed": "undo", "tail": "2046"}).status_code == 303
    booking.refresh_from_db()
    assert (booking.state, booking.session.state) == ("booked", "open")
    lines = list(taken.case.events.values_list("kind", "authority"))
    assert lines[-2:] == [("appointment_cancelled", "link"), ("appointment_stands", "link")]


def test_a_page_that_shows_an_older_visit_cancels_nothing(cast: Cast, taken: HelpRequest, signed_in: SignedIn) -> None:
    booking = visits.plan_visit(taken, starts_at=next_working(), by=cast.officer, at=clock.now())
    form = {"reason": "no_time", "seen": booking.version + 1}
    for who, url in (
        (cast.elder_account, f"/my/bookings/{booking.pk}/change/"),
        (cast.reception, f"/desk/visits/{booking.pk}/change/"),
    ):
        assert signed_in(who).post(url, form).status_code == 409
    assert Booking.objects.get().state == BookingState.BOOKED


def test_who_may_only_read_reads_who_comes(cast: Cast, taken: HelpRequest, signed_in: SignedIn) -> None:
    booking = visits.plan_visit(taken, starts_at=next_working(), by=cast.officer, at=clock.now())
    niece = make_user(phone="+8613911112222")
    Delegation.objects.create(
        principal=cast.elder, agent=niece, relation="侄女", scopes=["read"], proof="当面",
        starts_on=clock.today(), created_by=cast.reception, created_at=clock.now(),
    )  # fmt: skip
    page = signed_in(niece).get(f"/my/bookings/{booking.pk}/").content.decode()
    assert "网格员周敏到您家" in page and "为什么事" in page and "取消预约" not in page


def test_agreed_sessions_are_nobody_elses_business(cast: Cast, taken: HelpRequest, signed_in: SignedIn) -> None:
    booking = visits.plan_visit(taken, starts_at=next_working(), by=cast.officer, at=clock.now())
    assert APIClient().get("/api/v1/sessions/").json()["results"] == []
    assert APIClient().get(f"/api/v1/sessions/{booking.session_id}/").status_code == 404
    for who in (None, cast.stranger_account, cast.elder_account):
        assert signed_in(who).post(f"/book/hold/{booking.session_id}/").status_code == 404
    api = APIClient()
    api.force_authenticate(cast.reception)
    typed = {"session": booking.session_id, "name": "外人", "phone": "13900009999"}
    assert api.post("/api/v1/bookings/", typed, format="json").status_code == 404


def test_the_api_plans_it(cast: Cast, taken: HelpRequest) -> None:
    api = APIClient()
    api.force_authenticate(cast.officer)
    url = f"/api/v1/help-requests/{taken.case.number}/plan_visit/"
    at = next_working()
    answer = api.post(url, {"starts_at": at.isoformat(), "minutes": 45, "words": "请备好病历"}, format="json")
    assert answer.status_code == 200
    visit = answer.json()["visit"]
    assert (visit["state"], visit["officer"]) == ("booked", "grid")
    assert dt.datetime.fromisoformat(visit["starts_at"]) == at
    assert {"plan_visit", "call_off_visit"} <= set(answer.json()["steps"])
    busy = register_request(
        community=cast.home, category=make_category(), words="灯坏了", by=cast.reception, at=clock.now(),
        resident=make_resident(household=make_household(building=cast.building)),
    )  # fmt: skip
    other = f"/api/v1/help-requests/{busy.case.number}/plan_visit/"
    refused = api.post(other, {"starts_at": at.isoformat()}, format="json")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "host_busy")
    assert refused.json()["errors"][0]["attr"] == "starts_at"
    assert api.post(other, {}, format="json").json()["errors"][0]["code"] == "no_time"
    off = api.post(f"/api/v1/help-requests/{taken.case.number}/call_off_visit/", {"words": "要去开会"}, format="json")
    assert off.json()["visit"]["state"] == BookingState.CANCELLED
