"""Booking on the phone: the ten minutes, the browser they belong to, double clicks, and times that cannot be had."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from appointments.models import HelpRequest
from community_portal import clock
from community_portal.bookings import actions, seats
from community_portal.bookings.models import Booking, BookingState, Session, SessionKind
from community_portal.people.actions import grant_delegation, revoke_delegation
from community_portal.people.models import Delegation, User
from community_portal.places.models import CalendarYear, Closure
from community_portal.refusals import Changed, Refusal
from tests.cast import Cast
from tests.factories import make_category, make_opening, make_resident, make_service, make_session


@pytest.fixture
def service(db: None) -> Any:
    return make_service(code="allowance", party_max=4, lead_minutes=0)


@pytest.fixture
def session(cast: Cast, service: Any) -> Session:
    return make_session(community=cast.home, service=service, capacity=1)


@pytest.fixture
def elder(cast: Cast, signed_in: Any) -> Client:
    return signed_in(cast.elder_account)


def hold(client: Client, session: Session, **body: Any) -> str:
    answer = client.post(f"/book/hold/{session.pk}/", body)
    assert answer.status_code == 303, answer.content.decode()
    return answer.url


def taken(session: Session) -> int:
    return Session.objects.get(pk=session.pk).taken


def test_a_double_click_on_a_time_holds_it_once_and_leads_to_one_form(elder: Client, session: Session) -> None:
    """The last place: without the key the second click would hear that somebody was quicker."""
    assert hold(elder, session, once="k") == hold(elder, session, once="k")
    assert (taken(session), Booking.objects.count()) == (1, 1)


def test_who_takes_a_delegation_back_is_not_replaced_by_the_one_who_had_it(
    elder: Client, session: Session, cast: Cast
) -> None:
    """The page was open meanwhile, with their mother chosen on it."""
    mother = make_resident(community=cast.home, name="吴奶奶")
    delegation = grant_delegation(
        principal=mother, agent=cast.elder_account, relation="儿子", scopes=["book", "request"], proof="当面",
        by=cast.reception, at=clock.now(),
    )  # fmt: skip
    page = hold(elder, session)
    assert "吴奶奶" in elder.get(page).content.decode()
    revoke_delegation(delegation, by=cast.reception, at=clock.now())
    for answer in (
        elder.post(page, {"resident": mother.pk}),
        elder.post("/help/", {"resident": mother.pk, "category": make_category().pk, "words": "母亲摔倒了"}),
    ):
        assert answer.status_code == 422 and "您不能代这位居民办理" in answer.content.decode()
    assert (Booking.objects.get().state, HelpRequest.objects.count()) == (BookingState.HELD, 0)
    assert elder.post(page, {"resident": cast.elder.pk}).status_code == 303


def test_a_double_click_on_confirm_books_once(elder: Client, session: Session) -> None:
    page = hold(elder, session)
    answers = [elder.post(page, {"party_size": 1, "once": "c"}) for _n in range(2)]
    assert [a.status_code for a in answers] == [303, 303] and answers[0].url == answers[1].url
    assert Booking.objects.get().state == BookingState.BOOKED


def test_a_hold_opens_in_no_other_browser_and_for_no_other_person(
    elder: Client, session: Session, cast: Cast, signed_in: Any
) -> None:
    page = hold(elder, session)
    same_person = signed_in(cast.elder_account)
    answer = same_person.post(page, {"party_size": 1})
    assert (answer.status_code, Booking.objects.get().state) == (409, BookingState.HELD)
    assert signed_in(cast.stranger_account).get(page).status_code == 404


def test_after_ten_minutes_the_form_says_so_and_the_place_is_free(
    elder: Client, session: Session, cast: Cast, time_machine: Any
) -> None:
    now = clock.now()
    time_machine.move_to(now, tick=False)
    page = hold(elder, session)
    time_machine.move_to(now + dt.timedelta(minutes=9, seconds=59), tick=False)
    assert elder.get(page).status_code == 200
    time_machine.move_to(now + dt.timedelta(minutes=10), tick=False)
    over = elder.post(page, {"party_size": 1})
    assert over.status_code == 409 and "十分钟到了" in over.content.decode()
    other = make_resident(community=cast.home)
    assert actions.book(session=session, resident=other, by=None, at=clock.now()).state == BookingState.BOOKED
    assert seats.miscounted_sessions() == []


def test_giving_up_frees_the_place_at_once(elder: Client, session: Session) -> None:
    page = hold(elder, session)
    elder.post(page, {"give_up": "1"})
    assert taken(session) == 0


def test_the_page_of_a_time_let_go_says_so(elder: Client, session: Session, service: Any) -> None:
    """Given up with the button, or by choosing another time; who let ten minutes pass still hears of them."""
    page = hold(elder, session)
    elder.post(page, {"give_up": "1"})
    answer = elder.get(page)
    assert answer.status_code == 409 and "您已经不要这个时间了" in answer.content.decode()
    changed_mind = hold(elder, session)
    kept = hold(
        elder,
        make_session(community=session.community, service=service, starts_at=session.starts_at + dt.timedelta(hours=1)),
    )
    assert "您已经不要这个时间了" in elder.get(changed_mind).content.decode()
    Booking.objects.filter(state="held").update(held_until=clock.now())
    assert "十分钟到了" in elder.get(kept).content.decode()


def test_a_hold_of_a_visit_that_has_begun_is_not_confirmed(cast: Cast, service: Any) -> None:
    at = clock.now()
    soon = make_session(community=cast.home, service=service, starts_at=at + dt.timedelta(minutes=5))
    held = actions.hold_session(session=soon, hold_token="t", by=cast.elder_account, at=at)
    with pytest.raises(Refusal) as refused:
        actions.confirm_hold(
            booking=held, hold_token="t", resident=cast.elder, by=cast.elder_account, at=soon.starts_at
        )
    assert refused.value.code == "past"


def test_a_hold_of_a_day_closed_meanwhile_is_not_confirmed(cast: Cast, service: Any) -> None:
    at = clock.now()
    session = make_session(community=cast.home, service=service, opening=make_opening(community=cast.home))
    held = actions.hold_session(session=session, hold_token="t", by=cast.elder_account, at=at)
    day = clock.local(session.starts_at).date()
    Closure.objects.create(community=cast.home, first_on=day, last_on=day, reason="停电")
    with pytest.raises(Refusal) as refused:
        actions.confirm_hold(booking=held, hold_token="t", resident=cast.elder, by=cast.elder_account, at=at)
    assert refused.value.code == "closed" and "停电" in str(refused.value)


@pytest.mark.parametrize("size", ["0", "1000", "-1", "两", "", "9" * 40])
def test_impossible_parties_are_named_beside_the_field_and_the_place_stays_held(
    size: str, elder: Client, cast: Cast, service: Any
) -> None:
    page = hold(elder, make_session(community=cast.home, service=service, capacity=6))
    answer = elder.post(page, {"party_size": size, "note": "带老花镜"})
    assert answer.status_code == 422 and "带老花镜" in answer.content.decode()
    assert Booking.objects.get().state == BookingState.HELD


def test_everything_that_is_wrong_is_said_at_once(elder: Client, cast: Cast, service: Any) -> None:
    page = hold(elder, make_session(community=cast.home, service=service, capacity=6))
    answer = elder.post(page, {"party_size": "1000", "note": "长" * 300}).content.decode()
    assert "一次最多 4 个人" in answer and "最多 200 字" in answer


def test_a_session_outside_the_plan_takes_nobody_new_although_a_place_came_free(cast: Cast) -> None:
    at = clock.now()
    session = make_session(community=cast.home, capacity=1)
    booking = actions.book(session=session, resident=cast.elder, by=None, at=at)
    Session.objects.filter(pk=session.pk).update(to_move=True)
    actions.cancel_booking(booking=booking, reason="no_time", by=cast.reception, at=at)
    session.refresh_from_db()
    with pytest.raises(Refusal) as refused:
        actions.book(session=session, resident=make_resident(community=cast.home), by=cast.reception, at=at)
    assert refused.value.code == "closed"
    with pytest.raises(Refusal):
        actions.hold_session(session=session, hold_token="t", by=None, at=at)


def test_a_move_on_a_page_that_shows_an_older_booking_is_refused(elder: Client, cast: Cast, service: Any) -> None:
    at = clock.now()
    first = make_session(community=cast.home, service=service)
    later = make_session(community=cast.home, service=service, starts_at=first.starts_at + dt.timedelta(days=1))
    booking = actions.book(session=first, resident=cast.elder, by=cast.elder_account, at=at)
    stale = elder.post(f"/book/hold/{later.pk}/", {"move": booking.pk, "seen": booking.version + 1})
    assert (stale.status_code, taken(later)) == (409, 0)
    assert elder.post(f"/book/hold/{later.pk}/", {"move": booking.pk, "seen": booking.version}).status_code == 303
    assert (taken(first), taken(later)) == (0, 1)
    last = make_session(community=cast.home, service=service, starts_at=first.starts_at + dt.timedelta(days=2))
    gone = elder.post(f"/book/hold/{last.pk}/", {"move": booking.pk, "seen": booking.version})
    assert (gone.status_code, taken(last)) == (409, 0), "moved already: no second booking instead"


def test_what_was_moved_meanwhile_is_not_booked_a_second_time(elder: Client, cast: Cast, service: Any) -> None:
    at = clock.now()
    first = make_session(community=cast.home, service=service)
    second, third = [
        make_session(community=cast.home, service=service, starts_at=first.starts_at + dt.timedelta(days=days))
        for days in (1, 2)
    ]
    booking = actions.book(session=first, resident=cast.elder, by=cast.elder_account, at=at)
    actions.move_booking(booking=booking, to=second, by=cast.elder_account, at=at)
    late = elder.post(f"/book/hold/{third.pk}/", {"move": booking.pk, "seen": booking.version})
    assert (late.status_code, taken(third)) == (409, 0)
    assert elder.get(f"/book/{service.code}/?move={booking.pk}").status_code == 409


def test_whose_session_ended_while_moving_still_moves(elder: Client, cast: Cast, service: Any) -> None:
    at, nobody = clock.now(), Client()
    first = make_session(community=cast.home, service=service)
    later = make_session(community=cast.home, service=service, starts_at=first.starts_at + dt.timedelta(days=1))
    booking = actions.book(session=first, resident=cast.elder, by=cast.elder_account, at=at)
    door = nobody.post(f"/book/hold/{later.pk}/", {"move": booking.pk, "seen": booking.version}).headers["Location"]
    back = parse_qs(urlsplit(door).query)["next"][0]
    assert f'name="move" value="{booking.pk}"' in elder.get(back).content.decode().split('class="days"')[0]
    door = nobody.get(f"/book/{service.code}/?move={booking.pk}").headers["Location"]
    assert parse_qs(urlsplit(door).query)["next"] == [f"/book/{service.code}/?move={booking.pk}"]


def test_a_resident_moves_to_another_time_not_to_another_service(cast: Cast, service: Any) -> None:
    at = clock.now()
    first = make_session(community=cast.home, service=service)
    other = make_session(community=cast.home, starts_at=first.starts_at + dt.timedelta(days=1))
    booking = actions.book(session=first, resident=cast.elder, by=cast.elder_account, at=at)
    with pytest.raises(Refusal) as refused:
        actions.move_booking(booking=booking, to=other, by=cast.elder_account, at=at)
    assert refused.value.code == "other_service"
    assert actions.move_booking(booking=booking, to=other, by=cast.reception, at=at).session == other


def test_undoing_brings_back_no_double_booking(cast: Cast) -> None:
    at = clock.now()
    first = make_session(community=cast.home)
    beside = make_session(community=cast.home, starts_at=first.starts_at + dt.timedelta(minutes=10))
    booking = actions.book(session=first, resident=cast.elder, by=None, at=at)
    actions.cancel_booking(booking=booking, reason="no_time", by=cast.elder_account, at=at)
    actions.book(session=beside, resident=cast.elder, by=None, at=at)
    with pytest.raises(Refusal) as refused:
        actions.undo_cancel(booking=booking, by=cast.elder_account, at=at)
    assert refused.value.code == "already_booked"
    assert seats.miscounted_sessions() == []


def test_confirming_a_hold_beside_another_booking_is_refused(cast: Cast) -> None:
    at = clock.now()
    first = make_session(community=cast.home)
    beside = make_session(community=cast.home, starts_at=first.starts_at + dt.timedelta(minutes=10))
    held = actions.hold_session(session=beside, hold_token="t", by=cast.elder_account, at=at)
    actions.book(session=first, resident=cast.elder, by=cast.reception, at=at)
    with pytest.raises(Refusal) as refused:
        actions.confirm_hold(booking=held, hold_token="t", resident=cast.elder, by=cast.elder_account, at=at)
    assert refused.value.code == "already_booked"


def test_what_the_house_cancelled_is_not_undone_by_the_resident(cast: Cast) -> None:
    at = clock.now()
    booking = actions.book(session=make_session(community=cast.home), resident=cast.elder, by=None, at=at)
    actions.cancel_booking(booking=booking, reason="by_house", by=cast.reception, at=at)
    with pytest.raises(Changed):
        actions.undo_cancel(booking=booking, by=cast.elder_account, at=at)
    actions.undo_cancel(booking=booking, by=cast.reception, at=at)


def test_control_characters_of_a_note_are_dropped_and_scripts_are_words(elder: Client, session: Session) -> None:
    page = hold(elder, session)
    answer = elder.post(page, {"party_size": 1, "note": "<script>alert(1)</script>\x07"})
    shown = elder.get(answer.url).content.decode()
    assert Booking.objects.get().note == "<script>alert(1)</script>"
    assert "<script>alert(1)" not in shown and "&lt;script&gt;alert(1)" in shown


@pytest.mark.parametrize("announced", [True, False])
def test_days_of_a_year_not_announced_say_so(announced: bool, elder: Client, cast: Cast, service: Any) -> None:
    make_opening(community=cast.home, service=service)
    years = {clock.today().year, (clock.today() + dt.timedelta(days=14)).year}
    for year in years if announced else ():
        CalendarYear.objects.create(year=year, is_announced=True, imported_at=clock.now())
    words = elder.get("/book/allowance/").content.decode()
    assert ("放假安排还没有公布" in words) is not announced


def way_through_sign_in(session: Session) -> str:
    """Where somebody goes on who chose a time before signing in."""
    door = Client().post(f"/book/hold/{session.pk}/")
    return parse_qs(urlsplit(door.url).query)["next"][0]


def test_a_time_in_another_house_waits_there_or_it_is_said_why_not(cast: Cast, service: Any, signed_in: Any) -> None:
    there = make_session(community=cast.next_door, service=service, capacity=1)
    back = way_through_sign_in(there)
    newcomer = signed_in(User.objects.create(username="new", phone="+8613900001111", community=cast.home))
    page = newcomer.get(back).content.decode()
    assert f"/book/hold/{there.pk}/" in page and "接着约" in page and "幸福社区" in page
    assert "/book/confirm/" in hold(newcomer, there)
    newcomer.post(hold(newcomer, there), {"give_up": "1"})
    elder = signed_in(cast.elder_account)
    assert elder.get(back).url == "/book/"
    sentence = "您选的是幸福社区的时间。您的档案在龙田社区，请在龙田社区预约。"
    assert sentence in elder.get("/book/").content.decode()
    answer = elder.post(f"/book/hold/{there.pk}/")
    assert answer.status_code == 422 and sentence in answer.content.decode() and taken(there) == 0
    Delegation.objects.create(
        principal=cast.stranger_resident, agent=cast.elder_account, relation="亲戚", scopes=["book"], proof="当面",
        starts_on=clock.today(), created_by=cast.stranger, created_at=clock.now(),
    )  # fmt: skip
    assert "接着约" in elder.get(back).content.decode()


def test_an_activity_of_another_house_waits_on_top(cast: Cast, elder: Client) -> None:
    there = make_session(community=cast.next_door, kind=SessionKind.ACTIVITY, title="别处的活动")
    page = elder.get(way_through_sign_in(there)).content.decode()
    assert "您刚才选的活动" in page and "别处的活动" in page and "幸福社区" in page
    assert "/book/confirm/" in hold(elder, there)


def test_a_time_taken_during_sign_in_is_missed_aloud(cast: Cast, session: Session, elder: Client) -> None:
    back, gone = way_through_sign_in(session), "您刚才选的时间已经没有名额了"
    assert gone not in elder.get(back).content.decode()
    form = hold(elder, session)
    assert gone not in elder.get(back).content.decode(), "it is their own hold"
    elder.post(form, {"give_up": "1"})
    other = make_resident(community=cast.home)
    actions.book(session=session, resident=other, source="desk", by=cast.reception, at=clock.now())
    assert gone in elder.get(back).content.decode()


def test_home_shows_what_the_house_has_on_and_a_resident_signs_up(elder: Client, cast: Cast) -> None:
    reading, full = (
        make_session(community=cast.home, kind=SessionKind.ACTIVITY, title=title, capacity=1)
        for title in ("读书会", "诗会")
    )
    make_session(community=cast.next_door, kind=SessionKind.ACTIVITY, title="别处的活动")
    make_session(
        community=cast.home, kind=SessionKind.ACTIVITY, title="昨天的活动", starts_at=clock.now() - dt.timedelta(days=1)
    )
    actions.book(
        session=full, resident=make_resident(community=cast.home), source="desk", by=cast.reception, at=clock.now()
    )
    home = elder.get("/").content.decode()
    assert "还剩 1 个名额" in home and "已满" in home and f"/book/hold/{full.pk}/" not in home
    assert "别处的活动" not in home and "昨天的活动" not in home
    form = hold(elder, reading)
    page = elder.get(form).content.decode()
    assert f"/activities/?picked={reading.pk}" in page and "就约这个时间" not in page
    booking = elder.post(form, {"party_size": 1}).url
    assert elder.get(booking).status_code == 200
    home = elder.get("/").content.decode()
    assert "已报名" in home and f"/book/hold/{reading.pk}/" not in home


def test_who_gives_up_an_activity_comes_back_to_the_others(elder: Client, cast: Cast) -> None:
    activity = make_session(community=cast.home, kind=SessionKind.ACTIVITY, title="读书会")
    assert elder.post(hold(elder, activity), {"give_up": "1"}).url == "/activities/"
    assert taken(activity) == 0


def test_a_booking_that_is_over_does_not_read_as_if_it_lay_ahead(elder: Client, cast: Cast, service: Any) -> None:
    """Nobody marked it: it stays booked for ever."""
    session = make_session(community=cast.home, service=service)
    booking = actions.book(session=session, resident=cast.elder, by=cast.elder_account, at=clock.now())
    page = f"/my/bookings/{booking.pk}/"
    assert "约好了" in elder.get(page).content.decode()
    over = clock.now() - dt.timedelta(hours=2)
    for row in (Session.objects.filter(pk=session.pk), Booking.objects.filter(pk=booking.pk)):
        row.update(starts_at=over, ends_at=over + dt.timedelta(minutes=30))
    words = elder.get(page).content.decode()
    assert "时间过了" in words and "再约一次" in words
    assert not any(said in words for said in ("约好了", "加到手机日历", "快到时间了", "取消预约"))
    by_link = Client().get(f"/b/{booking.link_token}/").content.decode()
    assert "时间过了" in by_link and not any(said in by_link for said in ("加到手机日历", "快到时间了"))
    matters = elder.get("/my/").content.decode()
    assert page in matters and "已预约" not in matters


def test_a_day_whose_times_have_passed_is_not_called_closed(
    elder: Client, cast: Cast, service: Any, time_machine: Any
) -> None:
    morning = clock.at_wall(clock.today() + dt.timedelta(days=1), dt.time(9))
    make_session(community=cast.home, service=service, starts_at=morning)
    time_machine.move_to(morning + dt.timedelta(hours=5))
    today = elder.get("/book/allowance/").context["days"][0]
    assert (today.is_open, str(today.reason)) == (False, "来不及了")
