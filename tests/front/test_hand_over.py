"""交接 as a page: what is ticked goes over, and ending a membership leads there."""

import datetime as dt
from typing import Any

import pytest

from community_portal import clock
from community_portal.people.models import Membership
from tests.cast import Cast
from tests.factories import Role, make_member
from tests.loans import borrow, put_into
from tests.toy_service.models import Loan
from tests.toy_service.workflow import State

pytestmark = pytest.mark.usefixtures("toy")


def in_hand(cast: Cast) -> Loan:
    return put_into(borrow(cast), State.READY, cast)


def test_the_page_hands_over_what_is_ticked(cast: Cast, signed_in: Any) -> None:
    first, second = in_hand(cast), in_hand(cast)
    manager, url = signed_in(cast.manager), f"/settings/staff/{cast.officer.pk}/hand-over/"
    page = manager.get(url).content.decode()
    assert first.case.number in page and second.case.number in page and page.count(" checked") == 2
    wrong = manager.post(url, {"tasks": [first.open_tasks().get().pk], "words": "先交一件"})
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "请选一位同事" in page and "先交一件" in page and page.count(" checked") == 1
    given = {"tasks": [first.open_tasks().get().pk], "officer": cast.reception.pk, "words": "先交一件"}
    assert manager.post(url, given).status_code == 303
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.handler, second.handler) == (cast.reception, cast.officer)
    stale = manager.post(url, given | {"tasks": [first.open_tasks().get().pk, second.open_tasks().get().pk]})
    assert stale.status_code == 422 and "请再看一眼" in stale.content.decode()
    second.refresh_from_db()
    assert second.handler == cast.officer


def test_ending_a_membership_leads_to_the_hand_over(cast: Cast, signed_in: Any) -> None:
    loan = in_hand(cast)
    Membership.objects.filter(user=cast.officer).update(starts_on=dt.date(2026, 1, 1))
    manager = signed_in(cast.manager)
    row = Membership.objects.get(user=cast.officer)
    ended = manager.post("/settings/staff/", {"end": row.pk})
    assert ended["Location"] == f"/settings/staff/{cast.officer.pk}/hand-over/?ended=1"
    assert loan.case.number in manager.get(ended["Location"]).content.decode()
    assert "不在岗了，请转交" in manager.get(f"/loans/{loan.case.number}/").content.decode()
    fresh = make_member(Role.RECEPTIONIST, community=cast.home)
    row = Membership.objects.get(user=fresh)
    Membership.objects.filter(pk=row.pk).update(starts_on=clock.today())
    assert manager.post("/settings/staff/", {"end": row.pk}, follow=True).redirect_chain[-1] == (
        "/settings/staff/",
        303,
    )


def test_whoever_was_appointed_this_morning_has_work_to_hand_over_too(cast: Cast, signed_in: Any) -> None:
    """Matters find their officer within the minute, and a membership of today leaves no trace when it ends."""
    loan = in_hand(cast)
    Membership.objects.filter(user=cast.officer).update(starts_on=clock.today())
    row = Membership.objects.get(user=cast.officer)
    page = signed_in(cast.manager).post("/settings/staff/", {"end": row.pk}, follow=True).content.decode()
    assert loan.case.number in page


def test_only_work_of_this_house_is_shown(cast: Cast, signed_in: Any) -> None:
    assert signed_in(cast.manager).get(f"/settings/staff/{cast.stranger.pk}/hand-over/").status_code == 404
