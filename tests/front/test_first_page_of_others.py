"""The first pages of coordinators and of third parties: what waits for them, in order, and an empty sentence only when nothing
is due."""

import datetime as dt
from typing import Any

import pytest

from community_portal import clock
from community_portal.casework.actions import commission
from community_portal.casework.models import Task
from tests.cast import MONDAY, Cast
from tests.factories import Role, make_member
from tests.loans import Workshop, borrow, make_workshop, ordered
from tests.toy_service.models import Loan

pytestmark = pytest.mark.usefixtures("toy")
NOTHING_FOR_THEM = "现在没有。街道或社区派来的活"
NOTHING_FOR_HIM = "现在没有等您办的事"


def give(cast: Cast, firm: Workshop, *, due: dt.timedelta) -> Loan:
    found = ordered(cast, firm)
    commission(found, organisation=firm.organisation, by=cast.manager, at=MONDAY)
    Task.objects.open().filter(matter_id=found.pk).update(due_at=clock.now() + due)
    return found


def test_a_third_party_reads_what_waits_for_it_the_most_urgent_first(
    cast: Cast, firm: Workshop, signed_in: Any
) -> None:
    builder = signed_in(firm.builder)
    assert NOTHING_FOR_THEM in builder.get("/desk/").content.decode()
    later, late = give(cast, firm, due=dt.timedelta(days=9)), give(cast, firm, due=-dt.timedelta(hours=3))
    answer = builder.get("/desk/")
    page = answer.content.decode()
    assert [row["url"] for row in answer.context["rows"]] == [f"/loans/{at.case.number}/" for at in (late, later)]
    assert "安居 ·" in page and "2 件等你们办" in page and "1 件超期" in page and "超期 3 小时" in page
    assert NOTHING_FOR_THEM not in page and 'id="elsewhere"' not in page


def test_what_waits_for_others_stands_below_and_says_where_it_is(cast: Cast, firm: Workshop, signed_in: Any) -> None:
    given = give(cast, firm, due=dt.timedelta(days=1))
    Task.objects.open().filter(matter_id=given.pk).update(role="receptionist", state="ready")
    answer = signed_in(firm.builder).get("/desk/")
    [row] = answer.context["elsewhere"]
    assert (row["url"], str(row["chip"])) == (f"/loans/{given.case.number}/", "待送上门")
    assert NOTHING_FOR_THEM in answer.content.decode() and 'id="elsewhere"' in answer.content.decode()
    assert not signed_in(make_workshop("乐居").builder).get("/desk/").context["elsewhere"], "not of another firm"
    Task.objects.open().filter(matter_id=given.pk).update(done_at=clock.now())
    assert not signed_in(firm.builder).get("/desk/").context["elsewhere"]


def test_it_calls_the_house_that_gave_the_work(cast: Cast, firm: Workshop, signed_in: Any) -> None:
    """Whoever works for no place sees the first house of all, which need not be the one that gave anything."""
    cast.next_door.phone, cast.home.phone = "0513-11110000", "0513-22220000"
    cast.next_door.save()
    cast.home.save()
    client = signed_in(firm.builder)
    client.cookies["community"] = cast.next_door.code
    assert client.get("/desk/").context["houses"] == [cast.next_door]
    give(cast, firm, due=dt.timedelta(days=1))
    answer = client.get("/desk/")
    assert answer.context["houses"] == [cast.home] and "tel:0513-22220000" in answer.content.decode()


def test_a_coordinators_page_begins_with_all_that_waits_in_order(cast: Cast, signed_in: Any) -> None:
    coordinator = make_member(Role.SAFETY, community=cast.home)
    client = signed_in(coordinator)
    first = client.get("/desk/").content.decode()
    assert NOTHING_FOR_HIM in first and "快速登记" in first and "今日到访" in first
    for days in (9, 1, -1, 2, 3, 4, 5, 6):
        taken = borrow(cast)
        Task.objects.open().filter(matter_id=taken.pk).update(
            assignee=None, role=Role.SAFETY, due_at=clock.now() + dt.timedelta(days=days)
        )
    answer = client.get("/desk/")
    page = answer.content.decode()
    assert NOTHING_FOR_HIM not in page and len(answer.context["tasks"]) == 8
    assert [str(row["group"]) for row in answer.context["tasks"]] == ["已超期", *["七天内"] * 6, "以后"]
    assert page.index(">已超期<") < page.index(">七天内<") < page.index(">以后<") < page.index('id="visits"')
    task = Task.objects.open().filter(role=Role.SAFETY).order_by("due_at").first()
    assert task and f'action="/inbox/{task.pk}/take/"' in page
    assert "没有待办。喝口水" not in page


def test_a_coordinator_who_is_also_at_the_desk_works_at_the_desk(cast: Cast, signed_in: Any) -> None:
    answer = signed_in(cast.reception).get("/desk/")
    assert NOTHING_FOR_HIM not in answer.content.decode() and "我的待办" in answer.content.decode()
