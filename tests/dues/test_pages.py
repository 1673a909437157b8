"""What comes due, on the pages."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from community_portal import clock
from community_portal.dues import kinds
from community_portal.dues.actions import generate_dues, tick_off, waive
from community_portal.dues.kinds import register_dues
from community_portal.dues.models import DueItem
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.dues import duties
from tests.dues.duties import EBIKE, WEEKLY, YEARLY, subject

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def declared() -> Iterator[None]:
    before = dict(kinds.KINDS)
    kinds.KINDS.clear()
    register_dues(WEEKLY, YEARLY, EBIKE)
    yield
    kinds.KINDS.clear()
    kinds.KINDS.update(before)


def make(cast: Cast, *ages: int) -> None:
    """Residents whose weekly visit began so many days ago."""
    today = clock.today()
    duties.HOUSES.clear()
    duties.PEOPLE[:] = [
        subject(n, cast.home.pk, since=today - dt.timedelta(days=age), grid_id=cast.grid.pk)
        for n, age in enumerate(ages)
    ]
    generate_dues(on=today, at=clock.now())


def test_soonest_first_with_the_clause_and_how_late(cast: Cast, signed_in: SignedIn) -> None:
    make(cast, 1, 10)
    page = signed_in(cast.officer).get("/dues/").content.decode()
    assert page.index("居民1") < page.index("居民0")
    assert "超期 3 天" in page and "探访办法 3" in page and "办好了" in page


def test_empty_says_so(cast: Cast, signed_in: SignedIn) -> None:
    assert "没有到期的事" in signed_in(cast.manager).get("/dues/").content.decode()
    assert "没有到期的事" in signed_in(cast.stranger).get("/dues/?show=late").content.decode()


def test_filters_narrow(cast: Cast, signed_in: SignedIn) -> None:
    make(cast, 1, 10)
    client = signed_in(cast.manager)
    assert "居民0" not in client.get("/dues/?show=late").content.decode()
    assert "居民1" not in client.get("/dues/?q=居民0").content.decode()
    assert "没有到期的事" in client.get("/dues/?kind=test_drill").content.decode()
    due = clock.today() - dt.timedelta(days=3)
    page = client.get(f"/dues/?day={due}").content.decode()
    assert "居民1" in page and "居民0" not in page


def test_pages_go_on_and_back_and_ask_the_same(
    cast: Cast, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(cast.manager)
    make(cast, 1)
    client.get("/dues/")
    with django_assert_max_num_queries(30) as few:
        client.get("/dues/")
    make(cast, *range(1, 66))
    with django_assert_max_num_queries(30) as many:
        first = client.get("/dues/").context["page"]
    assert len(few) == len(many)
    second = client.get(f"/dues/?before={first.older}").context["page"]
    third = client.get(f"/dues/?before={second.older}").context["page"]
    assert [len(page.rows) for page in (first, second, third)] == [30, 30, 5]
    assert third.older is None
    back = client.get(f"/dues/?after={third.newer}").context["page"]
    assert [item.pk for item in back.rows] == [item.pk for item in second.rows]


def test_a_month_counts_and_opens_its_day(cast: Cast, signed_in: SignedIn) -> None:
    make(cast, 10, 10)
    due = clock.today() - dt.timedelta(days=3)
    page = signed_in(cast.manager).get(f"/dues/month/?month={due:%Y-%m}").content.decode()
    assert f"day={due}" in page and "chip-late" in page
    assert signed_in(cast.manager).get("/dues/month/?month=nonsense").status_code == 200


def test_ticked_off_from_the_page(cast: Cast, signed_in: SignedIn) -> None:
    make(cast, 1)
    item = DueItem.objects.get()
    client = signed_in(cast.officer)
    refused = client.post(f"/dues/{item.pk}/", {"done_on": clock.today(), "words": ""})
    assert refused.status_code == 422 and "请写一句说明" in refused.content.decode()
    answer = client.post(f"/dues/{item.pk}/", {"done_on": clock.today(), "words": "去看过了，挺好"}, follow=True)
    assert "已记下" in answer.content.decode()
    item.refresh_from_db()
    assert (item.done_on, item.done_by) == (clock.today(), cast.officer)
    assert client.post(f"/dues/{item.pk}/", {"done_on": clock.today(), "words": "再来"}).status_code == 409


def test_waived_by_the_manager_alone(cast: Cast, signed_in: SignedIn) -> None:
    make(cast, 1)
    item = DueItem.objects.get()
    assert "写明原因免做" not in signed_in(cast.officer).get(f"/dues/{item.pk}/").content.decode()
    assert signed_in(cast.officer).post(f"/dues/{item.pk}/?waive=1", {"words": "不用去"}).status_code == 403
    client = signed_in(cast.manager)
    assert "写明原因免做" in client.get(f"/dues/{item.pk}/").content.decode()
    client.post(f"/dues/{item.pk}/?waive=1", {"words": "住院了"})
    item.refresh_from_db()
    assert item.waived_at and item.words == "住院了"


def test_next_doors_item_is_not_found(cast: Cast, signed_in: SignedIn) -> None:
    make(cast, 1)
    assert signed_in(cast.stranger).get(f"/dues/{DueItem.objects.get().pk}/").status_code == 404


def test_what_is_done_says_when_by_whom_and_how(cast: Cast, signed_in: SignedIn) -> None:
    """Nobody was quicker: who opens it only reads."""
    make(cast, 1, 2)
    done, waived = DueItem.objects.order_by("pk")
    tick_off(done, on=clock.today(), words="去看过了，挺好", by=cast.officer, at=clock.now())
    waive(waived, words="住院了", by=cast.manager, at=clock.now())
    client = signed_in(cast.manager)
    page = client.get(f"/dues/{done.pk}/").content.decode()
    assert all(words in page for words in ("已办", "去看过了，挺好", str(cast.officer)))
    assert "记为办好" not in page and "写明原因免做" not in page
    page = client.get(f"/dues/{waived.pk}/?waive=1").content.decode()
    assert "免做" in page and "住院了" in page and "这次免做" not in page


def test_what_no_hand_ticks_says_so(cast: Cast, signed_in: SignedIn) -> None:
    make(cast, 1)
    duties.HOUSES[:] = [subject(9, cast.home.pk)]
    generate_dues(on=clock.today(), at=clock.now())
    item = DueItem.objects.get(kind="test_drill")
    page = signed_in(cast.manager).get(f"/dues/{item.pk}/").content.decode()
    assert "这里自动记上" in page and "记为办好" not in page


def test_from_a_day_back_to_its_month(cast: Cast, signed_in: SignedIn) -> None:
    page = signed_in(cast.manager).get("/dues/?show=all&day=2026-03-05").content.decode()
    assert "/dues/month/?month=2026-03" in page


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_month_shows_all_its_days_on_a_phone(cast: Cast, browse: Any) -> None:
    """Seven columns within the panel, whatever stands in them, and today is marked."""
    make(cast, *[3] * 12)
    page = browse(cast.manager, width=360).new_page()
    page.goto("/dues/month/")
    assert page.locator(".month .table-scroll").evaluate("at => at.scrollWidth <= at.clientWidth")
    assert page.locator("[aria-current=date]").inner_text().split()[0] == str(clock.today().day)
