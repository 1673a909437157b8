"""A service of five states gets its pages from the floor: lists, figures, inbox, doors, hand-over, look-up, forgetting."""

import datetime as dt
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community_portal import clock
from community_portal.casework.escalation import escalate_overdue
from community_portal.casework.models import Attachment, SavedFilter, Task
from community_portal.casework.uploads import ReadFile, keep_file
from community_portal.dashboards import triggers
from community_portal.front.doors import doors_of
from community_portal.matters import forgetting
from community_portal.matters.actions.hands import hand_over
from community_portal.outbox.models import Message
from community_portal.people import finders
from tests.casework.photos import photo, upload
from tests.cast import MONDAY, Cast
from tests.loans import borrow, put_into
from tests.toy_service.models import Aid, Loan
from tests.toy_service.workflow import State

pytestmark = pytest.mark.usefixtures("toy")


def shown(client: Any, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_list_is_narrowed_searched_kept_and_taken_out(cast: Cast, signed_in: Any) -> None:
    frame, stick = borrow(cast), borrow(cast, aid=Aid.STICK)
    client = signed_in(cast.reception)
    page = shown(client, "/loans/?aid=stick")
    assert stick.case.number in page and frame.case.number not in page and "拐杖" in page
    assert frame.case.number in shown(client, f"/loans/?q={frame.case.number}")
    SavedFilter.objects.create(owner=cast.reception, page="loans", name="拐杖们", query="aid=stick")
    assert "拐杖们" in shown(client, "/loans/")
    text = client.get("/loans/?aid=frame&as=csv").content.decode("utf-8-sig")
    assert frame.case.number in text and "助步架" in text and stick.case.number not in text
    book = openpyxl.load_workbook(BytesIO(b"".join(client.get("/loans/?as=xlsx"))))
    assert {frame.case.number, stick.case.number} <= {cell.value for row in book.active for cell in row}
    assert stick.case.number not in shown(signed_in(cast.stranger), "/loans/")


def test_a_list_asks_no_more_for_thirty(cast: Cast, signed_in: Any) -> None:
    def asked(address: str) -> int:
        shown(client, address)
        with CaptureQueriesContext(connection) as queries:
            shown(client, address)
        return len(queries)

    first, client = borrow(cast), signed_in(cast.reception)
    pages = ("/loans/", f"/residents/{cast.elder.pk}/loans/", f"/loans/{first.case.number}/")
    before = [asked(page) for page in pages]
    for _n in range(29):
        borrow(cast)
    assert [asked(page) for page in pages] == before


def test_pages_of_staff_and_resident(cast: Cast, signed_in: Any) -> None:
    loan = borrow(cast)
    number = loan.case.number
    page = shown(signed_in(cast.reception), f"/loans/{number}/")
    assert "走路不稳" in page and "助步架" in page and "核对清单：2 个工作日" in page
    assert "已收到，正在核对" in shown(signed_in(cast.elder_account), f"/my/loans/{number}/")
    assert number in shown(signed_in(cast.elder_account), "/my/")
    assert number in shown(signed_in(cast.reception), f"/residents/{cast.elder.pk}/loans/")
    assert number in shown(signed_in(cast.reception), f"/loans/{number}/slip/")
    assert signed_in(cast.stranger_account).get(f"/my/loans/{number}/").status_code == 404
    assert Message.objects.filter(kind="loan_asked", resident=cast.elder).exists()


def test_residents_ask_say_more_rate_and_have_it_done_again(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.elder_account)
    assert "借助行器" in shown(client, "/") and 'href="/borrow/"' in shown(client, "/")
    assert client.post("/borrow/", {"aid": "frame", "words": "腿疼"}).status_code == 303
    loan = Loan.objects.get()
    mine = f"/my/loans/{loan.case.number}/"
    assert client.post(f"{mine}words/", {"words": "还有台阶"}).status_code == 303
    put_into(loan, State.CLOSED, cast)
    assert client.post(f"{mine}rate/", {"satisfaction": "4"}).status_code == 303
    loan.refresh_from_db()
    assert client.post(f"{mine}reopen/", {"words": "太矮了", "seen": loan.version}).status_code == 303
    loan.refresh_from_db()
    assert (loan.state, loan.satisfaction, loan.reopened_count) == (State.CHECKED, None, 1)


def test_notes_and_photos(cast: Cast, signed_in: Any) -> None:
    loan = borrow(cast)
    page = f"/loans/{loan.case.number}/"
    sent = {"words": "门口有台阶", "photos": [upload(photo())]}
    client = signed_in(cast.officer)
    assert client.post(f"{page}note/", sent).status_code == 303
    assert "门口有台阶" in shown(client, page)
    assert Attachment.objects.filter(case=loan.case, kind="photo").count() == 1


def test_papers(cast: Cast, signed_in: Any) -> None:
    loan = borrow(cast)
    paper = ReadFile(b"%PDF-1.4", "pass.pdf", "application/pdf", "pdf")
    keep_file(
        loan.case, paper, kind="paper", by=cast.reception, at=MONDAY, event=loan.case.events.get(), is_public=False
    )
    page = shown(signed_in(cast.officer), f"/loans/{loan.case.number}/")
    assert "pass.pdf" in page and loan.case.number in shown(signed_in(cast.officer), f"/loans/{loan.case.number}/slip/")


def test_inbox_workbench_doors_and_search(cast: Cast, signed_in: Any) -> None:
    asked, checked, ready = borrow(cast), borrow(cast), borrow(cast)
    put_into(checked, State.CHECKED, cast)
    put_into(ready, State.READY, cast)
    assert {task.matter_id for task in Task.objects.inbox_of(cast.reception)} == {asked.pk, checked.pk}
    desk = shown(signed_in(cast.reception), "/desk/")
    assert "待交工坊 1 件" in desk and 'href="/loans/"' in desk
    doors, _more = doors_of(cast.officer, at=MONDAY, most=10)
    assert [door.key for door in doors] == [ready.case.number]
    assert [deed.url.rsplit("?")[0] for deed in doors[0].deeds] == [
        f"/loans/{ready.case.number}/{name}/" for name in ("plan_visit", "bring")
    ]
    found = dict(finders.find_everything(cast.reception, asked.case.number))
    assert f"/loans/{asked.case.number}/" in str(found["助行器借用"])


def test_the_look_up_opens_it_by_number_and_tail(cast: Cast, signed_in: Any) -> None:
    loan = borrow(cast)
    asked = {"number": loan.case.number, "tail": "2046"}
    assert "已收到，正在核对" in signed_in(None).post("/look-up/", asked).content.decode()
    assert "已收到，正在核对" not in signed_in(None).post("/look-up/", asked | {"tail": "0000"}).content.decode()


def test_what_is_overdue_climbs(cast: Cast) -> None:
    loan = put_into(borrow(cast), State.READY, cast)
    escalate_overdue(at=MONDAY + dt.timedelta(days=20))
    assert loan.case.events.filter(kind="overdue").exists()
    assert Message.objects.filter(kind="task_overdue", user=cast.manager).exists()


def test_it_is_handed_over(cast: Cast) -> None:
    loan = put_into(borrow(cast), State.READY, cast)
    hand_over(loan, officer=cast.reception, by=cast.manager, at=MONDAY)
    assert Task.objects.open().get(matter_id=loan.pk).assignee == cast.reception
    assert Message.objects.filter(kind="matter_handed_over", user=cast.reception).exists()


def test_its_figures_count_and_open_to_their_rows(cast: Cast, signed_in: Any) -> None:
    triggers.install()
    loan = borrow(cast, at=clock.now())
    client = signed_in(cast.street_officer)
    told = client.get("/api/v1/figures/?place=LT").json()["figures"]
    assert "loans_asked" in told and told["loans_asked"] != told["loans_brought"]
    board = shown(client, "/dashboard/?board=loans")
    assert "申请助行器" in board
    assert loan.case.number in shown(client, "/dashboard/rows/loans_asked/")


def test_who_is_forgotten_is_forgotten_here_too(cast: Cast) -> None:
    loan = borrow(cast)
    loan.items.update(why="膝盖不好")
    forgetting.forget_matters([cast.elder.pk])
    loan.refresh_from_db()
    assert loan.wish == "" and {item.why for item in loan.items.all()} == {""}
    assert not Message.objects.filter(subject=f"loan:{loan.pk}").exists()
