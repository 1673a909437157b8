"""Who is a party to a matter: the person it is about, who asked in their own right, and delegates while and as far as they are."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from appointments.models import HelpRequest
from appointments.requests.actions.intake import register_request
from appointments.workflow import State
from community_portal import clock
from community_portal.bookings.actions import book
from community_portal.bookings.queries import free_times
from community_portal.casework.models import Case
from community_portal.matters.actions import ending, visits
from community_portal.matters.actions.words import add_words
from community_portal.people.actions import grant_delegation, revoke_delegation
from community_portal.people.models import Delegation, User
from community_portal.people.register.merging import merge_residents
from community_portal.refusals import NotAllowed
from tests.cast import Cast
from tests.factories import make_category, make_resident, make_resident_account, make_session
from tests.help_requests import put_into, take_in


@pytest.fixture
def daughter(cast: Cast) -> User:
    return make_resident_account(make_resident(community=cast.home, name="孙丽"), username="sunli")


def let(cast: Cast, agent: User, *scopes: str) -> Delegation:
    return grant_delegation(
        principal=cast.elder, agent=agent, relation="女儿", scopes=list(scopes), proof="当面", by=cast.reception,
        at=clock.now(),
    )  # fmt: skip


def asked_by_daughter(cast: Cast, daughter: User) -> HelpRequest:
    return register_request(
        community=cast.home, category=make_category(), words="妈妈想请人上门", resident=cast.elder,
        asker=daughter.resident, by=daughter, at=clock.now(), source="online",
    )  # fmt: skip


def opens(signed_in: Any, user: User, url: str) -> int:
    client: Client = signed_in(user)
    return client.get(url).status_code


def test_a_daughter_asks_for_her_mother_and_both_are_written_down(cast: Cast, daughter: User) -> None:
    delegation = let(cast, daughter, "request")
    asked = asked_by_daughter(cast, daughter)
    opened = asked.case.events.get(kind="opened")
    assert (opened.actor, opened.on_behalf_of, opened.authority) == (
        daughter,
        cast.elder,
        f"delegation:{delegation.pk}",
    )
    note = add_words(asked, words="楼上三楼", by=daughter, at=clock.now())
    assert (note.on_behalf_of, note.authority) == (cast.elder, f"delegation:{delegation.pk}")
    assert asked.case.phone_tail == daughter.phone[-4:]


def test_an_officer_acts_for_a_resident_and_both_are_written_down(cast: Cast) -> None:
    request = take_in(cast, by=cast.officer)
    opened = request.case.events.get(kind="opened")
    assert (opened.actor, opened.on_behalf_of, opened.authority) == (cast.officer, cast.elder, "role:grid_officer")


def test_a_delegate_does_not_rate_and_is_out_when_revoked(cast: Cast, daughter: User, signed_in: Any) -> None:
    delegation = let(cast, daughter, "request", "read")
    asked = asked_by_daughter(cast, daughter)
    page = f"/my/requests/{asked.case.number}/"
    assert opens(signed_in, daughter, page) == 200
    done = put_into(asked, State.RESOLVED, cast.officer)
    with pytest.raises(NotAllowed):
        ending.rate(done, satisfaction=5, by=daughter, at=clock.now())
    revoke_delegation(delegation, by=cast.reception, at=clock.now())
    assert opens(signed_in, daughter, page) == 404
    assert asked.case.number not in signed_in(daughter).get("/my/").content.decode()
    assert not Case.objects.visible_to(User.objects.get(pk=daughter.pk)).exists()
    assert signed_in(daughter).post(f"{page}words/", {"words": "还有"}).status_code == 404


def test_a_husband_who_told_it_at_the_desk_stays_a_party(cast: Cast, daughter: User, signed_in: Any) -> None:
    told = take_in(cast, asker=daughter.resident)
    assert opens(signed_in, daughter, f"/my/requests/{told.case.number}/") == 200
    done = put_into(told, State.RESOLVED, cast.officer)
    ending.rate(done, satisfaction=4, by=daughter, at=clock.now())


def test_an_expired_delegation_opens_nothing(cast: Cast, daughter: User, signed_in: Any) -> None:
    told = take_in(cast)
    delegation = let(cast, daughter, "request", "read", "book")
    yesterday = clock.today() - dt.timedelta(days=1)
    Delegation.objects.filter(pk=delegation.pk).update(starts_on=yesterday, ends_on=yesterday)
    assert opens(signed_in, daughter, f"/my/requests/{told.case.number}/") == 404


@pytest.mark.parametrize(
    ("scope", "sees_request", "speaks", "sees_booking", "cancels"),
    [
        ("book", False, False, True, True),
        ("request", True, True, False, False),
        ("read", True, False, True, False),
    ],
)
def test_each_scope_opens_its_own_pages_only(
    scope: str, sees_request: bool, speaks: bool, sees_booking: bool, cancels: bool, cast: Cast, daughter: User,
    signed_in: Any,
) -> None:  # fmt: skip
    told = take_in(cast)
    booked = book(session=make_session(community=cast.home), resident=cast.elder, by=None, at=clock.now())
    let(cast, daughter, scope)
    number, client = told.case.number, signed_in(daughter)
    assert (client.get(f"/my/requests/{number}/").status_code == 200) is sees_request
    assert (number in client.get("/my/").content.decode()) is sees_request
    listed = {row["reference"] for row in client.get("/api/v1/help-requests/").json()["results"]}
    assert (number in listed) is sees_request
    assert (client.post(f"/my/requests/{number}/words/", {"words": "补一句"}).status_code == 303) is speaks
    page = f"/my/bookings/{booked.pk}/"
    assert (client.get(page).status_code == 200) is sees_booking
    assert bool(client.get("/api/v1/bookings/").json()["results"]) is sees_booking
    if sees_booking:
        assert (f"{page}change/" in client.get(page).content.decode()) is cancels
    assert (client.post(f"{page}change/", {"reason": "no_time"}).status_code == 303) is cancels


def test_staff_find_among_their_own_matters_none_of_their_work(cast: Cast, signed_in: Any) -> None:
    told = take_in(cast)
    assert told.case.number not in signed_in(cast.reception).get("/my/").content.decode()


def test_after_a_merge_the_account_keeps_the_matters_of_both_files(cast: Cast, signed_in: Any) -> None:
    second = make_resident(household=cast.household, name="陈平", phone=None)
    told = take_in(cast, resident=second)
    page = f"/my/requests/{told.case.number}/"
    assert opens(signed_in, cast.elder_account, page) == 404
    merge_residents(kept=cast.elder, merged=second, by=cast.reception, at=clock.now())
    assert opens(signed_in, cast.elder_account, page) == 200
    done = put_into(told, State.RESOLVED, cast.officer)
    ending.rate(done, satisfaction=4, by=User.objects.get(pk=cast.elder_account.pk), at=clock.now())


def test_a_visit_for_a_matter_i_asked_for_stands_among_my_bookings(cast: Cast, daughter: User, signed_in: Any) -> None:
    """Spouses need no delegation to ask for each other; the time agreed for one is on the other's screens, to look at only."""
    asked = register_request(
        community=cast.home, category=make_category(), words="妈妈卧床", resident=cast.elder,
        asker=daughter.resident, by=cast.reception, at=clock.now(),
    )  # fmt: skip
    free = free_times(cast.officer, cast.elder, at=clock.now())
    visit = visits.plan_visit(asked, starts_at=free[-1], by=cast.officer, at=clock.now())
    page, client = f"/my/bookings/{visit.pk}/", signed_in(daughter)
    home = client.get("/").content.decode()
    assert page in home and "网格员周敏到您家 · 为陈平" in home
    assert page in client.get("/my/").content.decode()
    booking = client.get(page).content.decode()
    assert f"/my/requests/{asked.case.number}/" in booking and "要改请打电话。" in booking and "取消预约" not in booking
    assert client.get(f"{page}visit.ics").status_code == 200
    assert client.post(f"{page}change/", {"reason": "no_time"}).status_code == 404
    assert opens(signed_in, cast.stranger_account, page) == 404


def test_a_visit_leaves_the_screens_of_a_delegate_who_is_one_no_more(
    cast: Cast, daughter: User, signed_in: Any
) -> None:
    delegation = let(cast, daughter, "request")
    asked = asked_by_daughter(cast, daughter)
    free = free_times(cast.officer, cast.elder, at=clock.now())
    visit = visits.plan_visit(asked, starts_at=free[-1], by=cast.officer, at=clock.now())
    page = f"/my/bookings/{visit.pk}/"
    assert page in signed_in(daughter).get("/").content.decode() and opens(signed_in, daughter, page) == 200
    revoke_delegation(delegation, by=cast.reception, at=clock.now())
    assert page not in signed_in(daughter).get("/my/").content.decode() and opens(signed_in, daughter, page) == 404


def test_who_may_only_read_takes_the_visit_into_his_calendar(cast: Cast, daughter: User, signed_in: Any) -> None:
    let(cast, daughter, "read")
    session = make_session(community=cast.home)
    booking = book(session=session, resident=cast.elder, by=cast.reception, at=clock.now())
    page = f"/my/bookings/{booking.pk}/"
    assert opens(signed_in, daughter, page) == 200 and opens(signed_in, daughter, f"{page}visit.ics") == 200
    assert "快到时间了" not in signed_in(daughter).get(page).content.decode()
