"""Pages and API of equipment: what each shows, whose pieces it finds, and that many rows cost as much as few."""

import datetime as dt
import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community_portal import clock
from community_portal.dashboards.fold import all_differences, fold_figures
from community_portal.dashboards.periods import BEGINNING, Period
from community_portal.dashboards.reading import reading_of
from community_portal.measure import FIGURES
from community_portal.measure.boards import BOARDS
from community_portal.people.models import Role
from safety.actions.equipment import miss_piece, scrap_piece
from safety.models import Equipment, Hazard, Inspection, InspectionTemplate
from safety.queries.equipment import expiring, in_order
from tests.cast import Cast
from tests.factories import make_member
from tests.safety.equipping import Crew, found, look, make_crew, make_piece, make_place, make_round

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def crew(cast: Cast) -> Crew:
    return make_crew(cast)


def now() -> dt.datetime:
    return clock.now()


def text(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url)
    assert answer.status_code == status, (url, answer.status_code)
    return answer.content.decode()


def codes_in(page: str) -> set[str]:
    return set(re.findall(r"MF-\d+", page))


def test_the_register_is_searched_and_narrowed(crew: Crew, signed_in: Any) -> None:
    other = make_place(crew.cast, "方圆 3 幢")
    fine, late, failing, lost, gone = (make_piece(crew, at=now()) for _n in range(5))
    Equipment.objects.filter(pk=late.pk).update(service_due_on=clock.today() - DAY)
    look(failing, "seal", by=crew.safety, at=now())
    miss_piece(lost, by=crew.safety, at=now())
    scrap_piece(gone, words="锈穿", by=crew.safety, at=now())
    there = make_piece(crew, at=now(), premises=other, kind="hydrant", made_on=clock.today())
    client = signed_in(crew.safety)
    for query, wanted in (
        ("", {fine, late, failing, lost, gone, there}), (f"q={there.code.lower()}", {there}), ("q=3+幢", {there}),
        ("kind=hydrant", {there}), ("look=late", {late}), ("look=fails", {failing}), ("look=missing", {lost}),
        ("look=scrapped", {gone}), ("look=unseen", {fine, late, there}), (f"premises={other.pk}", {there}),
        ("kind=nonsense", {fine, late, failing, lost, gone, there}),
    ):  # fmt: skip
        assert codes_in(text(client, f"/safety/equipment/?{query}")) == {piece.code for piece in wanted}, query


def test_thirty_rows_cost_as_many_queries_as_one(crew: Crew, signed_in: Any) -> None:
    make_round(crew_with(crew, 1), at=now())
    urls = ("/safety/equipment/", "/safety/rounds/", "/safety/equipment/labels/", "/safety/equipment/lists/")
    client = signed_in(crew.safety)
    counts: dict[str, list[int]] = {}
    for _n in range(2):
        for url in urls:
            client.get(url)
            with CaptureQueriesContext(connection) as asked:
                client.get(url)
            counts.setdefault(url, []).append(len(asked))
        crew_with(crew, 35)
    assert all(len(set(pair)) == 1 for pair in counts.values()), counts


def crew_with(crew: Crew, pieces: int) -> Crew:
    for _n in range(pieces):
        make_piece(crew, at=now())
    return crew


def test_a_round_of_many_costs_as_many_queries_as_one_of_few(crew: Crew, signed_in: Any) -> None:
    client, counts = signed_in(crew.safety), []
    for pieces in (2, 30):
        crew_with(crew, pieces)
        round_ = make_round(crew, at=now())
        look(Equipment.objects.latest("pk"), "seal", by=crew.safety, at=now(), round=round_)
        url = f"/safety/rounds/{round_.pk}/round/"
        client.get(url)
        for page in (url, f"/safety/rounds/{round_.pk}/report/"):
            with CaptureQueriesContext(connection) as asked:
                client.get(page)
            counts.append(len(asked))
    assert counts[:2] == counts[2:]


def test_one_piece_tells_its_dates_with_clause_and_its_history(crew: Crew, signed_in: Any) -> None:
    piece = make_piece(crew, at=now())
    look(piece, "seal", by=crew.safety, at=now())
    page = text(signed_in(crew.safety), f"/safety/equipment/{piece.code}/")
    for words in ("GB 50444", "铅封、保险销都在", Hazard.objects.get().case.number, "登记", piece.where):
        assert words in page


def test_a_code_of_another_community_is_404_and_of_ours_leads_on(crew: Crew, signed_in: Any, client: Client) -> None:
    piece = make_piece(crew, at=now())
    neighbour = make_member(Role.SAFETY, community=crew.cast.next_door)
    for url in (f"/e/{piece.code}/", f"/safety/equipment/{piece.code}/"):
        assert signed_in(neighbour).get(url).status_code == 404, url
    assert signed_in(crew.cast.stranger).get(f"/safety/equipment/{piece.code}/").status_code == 403
    assert signed_in(crew.safety).get(f"/e/{piece.code}/").url == piece.url
    round_ = make_round(crew, at=now())
    away = make_piece(crew, at=now(), premises=make_place(crew.cast, "邻居楼"), code="MF-X1")
    assert (
        signed_in(crew.safety).get(f"/e/{piece.code.lower()}/").url
        == f"/safety/rounds/{round_.pk}/round/?piece={piece.code}"
    )
    assert signed_in(crew.safety).get(f"/e/{away.code}/").url == away.url
    page = text(client, f"/e/{piece.code}/")
    assert piece.where in page and "/report/hazard/" in page


def test_a_grid_officer_sees_and_goes_round_in_the_own_grids(crew: Crew, signed_in: Any) -> None:
    mine, theirs = (
        make_piece(crew, at=now()),
        make_piece(crew, at=now(), premises=make_place(crew.cast, "别的网格", grid=None)),
    )
    client = signed_in(crew.cast.officer)
    assert codes_in(text(client, "/safety/equipment/")) == {mine.code}
    text(client, f"/safety/equipment/{theirs.code}/", 404)
    page = text(client, "/safety/rounds/new/")
    assert "方圆 2 幢" in page and "别的网格" not in page
    assert client.get("/safety/equipment/new/").status_code == 403


def answers_of(piece: Equipment, *failed: str) -> dict[str, str]:
    return {f"a-{code}": value for code, value in found(piece, *failed).answers.items()}


def test_a_card_is_saved_and_leads_to_the_next(crew: Crew, signed_in: Any) -> None:
    first, second = make_piece(crew, at=now()), make_piece(crew, at=now())
    round_ = make_round(crew, at=now())
    client = signed_in(crew.safety)
    page = text(client, f"/safety/rounds/{round_.pk}/round/")
    assert f'data-card="{first.code}"' in page and f'data-card="{second.code}"' not in page  # keeps no forms: one card
    url = f"/safety/rounds/{round_.pk}/{first.code}/look/"
    typed = answers_of(first) | {"once": "k1", "seconds": "20", "result": "seen"}
    assert client.post(url, typed).url == f"/safety/rounds/{round_.pk}/round/"
    assert f'data-card="{second.code}"' in text(client, f"/safety/rounds/{round_.pk}/round/")
    assert client.post(url, typed | {"once": "k2"}, follow=True).content.decode().count("今天查过了") == 1
    assert Inspection.objects.count() == 1


def test_what_is_refused_comes_back_as_it_was_answered(crew: Crew, signed_in: Any) -> None:
    piece = make_piece(crew, at=now())
    round_ = make_round(crew, at=now())
    typed = answers_of(piece, "seal") | {"once": "k1", "result": "seen", "w-hose": "有点旧"}
    answer = signed_in(crew.safety).post(f"/safety/rounds/{round_.pk}/{piece.code}/look/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and "请拍一张照片" in page and "有点旧" in page
    assert page.count(" checked") == 5
    wrong = typed | {"w-seal": "掉了", "to_spot": "大厅", "to_premises": "0", "once": "k2"}
    assert signed_in(crew.safety).post(f"/safety/rounds/{round_.pk}/{piece.code}/look/", wrong).status_code == 422
    assert not Inspection.objects.exists()


def test_without_the_script_the_time_runs_since_the_page_was_drawn(crew: Crew, signed_in: Any) -> None:
    piece = make_piece(crew, at=now())
    round_ = make_round(crew, at=now())
    opened = (now() - dt.timedelta(seconds=40)).isoformat()
    typed = answers_of(piece) | {"once": "k1", "opened_at": opened, "seconds": "", "result": "seen"}
    signed_in(crew.safety).post(f"/safety/rounds/{round_.pk}/{piece.code}/look/", typed)
    row = Inspection.objects.get()
    assert 39 <= row.seconds <= 60 and row.flag == ""


def test_the_report_lists_what_was_not_found_and_moved(crew: Crew, signed_in: Any) -> None:
    fine, lost, left = (make_piece(crew, at=now()) for _n in range(3))
    round_ = make_round(crew, at=now())
    client = signed_in(crew.safety)
    look(fine, "seal", by=crew.safety, at=now(), round=round_)
    where = f"/safety/rounds/{round_.pk}"
    client.post(f"{where}/{lost.code}/look/", {"once": "n", "result": "not_found", "place_words": "柜子是空的"})
    page = text(client, f"{where}/end/")
    assert "没找到的" in page and "没去看的" in page and left.code in page
    assert client.post(f"{where}/end/", {"once": "e"}).status_code == 422
    assert client.post(f"{where}/end/", {"once": "e", "words": "门锁着"}).url == f"{where}/report/"
    page = text(client, f"{where}/report/")
    for words in ("柜子是空的", "门锁着", lost.code, left.code, "铅封、保险销都在"):
        assert words in page
    assert "结束了" in text(client, f"{where}/round/")


def test_a_street_publishes_its_own_list_and_looks_keep_theirs(crew: Crew, signed_in: Any) -> None:
    client = signed_in(crew.cast.street_officer)
    typed = {
        "lines": "压力针在绿区\n有检查卡", "source": "街道通知", "valid_from": str(clock.today()), "seen": "0", "once": "a",
    }  # fmt: skip
    assert client.post("/safety/equipment/lists/powder/", typed).status_code == 303
    made = InspectionTemplate.objects.get(street=crew.cast.street)
    assert [item.code for item in made.items.all()] == ["pressure", "line1"]  # known words keep their code
    assert client.post("/safety/equipment/lists/powder/", typed | {"once": "b"}).status_code == 409
    assert signed_in(crew.safety).get("/safety/equipment/lists/powder/").status_code == 403


# ---- figures -------------------------------------------------------------------------------------------------------------
def test_figures_count_what_the_rows_say_and_open_to_them(crew: Crew, signed_in: Any) -> None:
    fine, quick, failing, late, soon = (make_piece(crew, at=now(), made_on=clock.today() - DAY) for _n in range(5))
    gone = make_piece(crew, at=now())
    scrap_piece(gone, words="锈穿", by=crew.safety, at=now())
    Equipment.objects.filter(pk=late.pk).update(service_due_on=clock.today() - DAY)
    Equipment.objects.filter(pk=soon.pk).update(service_due_on=clock.today() + DAY * 90)
    places = [crew.cast.home.pk]
    look(failing, "seal", by=crew.safety, at=now() - DAY)
    look(fine, by=crew.officer, at=now())
    look(quick, by=crew.safety, at=now(), seconds=2)
    assert set(in_order(places, now())) == {fine, quick, soon}
    assert set(expiring(places, now())) == {late, soon}
    names = (
        "equipment_total",
        "equipment_in_order_rate",
        "equipment_expiring_90d",
        "inspections_done",
        "inspections_flagged",
    )
    fold_figures()
    reading = reading_of(places, Period(BEGINNING, clock.today() + DAY, ""))
    assert [str(FIGURES[name].value(reading)) for name in names] == ["5", "60.0", "2", "2", "1"]
    assert set(names) <= BOARDS["equipment"].names
    assert all_differences() == []
    client = signed_in(crew.cast.manager)
    board = text(client, "/dashboard/?board=equipment&period=all")
    assert "器材完好率" in board and "3 / 5 件完好" in board and "有不好的" in board
    for name, shown in zip(
        names,
        ((fine, quick, failing, late, soon), (fine, quick, soon), (late, soon), (fine, failing), (quick,)),
        strict=True,
    ):
        assert codes_in(text(client, f"/dashboard/rows/{name}/?period=all")) == {piece.code for piece in shown}, name
    Hazard.objects.update(state="not_hazard", closed_at=now())
    assert failing in set(in_order(places, now()))


# ---- API -----------------------------------------------------------------------------------------------------------------
def sent(client: Client, looks: list[dict[str, Any]], **more: Any) -> Any:
    body = json.dumps({"inspections": looks})
    return client.post("/api/v1/inspections/", body, content_type="application/json", **more)


def one(piece: Equipment, key: str, *failed: str, **over: Any) -> dict[str, Any]:
    answers = dict(found(piece, *failed).answers)
    words = dict.fromkeys(failed, "坏了")
    return {"equipment": piece.code, "key": key, "seconds": 20, "answers": answers, "words": words} | over


def test_a_batch_is_taken_piece_by_piece_and_sent_again_counts_once(crew: Crew, signed_in: Any) -> None:
    first, second, gone = (make_piece(crew, at=now()) for _n in range(3))
    scrap_piece(gone, words="锈穿", by=crew.safety, at=now())
    client = signed_in(crew.safety)
    looks = [
        one(first, "a"), one(first, "b"), one(second, "c", "seal", seconds=1), one(gone, "d"), one(first, "e", equipment="NO-1"),
        one(second, "f", at=(now() + DAY).isoformat()),
    ]  # fmt: skip
    told = sent(client, looks).json()
    assert [row["status"] for row in told] == ["new", "known", "new", "refused", "refused", "refused"]
    assert [row["code"] for row in told][3:] == ["scrapped", "not_found", "bad_moment"]
    assert told[2]["flag"] == "quick" and Hazard.objects.count() == 1
    assert [row["status"] for row in sent(client, looks[:3]).json()] == ["known"] * 3
    assert Inspection.objects.count() == 2 and Hazard.objects.count() == 1
    assert [row["equipment"] for row in client.get("/api/v1/inspections/").json()["results"]] == [
        second.code,
        first.code,
    ]


def test_a_look_of_an_hour_ago_keeps_its_time(crew: Crew, signed_in: Any) -> None:
    piece, at = make_piece(crew, at=now() - DAY), now() - dt.timedelta(hours=1)
    sent(signed_in(crew.safety), [one(piece, "a", at=at.isoformat())])
    row = Inspection.objects.get()
    assert (row.ended_at, row.was_offline) == (at, True)


def test_more_than_two_hundred_are_refused_and_others_may_not(crew: Crew, signed_in: Any) -> None:
    piece = make_piece(crew, at=now())
    client = signed_in(crew.safety)
    assert sent(client, [one(piece, f"k{n}") for n in range(201)]).status_code == 422
    assert sent(signed_in(crew.cast.reception), [one(piece, "a")]).status_code == 403
    assert sent(signed_in(crew.cast.stranger), [one(piece, "a")]).status_code in (200, 403)
    assert not Inspection.objects.exists()


def test_pieces_over_http_are_those_of_ones_places(crew: Crew, signed_in: Any) -> None:
    piece = make_piece(crew, at=now())
    assert signed_in(crew.safety).get(f"/api/v1/equipment/{piece.code}/").json()["premises"] == "方圆 2 幢"
    assert signed_in(crew.cast.stranger).get(f"/api/v1/equipment/{piece.code}/").status_code in (403, 404)
    assert signed_in(crew.safety).get("/api/v1/equipment/").json()["results"]
